"""Catalogue Service for the Web 3.0.0: what it has otherwise than 2.0.2 (`endpoint.csw`)."""
