"""Record -> one metadata format each: the writers."""
