"""What trial runs of sources would have taken: told, and forgotten after a few more."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.run import HarvestRun
from catalogue.store.engine import reading, writing
from catalogue.store.tables import runs, trials
from catalogue.trial import Trial

#: Trials of one source that are kept.
KEPT: Final = 5


class Trials:
    """The reports of trial runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, run: HarvestRun, trial: Trial) -> None:
        """Keep what a run tells, and forget what its source has too many of."""
        of_source = sa.select(runs.c.id).where(runs.c.source_id == run.source_id)
        with writing(self._engine) as connection:
            connection.execute(sa.delete(trials).where(trials.c.run_id == run.id))
            connection.execute(sa.insert(trials).values(run_id=run.id, report=trial.to_json()))
            kept = sa.select(trials.c.run_id).where(trials.c.run_id.in_(of_source))
            numbers = connection.execute(kept.order_by(trials.c.run_id.desc())).scalars().all()
            connection.execute(sa.delete(trials).where(trials.c.run_id.in_(numbers[KEPT:])))

    def of(self, run_id: int) -> Trial | None:
        """What a run tells; None where it tells nothing, or no more."""
        statement = sa.select(trials.c.report).where(trials.c.run_id == run_id)
        with reading(self._engine) as connection:
            found = connection.execute(statement).scalar()
        return Trial.from_json(found) if found else None
