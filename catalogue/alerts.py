"""Alerts: what is not as it should be with a source, until it is again; and who wishes to hear of it.

An alert is one condition of one source, from the look that found it to the look that found it gone. Whoever
has subscribed is told that it has begun, is reminded as long as it lasts, and is told once that all is well
again. What is to be told follows from the alert and from what was told last, never from what happened in
between: nothing is told twice, and nothing is lost, whatever dies when. Pure, no I/O.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from catalogue.digest_clock import USUAL, Clock
from catalogue.errors import SettingsError

_LONGEST_URL: Final = 2000
#: Standard Webhooks: a secret is 24 to 64 bytes in base64 behind this.
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - no secret
_SHORTEST_SECRET, _LONGEST_SECRET = 24, 64
_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f]")
#: At once is not oftener than this: what comes meanwhile is told together.
GATHERED: Final = timedelta(minutes=10)


class Rule(StrEnum):
    """What can be amiss. A source has one open alert of each at most."""

    #: Its schedule has asked for a harvest, and none was begun.
    MISSED = "missed"
    #: Its harvests fail, twice in a row or more.
    FAILING = "failing"
    #: A guard has held its harvest, and waits for an answer.
    HELD = "held"
    #: Too many records of its last harvest could not be taken.
    FAULTS = "faults"
    #: It has fewer records than it had of late.
    SHRUNK = "shrunk"
    #: It answers, or is harvested, much slower than it used to be.
    SLOW = "slow"
    #: Its server's certificate is about to end.
    CERTIFICATE = "certificate"
    #: What we sign in there with is about to end.
    SECRET = "secret"  # noqa: S105 - the word itself
    #: Its harvests go well, and have brought nothing new for long.
    SILENT = "silent"


class AlertState(StrEnum):
    """How an alert stands."""

    OPEN = "open"
    #: It is so no more.
    CLEARED = "cleared"
    #: Nobody asks any more: the source was paused or retired. Nothing is told of it.
    DROPPED = "dropped"


#: What a look says of a rule: how it is so, or (None) that it is not.
Verdict: TypeAlias = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Alert:
    """One condition of one source."""

    id: int
    source_id: str
    rule: Rule
    state: AlertState
    #: As it was found last, as plain values.
    facts: Mapping[str, Any] = field(hash=False)
    opened_at: datetime
    #: When it was last found to be so.
    seen_at: datetime
    closed_at: datetime | None = None
    #: A person wishes nobody to be told until then.
    snoozed_until: datetime | None = None
    snoozed_by: str = ""
    snoozed_why: str = ""

    def is_snoozed(self, now: datetime) -> bool:
        """Whether it is quiet just now."""
        return self.snoozed_until is not None and now < self.snoozed_until


def judged(alert: Alert, verdict: Verdict, now: datetime) -> Alert:
    """An open alert after a look."""
    if verdict is None:
        return replace(alert, state=AlertState.CLEARED, closed_at=now)
    return replace(alert, facts=dict(verdict), seen_at=now)


class Kind(StrEnum):
    """What somebody is told of an alert."""

    OPENED = "opened"
    REMINDED = "reminded"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Telling:
    """What somebody was told of an alert last, and when."""

    kind: Kind
    at: datetime


def to_tell(alert: Alert, last: Telling | None, now: datetime, *, remind: timedelta) -> Kind | None:
    """What is to be told of an alert now to somebody who was told this last; None: nothing.

    That it is over is told to those alone who know that it began.
    """
    if alert.state is not AlertState.OPEN:
        knows = last is not None and last.kind is not Kind.CLEARED
        return Kind.CLEARED if alert.state is AlertState.CLEARED and knows else None
    if alert.is_snoozed(now):
        return None
    if last is None:
        return Kind.OPENED
    woke = alert.snoozed_until is not None and last.at < alert.snoozed_until
    return Kind.REMINDED if woke or now - last.at >= remind else None


class Channel(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class Pace(StrEnum):
    """When somebody is told."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wishes to hear, and how."""

    channel: Channel = Channel.MAIL
    #: A mail address or that of a webhook; empty: the mail address of the person.
    address: str = ""
    #: None: of every rule, also of those to come.
    rules: frozenset[Rule] = frozenset()
    pace: Pace = Pace.AT_ONCE
    #: One of the six.
    language: str = "en"
    #: When what is told together goes out.
    clock: Clock = USUAL

    @property
    def shown(self) -> str:
        """The address as others see it: whoever has that of a webhook may often do something there."""
        if self.channel is Channel.MAIL:
            return self.address
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}/…"

    def next_moment(self, now: datetime, hour: int) -> datetime:
        """When something is told next; `hour` is that of the digests of whoever has chosen none."""
        if self.pace is Pace.AT_ONCE:
            return now
        return self.clock.next_after(now, hour, weekly=self.pace is Pace.WEEKLY)

    def wants(self, rule: Rule) -> bool:
        """Whether this is to be told."""
        return not self.rules or rule in self.rules


@dataclass(frozen=True, slots=True)
class Subscription:
    """A wish to hear: of a person, about all that he may see or about one node; or of a node."""

    id: int
    wish: Wish
    created_at: datetime
    #: Nothing is told before.
    next_at: datetime
    #: Whose it is; None: it belongs to the node.
    person_id: int | None = None
    #: Empty: about all that the person may see.
    node_id: str = ""
    muted_until: datetime | None = None
    #: None: whose address it is has not said yes.
    confirmed_at: datetime | None = None
    created_by: str = ""

    def is_heard(self, now: datetime) -> bool:
        """Whether anything is told there at present: it was confirmed, and nobody wishes it to be quiet."""
        muted = self.muted_until is not None and now < self.muted_until
        return self.confirmed_at is not None and not muted

    def is_due(self, now: datetime) -> bool:
        """Whether something may be told just now."""
        return self.is_heard(now) and self.next_at <= now

    def after(self, now: datetime, hour: int) -> datetime:
        """When it may be told again, once it was told now; `hour` as in `Wish.next_moment`."""
        return now + GATHERED if self.wish.pace is Pace.AT_ONCE else self.wish.next_moment(now, hour)


def webhook_address(typed: str) -> str:
    """The address of a webhook.

    Raises:
        SettingsError: it cannot be one.
    """
    found = typed.strip()
    try:
        parts = urlsplit(found)
        usable = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
        bare = "@" not in parts.netloc and not parts.fragment
    except ValueError:
        usable = bare = False
    if not usable or len(found) > _LONGEST_URL or _SPACE.search(found):
        raise SettingsError("a webhook has an http or https address")
    if not bare:
        raise SettingsError("the address of a webhook holds no user, no password and no fragment")
    return found


def webhook_secret(typed: str) -> str:
    """The secret that signs what a webhook is sent.

    Raises:
        SettingsError: it is none.
    """
    found = typed.strip()
    try:
        content = base64.b64decode(found.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not found.startswith(SECRET_PREFIX) or not _SHORTEST_SECRET <= len(content) <= _LONGEST_SECRET:
        raise SettingsError(f"a secret of a webhook is {SECRET_PREFIX} and 24 to 64 bytes in base64")
    return found
