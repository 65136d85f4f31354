"""Clusters in the store: found at ingest, split and joined by people, computed anew at any time."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.cluster import Cluster, Copy, in_order
from catalogue.errors import NoCluster, UnknownRecord
from catalogue.store import dialects
from catalogue.store.copies import settling
from catalogue.store.engine import reading, writing
from catalogue.store.tables import (
    cluster_decisions,
    cluster_members,
    match_queue,
    record_versions,
    records,
)

#: Entries of the queue that are settled in one transaction: at first, at least and at most. Copies of what
#: many others have take a thousand times as long as what nobody else has.
_FIRST, _FEWEST, _MOST = (500, 20, 5000)
#: Seconds that a transaction may take, for others want to write, too.
_LONG: Final = 1.0
#: Seconds for which SQLite is let go after one that took long: who waits looks every tenth of a second.
_BREATH: Final = 0.12


def fitting(size: int, took: float) -> int:
    """How many entries to settle in the next transaction, where so many took so many seconds."""
    if took > _LONG:
        return max(_FEWEST, int(size * _LONG / took))
    return min(_MOST, size * 2) if took < _LONG / 3 else size


class Clusters:
    """Which records are copies of one thing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._at_once = _FIRST

    def settle(self, compare: settling.Compare, *, at_once: int = 0, wait: bool = True) -> int:
        """Compare what has changed since with everything else; how many records that were.

        Args:
            compare: says whether two records are copies.
            at_once: entries that are settled in one transaction; 0: as many as take about a second.
            wait: for another that settles just now; otherwise the rest is left to that one.
        """
        settled = 0
        while self._waits():
            began = time.monotonic()
            with writing(self._engine) as connection:
                done = settling.settle(connection, compare, limit=at_once or self._at_once, wait=wait)
            if not done:
                break
            settled += done
            took = time.monotonic() - began
            self._at_once = fitting(self._at_once, took)
            if took > _LONG / 2 and self._engine.dialect.name == "sqlite":
                time.sleep(_BREATH)
        return settled

    def copies_in(self, run_id: int) -> int:
        """Of the records that a run took or changed, how many are taken for copies of others by now."""
        member = cluster_members.c.record_id
        changed = record_versions.c
        counts = (
            sa.select(sa.func.count())
            .select_from(records.join(cluster_members, member == records.c.id))
            .where(records.c.first_run == run_id),
            sa.select(sa.func.count())
            .select_from(record_versions.join(cluster_members, member == changed.record_id))
            .where(changed.run_id == run_id),
        )
        with reading(self._engine) as connection:
            return sum(connection.execute(count).scalar_one() for count in counts)

    def _waits(self) -> bool:
        with reading(self._engine) as connection:
            return connection.execute(sa.select(match_queue.c.id).limit(1)).first() is not None

    def copies(self, *, after: int = 0, limit: int = 500) -> list[Copy]:
        """The records that are not deleted, by number from the one behind `after` on."""
        with reading(self._engine) as connection:
            return settling.copies_after(connection, after, limit)

    def enqueue(self, changed: Iterable[tuple[int, Collection[int]]]) -> None:
        """Have these records compared anew at the next settling: their numbers, and their keys."""
        with writing(self._engine) as connection:
            settling.enqueue(connection, changed)

    def count(self) -> int:
        """How many clusters there are."""
        with reading(self._engine) as connection:
            leads = sa.select(sa.func.count()).where(cluster_members.c.lead)
            return connection.execute(leads.select_from(cluster_members)).scalar_one()

    def page(self, *, after: int = 0, limit: int = 50) -> list[Cluster]:
        """The clusters with their members, by number from the one behind `after` on."""
        c = cluster_members.c
        numbers = (
            sa.select(c.cluster_id).where(c.cluster_id > after).distinct().order_by(c.cluster_id).limit(limit)
        )
        with reading(self._engine) as connection:
            found = connection.execute(numbers).scalars().all()
            return [_cluster(connection, number) for number in found]

    def of(self, identifier: str) -> Cluster:
        """The cluster of a record, with the reasons for it.

        Raises:
            UnknownRecord: there is no such record.
            NoCluster: it has no copies.
        """
        with reading(self._engine) as connection:
            return _of(connection, identifier)

    def split(self, identifier: str, now: datetime, *, by: str = "") -> Cluster:
        """Decide that a record is no copy of the others in its cluster; the cluster as it was.

        Raises:
            UnknownRecord: there is no such record.
            NoCluster: it has no copies.
        """
        with writing(self._engine) as connection:
            dialects.alone(connection, settling.ALONE)
            cluster = _of(connection, identifier)
            others = [m.identifier for m in cluster.members if m.identifier != identifier]
            _decide(connection, [(identifier, other) for other in others], now, together=False, by=by)
            settling.regroup(connection, (m.record_id for m in cluster.members))
            return cluster

    def join(self, identifiers: Sequence[str], now: datetime, *, by: str = "") -> Cluster:
        """Decide that records, and what they are clustered with already, are copies of one thing.

        Raises:
            UnknownRecord: there is no such record.
        """
        with writing(self._engine) as connection:
            dialects.alone(connection, settling.ALONE)
            first, *rest = dict.fromkeys(identifiers)
            numbers = {_number(connection, identifier) for identifier in (first, *rest)}
            around = settling.members_of(connection, numbers | _clustered_with(connection, numbers))
            _forget_apart(connection, [member.identifier for member in around.values()])
            _decide(connection, [(first, other) for other in rest], now, together=True, by=by)
            settling.regroup(connection, around)
            return _of(connection, first)


