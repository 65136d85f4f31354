"""Writing records: one page's worth of rows, in bulk, inside the page's transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from catalogue.provenance import NOTHING, About, chain
from catalogue.record import Box, Record, to_json
from catalogue.run import HarvestRun
from catalogue.store import dialects, statements
from catalogue.store.copies.settling import enqueue
from catalogue.store.holdings import elements, memberships, payloads
from catalogue.store.index import batches
from catalogue.store.index.answers import Told
from catalogue.store.index.handed import Entry
from catalogue.store.lists import kept
from catalogue.store.parts import parts
from catalogue.store.queries.extents import scale_of
from catalogue.store.queries.packed import packed
from catalogue.store.tables import boxes, neutral_records, record_queryables, records, renditions


class Known(NamedTuple):
    """What the store holds of one item of a source."""

    id: int
    identifier: str
    payload_digest: bytes | None
    deleted: bool
    #: The last harvest run in which the source listed it.
    seen_run: int = 0
    #: Where it has been before, as `catalogue.provenance.chain` wrote it.
    origins: str = ""
    source_datestamp: str = ""


class Write(msgspec.Struct, frozen=True, gc=False):
    """A record that is new or has changed, ready to be written."""

    #: The row that it replaces; None for a new record.
    known: Known | None
    identifier: str
    source_identifier: str
    source_datestamp: str
    #: The format in which the source gave it.
    metadata_prefix: str
    payload: bytes
    payload_digest: bytes
    record: Record
    #: metadataPrefix -> the element that the feed serves.
    renditions: Mapping[str, bytes]
    #: The most specific sets that it is in; it is in those above them too.
    set_specs: tuple[str, ...]
    #: Identifier in the iso19139 rendition.
    file_identifier: str
    #: (queryable, value) pairs that filters compare.
    values: Sequence[tuple[str, str]]
    search_text: str
    #: The last harvest run in which the source listed it; None: the run that writes.
    seen_run: int | None = None
    #: The about elements as sent, and what they say.
    about_sent: bytes = b""
    about: About = NOTHING
    #: Keys under which copies of the same thing in other sources are looked for.
    match_keys: Sequence[int] = ()
    #: Names of the repairs that the answer needed in which it came.
    repairs: tuple[str, ...] = ()


class Queued(NamedTuple):
    """Records that were written, and the entry of the index's queue that names them."""

    entry: Entry
    numbered: Sequence[tuple[int, Write]]

    def told(self) -> Iterator[tuple[int, Told]]:
        """What the index is to know of each."""
        for number, found in self.numbered:
            extents = [(w, box.south, e, box.north) for box in found.record.boxes for w, e in _halves(box)]
            yield number, Told(found.values, found.search_text, found.set_specs, extents)


def write(connection: Connection, run: HarvestRun, writes: Sequence[Write], datestamp: int) -> Queued | None:
    """Write records that are new or have changed, under one datestamp."""
    if not writes:
        return None
    new = sum(found.known is None for found in writes)
    fresh = iter(dialects.allocate_ids(connection, records, new))
    numbered = [(found.known.id if found.known else next(fresh), found) for found in writes]
    before = memberships.standing(connection, [number for number, found in numbered if found.known])
    _write_rows(connection, run, numbered, datestamp)
    payloads.keep(connection, [(found.payload_digest, found.payload) for found in writes])
    sent = [found.about_sent for found in writes if found.about_sent]
    payloads.keep(connection, [(payloads.digest(about), about) for about in sent])
    _write_neutral(connection, numbered)
    kept.take_away(connection, [number for number, found in numbered if found.known])
    elements.write(connection, run.source_id, numbered, datestamp)
    written = [(number, found.set_specs) for number, found in numbered]
    memberships.write(connection, run.id, written, before=before, datestamp=datestamp)
    _write_queryables(connection, numbered)
    enqueue(connection, [(number, found.match_keys) for number, found in numbered])
    return Queued(batches.enqueue(connection, [number for number, _ in numbered]), numbered)


def _write_rows(
    connection: Connection, run: HarvestRun, numbered: Sequence[tuple[int, Write]], datestamp: int
) -> None:
    rows = [_row(number, found, run, datestamp) for number, found in numbered if not found.known]
    dialects.write_rows(connection, records, _COLUMNS, rows)
    changed = [_row(number, found, run, datestamp) for number, found in numbered if found.known]
    if changed:
        _replace(connection, [dict(zip(_COLUMNS, row, strict=True)) for row in changed], datestamp)


#: In the order in which `_row` and `_shown` have their values.
_SHOWN: Final = ("title", "type", "language", "modified")
_COLUMNS: Final = (
    "id", "source_id", "identifier", "source_identifier", "source_datestamp", "metadata_prefix",
    "payload_digest", "deleted", "datestamp", "first_datestamp", "first_run", "set_specs", "changed_run",
    "seen_run", "file_identifier", "about_digest", "origins", "metadata_rights", "repairs", *_SHOWN,
)  # fmt: skip


