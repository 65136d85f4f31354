"""Clocks that are wrong, theirs or ours: from when on the next harvest of a source asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from catalogue.run import Checkpoint
from harvester.clients.base import Note

#: Clocks may differ by so much without a word.
APART: Final = timedelta(days=1)


def ask_from(before: Checkpoint, page: Checkpoint, now: datetime) -> tuple[str, tuple[Note, ...]]:
    """From when on the next harvest asks, and what there is to say of the source's clock.

    As the source said with the first page; where that is later than our own time, from that: a clock that
    runs ahead would let us ask too late, and miss what is written meanwhile.

    Args:
        before: of the run so far.
        page: that comes with the page in hand.
        now: our own time.
    """
    told = page.response_date or before.response_date
    if before.response_date or not told:
        return min(told, before.response_date[: len(told)]) if before.response_date else told, ()
    ours = _written(now)
    wrong = told[: len(ours)] > _written(now + APART)
    notes = (Note("clock-wrong", {"theirs": told, "ours": ours}),) if wrong else ()
    return min(told, ours[: len(told)]), notes


def is_ahead(moment: str, now: datetime) -> bool:
    """Whether a moment up to which a source was harvested has not come yet: some clock was wrong."""
    return moment > _written(now + APART)


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
