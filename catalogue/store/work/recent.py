"""What harvests have deleted of late, a few records at a time: together it may be most of a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.question import QuestionState, Topic
from catalogue.run import HarvestRun, RunKind
from catalogue.store.engine import reading
from catalogue.store.tables import decisions, questions, records, runs


@dataclass(frozen=True, slots=True)
class Recent:
    """Deletions of a while, of which no person was asked."""

    #: Records that harvests have deleted since, and that are deleted still.
    gone: int = 0
    #: The most records that were known at the beginning of any of these harvests.
    known: int = 0
    since: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def facts(self) -> dict[str, Any]:
        """What a question tells of it."""
        return {"recent": self.gone, "then": self.known, "since": f"{self.since:%Y-%m-%d}"}


NOTHING: Final = Recent()


class RecentChanges:
    """Looks back over the runs of a source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def deletions(self, run: HarvestRun, since: datetime) -> Recent:
        """What harvests before this one have deleted since, or since a person has last decided about it."""
        with reading(self._engine) as connection:
            decided = connection.execute(
                sa.select(sa.func.max(decisions.c.decided_at))
                .join(questions, questions.c.id == decisions.c.question_id)
                .where(
                    questions.c.source_id == run.source_id,
                    questions.c.topic == Topic.DELETIONS,
                    questions.c.state == QuestionState.ANSWERED,
                )
            ).scalar()
            since = max(since, decided or since)
            harvests = sa.and_(
                runs.c.source_id == run.source_id,
                runs.c.id < run.id,
                runs.c.kind.in_((RunKind.FULL, RunKind.INCREMENTAL)),
                runs.c.opened_at >= sa.bindparam("since", since, runs.c.opened_at.type),
            )
            found = connection.execute(sa.select(runs.c.opened_at, runs.c.checkpoint).where(harvests)).all()
            gone = connection.execute(
                sa.select(sa.func.count()).where(
                    records.c.source_id == run.source_id,
                    records.c.deleted,
                    records.c.changed_run.in_(sa.select(runs.c.id).where(harvests)),
                )
            ).scalar_one()
        known = max((row.checkpoint.get("known", 0) for row in found), default=0)
        return Recent(
            gone, max(known, run.checkpoint.known), min((row.opened_at for row in found), default=since)
        )
