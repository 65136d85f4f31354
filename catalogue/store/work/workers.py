"""The processes that harvest, and whether they live."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.errors import StoreUnreachable
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.tables import workers


class Workers:
    """Every process that harvests shows in the store that it lives."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def beat(self, worker: str, role: str, now: datetime) -> None:
        """Show that this worker lives.

        Raises:
            StoreUnreachable: the database does not answer just now.
        """
        statement = sa.update(workers).where(workers.c.id == worker).values(beats=workers.c.beats + 1)
        try:
            with writing(self._engine) as connection:
                if connection.execute(statement).rowcount != 1:
                    row = {"id": worker, "role": role, "beats": 1, "started_at": now}
                    dialects.insert_missing(connection, workers, [row])
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            raise StoreUnreachable("the database does not answer") from error

    def beats(self) -> dict[str, int]:
        """Each worker's counter."""
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(workers.c.id, workers.c.beats))
            return {str(row.id): int(row.beats) for row in rows}

    def remove(self, worker: str) -> None:
        """Forget a worker that has ended, or is dead."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(workers).where(workers.c.id == worker))
