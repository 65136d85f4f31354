"""CQL2 (OGC 21-065r2): text and JSON to one tree, and the tree to predicates of `catalogue.query`."""
