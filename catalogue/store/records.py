"""Records in the store: what is known of a source's items, and one page of changes to them.

A page is one transaction: its records, renditions, sets, faults, the run's checkpoint and tally are
committed together, under one datestamp, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.errors import WriteIntentExpired
from catalogue.queryables import key_of, normalise
from catalogue.record import Box, Record, to_json
from catalogue.run import Checkpoint, Fault, HarvestRun, Tally
from catalogue.store import clock, dialects, payloads
from catalogue.store.engine import reading, writing
from catalogue.store.runs import add_faults, change
from catalogue.store.sets import numbers
from catalogue.store.tables import boxes, neutral_records, record_sets, record_values, records, renditions

#: How often a page is written again because its datestamp was not safe any more.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of one item of a source."""

    id: int
    identifier: str
    payload_digest: bytes | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Write:
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
    set_specs: tuple[str, ...]
    #: Identifier in the iso19139 rendition.
    file_identifier: str
    #: (queryable, value) pairs that filters compare.
    values: Sequence[tuple[str, str]]
    search_text: str


@dataclass(frozen=True, slots=True)
class PageOfChanges:
    """Everything that one page changes."""

    run: HarvestRun
    checkpoint: Checkpoint
    tally: Tally
    writes: Sequence[Write] = ()
    #: Records that the source has deleted.
    tombstones: Sequence[Known] = ()
    #: Records listed again, unchanged.
    seen: Sequence[Known] = ()
    faults: Sequence[Fault] = ()
    #: Payloads of faults, kept so that a mended reader can take them later.
    set_aside: Sequence[tuple[bytes, bytes]] = ()


