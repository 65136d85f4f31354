"""Whether the store is sound: what one table says of another is true, and what is kept count of is so many.

Every check is one statement, and so sees the database as it stood at one commit: it may be asked while the
catalogue is in use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
import zstandard
from sqlalchemy.engine import Connection, Engine

from catalogue.store.engine import reading, writing
from catalogue.store.holdings import payloads as kept
from catalogue.store.index import batches
from catalogue.store.index.anew import begin_anew
from catalogue.store.lists import sizes
from catalogue.store.lists.kept import is_as_rendered, kept_now, take_away
from catalogue.store.parts import parts
from catalogue.store.tables import (
    index_entries,
    index_queue,
    kept_renditions,
    neutral_records,
    payloads,
    records,
    renditions,
    sets,
)

#: How many of the things that are wrong are named.
EXAMPLES: Final = 5
#: Payloads that are read at once.
_AT_ONCE: Final = 500
#: A record may have been written by a machine whose clock goes before ours.
_TOLERANCE: Final = 60


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it must be."""

    #: Which of `CHECKS` found it.
    check: str
    found: int
    examples: tuple[str, ...]


def flaws(engine: Engine, *, thorough: bool = False) -> Iterator[tuple[str, Flaw | None]]:
    """Each check by its name, and what it has found; with `thorough` all that is kept is read, too."""
    for name, check in (CHECKS | THOROUGH if thorough else CHECKS).items():
        found = check(engine)
        yield name, Flaw(name, len(found), tuple(found[:EXAMPLES])) if found else None


def mend(engine: Engine, *, thorough: bool = False) -> None:
    """Make anew what follows from the rest: the sizes of lists and, where it lacks records, the search index.

    With `thorough`, renditions that are kept and wrong are taken away: they are made when they are asked for.
    Whoever calls takes in what waits afterwards (`SearchIndex.take_in`).
    """
    sizes.count_anew(engine)
    if _unknown_to_the_index(engine):
        begin_anew(engine)
    if thorough:
        for part in parts([number for number, _identifier in _kept_wrongly(engine)]):
            with writing(engine) as connection:
                take_away(connection, part)


def _pages(engine: Engine) -> list[str]:
    """The file itself: its pages, and that every index says what its table does."""
    return _pragma(engine, "integrity_check", lambda row: str(row[0]), well="ok")


def _references(engine: Engine) -> list[str]:
    """Rows that name a row which is not there; PostgreSQL lets there be none."""
    return _pragma(
        engine, "foreign_key_check", lambda row: f"row {row[1]} of {row[0]} names none of {row[2]}"
    )


def _pragma(engine: Engine, name: str, told: Callable[[Any], str], *, well: str = "") -> list[str]:
    if engine.dialect.name != "sqlite":
        return []
    with reading(engine) as connection:
        found = [told(row) for row in connection.exec_driver_sql(f"PRAGMA {name}")]
    return [one for one in found if one != well]


def _unread(engine: Engine) -> list[str]:
    """Records that are not deleted, of which we do not know what they say."""
    has = sa.exists().where(neutral_records.c.record_id == records.c.id)
    return _identifiers(engine, sa.not_(records.c.deleted), ~has)


def _unrendered(engine: Engine) -> list[str]:
    """Records that are not deleted, and in no list: every item is in oai_dc (OAI-PMH 2.0, section 2.5)."""
    shown = sa.exists().where(
        renditions.c.record_id == records.c.id,
        renditions.c.prefix == sizes.INDEX,
        renditions.c.body.is_not(None),
    )
    return _identifiers(engine, sa.not_(records.c.deleted), ~shown)


def _undead(engine: Engine) -> list[str]:
    """Deleted records that some list still shows."""
    shown = sa.exists().where(renditions.c.record_id == records.c.id, renditions.c.body.is_not(None))
    return _identifiers(engine, records.c.deleted, shown)


def _misdated(engine: Engine) -> list[str]:
    """Records of the future, or from before they came: whoever harvests us by date would miss them."""
    now = int(datetime.now(UTC).timestamp()) + _TOLERANCE
    wrong = sa.or_(records.c.datestamp > now, records.c.datestamp < records.c.first_datestamp)
    return _identifiers(engine, wrong)


