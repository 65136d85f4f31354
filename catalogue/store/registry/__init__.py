"""Sources, and what belongs to a source by itself."""
