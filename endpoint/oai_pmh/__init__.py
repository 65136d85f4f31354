"""OAI-PMH 2.0, the provider."""
