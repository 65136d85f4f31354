"""Who harvests us, for people and for machines."""
