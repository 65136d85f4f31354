"""Renditions in formats that are made on demand, made before anyone asks, behind the run.

The way in is as quick as without them: a page of records writes none, and only takes away those of records
that it changes. Later somebody goes through the list of everything, from where he was last, and keeps what
each record is rendered as. To go through that list is to harvest it: whatever changes stands further on in
it, and he goes no further than where nothing may yet become visible (`catalogue.store.clock`).

A kept rendition is served only where it is of the record's datestamp and of this edition of the writers. It
is made in the transaction that keeps it, of records that nobody can change meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache
from itertools import takewhile
from threading import local
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
import zstandard
from sqlalchemy.engine import Connection, Dialect, Engine

from catalogue.record import Record, from_json
from catalogue.rendering import render
from catalogue.rendering.edition import edition
from catalogue.rendering.specimen import specimen
from catalogue.store import clock, dialects, statements
from catalogue.store.engine import reading, writing
from catalogue.store.parts import parts
from catalogue.store.tables import keepings, kept_renditions, neutral_records, records, renditions

#: The format that every record has, in whose list each of its changes is told.
_INDEX: Final = "oai_dc"
#: What is above takes much longer, and leaves little less; what is below takes longer to unpack.
_LEVEL: Final = 5
#: Under this name one transaction at a time goes through a list.
_ALONE: Final = "keeping"
_COLUMNS: Final = ("record_id", "prefix", "datestamp", "edition", "body")


class _Zstandard(local):
    """Compressors and decompressors by format, for each thread: none may be shared."""

    def __init__(self) -> None:
        self.compressors: dict[str, zstandard.ZstdCompressor] = {}
        self.decompressors: dict[str, zstandard.ZstdDecompressor] = {}


_zstandard: Final = _Zstandard()


def packed(rendition: bytes, prefix: str) -> bytes:
    """A rendition as it is kept: what all of its format have in common is not in it."""
    found = _zstandard.compressors.get(prefix)
    if found is None:
        found = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_dictionary(prefix))
        _zstandard.compressors[prefix] = found
    return found.compress(rendition)


def unpacked(body: bytes, prefix: str) -> bytes:
    """What `packed` was given."""
    return unpacking(prefix)(body)


def unpacking(prefix: str) -> Callable[[bytes], bytes]:
    """The same, of many renditions in this format: for this thread alone."""
    found = _zstandard.decompressors.get(prefix)
    if found is None:
        found = zstandard.ZstdDecompressor(dict_data=_dictionary(prefix))
        _zstandard.decompressors[prefix] = found
    return found.decompress


def _dictionary(prefix: str) -> zstandard.ZstdCompressionDict:
    """What all renditions of a format have in common, by this edition: no two databases differ in it."""
    return zstandard.ZstdCompressionDict(specimen(prefix), dict_type=zstandard.DICT_TYPE_RAWCONTENT)


_GOOD: Final = {
    embedded: sa.select(kept_renditions.c.record_id, kept_renditions.c.body)
    .join(records, records.c.id == kept_renditions.c.record_id)
    .where(
        dialects.one_of(kept_renditions.c.record_id, "numbers", embedded=embedded),
        kept_renditions.c.prefix == sa.bindparam("prefix", type_=sa.Text()),
        kept_renditions.c.edition == sa.bindparam("edition", type_=sa.Text()),
        kept_renditions.c.datestamp == records.c.datestamp,
        sa.not_(records.c.deleted),
    )
    for embedded in (True, False)
}


class _Place(NamedTuple):
    """How far a list has been gone through."""

    datestamp: int = 0
    record_id: int = 0


def take_away(connection: Connection, record_ids: Collection[int]) -> None:
    """Inside the transaction that changes these records: what is kept of them is not what they are."""
    for part in parts(record_ids):
        statements.run(connection, _taken(connection.dialect), numbers=dialects.as_list(connection, part))


@cache
def _taken(dialect: Dialect) -> sa.Delete:
    return sa.delete(kept_renditions).where(
        kept_renditions.c.record_id.in_(dialects.among(dialect, "numbers"))
    )


def kept_now() -> sa.Select[Any]:
    """What is kept and good still, with what it was made of, as `is_as_rendered` wants it."""
    c, kept = records.c, kept_renditions.c
    joined = kept_renditions.join(records, c.id == kept.record_id).join(
        neutral_records, neutral_records.c.record_id == c.id
    )
    return (
        sa.select(
            kept.record_id,
            kept.prefix,
            kept.body,
            c.identifier,
            neutral_records.c.body.label("neutral"),
            c.file_identifier,
            c.source_datestamp,
        )
        .select_from(joined)
        .where(kept.edition == edition(), kept.datestamp == c.datestamp, sa.not_(c.deleted))
    )


def is_as_rendered(row: Any) -> bool:
    """Whether what is kept is what would be rendered now."""
    try:
        kept = unpacked(row.body, row.prefix)
    except zstandard.ZstdError:
        return False
    return kept == _rendered(from_json(row.neutral), row.prefix, row)


def _rendered(neutral: Record, prefix: str, row: Any) -> bytes:
    return render(neutral, prefix, identifier=row.file_identifier, datestamp=row.source_datestamp)


class KeptRenditions:
    """Renditions that are kept behind the run."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def go_on(self, prefix: str, *, limit: int) -> int:
        """Keep the renditions of the next records in the list; how many entries of it were gone through.

        None, for now, also where somebody else goes through it, or changes the next record.
        """
        until = clock.response_date(self._engine) - 1
        with reading(self._engine) as connection:
            place = _place(connection, prefix)
            listed = _listed(connection, prefix, place, until=until, limit=limit)
        if not listed:
            return 0
        with writing(self._engine) as connection:
            dialects.alone(connection, _ALONE)
            if _place(connection, prefix) != place:
                return 0
            held = _held(connection, [one.record_id for one in listed if one.lacks])
            taken = list(takewhile(lambda one: not one.lacks or one.record_id in held, listed))
            if taken:
                _keep(connection, prefix, [one.record_id for one in taken if one.lacks])
                _move(connection, prefix, _Place(taken[-1].datestamp, taken[-1].record_id))
        return len(taken)

    def of(self, record_ids: Sequence[int], prefix: str) -> dict[int, bytes]:
        """The renditions of these records that are kept, and good still, by number."""
        embedded = self._engine.dialect.name == "sqlite"
        values = {
            "numbers": dialects.listing(record_ids, embedded=embedded),
            "prefix": prefix,
            "edition": edition(),
        }
        rows = statements.rows(self._engine, _GOOD[embedded], **values)
        return {row[0]: unpacked(row[1], prefix) for row in rows}

    def forget(self, formats: Collection[str], *, limit: int) -> int:
        """Forget what is kept in other formats than these, so many at most; how many there were."""
        c = kept_renditions.c
        number, prefix = sa.tuple_(c.record_id, c.prefix), c.prefix.not_in(formats)
        with reading(self._engine) as connection:
            others = sa.select(keepings.c.prefix).where(keepings.c.prefix.not_in(formats))
            if not connection.execute(others.limit(1)).all():
                return 0
        with writing(self._engine) as connection:
            some = sa.select(c.record_id, c.prefix).where(prefix).limit(limit)
            gone = connection.execute(sa.delete(kept_renditions).where(number.in_(some))).rowcount
            if gone < limit:
                connection.execute(sa.delete(keepings).where(keepings.c.prefix.not_in(formats)))
        return gone


