"""Guards: what a harvest may do by itself, and from where on a person is asked.

The thresholds are settings; a source may have its own. Growth never holds a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from catalogue.errors import SettingsError
from catalogue.settings import Settings


@dataclass(frozen=True, slots=True)
class Guards:
    """The thresholds that hold for one source."""

    #: Days after which a source that keeps no track of its deletions is asked for its whole list; 0: never.
    reconcile_days: float
    #: So many complete lists in a row must lack a record before it is deleted,
    absence_lists: int
    #: and so many days must lie between the first of them and now.
    absence_days: float
    #: No guard asks about so few records.
    guard_few: int
    #: Of the records known, the share that a run may delete; and the most that it may, whatever the share.
    guard_deletions_share: float
    guard_deletions_most: int
    #: The share that runs may delete together, within so many days; 0: deletions are not added up.
    guard_window_share: float
    guard_window_days: float
    #: Of the records known, the share that may lose a language or a field in one run.
    guard_losses_share: float
    #: How far the share of faults may rise above what is usual for the source.
    guard_faults_share: float

    @classmethod
    def of(cls, settings: Settings, own: Mapping[str, float]) -> Self:
        """The settings, and over them what a source has of its own."""
        return cls(**{one: own.get(one, getattr(settings, one)) for one in names()})

    def deletions(self, known: int) -> int:
        """How many of so many known records a run may delete without asking."""
        share = int(self.guard_deletions_share * known)
        return min(max(self.guard_few, share), max(self.guard_few, self.guard_deletions_most))

    def over_time(self, known: int) -> int:
        """How many of so many known records several runs may delete together without asking."""
        return max(self.guard_few, int(self.guard_window_share * known))

    def losses(self, known: int) -> int:
        """How many of so many known records may lose a language or a field without asking."""
        return max(self.guard_few, int(self.guard_losses_share * known))


def names() -> list[str]:
    """The name of every threshold."""
    return [one.name for one in fields(Guards)]


def changed(own: Mapping[str, float], name: str, text: str) -> dict[str, float]:
    """A source's own thresholds with this one as it is written; without it where nothing is written.

    Raises:
        SettingsError: there is no such threshold, or it is no number of 0 or more.
    """
    name = name.replace("-", "_")
    if name not in names():
        raise SettingsError(f"{name!r} is not a threshold; there are: {', '.join(names())}")
    rest = {one: value for one, value in own.items() if one != name}
    if not text:
        return rest
    whole = Settings.model_fields[name].annotation is int
    try:
        value = int(text) if whole else float(text)
    except ValueError as error:
        raise SettingsError(f"{text!r} will not do for {name!r}: a number is wanted") from error
    if not 0 <= value < float("inf"):
        raise SettingsError(f"{text!r} will not do for {name!r}: 0 or more")
    return rest | {name: value}
