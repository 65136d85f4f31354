"""Secrets that the catalogue makes for itself, once, and shares among its processes."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.tables import keys


class Keys:
    """Named secrets of 32 bytes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def secret(self, name: str) -> bytes:
        """The secret of this name, made at the first call by whichever process comes first."""
        statement = sa.select(keys.c.secret).where(keys.c.name == name)
        with reading(self._engine) as connection:
            found = connection.execute(statement).scalar()
        if found is None:
            with writing(self._engine) as connection:
                row = {"name": name, "secret": secrets.token_bytes(32)}
                dialects.insert_missing(connection, keys, [row])
                found = connection.execute(statement).scalar_one()
        return bytes(found)
