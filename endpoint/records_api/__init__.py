"""OGC API - Records - Part 1 (OGC 20-004r1): the catalogue as a public JSON API, and as pages for people."""
