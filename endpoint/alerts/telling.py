"""Tells people and programs of alerts: what each is to be told follows from what he was told last.

It puts letters into the outbox and calls into their queue, in one transaction with the note of what they
tell; workers deliver them. It asks nobody anything.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from catalogue.alerts import Alert, Channel, Pace, Subscription, Telling, to_tell
from catalogue.errors import InvalidMail, UnknownPerson, UnknownSubscription
from catalogue.mail import Mail
from catalogue.people import Action, Person, nodes_where
from catalogue.store.alerting.subscriptions import Told
from endpoint.alerts import letters
from endpoint.alerts.letters import Addresses, Item, Letter
from endpoint.deps import Services
from endpoint.languages import ENGLISH, LANGUAGES, Language

log = structlog.get_logger(__name__)

#: Characters of what a link to end a subscription holds.
_KEY: Final = 32
#: What stands before it where it is about all that a person hears.
_OF_PERSON: Final = "p"


class Teller:
    """A chore of every worker. Any number of workers may look at the same time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._remind = timedelta(days=services.settings.alert_remind_days)

    def look(self) -> int:
        """Tell everybody who is to be told something now; gives how many were."""
        store, now = self._services.store, datetime.now(UTC)
        every = store.subscriptions.all()
        due = [one for one in every if one.is_due(now)]
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
        found = _Found(alerts, last, labels, nodes, _at_once(every, now))
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


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look has found."""

    alerts: Sequence[Alert]
    #: (subscription, alert) -> what was told last.
    last: Mapping[tuple[int, int], Telling]
    #: Source -> what people call it, and its node.
    labels: Mapping[str, str]
    nodes: Mapping[str, str]
    #: Reader -> what he is told at once.
    at_once: Mapping[tuple[Any, ...], Sequence[Subscription]]

    def concerns(self, one: Subscription, alert: Alert, person: Person | None) -> bool:
        """Whether an alert is for this subscription: of its node, and of what its person may see just now."""
        node = self.nodes.get(alert.source_id, "")
        if one.node_id and node != one.node_id:
            return False
        if one.wish.pace is not Pace.AT_ONCE and self._is_told_at_once(one, alert, node):
            return False
        if one.person_id is None:
            return True
        seen = nodes_where(person, Action.SEE)
        return seen is None or node in seen

    def _is_told_at_once(self, one: Subscription, alert: Alert, node: str) -> bool:
        """Whether the same reader is told of it at once: then it is not in his digests."""
        others = self.at_once.get(_reader_of(one), ())
        return any(other.wish.wants(alert.rule) and other.node_id in {"", node} for other in others)


def _reader_of(one: Subscription) -> tuple[Any, ...]:
    return one.person_id, one.wish.channel, one.wish.address, "" if one.person_id else one.node_id


def _at_once(every: Sequence[Subscription], now: datetime) -> dict[tuple[Any, ...], list[Subscription]]:
    """Of each reader, what he is told at once just now."""
    found: dict[tuple[Any, ...], list[Subscription]] = {}
    for one in every:
        if one.wish.pace is Pace.AT_ONCE and one.is_heard(now):
            found.setdefault(_reader_of(one), []).append(one)
    return found


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


def key_of_person(services: Services, person: Person) -> str:
    """What a link holds by which somebody ends all that he hears: good for nothing else."""
    signed = f"person {person.id} {person.added_at:%Y%m%d%H%M%S}".encode()
    digest = hmac.new(services.store.keys.secret("alerts"), signed, "sha256").hexdigest()
    return f"{_OF_PERSON}{person.id}-{digest[:_KEY]}"


def all_of_key(services: Services, key: str) -> list[Subscription]:
    """What the link with this key ends: one subscription, all of a person, or nothing where it is none."""
    if not key.startswith(_OF_PERSON):
        one = of_key(services, key)
        return [one] if one else []
    number = _number(key.removeprefix(_OF_PERSON))
    try:
        person = services.store.people.get(number)
    except UnknownPerson:
        return []
    if not hmac.compare_digest(key_of_person(services, person).encode(), key.encode()):
        return []
    return services.store.subscriptions.of_person(person.id)


def _number(key: str) -> int:
    """The number that a key begins with; 0: with none that a database counts to."""
    number, _, _ = key.partition("-")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else 0  # noqa: PLR2004 - as it says


def of_key(services: Services, key: str) -> Subscription | None:
    """The subscription whose link holds this; None: there is none, or no more."""
    try:
        found = services.store.subscriptions.get(_number(key))
    except UnknownSubscription:
        return None
    if not hmac.compare_digest(key_of(services, found).encode(), key.encode()):
        return None
    return found
