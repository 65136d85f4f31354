"""One metadata format -> Record each: the readers."""
