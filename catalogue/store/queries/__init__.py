"""Queries made SQL, where the index does not answer by itself."""
