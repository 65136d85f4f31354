"""Registering a repository, step by step; following what becomes of it; deciding; the register of decisions."""