class Records:
    """The records of all sources."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def known(self, identifiers: Sequence[str]) -> dict[str, Known]:
        """What the store holds under these identifiers of ours, by identifier."""
        statement = sa.select(
            records.c.id, records.c.identifier, records.c.payload_digest, records.c.deleted
        ).where(records.c.identifier.in_(identifiers))
        with reading(self._engine) as connection:
            return {row.identifier: Known(*row) for row in connection.execute(statement)}

    def of_source(self, source_id: str, *, after: int = 0, limit: int = 100) -> list[sa.Row[Any]]:
        """A source's records that are not deleted, by number from the one behind `after` on."""
        statement = (
            sa.select(records)
            .where(records.c.source_id == source_id, records.c.id > after, sa.not_(records.c.deleted))
            .order_by(records.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(statement))

    def renditions(self, record_ids: Sequence[int]) -> dict[int, dict[str, bytes]]:
        """The renditions of these records, by record and prefix."""
        statement = sa.select(renditions.c.record_id, renditions.c.prefix, renditions.c.body).where(
            renditions.c.record_id.in_(record_ids), renditions.c.body.is_not(None)
        )
        found: dict[int, dict[str, bytes]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(statement):
                found.setdefault(row.record_id, {})[row.prefix] = bytes(row.body)
        return found

    def commit(self, page: PageOfChanges, now: datetime) -> None:
        """Write a page: all of it, or nothing.

        Raises:
            RunLost: the run was cancelled, or another worker holds it now.
            WriteIntentExpired: the store is so slow that no datestamp was ever safe.
        """
        for attempt in range(_ATTEMPTS):
            if not page.writes and not page.tombstones:
                return self._commit(page, now, None)
            intent = clock.announce(self._engine)
            try:
                return self._commit(page, now, intent)
            except WriteIntentExpired:
                if attempt == _ATTEMPTS - 1:
                    raise
            except BaseException:
                clock.withdraw(self._engine, intent)
                raise
        return None

    def _commit(self, page: PageOfChanges, now: datetime, intent: int | None) -> None:
        with writing(self._engine) as connection:
            change(
                connection,
                page.run,
                checkpoint=asdict(page.checkpoint),
                **asdict(page.run.tally + page.tally),
                failures=0,
                message="",
            )
            if intent is not None:
                datestamp = clock.take_datestamp(connection, intent)
                _write(connection, page, datestamp)
                _bury(connection, page, datestamp)
            payloads.keep(connection, page.set_aside)
            _note_seen(connection, page)
            add_faults(connection, page.run.id, now, page.faults)
            if intent is not None:
                clock.fulfil(connection, intent)


def _write(connection: Connection, page: PageOfChanges, datestamp: int) -> None:
    if not page.writes:
        return
    new = [write for write in page.writes if write.known is None]
    fresh = dict(zip(map(id, new), dialects.allocate_ids(connection, records, len(new)), strict=True))
    numbered = [(w.known.id if w.known else fresh[id(w)], w) for w in page.writes]
    rows = [_record_row(number, write, page.run, datestamp) for number, write in numbered]
    connection.execute(
        sa.insert(records), [row for row, write in zip(rows, page.writes, strict=True) if not write.known]
    )
    _replace(connection, [row for row, write in zip(rows, page.writes, strict=True) if write.known])
    payloads.keep(connection, [(write.payload_digest, write.payload) for write in page.writes])
    dialects.upsert(
        connection,
        neutral_records,
        [{"record_id": n, "body": to_json(w.record), "search_text": w.search_text} for n, w in numbered],
    )
    dialects.upsert(
        connection,
        renditions,
        [
            {"record_id": n, "prefix": prefix, "datestamp": datestamp, "body": body}
            for n, w in numbered
            for prefix, body in w.renditions.items()
        ],
    )
    _write_sets(connection, numbered, datestamp)
    _write_queryables(connection, numbered)


def _record_row(number: int, write: Write, run: HarvestRun, datestamp: int) -> dict[str, Any]:
    record = write.record
    return {
        "id": number,
        "source_id": run.source_id,
        "identifier": write.identifier,
        "source_identifier": write.source_identifier,
        "source_datestamp": write.source_datestamp,
        "metadata_prefix": write.metadata_prefix,
        "payload_digest": write.payload_digest,
        "deleted": False,
        "datestamp": datestamp,
        "first_datestamp": datestamp,
        "set_specs": " ".join(write.set_specs),
        "changed_run": run.id,
        "seen_run": run.id,
        "file_identifier": write.file_identifier,
        "title": record.title.default,
        "type": record.types[0].default if record.types else "",
        "language": record.languages[0] if record.languages else "",
        "modified": record.metadata_date or record.date("modified", "issued", "created", "date"),
    }


def _replace(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    numbers_of_rows = [row.pop("id") for row in rows]
    for row, number in zip(rows, numbers_of_rows, strict=True):
        row["number"] = number
        del row["first_datestamp"]
    columns: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "number"}
    connection.execute(sa.update(records).where(records.c.id == sa.bindparam("number")).values(columns), rows)
    # A format that the record had and has no more is told as deleted in that format's lists.
    datestamp = rows[0]["datestamp"]
    connection.execute(
        sa.update(renditions)
        .where(renditions.c.record_id.in_(numbers_of_rows), renditions.c.body.is_not(None))
        .values(body=None, datestamp=datestamp)
    )


def _write_sets(connection: Connection, numbered: Sequence[tuple[int, Write]], datestamp: int) -> None:
    set_ids = numbers(connection, {spec for _, write in numbered for spec in write.set_specs})
    known = [number for number, write in numbered if write.known]
    if known:
        # Left until proved otherwise by the rows that follow.
        connection.execute(
            sa.update(record_sets)
            .where(record_sets.c.record_id.in_(known), record_sets.c.member)
            .values(member=False, datestamp=datestamp)
        )
    dialects.upsert(
        connection,
        record_sets,
        [
            {"set_id": set_ids[spec], "record_id": number, "datestamp": datestamp, "member": True}
            for number, write in numbered
            for spec in write.set_specs
        ],
    )


def _write_queryables(connection: Connection, numbered: Sequence[tuple[int, Write]]) -> None:
    _forget_queryables(connection, [number for number, write in numbered if write.known])
    rows = [
        {"record_id": number, "name": name, "position": position, **_comparable(name, value)}
        for number, write in numbered
        for position, (name, value) in enumerate(write.values)
    ]
    if rows:
        connection.execute(sa.insert(record_values), rows)
    found = [
        {"record_id": number, "west": west, "south": box.south, "east": east, "north": box.north}
        for number, write in numbered
        for box in write.record.boxes
        for west, east in _halves(box)
    ]
    if found:
        connection.execute(sa.insert(boxes), found)


def _comparable(name: str, value: str) -> dict[str, str | None]:
    folded = normalise(value)
    return {"value": value, "folded": None if folded == value else folded, "key": key_of(name, value, folded)}


def _halves(box: Box) -> tuple[tuple[float, float], ...]:
    if box.west <= box.east:
        return ((box.west, box.east),)
    return ((box.west, 180.0), (-180.0, box.east))


def _forget_queryables(connection: Connection, record_ids: Sequence[int]) -> None:
    if record_ids:
        connection.execute(sa.delete(record_values).where(record_values.c.record_id.in_(record_ids)))
        connection.execute(sa.delete(boxes).where(boxes.c.record_id.in_(record_ids)))


def _bury(connection: Connection, page: PageOfChanges, datestamp: int) -> None:
    """Tombstones: deleted in every format and set in which the record ever was; nothing else is lost."""
    numbers_of_rows = [known.id for known in page.tombstones]
    if not numbers_of_rows:
        return
    connection.execute(
        sa.update(records)
        .where(records.c.id.in_(numbers_of_rows))
        .values(deleted=True, datestamp=datestamp, changed_run=page.run.id, seen_run=page.run.id)
    )
    connection.execute(
        sa.update(renditions)
        .where(renditions.c.record_id.in_(numbers_of_rows))
        .values(body=None, datestamp=datestamp)
    )
    connection.execute(
        sa.update(record_sets)
        .where(record_sets.c.record_id.in_(numbers_of_rows))
        .values(datestamp=datestamp, member=False)
    )
    _forget_queryables(connection, numbers_of_rows)


def _note_seen(connection: Connection, page: PageOfChanges) -> None:
    if page.seen:
        connection.execute(
            sa.update(records)
            .where(records.c.id.in_([known.id for known in page.seen]))
            .values(seen_run=page.run.id)
        )
