"""Figures of the harvests for whoever watches: sums over all runs and all requests to sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.exchange import BOUNDS, Outcome
from catalogue.run import Ending, RunKind, RunState
from catalogue.store import dialects
from catalogue.store.engine import reading
from catalogue.store.tables import runs, source_requests

_R: Final = runs.c


@dataclass(frozen=True, slots=True)
class RunCount:
    """How many runs of a source ended so."""

    source_id: str
    kind: RunKind
    ending: Ending
    count: int


@dataclass(frozen=True, slots=True)
class Times:
    """How long things took: how many within each bound (those within the bound before not among them)."""

    #: One more than there are bounds: the last are those beyond.
    counts: tuple[int, ...]
    seconds: float


class Figures:
    """Sums over the harvests."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def runs(self) -> list[RunCount]:
        """How many runs of each source ended how."""
        statement = (
            sa.select(_R.source_id, _R.kind, _R.ending, sa.func.count())
            .where(_R.state == RunState.ENDED)
            .group_by(_R.source_id, _R.kind, _R.ending)
        )
        with reading(self._engine) as connection:
            return [
                RunCount(source_id, RunKind(kind), Ending(ending), count)
                for source_id, kind, ending, count in connection.execute(statement)
            ]

    def durations(self, bounds: Sequence[float]) -> dict[RunKind, Times]:
        """How many seconds runs took from their first page to their end, by kind."""
        lasted = dialects.seconds_between(self._engine.dialect.name, _R.started_at, _R.ended_at)
        inner = (
            sa.select(_R.kind, lasted.label("seconds"))
            .where(_R.state == RunState.ENDED, _R.started_at.is_not(None))
            .subquery()
        )
        seconds = inner.c.seconds
        within = [sa.func.sum(sa.case((seconds <= bound, 1), else_=0)) for bound in bounds]
        statement = sa.select(inner.c.kind, sa.func.count(), sa.func.sum(seconds), *within)
        with reading(self._engine) as connection:
            return {
                RunKind(kind): _times(count, total, more)
                for kind, count, total, *more in connection.execute(statement.group_by(inner.c.kind))
            }

    def requests(self) -> dict[tuple[str, Outcome], Times]:
        """The requests to each source, by what came of them."""
        q = source_requests.c
        found: dict[tuple[str, Outcome], list[int]] = {}
        spent: dict[tuple[str, Outcome], int] = {}
        statement = sa.select(q.source_id, q.outcome, q.bound, q.requests, q.milliseconds)
        with reading(self._engine) as connection:
            for source_id, outcome, bound, count, milliseconds in connection.execute(statement):
                key = (source_id, Outcome(outcome))
                found.setdefault(key, [0] * (len(BOUNDS) + 1))[bound] += count
                spent[key] = spent.get(key, 0) + milliseconds
        return {key: Times(tuple(counts), spent[key] / 1000) for key, counts in found.items()}


def _times(count: int, total: float | None, within: Sequence[int]) -> Times:
    """From how many are within each bound, all that are within the one before among them."""
    before = [0, *within]
    return Times(
        tuple(int(one) - int(less) for one, less in zip([*within, count], before, strict=True)),
        float(total or 0.0),
    )