class _Entry(NamedTuple):
    """An entry of the list of everything."""

    datestamp: int
    record_id: int
    #: Whether it lives, and was not sent in the format.
    lacks: bool | int


def _place(connection: Connection, prefix: str) -> _Place:
    """How far a list has been gone through by this edition."""
    c = keepings.c
    statement = sa.select(c.datestamp, c.record_id).where(c.prefix == prefix, c.edition == edition())
    found = connection.execute(statement).one_or_none()
    return _Place(*found) if found else _Place()


def _move(connection: Connection, prefix: str, place: _Place) -> None:
    """Note how far a list has been gone through; what another edition has noted does not count any more."""
    row = (prefix, edition(), place.datestamp, place.record_id)
    dialects.write_rows(
        connection, keepings, ("prefix", "edition", "datestamp", "record_id"), [row], replace=True
    )


def _listed(connection: Connection, prefix: str, place: _Place, *, until: int, limit: int) -> list[_Entry]:
    """The next entries of the list of everything."""
    c, own = renditions.c, renditions.alias("own")
    sent = sa.and_(own.c.record_id == c.record_id, own.c.prefix == prefix, own.c.body.is_not(None))
    statement = (
        sa.select(c.datestamp, c.record_id, sa.and_(c.body.is_not(None), own.c.record_id.is_(None)))
        .select_from(renditions.outerjoin(own, sent))
        .where(c.prefix == _INDEX, sa.tuple_(c.datestamp, c.record_id) > sa.tuple_(*place))
        .where(c.datestamp <= until)
        .order_by(c.datestamp, c.record_id)
        .limit(limit)
    )
    return [_Entry(*row) for row in connection.execute(statement)]


def _held(connection: Connection, record_ids: Sequence[int]) -> set[int]:
    """Those of these records that nobody can change before the end of this transaction.

    SQLite has one writer at a time. On PostgreSQL a record that is being changed is left out: to wait for one
    while others are held is how transactions come to wait for each other.
    """
    if connection.dialect.name == "sqlite":
        return set(record_ids)
    c = neutral_records.c
    held = (
        sa.select(c.record_id).where(c.record_id.in_(record_ids)).with_for_update(read=True, skip_locked=True)
    )
    return set(connection.execute(held).scalars())


def _keep(connection: Connection, prefix: str, record_ids: Sequence[int]) -> None:
    """Keep what these records are rendered as, of which none can change meanwhile."""
    numbers = dialects.as_list(connection, record_ids)
    rows = []
    for row in connection.execute(_sources(connection.dialect), {"numbers": numbers}):
        made = _rendered(from_json(row.body), prefix, row)
        rows.append((row.record_id, prefix, row.datestamp, edition(), packed(made, prefix)))
    dialects.write_rows(connection, kept_renditions, _COLUMNS, rows, replace=True)


@cache
def _sources(dialect: Dialect) -> sa.Select[Any]:
    """What renditions of some records are made of; a record has the datestamp of its entry in the list."""
    c, number = records.c, neutral_records.c.record_id
    columns = (number, c.datestamp, neutral_records.c.body, c.file_identifier, c.source_datestamp)
    joined = neutral_records.join(records, c.id == number)
    return sa.select(*columns).select_from(joined).where(number.in_(dialects.among(dialect, "numbers")))
