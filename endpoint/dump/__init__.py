"""Dumps: the whole feed as files, and what has changed since as further files, served under /dump/."""
