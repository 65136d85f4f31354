"""Records in the store: what is known of a source's items, and one page of changes to them.

A page is one transaction: its records, renditions, sets, faults, the run's checkpoint and tally are
committed together, under one datestamp, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect, Engine

from catalogue.errors import WriteIntentExpired
from catalogue.exchange import Exchange
from catalogue.run import Checkpoint, Fault, HarvestRun, Tally, plain
from catalogue.store import clock, dialects, statements
from catalogue.store.engine import reading, writing
from catalogue.store.findings.withheld import Withheld, release, withhold
from catalogue.store.holdings import beginnings, history, payloads
from catalogue.store.holdings.renamings import Renaming
from catalogue.store.holdings.renamings import write as write_renamings
from catalogue.store.holdings.writes import Known, Queued, Write, bury, note_seen, refresh, write
from catalogue.store.index.answers import SearchIndex
from catalogue.store.parts import parts
from catalogue.store.tables import neutral_records, records, renditions
from catalogue.store.work import exchanges
from catalogue.store.work.runs import add_faults, change, forget_faults, forget_set_aside

__all__ = ["Known", "PageOfChanges", "Records", "Renaming", "Withheld", "Write"]

#: How often a page is written again because its datestamp was not safe any more.
_ATTEMPTS = 3


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
    #: Records that come out of their payload as they were: what queries compare is written anew, their
    #: datestamps do not move.
    refreshed: Sequence[Write] = ()
    #: Identifiers in the source of what it has deleted, and we never had as a record.
    withdrawn: Sequence[str] = ()
    faults: Sequence[Fault] = ()
    #: Payloads of faults, kept so that a mended reader can take them later.
    set_aside: Sequence[tuple[bytes, bytes]] = ()
    #: Identifiers in the source of records that the run could not take before, and has taken now.
    taken: Sequence[str] = ()
    #: Requests of the run that were made since it was last noted.
    exchanges: Sequence[Exchange] = ()
    #: Changes that wait for the end of the run.
    withheld: Sequence[Withheld] = ()
    #: Records for which nothing waits any more.
    released: Sequence[int] = ()
    #: New identifiers that the source has given to records that are there.
    renamings: Sequence[Renaming] = ()

    @property
    def names(self) -> Iterator[str]:
        """What its source calls the records that come with it, those among them that cannot be taken."""
        yield from (write.source_identifier for write in self.writes)
        yield from (fault.source_identifier for fault in self.faults)
        yield from (renaming.source_identifier for renaming in self.renamings)

    @property
    def changed(self) -> list[int]:
        """Records that are there and become something else."""
        return [write.known.id for write in self.writes if write.known] + [one.id for one in self.tombstones]


@cache
def _known(dialect: Dialect) -> sa.Select[Any]:
    c = records.c
    return sa.select(
        c.id, c.identifier, c.payload_digest, c.deleted, c.seen_run, c.origins, c.source_datestamp
    ).where(c.identifier.in_(dialects.among(dialect, "identifiers", sa.Text)))


class Records:
    """The records of all sources."""

    def __init__(self, engine: Engine, index: SearchIndex) -> None:
        self._engine = engine
        self._index = index

    def known(self, identifiers: Sequence[str]) -> dict[str, Known]:
        """What the store holds under these identifiers of ours, by identifier."""
        with reading(self._engine) as connection:
            wanted = dialects.as_list(connection, identifiers)
            rows = statements.rows_on(connection, _known(connection.dialect), identifiers=wanted)
            return {row[1]: Known(row[0], row[1], row[2], bool(row[3]), *row[4:]) for row in rows}

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

    def neutral(self, record_ids: Sequence[int]) -> dict[int, bytes]:
        """The neutral records of these, as `catalogue.record.to_json` wrote them, by record."""
        c = neutral_records.c
        found: dict[int, bytes] = {}
        with reading(self._engine) as connection:
            for part in parts(record_ids):
                statement = sa.select(c.record_id, c.body).where(c.record_id.in_(part))
                found |= {row.record_id: bytes(row.body) for row in connection.execute(statement)}
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
        queued: list[Queued | None] = []
        with writing(self._engine) as connection:
            change(
                connection,
                page.run,
                checkpoint=plain(page.checkpoint),
                **plain(page.run.tally + page.tally),
                failures=0,
                lapses=0,
                message="",
                active_at=now,
            )
            if intent is not None:
                datestamp = clock.take_datestamp(connection, intent)
                history.note(connection, page.run.id, page.changed)
                queued.append(write(connection, page.run, page.writes, datestamp))
                bury(connection, page.run, page.tombstones, datestamp)
            beginnings.note(connection, page.run.source_id, page.names)
            payloads.keep(connection, page.set_aside)
            note_seen(connection, page.run, page.seen)
            release(connection, page.released)
            write_renamings(connection, page.run, page.renamings)
            withhold(connection, page.run, page.withheld)
            queued.append(refresh(connection, page.refreshed))
            forget_set_aside(connection, page.run.source_id, page.withdrawn)
            forget_faults(connection, page.run.id, page.taken)
            exchanges.write(connection, page.run.id, page.exchanges)
            add_faults(connection, page.run.id, now, page.faults)
            if intent is not None:
                clock.fulfil(connection, intent)
        for written in queued:
            if written is not None:
                self._index.hand_over(written.entry, written.told())
