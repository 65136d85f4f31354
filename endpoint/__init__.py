"""From the catalogue to the world."""
