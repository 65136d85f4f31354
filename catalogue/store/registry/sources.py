"""Sources in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from catalogue.defaults import Defaults
from catalogue.errors import SourceExists, UnknownSource
from catalogue.quirks import Quirks
from catalogue.sets import source_set
from catalogue.source import Missed, Protocol, Source, SourceState
from catalogue.store import dialects, statements
from catalogue.store.engine import reading, writing
from catalogue.store.tables import sets, sources


class Sources:
    """The sources that we harvest."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, source: Source, now: datetime) -> None:
        """Register a source, and the set of its records.

        Raises:
            SourceExists: a source with this id is there already.
        """
        try:
            with writing(self._engine) as connection:
                insert_source(connection, source, now)
        except IntegrityError as error:
            raise SourceExists(f"there is a source {source.id!r} already") from error

    def get(self, source_id: str) -> Source:
        """The source with this id.

        Raises:
            UnknownSource: there is none.
        """
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(sources).where(sources.c.id == source_id)).one_or_none()
        if row is None:
            raise UnknownSource(f"there is no source {source_id!r}")
        return source_of(row)

    def all(self, *states: SourceState) -> list[Source]:
        """Every source in one of these states (in any, if none is named), by id."""
        statement = sa.select(sources).order_by(sources.c.id)
        if states:
            statement = statement.where(sources.c.state.in_(states))
        with reading(self._engine) as connection:
            return [source_of(row) for row in connection.execute(statement)]

    def since(self, source_ids: Sequence[str]) -> datetime | None:
        """When the first of these sources was added; None where there is none."""
        first = sa.select(sa.func.min(sources.c.created_at)).where(sources.c.id.in_(source_ids))
        with reading(self._engine) as connection:
            return connection.execute(first).scalar()

    def ids(self) -> list[str]:
        """The ids of all sources."""
        with reading(self._engine) as connection:
            return list(connection.execute(sa.select(sources.c.id).order_by(sources.c.id)).scalars())

    def at(self, base_url: str) -> list[Source]:
        """Those that are harvested at this address, or were until they were paused; by id."""
        here = sa.func.rtrim(sources.c.base_url, "/") == base_url.rstrip("/")
        statement = sa.select(sources).where(here, sources.c.state != SourceState.RETIRED.value)
        with reading(self._engine) as connection:
            return [source_of(row) for row in connection.execute(statement.order_by(sources.c.id))]

    def friends(self) -> list[str]:
        """The base URLs of the OAI-PMH repositories that we harvest."""
        return [row[0] for row in statements.rows(self._engine, _FRIENDS)]

    def schedules(self) -> dict[str, str]:
        """Everything that says when each source that is harvested on schedule is due, by its id.

        It is looked at every few seconds, for a thousand sources: no `Source` is made of any.
        """
        c = sources.c
        statement = sa.select(c.id, c.schedule, c.time_zone, c.missed).where(
            c.state == SourceState.ACTIVE, c.schedule != ""
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement)
            return {row.id: f"{row.schedule} {row.time_zone} {row.missed}" for row in rows}

    def change(self, source_id: str, **changes: Any) -> Source:
        """Change these fields of a source.

        Raises:
            UnknownSource: there is none with this id.
        """
        if isinstance(changes.get("quirks"), Quirks):
            changes["quirks"] = changes["quirks"].to_json()
        if isinstance(changes.get("defaults"), Defaults):
            changes["defaults"] = changes["defaults"].to_json()
        with writing(self._engine) as connection:
            if changes.keys() & {"schedule", "time_zone"}:
                moment = datetime.fromtimestamp(dialects.now(connection), UTC)
                changes.setdefault("scheduled_at", moment)
            statement = sa.update(sources).where(sources.c.id == source_id).values(**changes)
            if connection.execute(statement).rowcount != 1:
                raise UnknownSource(f"there is no source {source_id!r}")
            if changes.get("title"):
                connection.execute(
                    sa.update(sets)
                    .where(sets.c.set_spec == source_set(source_id))
                    .values(name=changes["title"])
                )
        return self.get(source_id)


def insert_source(connection: Connection, source: Source, now: datetime) -> None:
    """Register a source, and the set of its records, in a transaction of the caller's."""
    row = asdict(source) | {
        "sets": list(source.sets),
        "quirks": source.quirks.to_json(),
        "scheduled_at": source.scheduled_at or (now if source.schedule else None),
        "guards": dict(source.guards),
        "defaults": source.defaults.to_json(),
        "node_id": source.node_id or None,
        "created_at": now,
    }
    connection.execute(sa.insert(sources).values(row))
    connection.execute(sa.insert(sets).values(set_spec=source_set(source.id), name=source.title or source.id))


_FRIENDS = (
    sa.select(sources.c.base_url)
    .distinct()
    .where(sources.c.state == SourceState.ACTIVE, sources.c.protocol == Protocol.OAI_PMH)
    .order_by(sources.c.base_url)
)


def source_of(row: Row[Any]) -> Source:
    """The source in a row."""
    return Source(
        id=row.id,
        protocol=Protocol(row.protocol),
        base_url=row.base_url,
        title=row.title,
        metadata_prefix=row.metadata_prefix,
        sets=tuple(row.sets),
        schedule=row.schedule,
        time_zone=row.time_zone,
        missed=Missed(row.missed),
        quiet_hours=row.quiet_hours,
        scheduled_at=row.scheduled_at,
        state=SourceState(row.state),
        harvested_until=row.harvested_until,
        repository_name=row.repository_name,
        granularity=row.granularity,
        deleted_record=row.deleted_record,
        quirks=Quirks.from_json(row.quirks),
        certificate_until=row.certificate_until,
        guards=row.guards,
        defaults=Defaults.of(row.defaults),
        listed_at=row.listed_at,
        history_from=row.history_from,
        node_id=row.node_id or "",
    )