def _number(connection: Connection, identifier: str) -> int:
    statement = sa.select(records.c.id).where(records.c.identifier == identifier, sa.not_(records.c.deleted))
    found = connection.execute(statement).scalar()
    if found is None:
        raise UnknownRecord(f"there is no record {identifier!r}")
    return int(found)


def _clustered_with(connection: Connection, record_ids: Collection[int]) -> set[int]:
    c = cluster_members.c
    clusters = sa.select(c.cluster_id).where(c.record_id.in_(record_ids))
    return set(connection.execute(sa.select(c.record_id).where(c.cluster_id.in_(clusters))).scalars())


def _of(connection: Connection, identifier: str) -> Cluster:
    c = cluster_members.c
    number = sa.select(c.cluster_id).where(c.record_id == _number(connection, identifier))
    cluster_id = connection.execute(number).scalar()
    if cluster_id is None:
        raise NoCluster(f"{identifier} has no copies")
    return _cluster(connection, cluster_id)


def _cluster(connection: Connection, cluster_id: int) -> Cluster:
    c = cluster_members.c
    numbers = set(connection.execute(sa.select(c.record_id).where(c.cluster_id == cluster_id)).scalars())
    members = in_order(settling.members_of(connection, numbers).values())
    inside = {member.record_id for member in members}
    matches = settling.matches_of(connection, inside)
    return Cluster(
        cluster_id,
        members,
        tuple(match for match in matches if match.first in inside and match.second in inside),
        tuple(settling.decisions_of(connection, [member.identifier for member in members])),
    )


def _decide(
    connection: Connection, pairs: Iterable[tuple[str, str]], now: datetime, *, together: bool, by: str
) -> None:
    """Write a decision down; what was decided of the same two records before counts no more."""
    for pair in pairs:
        first, second = sorted(pair)
        row = {"first": first, "second": second, "together": together, "at": now, "by": by}
        statement = dialects.insert(connection, cluster_decisions).values(row)
        changes = {name: row[name] for name in ("together", "at", "by")}
        connection.execute(statement.on_conflict_do_update(index_elements=["first", "second"], set_=changes))


def _forget_apart(connection: Connection, identifiers: Sequence[str]) -> None:
    """Who joins records takes back what set them, and what goes with them, apart."""
    c = cluster_decisions.c
    connection.execute(
        sa.delete(cluster_decisions).where(
            sa.not_(c.together), c.first.in_(identifiers), c.second.in_(identifiers)
        )
    )
