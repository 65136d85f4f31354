"""Validators of documents in the store: which version of a document was taken last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.exchange import Validator
from catalogue.run import Ending
from catalogue.store.engine import reading, writing
from catalogue.store.parts import parts
from catalogue.store.tables import runs, validators

#: Endings after which everything that the run fetched has been taken.
_TAKEN: Final = (Ending.COMPLETE, Ending.COMPLETE_WITH_FAULTS, Ending.NOTHING_NEW)


class Validators:
    """The validators of every source's documents, by run: they count once their run has ended well."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def known(self, source_id: str) -> dict[bytes, Validator]:
        """The version of each document that was taken last, by its key."""
        c = validators.c
        statement = (
            sa.select(c.key, c.etag, c.last_modified, c.digest)
            .join(runs, runs.c.id == c.run_id)
            .where(c.source_id == source_id, runs.c.ending.in_(_TAKEN))
            .order_by(c.run_id)
        )
        with reading(self._engine) as connection:
            return {
                bytes(key): Validator(etag, modified, bytes(digest))
                for key, etag, modified, digest in connection.execute(statement)
            }

    def note(self, source_id: str, run_id: int, found: Mapping[bytes, Validator]) -> None:
        """Write down the versions that a run has seen, and forget those that were overtaken."""
        rows = [{"source_id": source_id, "key": k, "run_id": run_id, **asdict(v)} for k, v in found.items()]
        if not rows:
            return
        c = validators.c
        with writing(self._engine) as connection:
            for part in parts(found):
                statement = sa.delete(validators).where(c.source_id == source_id, c.key.in_(part))
                connection.execute(statement.where(c.run_id == run_id))
            connection.execute(sa.insert(validators), rows)
            _forget_overtaken(connection, source_id)

    def forget(self, source_id: str) -> None:
        """Forget them all: the next harvest reads every document, changed or not."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(validators).where(validators.c.source_id == source_id))


def _forget_overtaken(connection: Connection, source_id: str) -> None:
    newer = validators.alias()
    overtaken = (
        sa.select(newer.c.run_id)
        .join(runs, runs.c.id == newer.c.run_id)
        .where(
            newer.c.source_id == validators.c.source_id,
            newer.c.key == validators.c.key,
            newer.c.run_id > validators.c.run_id,
            runs.c.ending.in_(_TAKEN),
        )
    )
    statement = sa.delete(validators).where(validators.c.source_id == source_id, overtaken.exists())
    connection.execute(statement)
