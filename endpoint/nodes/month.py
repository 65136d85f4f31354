"""What happened at a node within a month: what its monthly letter tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

from catalogue.checkup import Checkup
from catalogue.errors import SettingsError, UnknownCheckup
from catalogue.sets import SOURCE_BRANCH, source_set
from catalogue.store import Store
from catalogue.store.registry.overview import Sums
from endpoint.nodes.board import Line


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month by the calendar, in UTC."""

    first: date

    @classmethod
    def before(cls, now: datetime) -> Self:
        """The one before the month that it is."""
        return cls((now.date().replace(day=1) - timedelta(days=1)).replace(day=1))

    @classmethod
    def of(cls, key: str) -> Self:
        """The month of a key: `2026-11`.

        Raises:
            SettingsError: it is none.
        """
        try:
            return cls(date.fromisoformat(f"{key}-01"))
        except ValueError as error:
            raise SettingsError(f"{key!r} is not a month of the form 2026-11") from error

    @property
    def key(self) -> str:
        """As it stands in the store and in addresses."""
        return f"{self.first:%Y-%m}"

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self.first.year, self.first.month, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first moment that is not in it."""
        return (self.begins + timedelta(days=32)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Happened:
    """A node and its month."""

    line: Line
    month: Month
    sums: Sums
    #: Rule -> records that break it now, without what somebody has accepted; the most first.
    problems: Mapping[str, int]
    #: Rule -> records that were mended within the month.
    mended: Mapping[str, int]
    #: Clients that were given records of it within the month, with everything or by its own set.
    clients: int
    #: The newest check-up of one of its addresses that is still known.
    report: Checkup | None
    #: When the node came to us, and what time it is.
    since: datetime
    now: datetime

    @property
    def is_before(self) -> bool:
        """Whether the month was over before the node came to us: there was nothing then."""
        return self.month.ends <= self.since and not self.is_worth_a_letter

    @property
    def is_to_come(self) -> bool:
        """Whether the month has not begun yet."""
        return self.now < self.month.begins

    @property
    def is_worth_a_letter(self) -> bool:
        """Whether anything happened: nothing is written about a month without harvests."""
        return bool(self.sums.good or self.sums.broken)


def happened(store: Store, line: Line, month: Month, now: datetime) -> Happened:
    """Ask the store."""
    ids = [one.source.id for one in line.sources]
    specs = [source_set(one) for one in ids]
    days = [int(at.timestamp()) // 86400 for at in (month.begins, month.ends)]
    mended: Counter[str] = Counter()
    for one in store.problems.mended(ids, month.begins):
        if one.at < month.ends:
            mended[one.rule] += one.count
    return Happened(
        line,
        month,
        store.overview.sums(ids, month.begins, month.ends),
        store.problems.by_rule(ids, now),
        dict(mended.most_common()),
        store.clients.given(["", SOURCE_BRANCH, *specs], days[0], days[1]),
        _report(store, line),
        store.sources.since(ids) or now,
        now,
    )


def _report(store: Store, line: Line) -> Checkup | None:
    """Of the check-up that somebody asked for last, else of the one that it was registered by."""
    for one in line.sources:
        latest = store.checkups.latest_of(one.source.host) if one.source.host else ""
        try:
            report = store.checkups.get(latest).report if latest else None
        except UnknownCheckup:
            report = None
        if report is None or report.ended_at is None:
            registration = store.registrations.behind(one.source.id)
            report = registration.report if registration else None
        if report is not None:
            return report
    return None
