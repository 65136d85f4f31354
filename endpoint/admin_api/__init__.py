"""The API for programs, under /api: the same rules and the same errors as the pages and the command line."""
