"""What the identifiers of each source begin with: by it a record is found by the last part of its identifier.

Most sources have one beginning or two; one whose records come from several repositories has as many. They are
noted with the page in which they come first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.store import dialects, statements
from catalogue.store.engine import reading
from catalogue.store.tables import beginnings

#: Beginnings of one source that are noted: where there are more, they tell nothing apart.
MOST: Final = 100
#: Behind these the last part of an identifier begins: `oai:repository.example.org:123/456`.
SIGNS: Final = (":", "/", "=")
#: Characters of the longest: what is longer is no beginning that many have, and a node may send anything, of
#: which an index of PostgreSQL holds but 2,700 bytes.
LONGEST: Final = 500
_B: Final = beginnings.c
_KNOWN: Final = sa.select(_B.beginning).where(_B.source_id == sa.bindparam("source", type_=sa.Text()))


def of(identifiers: Iterable[str]) -> set[str]:
    """What these begin with, up to the last of each sign."""
    found: set[str] = set()
    for identifier in identifiers:
        for sign in SIGNS:
            at = identifier.rfind(sign)
            if 0 <= at < LONGEST:
                found.add(identifier[: at + 1])
    return found


def note(connection: Connection, source_id: str, identifiers: Iterable[str]) -> None:
    """Note what identifiers of a source begin with, in the transaction that takes them in."""
    found = of(identifiers)
    if not found:
        return
    known = {row[0] for row in statements.rows_on(connection, _KNOWN, source=source_id)}
    if found <= known:
        return  # as a rule
    new = sorted(found - known)[: max(0, MOST - len(known))]
    rows = [{"source_id": source_id, "beginning": beginning} for beginning in new]
    dialects.insert_missing(connection, beginnings, rows)


class Beginnings:
    """Those of all sources."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[tuple[str, str]]:
        """Every (source, beginning)."""
        statement = sa.select(_B.source_id, _B.beginning).order_by(_B.source_id, _B.beginning)
        with reading(self._engine) as connection:
            return [(source, beginning) for source, beginning in connection.execute(statement)]
