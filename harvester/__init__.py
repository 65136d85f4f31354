"""From a remote source into the catalogue."""
