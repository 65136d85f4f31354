"""Records and what belongs to them: a page of changes is written here."""
