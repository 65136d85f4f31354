"""What the API takes and gives about alerts and who hears of them, as its description has it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from catalogue.alerts import Alert, AlertState, Channel, Pace, Rule, Subscription
from catalogue.digest_clock import Clock, Weekday
from catalogue.store.alerting.calls import Call, CallState
from endpoint.admin_api.shapes import Shape
from endpoint.alerts.hearing import LONGEST_QUIET
from endpoint.alerts.wording import sentence
from endpoint.languages import ENGLISH


class AlertShown(BaseModel):
    """One condition of one source, from its beginning to its end."""

    id: int
    source_id: str
    rule: Rule
    state: AlertState
    text: str = Field(description="What is the matter, in English.")
    facts: dict[str, Any] = Field(description="The same as plain values; which ones follows from the rule.")
    opened_at: datetime
    seen_at: datetime = Field(description="When it was last found to be so.")
    closed_at: datetime | None
    snoozed_until: datetime | None
    snoozed_by: str
    snoozed_why: str


def alert_shown(alert: Alert) -> AlertShown:
    """An alert as the API has it."""
    return AlertShown(
        id=alert.id,
        source_id=alert.source_id,
        rule=alert.rule,
        state=alert.state,
        text=sentence(alert, ENGLISH),
        facts=dict(alert.facts),
        opened_at=alert.opened_at,
        seen_at=alert.seen_at,
        closed_at=alert.closed_at,
        snoozed_until=alert.snoozed_until,
        snoozed_by=alert.snoozed_by,
        snoozed_why=alert.snoozed_why,
    )


class SnoozeSent(Shape):
    """For how long nobody is to be told."""

    days: float = Field(gt=0, le=LONGEST_QUIET)
    why: str = Field("", max_length=2000)


class CallShown(BaseModel):
    """The newest call of a webhook."""

    message_id: str
    state: CallState
    put_at: datetime
    attempts: int
    error: str


class SubscriptionShown(BaseModel):
    """Who hears of what, how and when."""

    id: int
    channel: Channel
    address: str = Field(description="Empty: the person's own; of a webhook no more than its host.")
    node: str = Field(description="Empty: about all that the person may see.")
    of_node: bool = Field(description="Whether it belongs to the node, and not to a person.")
    rules: list[Rule] = Field(description="Empty: all.")
    pace: Pace
    hour: int | None = Field(description="At which digests go out; null: `alert_digest_hour`.")
    weekday: Weekday = Field(description="On which weekly ones do.")
    time_zone: str = Field(description="On whose clock; empty: UTC.")
    language: str
    muted_until: datetime | None
    confirmed: bool
    next_at: datetime = Field(description="Nothing is told before.")
    last_call: CallShown | None


def subscription_shown(one: Subscription, last: Call | None = None) -> SubscriptionShown:
    """A subscription as the API has it."""
    call = last and CallShown(
        message_id=last.message_id,
        state=last.state,
        put_at=last.put_at,
        attempts=last.attempts,
        error=last.error,
    )
    return SubscriptionShown(
        id=one.id,
        channel=one.wish.channel,
        address=one.wish.shown,
        node=one.node_id,
        of_node=one.person_id is None,
        rules=sorted(one.wish.rules),
        pace=one.wish.pace,
        hour=one.wish.clock.hour,
        weekday=one.wish.clock.weekday,
        time_zone=one.wish.clock.time_zone,
        language=one.wish.language,
        muted_until=one.muted_until,
        confirmed=one.confirmed_at is not None,
        next_at=one.next_at,
        last_call=call,
    )


class WishSent(Shape):
    """What is to be heard, and when."""

    rules: list[Rule] = Field([], description="Empty: all.")
    pace: Pace = Pace.AT_ONCE
    hour: int | None = Field(None, ge=0, le=23, description="Of digests; null: `alert_digest_hour`.")
    weekday: Weekday = Field(Weekday.MONDAY, description="Of weekly ones.")
    time_zone: str = Field("", max_length=64, description="As in Africa/Nairobi; empty: UTC.")
    language: str = "en"

    @property
    def clock(self) -> Clock:
        """When digests are to go out.

        Raises:
            SettingsError: there is no such time zone.
        """
        return Clock.of(self.hour, self.weekday, self.time_zone)


class NewSubscription(WishSent):
    """A new one."""

    channel: Channel = Channel.MAIL
    address: str = Field("", max_length=2000, description="Of a webhook; of mail, where it is a node's.")
    node: str = Field("", description="The node that it is about; empty: all that one may see.")
    secret: str = Field(
        "", max_length=200, description="Signs what a webhook is sent; empty: one is made, and shown once."
    )


class SubscriptionMade(SubscriptionShown):
    """One that was just made."""

    secret: str = Field(description="What signs the calls of a webhook. It is shown here, once.")


class MuteSent(Shape):
    """For how long nothing is to be told there; 0: no longer."""

    days: float = Field(ge=0, le=LONGEST_QUIET)
