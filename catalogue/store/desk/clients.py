"""Who harvests us, in the store: visits added up by client and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from operator import itemgetter

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.errors import StoreUnreachable
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.tables import clients, visits
from catalogue.visit import Client, ClientReport, Count, Visit

_DAY = 86400
_COUNTS = ("requests", "records", "bytes", "begun", "ended")


class Clients:
    """The clients that harvest us."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, found: Mapping[tuple[Client, Visit], Count], now: datetime) -> None:
        """Add what was counted since the last time.

        Raises:
            StoreUnreachable: the database does not answer just now.
        """
        if not found:
            return
        try:
            with writing(self._engine) as connection:
                numbers = {
                    client: _number(connection, client, now) for client in sorted({c for c, _ in found})
                }
                day = int(now.timestamp()) // _DAY
                rows = [
                    {"client_id": numbers[client], "day": day, **visit._asdict(), **asdict(count)}
                    for (client, visit), count in sorted(found.items(), key=itemgetter(0))
                ]
                dialects.add_up(connection, visits, rows, _COUNTS)
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            raise StoreUnreachable("the database does not answer") from error

    def reports(self, now: datetime, *, days: int, limit: int = 200) -> list[ClientReport]:
        """What each client did within so many days, the latest visitor first."""
        since = now - timedelta(days=days)
        newest = (
            sa.select(clients)
            .where(clients.c.last_at >= since)
            .order_by(clients.c.last_at.desc(), clients.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            found = {
                row.id: ClientReport(Client(row.address, row.user_agent), row.first_at, row.last_at)
                for row in connection.execute(newest)
            }
            counted = sa.select(visits).where(
                visits.c.client_id.in_(found), visits.c.day >= int(since.timestamp()) // _DAY
            )
            for row in connection.execute(counted):
                visit = Visit(row.verb, row.prefix, row.set_spec, row.error)
                found[row.client_id].take(visit, Count(*(getattr(row, name) for name in _COUNTS)))
        return list(found.values())

    def given(self, set_specs: Sequence[str], first: int, until: int) -> int:
        """How many clients were given records of lists of these sets (empty: of everything) on these days.

        Days are counted from 1970-01-01; the last is not among them.
        """
        v = visits.c
        statement = sa.select(sa.func.count(v.client_id.distinct())).where(
            v.day >= first, v.day < until, v.set_spec.in_(set_specs), v.records > 0, v.verb.like("List%")
        )
        with reading(self._engine) as connection:
            return connection.execute(statement).scalar_one()

    def forget(self, before: datetime) -> None:
        """Forget visits of days before this one, and clients that have not come since."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(visits).where(visits.c.day < int(before.timestamp()) // _DAY))
            left = sa.select(visits.c.client_id)
            connection.execute(
                sa.delete(clients).where(clients.c.last_at < before, clients.c.id.not_in(left))
            )


def _number(connection: Connection, client: Client, now: datetime) -> int:
    statement = dialects.insert(connection, clients).values(**client._asdict(), first_at=now, last_at=now)
    statement = statement.on_conflict_do_update(
        index_elements=["address", "user_agent"], set_={"last_at": now}
    )
    return int(connection.execute(statement.returning(clients.c.id)).scalar_one())
