"""Monthly letters to nodes: which are written already, and who wants none."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.errors import UnknownLink
from catalogue.mail import Mail
from catalogue.store import dialects
from catalogue.store.desk.keys import Keys
from catalogue.store.desk.outbox import put_in
from catalogue.store.engine import reading, writing
from catalogue.store.tables import digest_readers, digests

#: Of whose secret the links are made that end the letters.
_KEY: Final = "digests"
_R: Final = digest_readers.c


@dataclass(frozen=True, slots=True)
class DigestReader:
    """Somebody whom the letters about a node are written to."""

    node_id: str
    mail: str
    #: Since when he wants none; None: he does.
    stopped_at: datetime | None


class Digests:
    """The monthly letters."""

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self._engine = engine
        self._keys = keys

    def written(self, month: str) -> set[str]:
        """The nodes whose letter of this month (`2026-11`) is written."""
        statement = sa.select(digests.c.node_id).where(digests.c.month == month)
        with reading(self._engine) as connection:
            return set(connection.execute(statement).scalars())

    def write(self, node_id: str, month: str, letters: Sequence[Mail], now: datetime) -> bool:
        """Put the letters of a month into the outbox, and note that they are written.

        False where another process has done so: nothing is put in.
        """
        links = [self.link(node_id, letter.to) for letter in letters]
        with writing(self._engine) as connection:
            made = dialects.insert(connection, digests).values(node_id=node_id, month=month, put_at=now)
            first = made.on_conflict_do_nothing(index_elements=["node_id", "month"])
            if connection.execute(first.returning(digests.c.month)).scalar() is None:
                return False
            for letter, link in zip(letters, links, strict=True):
                _know(connection, link, node_id, letter.to)
                once = f"digest:{month}:{link[:24]}"
                put_in(connection, letter, now, about=f"node:{node_id}", once=once)
        return True

    def link(self, node_id: str, mail: str) -> str:
        """What stands in the link that ends these letters: the same in each, and good for nothing else."""
        told = f"{node_id}\n{mail}".encode()
        return hmac.new(self._keys.secret(_KEY), told, "sha256").hexdigest()

    def find(self, link: str) -> DigestReader:
        """Whose letters a link ends.

        Raises:
            UnknownLink: it is none of ours.
        """
        statement = sa.select(digest_readers).where(_R.digest == _digest(link))
        with reading(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise UnknownLink("this link is none of ours")
        return _reader(row)

    def want(self, node_id: str, mail: str, now: datetime, *, wanted: bool) -> None:
        """Note whether somebody wants the letters about a node."""
        values = {"stopped_at": None if wanted else now}
        link = self.link(node_id, mail)
        with writing(self._engine) as connection:
            _know(connection, link, node_id, mail)
            mine = sa.update(digest_readers).where(_R.digest == _digest(link))
            connection.execute(mine.values(values))

    def stopped(self, node_id: str) -> set[str]:
        """The addresses to which no letters about a node are to go."""
        statement = sa.select(_R.mail).where(_R.node_id == node_id, _R.stopped_at.is_not(None))
        with reading(self._engine) as connection:
            return set(connection.execute(statement).scalars())


def _know(connection: Connection, link: str, node_id: str, mail: str) -> None:
    row = {"digest": _digest(link), "node_id": node_id, "mail": mail}
    dialects.insert_missing(connection, digest_readers, [row])


def _digest(link: str) -> bytes:
    return sha256(link.encode()).digest()


def _reader(row: Row[Any]) -> DigestReader:
    return DigestReader(row.node_id, row.mail, row.stopped_at)
