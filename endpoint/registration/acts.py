"""What is done with registrations, one function each: for the pages, the API and the command line alike.

Each writes down what it did and posts the letters that follow from it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from typing import Any, Final, TypeVar, cast

from catalogue import registering
from catalogue.checkup import Checkup
from catalogue.errors import SecretsLocked, UnknownCheckup, UnknownPerson
from catalogue.mail import Mail
from catalogue.people import Role
from catalogue.registration import Registration, RegistrationState, Rhythm, Step, Who
from catalogue.sealing import Sealer, keys_of
from catalogue.store.community.registrations import MOST_CONFIRMATIONS
from endpoint.alerts.hearing import hear_of_node
from endpoint.deps import Services
from endpoint.registration import letters
from endpoint.registration.letters import Letter, Stationery
from endpoint.registration.places import Wish, placed

#: Characters of a code in a letter.
_CODE: Final = 24
_Act = TypeVar("_Act", bound=Callable[..., Any])


def as_one(act: _Act) -> _Act:
    """An act whose every part is done, or none: what it says, what is noted of it, and what is posted."""

    @wraps(act)
    def done(services: Services, *given: Any, **named: Any) -> Any:
        with services.store.together():
            return act(services, *given, **named)

    return cast("_Act", done)


def utc_now() -> datetime:
    """Our clock."""
    return datetime.now(UTC)


@as_one
def begin(services: Services, *, address: str, checkup_id: str, language: str, client: str) -> str:
    """Begin a registration; returns its key.

    Raises:
        TooManyRegistrations: the client has begun enough for now.
    """
    now = utc_now()
    draft = Registration(
        0, RegistrationState.DRAFT, address, now, now, checkup_id, language,
        report=_ended_report(services, checkup_id),
    )  # fmt: skip
    per_hour = services.settings.registrations_per_client
    seal = partial(_sealed, services)
    return services.store.registrations.begin(draft, client=client, per_hour=per_hour, seal=seal)


def with_report(services: Services, registration: Registration) -> Registration:
    """With the report of its check-up where that has ended meanwhile; nothing is written."""
    if registration.report is not None or not registration.checkup_id:
        return registration
    return replace(registration, report=_ended_report(services, registration.checkup_id))


def _ended_report(services: Services, checkup_id: str) -> Checkup | None:
    try:
        found = services.store.checkups.get(checkup_id)
    except UnknownCheckup:
        return None
    return found.report if found.ended_at is not None else None


@as_one
def answer(
    services: Services, registration: Registration, step: Step, answer: Any, *, key: str
) -> Registration:
    """Keep the answer to a question; a mail that is new is asked to be confirmed.

    Raises:
        RegistrationClosed: it was sent, and nobody asked for changes.
    """
    before = registration.answers.who
    now = utc_now()

    def act(one: Registration) -> Registration:
        return registering.answered(replace(one, report=one.report or registration.report), **{step: answer})

    changed = services.store.registrations.change(registration.id, act, now)
    if isinstance(answer, Who) and answer.mail != (before.mail if before else ""):
        return ask_to_confirm(services, changed, key=key)
    return changed


@as_one
def keep_typed(
    services: Services, registration: Registration, step: Step, fields: Sequence[tuple[str, str]]
) -> Registration:
    """Keep what was typed into the form of a step although it will not do yet.

    Raises:
        RegistrationClosed: it was sent, and nobody asked for changes.
    """
    return services.store.registrations.change(
        registration.id, lambda one: registering.typed(one, step, fields), utc_now()
    )


@as_one
def ask_to_confirm(services: Services, registration: Registration, *, key: str) -> Registration:
    """Post the letter that has a mail confirmed, where that may be done once more."""
    who, now = registration.answers.who, utc_now()
    if who is None or who.is_confirmed or registration.confirmations >= MOST_CONFIRMATIONS:
        return registration
    if not services.store.registrations.may_write_to(who.mail, now):
        return registration
    counted = services.store.registrations.change(
        registration.id, lambda one: replace(one, confirmations=one.confirmations + 1), now
    )
    link = f"{_address(services, key)}/confirm/{code_for(services, counted)}"
    _post(services, counted, who.mail, letters.confirmation(counted, Stationery(_signed(services), link)))
    return counted


def code_for(services: Services, registration: Registration) -> str:
    """What only a letter to the mail that was given tells."""
    who = registration.answers.who
    told = f"{registration.id} {who.mail if who else ''}"
    secret = services.store.keys.secret("registrations")
    return hmac.new(secret, told.encode(), "sha256").hexdigest()[:_CODE]


@as_one
def confirm(services: Services, registration: Registration, code: str) -> bool:
    """Take the mail for the person's where the code is that of the letter."""
    who = registration.answers.who
    if who is None or not hmac.compare_digest(code_for(services, registration).encode(), code.encode()):
        return False
    mail = who.mail
    services.store.registrations.change(
        registration.id, lambda one: registering.confirmed(one, mail), utc_now()
    )
    return True