def _without_payload(engine: Engine) -> list[str]:
    """Records of which what was fetched is not there any more."""
    lost = [
        sa.and_(digest.is_not(None), ~sa.exists().where(payloads.c.digest == digest))
        for digest in (records.c.payload_digest, records.c.about_digest)
    ]
    return _identifiers(engine, sa.or_(*lost))


def _identifiers(engine: Engine, *conditions: sa.ColumnElement[bool]) -> list[str]:
    with reading(engine) as connection:
        found = sa.select(records.c.identifier).where(*conditions).order_by(records.c.id)
        return list(connection.scalars(found))


def _miscounted(engine: Engine) -> list[str]:
    """Days of lists of which we say another length than they have."""
    with reading(engine) as connection:
        names = {row.id: row.set_spec for row in connection.execute(sa.select(sets.c.id, sets.c.set_spec))}
        found = connection.execute(sizes.miscounted()).all()
    day = sizes.first_second
    return [
        f"{names.get(set_id, 'all records')} of {datetime.fromtimestamp(day(of), UTC):%Y-%m-%d}: {more:+d}"
        for set_id, of, more in found
    ]


def _unsearchable(engine: Engine) -> list[str]:
    """Records that no search finds."""
    lacking = _unknown_to_the_index(engine)
    return [name for part in parts(lacking) for name in _identifiers(engine, records.c.id.in_(part))]


def _unknown_to_the_index(engine: Engine) -> list[int]:
    """Records that are not deleted, not in the index, and do not wait for it either."""
    with reading(engine) as connection:
        outside: set[int] = set(connection.scalars(_outside()))
        queue = connection.scalars(sa.select(index_queue.c.records))
        outside.difference_update(number for body in queue for number in batches.unpacked(body))
        # What waited when we looked first may have been taken in since.
        return sorted(number for part in parts(outside) for number in _still_outside(connection, part))


def _outside() -> sa.Select[tuple[int]]:
    has = sa.exists().where(index_entries.c.record_id == records.c.id)
    return sa.select(records.c.id).where(sa.not_(records.c.deleted), ~has)


def _still_outside(connection: Connection, numbers: list[int]) -> sa.ScalarResult[int]:
    return connection.scalars(_outside().where(records.c.id.in_(numbers)))


def _spoilt(engine: Engine) -> list[str]:
    """Payloads whose bytes are not those that their address was made of."""
    spoilt, after = [], b""
    page = sa.select(payloads).order_by(payloads.c.digest).limit(_AT_ONCE)
    while True:
        with reading(engine) as connection:
            rows = connection.execute(page.where(payloads.c.digest > after)).all()
        spoilt += [bytes(row.digest).hex() for row in rows if not _is_whole(row)]
        if len(rows) < _AT_ONCE:
            return spoilt
        after = rows[-1].digest


def _unlike(engine: Engine) -> list[str]:
    """Records that are served in another way than they are rendered, for that was kept of them."""
    return [identifier for _number, identifier in _kept_wrongly(engine)]


def _kept_wrongly(engine: Engine) -> Iterator[tuple[int, str]]:
    """Those records, by their numbers and identifiers."""
    after = (0, "")
    place = sa.tuple_(kept_renditions.c.record_id, kept_renditions.c.prefix)
    page = kept_now().order_by(kept_renditions.c.record_id, kept_renditions.c.prefix).limit(_AT_ONCE)
    while True:
        with reading(engine) as connection:
            rows = connection.execute(page.where(place > sa.tuple_(*after))).all()
        yield from ((row.record_id, row.identifier) for row in rows if not is_as_rendered(row))
        if len(rows) < _AT_ONCE:
            return
        after = (rows[-1].record_id, rows[-1].prefix)


def _is_whole(row: Any) -> bool:
    try:
        content = kept.decompressed(row.body)
    except zstandard.ZstdError:
        return False
    return len(content) == row.size and kept.digest(content) == bytes(row.digest)


#: What is looked at, by the name under which it is told.
CHECKS: Final[dict[str, Callable[[Engine], list[str]]]] = {
    "pages": _pages,
    "references": _references,
    "unread": _unread,
    "unrendered": _unrendered,
    "undead": _undead,
    "misdated": _misdated,
    "payloads": _without_payload,
    "sizes": _miscounted,
    "index": _unsearchable,
}
THOROUGH: Final[dict[str, Callable[[Engine], list[str]]]] = {
    "spoilt": _spoilt,
    "kept": _unlike,
}
