"""Who wishes to hear of alerts: the acts, for the pages, the API and the command line alike."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from catalogue.alerts import (
    SECRET_PREFIX,
    Channel,
    Pace,
    Rule,
    Subscription,
    Wish,
    webhook_address,
    webhook_secret,
)
from catalogue.digest_clock import USUAL, Clock
from catalogue.errors import InvalidMail, SettingsError, UnknownPerson
from catalogue.mail import Mail, normal_address
from catalogue.people import Person
from catalogue.sealing import Sealer, keys_of
from catalogue.store.alerting.subscriptions import Told
from endpoint.alerts import letters
from endpoint.alerts.telling import addresses_for, key_of, language_of, mail_of
from endpoint.deps import Services
from endpoint.languages import ENGLISH, LANGUAGES

#: Subscriptions that a person, or a node, may have.
_MOST: Final = 20
#: Days for which one can be quiet at most.
LONGEST_QUIET: Final = 366
_LONGEST_WHY: Final = 2000
#: Between two calls that somebody tries out.
_BETWEEN: Final = timedelta(minutes=1)


def utc_now() -> datetime:
    """Our clock."""
    return datetime.now(UTC)


def subscribe(
    services: Services,
    wish: Wish,
    *,
    by: str,
    person: Person | None = None,
    node_id: str = "",
    secret: str = "",
) -> tuple[Subscription, str]:
    """Note that a person (or, without one, a node) wishes to hear.

    Gives it, and for a webhook the secret that signs its calls: it is told here, and nowhere else. A node's
    mail address hears only once it was confirmed by a letter.

    Raises:
        SettingsError: the address cannot be used, hears of the same already, or there are enough.
        SecretsLocked: there is no key under which a secret could be kept.
        UnknownNode: there is no such node.
    """
    store, now = services.store, utc_now()
    label = store.organisations.node(node_id).name if node_id else ""
    wish = _checked(wish, person)
    known = store.subscriptions.of_person(person.id) if person else store.subscriptions.of_node(node_id)
    if len(known) >= _MOST:
        raise SettingsError(f"{_MOST} subscriptions are enough")
    is_webhook = wish.channel is Channel.WEBHOOK
    signs = (webhook_secret(secret) if secret else new_secret()) if is_webhook else ""
    made = Subscription(
        id=0,
        wish=wish,
        created_at=now,
        next_at=wish.next_moment(now, services.settings.alert_digest_hour),
        person_id=person.id if person else None,
        node_id=node_id,
        confirmed_at=now if person or is_webhook else None,
    )
    seal = _sealer(services).seal if is_webhook else None
    done = store.subscriptions.add(made, by, now, secret=signs, seal=seal)
    if done.confirmed_at is None:
        _ask_to_confirm(services, done, label, now)
    return done, signs


def _checked(wish: Wish, person: Person | None) -> Wish:
    """The wish with its address as it is kept.

    Raises:
        SettingsError: it cannot be used.
    """
    if wish.channel is Channel.WEBHOOK:
        return replace(wish, address=webhook_address(wish.address))
    if person is not None:
        return replace(wish, address="")
    try:
        return replace(wish, address=normal_address(wish.address))
    except InvalidMail as error:
        raise SettingsError(str(error)) from error


def _ask_to_confirm(services: Services, one: Subscription, label: str, now: datetime) -> None:
    """The one letter that somebody gets who has not asked for it himself: once, however often he is named."""
    settings, language = services.settings, LANGUAGES.get(one.wish.language, ENGLISH)
    link = f"{settings.public_url}/alerts/on/{key_of(services, one)}"
    made = letters.confirmation(label, link, signed=settings.repository_name, language=language)
    mail = Mail(one.wish.address, made.subject, made.text, language.tag)
    once = f"alerts:{one.node_id}:{one.wish.address}"
    services.store.outbox.put(mail, now, about=f"subscription:{one.id}", once=once)


def _sealer(services: Services) -> Sealer:
    setting = services.settings.secret_key.get_secret_value()
    return Sealer(keys_of(setting, services.store.key_file, make=True))


def new_secret() -> str:
    """What signs the calls of a webhook."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def change(services: Services, one: Subscription, wish: Wish, *, by: str) -> Subscription:
    """Hear of other rules, at another pace or hour, or in another language; where it goes stays.

    Raises:
        UnknownSubscription: it was ended.
    """
    kept = replace(wish, channel=one.wish.channel, address=one.wish.address)
    next_at = one.next_at
    if (kept.pace, kept.clock) != (one.wish.pace, one.wish.clock):
        next_at = kept.next_moment(utc_now(), services.settings.alert_digest_hour)
    return services.store.subscriptions.change(replace(one, wish=kept, next_at=next_at), by, utc_now())


