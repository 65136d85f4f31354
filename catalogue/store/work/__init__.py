"""Runs, what they did, and the processes that work on them."""
