"""What grows with every night: how much there is of it, and what is forgotten of it in time.

A run itself stays: a row of some hundred bytes, by which charts and guards go. What is forgotten is its log,
and what it could not take one by one; never the newest fault of a record, nor the log of a source's newest
harvest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.run import RunKind
from catalogue.store.engine import reading, writing
from catalogue.store.tables import faults, metadata, problems, run_events, runs

#: What is kept -> the tables that it is in; others are `the rest`.
_TABLES: Final = {
    "records": (
        "records", "neutral_records", "renditions", "record_queryables", "record_sets", "boxes", "list_sizes",
    ),
    "payloads": ("payloads",),
    "formats": ("kept_renditions", "keepings"),
    "index": (
        "index_edged", "index_edges", "index_entries", "index_order", "index_paired", "index_pairs",
        "index_postings", "index_queue", "index_ranked", "index_ranks", "index_terms",
    ),
    "copies": ("matches", "match_keys", "match_queue", "cluster_members"),
    "history": ("record_versions",),
    "runs": ("runs", "trials"),
    "log": ("run_events",),
    "faults": ("faults", "problems"),
    "requests": ("exchanges",),
    "clients": ("visits", "clients"),
}  # fmt: skip
REST: Final = "the rest"
#: Runs of which something is forgotten in one transaction.
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of something."""

    what: str
    rows: int
    #: On disk, indexes with them; None where this SQLite cannot tell.
    size: int | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten."""

    faults: int = 0
    events: int = 0


class Retention:
    """Everything that grows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def forget(self, *, faults_before: datetime, log_before: datetime) -> Forgotten:
        """Forget the faults and the log of runs that ended before these moments.

        The newest fault of a record stays, for it can be taken later, by a mended reader; and so does the log
        of the newest harvest of each source.
        """
        told = sa.select(problems.c.fault_id)
        gone = sum(self._forget(faults, faults_before, faults.c.id.not_in(told)))
        harvests = runs.c.kind.in_([kind for kind in RunKind if kind.harvests])
        newest = sa.select(sa.func.max(runs.c.id)).where(harvests).group_by(runs.c.source_id)
        return Forgotten(gone, sum(self._forget(run_events, log_before, run_events.c.run_id.not_in(newest))))

    def _forget(self, table: sa.Table, before: datetime, which: sa.ColumnElement[bool]) -> Iterator[int]:
        with reading(self._engine) as connection:
            numbers = _old_runs_in(connection, table, before, which)
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            with writing(self._engine) as connection:
                statement = sa.delete(table).where(table.c.run_id.in_(some), which)
                yield connection.execute(statement).rowcount

    def sizes(self) -> list[Size]:
        """How much there is of everything, the largest first."""
        with reading(self._engine) as connection:
            rows = {
                table.name: int(
                    connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                )
                for table in metadata.sorted_tables
            }
            sizes = _on_disk(connection)
        named = {name for names in _TABLES.values() for name in names}
        kinds = {**_TABLES, REST: tuple(rows.keys() - named)}
        found = [
            Size(
                what,
                sum(rows.get(name, 0) for name in names),
                None if sizes is None else sum(sizes.get(name, 0) for name in names),
            )
            for what, names in kinds.items()
        ]
        return sorted(found, key=lambda one: (-(one.size or 0), -one.rows, one.what))


def _old_runs_in(
    connection: Connection, table: sa.Table, before: datetime, which: sa.ColumnElement[bool]
) -> Sequence[int]:
    """The runs that ended before, and of which there is something to forget in a table."""
    statement = (
        sa.select(table.c.run_id)
        .join(runs, runs.c.id == table.c.run_id)
        .where(runs.c.ended_at < before, which)
        .distinct()
        .order_by(table.c.run_id)
    )
    return connection.execute(statement).scalars().all()


def _on_disk(connection: Connection) -> dict[str, int] | None:
    """Bytes of each table, indexes with it."""
    if connection.dialect.name == "postgresql":
        told = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
        return {str(name): int(size) for name, size in connection.execute(sa.text(told)).all()}
    asked = "SELECT count(*) FROM pragma_compile_options WHERE compile_options = 'ENABLE_DBSTAT_VTAB'"
    if not connection.execute(sa.text(asked)).scalar():
        return None
    told = (
        "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s"
        " LEFT JOIN sqlite_schema m ON m.name = s.name WHERE s.aggregate = TRUE GROUP BY 1"
    )
    return {str(name): int(size) for name, size in connection.execute(sa.text(told)).all()}