def _row(number: int, write: Write, run: HarvestRun, datestamp: int) -> tuple[Any, ...]:
    about = write.about
    return (
        number,
        run.source_id,
        write.identifier,
        write.source_identifier,
        write.source_datestamp,
        write.metadata_prefix,
        write.payload_digest,
        False,
        datestamp,
        datestamp,
        run.id,
        " ".join(write.set_specs),
        run.id,
        run.id if write.seen_run is None else write.seen_run,
        write.file_identifier,
        payloads.digest(write.about_sent) if write.about_sent else None,
        chain(about.origins),
        about.rights,
        " ".join(write.repairs),
        *_shown(write.record),
    )


def _shown(record: Record) -> tuple[str, str, str, str]:
    """What lists show of a record, and are sorted by."""
    return (
        record.title.default,
        record.types[0].default if record.types else "",
        record.languages[0] if record.languages else "",
        record.metadata_date or record.date("modified", "issued", "created", "date"),
    )


def _replace(connection: Connection, rows: list[dict[str, Any]], datestamp: int) -> None:
    for row in rows:
        row["number"] = row.pop("id")
        del row["first_datestamp"], row["first_run"]
    columns: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "number"}
    connection.execute(sa.update(records).where(records.c.id == sa.bindparam("number")).values(columns), rows)
    # A format that the record had and has no more is told as deleted in that format's lists.
    for part in parts(row["number"] for row in rows):
        connection.execute(
            sa.update(renditions)
            .where(renditions.c.record_id.in_(part), renditions.c.body.is_not(None))
            .values(body=None, datestamp=datestamp)
        )


def _write_neutral(connection: Connection, numbered: Sequence[tuple[int, Write]]) -> None:
    rows: dict[bool, list[tuple[int, bytes, str]]] = {False: [], True: []}
    for number, found in numbered:
        rows[found.known is not None].append((number, to_json(found.record), found.search_text))
    for replace, made in rows.items():
        dialects.write_rows(connection, neutral_records, _NEUTRAL, made, replace=replace)


_NEUTRAL: Final = ("record_id", "body", "search_text")


def _write_queryables(connection: Connection, numbered: Sequence[tuple[int, Write]]) -> None:
    known = [number for number, found in numbered if found.known]
    for part in parts(known):
        connection.execute(sa.delete(boxes).where(boxes.c.record_id.in_(part)))
    dialects.write_rows(
        connection,
        record_queryables,
        ("record_id", "short", "running"),
        [(number, *packed(found.values)) for number, found in numbered],
        replace=bool(known),
    )
    dialects.write_rows(
        connection,
        boxes,
        ("record_id", "west", "south", "east", "north", "scale"),
        [
            (number, west, box.south, east, box.north, scale_of(west, east))
            for number, found in numbered
            for box in found.record.boxes
            for west, east in _halves(box)
        ],
    )


def _halves(box: Box) -> tuple[tuple[float, float], ...]:
    if box.west <= box.east:
        return ((box.west, box.east),)
    return ((box.west, 180.0), (-180.0, box.east))


def _forget_queryables(connection: Connection, record_ids: Sequence[int]) -> None:
    for part in parts(record_ids):
        for table in (record_queryables, boxes):
            connection.execute(sa.delete(table).where(table.c.record_id.in_(part)))


def refresh(connection: Connection, writes: Sequence[Write]) -> Queued | None:
    """Write anew what queries compare, of records whose renditions are as they were."""
    numbered = [(found.known.id, found) for found in writes if found.known]
    if not numbered:
        return None
    _write_neutral(connection, numbered)
    _write_queryables(connection, numbered)
    enqueue(connection, [(number, found.match_keys) for number, found in numbered])
    columns: dict[str, Any] = {name: sa.bindparam(name) for name in _SHOWN}
    connection.execute(
        sa.update(records).where(records.c.id == sa.bindparam("number")).values(columns),
        [
            {"number": number, **dict(zip(_SHOWN, _shown(found.record), strict=True))}
            for number, found in numbered
        ],
    )
    return Queued(batches.enqueue(connection, [number for number, _ in numbered]), numbered)


def bury(connection: Connection, run: HarvestRun, known: Sequence[Known], datestamp: int) -> None:
    """Tombstones: deleted in every format that the record ever had and in its sets; nothing else is lost."""
    buried = [found.id for found in known]
    if not buried:
        return
    memberships.bury(connection, run.id, buried, datestamp)
    for part in parts(buried):
        connection.execute(
            sa.update(records)
            .where(records.c.id.in_(part))
            .values(deleted=True, datestamp=datestamp, changed_run=run.id, seen_run=run.id)
        )
        connection.execute(
            sa.update(renditions)
            .where(renditions.c.record_id.in_(part))
            .values(body=None, datestamp=datestamp)
        )
    _forget_queryables(connection, buried)
    enqueue(connection, [(number, ()) for number in buried])
    batches.enqueue(connection, buried)


def note_seen(connection: Connection, run: HarvestRun, known: Sequence[Known]) -> None:
    """Records listed again, unchanged: their datestamps do not move."""
    if known:
        seen = dialects.as_list(connection, [found.id for found in known])
        statements.run(connection, _seen(connection.dialect), run=run.id, seen=seen)


@cache
def _seen(dialect: Dialect) -> sa.Update:
    seen = records.c.id.in_(dialects.among(dialect, "seen"))
    return sa.update(records).where(seen).values(seen_run=sa.bindparam("run"))
