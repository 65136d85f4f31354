"""Copies of one thing in several sources: found, joined and split."""
