"""Catalogue Service for the Web 2.0.2, the provider."""
