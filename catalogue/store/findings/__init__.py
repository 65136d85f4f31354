"""What was found wrong, what is asked about it, and what waits for an answer."""
