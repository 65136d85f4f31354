"""A client for each protocol."""
