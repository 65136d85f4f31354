"""Tells people and programs of alerts: what each is to be told follows from what he was told last.

It puts letters into the outbox and calls into their queue, in one transaction with the note of what they
tell; workers deliver them. It asks nobody anything.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from catalogue.alerts import Alert, Channel, Pace, Subscription, Telling, to_tell
from catalogue.errors import InvalidMail, UnknownSubscription
from catalogue.mail import Mail
from catalogue.people import Action, Person, nodes_where
from catalogue.store.subscriptions import Told
from endpoint.alerts import letters
from endpoint.alerts.letters import Addresses, Item, Letter
from endpoint.deps import Services
from endpoint.languages import ENGLISH, LANGUAGES, Language

log = structlog.get_logger(__name__)

#: Characters of what a link to end a subscription holds.
_KEY: Final = 32


class Teller:
    """A chore of every worker. Any number of workers may look at the same time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._remind = timedelta(days=services.settings.alert_remind_days)

    def look(self) -> int:
        """Tell everybody who is to be told something now; gives how many were."""
        store, now = self._services.store, datetime.now(UTC)
        due = [one for one in store.subscriptions.all() if one.is_due(now)]
        if not due:
            return 0
        alerts = store.alerts.to_tell_of()
        if not alerts and all(one.wish.pace is Pace.AT_ONCE for one in due):
            return 0
        last = store.subscriptions.tellings([alert.id for alert in alerts])
        sources = {source.id: source for source in store.sources.all()}
        labels = {name: source.label for name, source in sources.items()}
        nodes = {name: source.node_id for name, source in sources.items()}
        people = {person.id: person for person in store.people.all()}
        found = _Found(alerts, last, labels, nodes)
        told = [
            self._tell(one, found, people.get(one.person_id or 0), now)
            for one in due
            if one.person_id is None or one.person_id in people
        ]
        return sum(told)

    def _tell(self, one: Subscription, found: _Found, person: Person | None, now: datetime) -> bool:
        items = self._items(one, found, person, now)
        next_at = one.after(now, self._services.settings.alert_digest_hour)
        if not items:
            if one.wish.pace is not Pace.AT_ONCE:
                # The next digest is that of the next day, and not of the next moment.
                self._services.store.subscriptions.tell(one, Told({}, next_at), now, about="")
            return False
        kinds = {item.alert.id: item.kind for item in items}
        try:
            told = self._told(one, person, items, now)
        except InvalidMail as error:
            log.warning("nobody can be told there", subscription=one.id, why=str(error))
            return False
        made = Told(kinds, next_at, mail=told[0], body=told[1])
        return self._services.store.subscriptions.tell(one, made, now, about=f"subscription:{one.id}")

    def _items(self, one: Subscription, found: _Found, person: Person | None, now: datetime) -> list[Item]:
        items = []
        for alert in found.alerts:
            if not one.wish.wants(alert.rule) or not found.concerns(one, alert, person):
                continue
            kind = to_tell(alert, found.last.get((one.id, alert.id)), now, remind=self._remind)
            if kind is not None:
                items.append(Item(alert, kind, found.labels.get(alert.source_id, alert.source_id)))
        return items

    def _told(
        self, one: Subscription, person: Person | None, items: Sequence[Item], now: datetime
    ) -> tuple[Mail | None, str]:
        settings, language = self._services.settings, language_of(one, person)
        to = addresses_for(self._services, one)
        if one.wish.channel is Channel.WEBHOOK:
            return None, letters.body(
                items[: letters.MOST * 10], to, now, catalogue=settings.public_url, language=language
            )
        made = letters.letter(items, to, signed=settings.repository_name, language=language)
        return mail_of(one, person, made, to, language), ""


class _Found:
    """What one look has found."""

    def __init__(
        self,
        alerts: Sequence[Alert],
        last: Mapping[tuple[int, int], Telling],
        labels: Mapping[str, str],
        nodes: Mapping[str, str],
    ) -> None:
        self.alerts, self.last, self.labels, self.nodes = alerts, last, labels, nodes

    def concerns(self, one: Subscription, alert: Alert, person: Person | None) -> bool:
        """Whether an alert is for this subscription: of its node, and of what its person may see just now."""
        node = self.nodes.get(alert.source_id, "")
        if one.node_id and node != one.node_id:
            return False
        if one.person_id is None:
            return True
        seen = nodes_where(person, Action.SEE)
        return seen is None or node in seen


def language_of(one: Subscription, person: Person | None) -> Language:
    """The language in which somebody is written to."""
    return LANGUAGES.get((person.language if person else "") or one.wish.language, ENGLISH)


def addresses_for(services: Services, one: Subscription) -> Addresses:
    """Where a letter to this subscription leads."""
    at = services.settings.public_url
    stop = f"{at}/alerts/off/{key_of(services, one)}"
    if one.person_id is None:  # who cannot sign in sees what everybody does
        return Addresses(f"{at}/nodes/", stop=stop)
    source, alerts, choose = (f"{at}/dashboard/{room}" for room in ("sources/", "alerts", "account/alerts"))
    return Addresses(source, alerts, choose, stop)


def mail_of(  # noqa: PLR0917 - who, what and how
    one: Subscription, person: Person | None, made: Letter, to: Addresses, language: Language
) -> Mail:
    """The letter to whom it goes.

    Raises:
        InvalidMail: nobody can be written to there.
    """
    address = one.wish.address or (person.mail if person else "")
    return Mail(address, made.subject, made.text, language.tag, unsubscribe=to.stop)


def key_of(services: Services, one: Subscription) -> str:
    """What the links of a subscription hold: who has it may confirm and end it, and nothing else."""
    signed = f"{one.id} {one.created_at:%Y%m%d%H%M%S}".encode()
    digest = hmac.new(services.store.keys.secret("alerts"), signed, "sha256").hexdigest()
    return f"{one.id}-{digest[:_KEY]}"


def of_key(services: Services, key: str) -> Subscription | None:
    """The subscription whose link holds this; None: there is none, or no more."""
    number, _, _ = key.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):  # noqa: PLR2004 - what a database counts
        return None
    try:
        found = services.store.subscriptions.get(int(number))
    except UnknownSubscription:
        return None
    if not hmac.compare_digest(key_of(services, found).encode(), key.encode()):
        return None
    return found
