"""Who acts, on what, and how an act is one with the line in the audit that tells of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar, cast

from catalogue.errors import SourceInactive
from catalogue.settings import Settings
from catalogue.source import Source, SourceState
from catalogue.store import Store

_Act = TypeVar("_Act", bound=Callable[..., Any])


def utc_now() -> datetime:
    """Our clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, and on what."""

    store: Store
    settings: Settings
    #: What the audit calls him.
    who: str

    def note(self, act: str, source_id: str, **detail: Any) -> None:
        """Write down what was done to a source."""
        self.store.audit.note(self.who, act, f"source:{source_id}", detail, utc_now())

    def active(self, source_id: str) -> Source:
        """The source, where it is harvested.

        Raises:
            UnknownSource: there is no such source.
            SourceInactive: it is paused or retired.
        """
        source = self.store.sources.get(source_id)
        if source.state is not SourceState.ACTIVE:
            raise SourceInactive(f"source {source_id!r} is {source.state}")
        return source


def as_one(act: _Act) -> _Act:
    """An act whose every part, its line in the audit among them, is done, or none."""

    @wraps(act)
    def done(hand: Hand, *given: Any, **named: Any) -> Any:
        with hand.store.together():
            return act(hand, *given, **named)

    return cast("_Act", done)