@as_one
def send(services: Services, registration: Registration, *, key: str) -> Registration:
    """Send it: a trial harvest follows.

    Raises:
        RegistrationClosed: it was sent already, or is not complete.
    """
    now = utc_now()

    def act(one: Registration) -> Registration:
        return registering.sent(replace(one, report=one.report or registration.report), now)

    done = services.store.registrations.change(registration.id, act, now)
    _tell(services, done, key=key)
    return done


def recheck(services: Services, registration: Registration, address: str, checkup_id: str) -> Registration:
    """Rest it on another check-up.

    Raises:
        RegistrationClosed: it was sent, and nobody asked for changes.
    """
    return services.store.registrations.change(
        registration.id, lambda one: registering.rechecked(one, address, checkup_id), utc_now()
    )


def withdraw(services: Services, registration: Registration) -> Registration:
    """Take it back.

    Raises:
        RegistrationClosed: it is decided.
    """
    now = utc_now()
    return services.store.registrations.change(
        registration.id, lambda one: registering.withdrawn(one, now), now
    )


@as_one
def write(services: Services, number: int, text: str, *, by: str = "") -> Registration:
    """Write to whoever is on the other side: the approvers, or (named) the registrant.

    Raises:
        UnknownRegistration: there is none of this number.
        RegistrationClosed: nobody reads it any more, or yet.
    """
    now = utc_now()
    done = services.store.registrations.change(
        number, lambda one: registering.written(one, now, text, by=by), now
    )
    if by:
        _post_to_person(services, done, letters.answer(done, text, _stationery(services, done)))
    return done


@as_one
def accept(services: Services, number: int, wish: Wish, *, by: str, reason: str) -> Registration:
    """Accept it, and make it a source; where two have to say so, the first one only says it.

    Raises:
        UnknownRegistration: there is none of this number.
        RegistrationClosed: its trial harvest is not done, or the same person has said yes before.
        SourceExists: there is a source of this id, or a node.
        SettingsError: the id cannot be one.
        UnknownNode, UnknownOrganisation: it is to go where nothing is.
    """
    now = utc_now()
    registrations = services.store.registrations
    one = registrations.get(number)
    place = placed(services, one, wish)
    if services.settings.second_approver and one.seconded_by in {"", by}:
        return registrations.change(
            number, lambda it: registering.seconded(it, now, by=by, reason=reason), now
        )

    def act(it: Registration) -> Registration:
        return registering.accepted(it, now, by=by, reason=reason, source_id=place.source.id)

    done = registrations.accept(number, act, place, now)
    told = {"registration": number, "base_url": place.source.base_url}
    services.store.audit.note(by, "add", f"source:{place.source.id}", told, now)
    more = _manager(services, done, place.source.node_id, by) if wish.manager else ""
    _let_hear(services, done, place.source.node_id, by)
    _tell(services, done, more="\n\n".join(filter(None, [more, _ping_link(services, done, by)])))
    return done


def _let_hear(services: Services, one: Registration, node_id: str, by: str) -> None:
    """Let those hear of the node whom the registrant has named; others than himself once they have said yes."""
    hears, who = one.answers.hears, one.answers.who
    own = who.mail if who is not None and who.is_confirmed else ""
    for mail in hears.mails if hears else ():
        language = letters.tongue(one).tag
        hear_of_node(services, node_id, mail, language=language, by=by, confirmed=mail == own)