def mute(services: Services, one: Subscription, days: float, *, by: str) -> Subscription:
    """Tell nothing there for so many days; with 0: tell again.

    Raises:
        SettingsError: that is too long.
        UnknownSubscription: it was ended.
    """
    until = utc_now() + timedelta(days=_quiet(days)) if days else None
    return services.store.subscriptions.change(replace(one, muted_until=until), by, utc_now())


def snooze(services: Services, alert_id: int, days: float, *, by: str, why: str = "") -> None:
    """Tell nobody of an alert for so many days; with 0: tell again.

    Raises:
        SettingsError: that is too long.
        UnknownAlert: there is none of this number.
    """
    until = utc_now() + timedelta(days=_quiet(days)) if days else None
    services.store.alerts.snooze(alert_id, until, by, why.strip()[:_LONGEST_WHY] if days else "", utc_now())


def _quiet(days: float) -> float:
    if not 0 < days <= LONGEST_QUIET:
        raise SettingsError(f"one can be quiet for {LONGEST_QUIET} days at most")
    return days


def try_out(services: Services, one: Subscription) -> bool:
    """Send something there that tells of no alert; False where something was sent just before."""
    settings, now = services.settings, utc_now()
    person = _person(services, one)
    to, language = addresses_for(services, one), language_of(one, person)
    minute = f"subscription:{one.id}:{now:%Y%m%d%H%M}"
    if one.wish.channel is Channel.WEBHOOK:
        if any(now - call.put_at < _BETWEEN for call in services.store.calls.newest(one.id, limit=1)):
            return False
        told = Told({}, one.next_at, body=letters.trial_body(now, catalogue=settings.public_url))
        return services.store.subscriptions.tell(one, told, now, about="")
    made = letters.trial(to, signed=settings.repository_name, language=language)
    mail = mail_of(one, person, made, to, language)
    return services.store.outbox.put(mail, now, about=f"subscription:{one.id}", once=minute) is not None


def _person(services: Services, one: Subscription) -> Person | None:
    return services.store.people.get(one.person_id) if one.person_id is not None else None


def hear_of_node(
    services: Services, node_id: str, mail: str, *, language: str, by: str, confirmed: bool
) -> Subscription | None:
    """Let a mail address hear of a node, at once and of everything; None where it does already.

    Whoever has said that the address is his need not say so once more.

    Raises:
        UnknownNode: there is no such node.
    """
    try:
        person = services.store.people.by_mail(mail) if confirmed else None
    except UnknownPerson:
        person = None
    wish = Wish(Channel.MAIL, mail, language=language)
    if person is not None and _hears_of(services, person, node_id):
        return None
    if person is not None or not confirmed:
        try:
            return subscribe(services, wish, by=by, person=person, node_id=node_id)[0]
        except SettingsError:
            return None
    now = utc_now()
    made = Subscription(0, _checked(wish, None), now, now, node_id=node_id, confirmed_at=now)
    try:
        return services.store.subscriptions.add(made, by, now)
    except SettingsError:
        return None


def _hears_of(services: Services, person: Person, node_id: str) -> bool:
    """Whether somebody has chosen already, at which pace ever, how he hears of a node by mail."""
    own = services.store.subscriptions.of_person(person.id)
    return any(one.node_id == node_id and one.wish.channel is Channel.MAIL for one in own)


def wish_of(
    *,
    channel: str = "",
    address: str = "",
    rules: list[str] | None = None,
    pace: str = "",
    language: str = "",
    clock: Clock = USUAL,
) -> Wish:
    """A wish as it was typed.

    Raises:
        SettingsError: one of the words is none of ours.
    """
    try:
        return Wish(
            Channel(channel or Channel.MAIL),
            address,
            frozenset(map(Rule, rules or [])),
            Pace(pace or Pace.AT_ONCE),
            language if language in LANGUAGES else ENGLISH.tag,
            clock,
        )
    except ValueError as error:
        raise SettingsError(str(error)) from error
