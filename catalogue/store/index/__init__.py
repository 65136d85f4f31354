"""The search index: which records have a word, a value, a year; kept in batches, exact at every moment."""
