"""People, organisations and nodes: who they are, how they come in, and what they did."""