def _ping_link(services: Services, one: Registration, by: str) -> str:
    """The link by which a node asks for a harvest, where it is to be harvested only then; told this once."""
    when = one.answers.when
    if when is None or when.rhythm is not Rhythm.PINGED:
        return ""
    secret = services.store.pings.make(one.source_id, by, utc_now())
    return letters.to_ping(one, f"{services.settings.public_url}/ping/{secret}")


def _manager(services: Services, one: Registration, node_id: str, by: str) -> str:
    """Let the person look after the node; says how to sign in."""
    who, store, now = one.answers.who, services.store, utc_now()
    if who is None or not who.is_confirmed:
        return ""
    try:
        person = store.people.by_mail(who.mail)
    except UnknownPerson:
        person = store.people.add(who.person, who.mail, by, now, language=letters.tongue(one).tag)
    store.people.give(person.id, Role.NODE_MANAGER, by, now, node_id=node_id)
    lasts = timedelta(hours=services.settings.link_hours)
    secret = store.sessions.make_link(person.id, by, now, lasts)
    return letters.to_sign_in(one, f"{services.settings.public_url}/sign-in/link/{secret}")


@as_one
def ask_for_changes(services: Services, number: int, *, by: str, reason: str) -> Registration:
    """Ask the registrant for changes.

    Raises:
        UnknownRegistration: there is none of this number.
        RegistrationClosed: it is not with us.
    """
    now = utc_now()
    done = services.store.registrations.change(
        number, lambda one: registering.changes_asked(one, now, by=by, reason=reason), now
    )
    _tell(services, done)
    return done


@as_one
def refuse(services: Services, number: int, *, by: str, reason: str) -> Registration:
    """Refuse it.

    Raises:
        UnknownRegistration: there is none of this number.
        RegistrationClosed: it is decided already, or was never sent.
    """
    now = utc_now()
    done = services.store.registrations.change(
        number, lambda one: registering.refused(one, now, by=by, reason=reason), now
    )
    _tell(services, done)
    return done


@as_one
def tell_of_trial(services: Services, registration: Registration) -> None:
    """Write to the registrant and to those who decide: its trial harvest is done."""
    _tell(services, registration)
    settings = services.settings
    link = f"{settings.public_url}/dashboard/registrations/{registration.id}"
    letter = letters.to_approvers(registration, link, settings.repository_name)
    _post(services, registration, settings.admin_email, letter)


def _tell(services: Services, registration: Registration, *, key: str = "", more: str = "") -> None:
    letter = letters.of_state(registration, _stationery(services, registration, key), more=more)
    if letter is not None:
        _post_to_person(services, registration, letter)


def _post_to_person(services: Services, registration: Registration, letter: Letter) -> None:
    """To nobody whose mail is not known to be his."""
    who = registration.answers.who
    if who is not None and who.is_confirmed:
        _post(services, registration, who.mail, letter)


def _post(services: Services, registration: Registration, to: str, letter: Letter) -> None:
    # Whoever has its link may read and change the registration.
    mail = Mail(to, letter.subject, letter.text, letter.language, confidential=True)
    services.store.outbox.put(mail, utc_now(), about=f"registration:{registration.id}")


def _stationery(services: Services, registration: Registration, key: str = "") -> Stationery:
    known = key or _opened_key(services, registration)
    return Stationery(_signed(services), _address(services, known) if known else "")


def _signed(services: Services) -> str:
    return services.settings.repository_name


def _address(services: Services, key: str) -> str:
    return f"{services.settings.public_url}/registrations/{key}"


def _keys(services: Services, *, make: bool = False) -> list[str]:
    return keys_of(services.settings.secret_key.get_secret_value(), services.store.key_file, make=make)


def _sealed(services: Services, key: bytes) -> bytes | None:
    """The key of a registration as only we can open it; None where no key of ours is set."""
    try:
        return Sealer(_keys(services, make=True)).seal(key)
    except SecretsLocked:
        return None


def _opened_key(services: Services, registration: Registration) -> str:
    sealed = services.store.registrations.sealed_key(registration.id)
    try:
        return Sealer(_keys(services)).open(sealed).decode() if sealed else ""
    except SecretsLocked:
        return ""
