"""One metadata format -> Record each: the readers. `registry.read` chooses among them."""
