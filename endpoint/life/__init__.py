"""Where is my record? What became of one record, for everybody."""
