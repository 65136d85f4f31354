"""The SQLAlchemy store: the only importer of SQLAlchemy."""
