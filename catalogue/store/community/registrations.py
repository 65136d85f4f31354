"""Registrations in the store: found by a key that is not in it, changed by pure acts, and listed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.checkup import Checkup
from catalogue.errors import SourceExists, TooManyRegistrations, UnknownRegistration
from catalogue.people import Node, Organisation
from catalogue.registration import (
    WAITING,
    Event,
    EventKind,
    Registration,
    RegistrationState,
    answers_from,
    to_json,
)
from catalogue.source import Source
from catalogue.store.community.audit import note_on
from catalogue.store.engine import reading, writing
from catalogue.store.registry.sources import insert_source
from catalogue.store.tables import nodes, organisations, registration_events, registrations
from catalogue.trial import Trial

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
#: Mails to confirm an address that one registration may cause, and registrations of one address in a day.
MOST_CONFIRMATIONS: Final = 4
_MOST_OF_A_MAIL: Final = 10
#: Workers that may die over one trial harvest before it is given up.
ATTEMPTS: Final = 2
Act = Callable[[Registration], Registration]
_c = registrations.c


@dataclass(frozen=True, slots=True)
class Listed:
    """A registration in a list."""

    id: int
    state: RegistrationState
    label: str
    organisation: str
    country: str
    address: str
    created_at: datetime
    sent_at: datetime | None
    decided_at: datetime | None
    reason: str
    source_id: str
    seconded_by: str
    #: Whether the mail of its person was shown to be his.
    confirmed: bool

    @property
    def reference(self) -> str:
        """What people call it."""
        return f"R-{self.id:05}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an accepted registration goes."""

    #: With the id of its node.
    source: Source
    #: Where they are not there yet.
    node: Node | None = None
    organisation: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A trial harvest that a worker has taken."""

    id: int
    #: How often it was taken, this time among them.
    attempt: int


class Registrations:
    """The registrations of repositories."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self,
        draft: Registration,
        *,
        client: str,
        per_hour: int,
        seal: Callable[[bytes], bytes | None] = lambda _: None,
    ) -> str:
        """Keep a new draft; returns its key, which nobody can guess, and of which only a digest is kept.

        Args:
            draft: as it begins; its number is given here.
            client: who begins it, in a form that tells clients apart and says nothing of them.
            per_hour: how many a client may begin within an hour.
            seal: makes of the key what only we can open; None where that cannot be done here.

        Raises:
            TooManyRegistrations: the client has begun enough for now.
        """
        key = secrets.token_urlsafe(24)
        now = draft.created_at
        lately = sa.select(sa.func.count(), sa.func.min(_c.created_at)).where(
            _c.client == client, _c.created_at > now - _HOUR
        )
        row = _row(draft) | {
            "key_digest": _digest(key), "sealed_key": seal(key.encode()), "client": client,
            "created_at": now, "attempts": 0,
        }  # fmt: skip
        with writing(self._engine) as connection:
            count, first = connection.execute(lately).one()
            if count >= per_hour:
                wait = (first + _HOUR - now).total_seconds() if first else _HOUR.total_seconds()
                raise TooManyRegistrations(int(wait) + 1)
            connection.execute(sa.insert(registrations).values(row))
        return key

    def by_key(self, key: str) -> Registration:
        """The registration that this key opens.

        Raises:
            UnknownRegistration: there is none, or no more.
        """
        return self._one(_c.key_digest == _digest(key))

    def get(self, number: int) -> Registration:
        """The registration of this number.

        Raises:
            UnknownRegistration: there is none, or no more.
        """
        return self._one(_c.id == number)

    def behind(self, source_id: str) -> Registration | None:
        """The registration that became this source; None where there is none, or it is no longer kept."""
        statement = sa.select(_c.id).where(_c.source_id == source_id).order_by(_c.id.desc()).limit(1)
        with reading(self._engine) as connection:
            number = connection.execute(statement).scalar()
        return self.get(number) if number is not None else None

    def _one(self, which: sa.ColumnElement[bool]) -> Registration:
        with reading(self._engine) as connection:
            return _found(connection, which)

    def report_of(self, source_id: str) -> Checkup | None:
        """The check-up that the registration of a source rests on; None where it was not registered."""
        wanted = sa.select(_c.report).where(_c.source_id == source_id).order_by(_c.id.desc()).limit(1)
        with reading(self._engine) as connection:
            found = connection.execute(wanted).scalar()
        return Checkup.from_json(found) if found else None

    def sealed_key(self, number: int) -> bytes | None:
        """Its key as it was sealed; None where it was not."""
        with reading(self._engine) as connection:
            return connection.execute(sa.select(_c.sealed_key).where(_c.id == number)).scalar()

    def change(self, number: int, act: Act, now: datetime) -> Registration:
        """Do something to a registration, and write down what became of it, whole or not at all.

        Raises:
            UnknownRegistration: there is none of this number, or no more.
            RegistrationClosed: the act does not follow from how it stands.
        """
        with writing(self._engine) as connection:
            return _changed(connection, number, act, now)

    def accept(self, number: int, act: Act, place: Place, now: datetime) -> Registration:
        """Accept a registration and put it in its place, all of it or nothing.

        Raises:
            UnknownRegistration: there is none of this number.
            RegistrationClosed: it is not to be accepted.
            SourceExists: there is a source, a node or an organisation of this id.
        """
        try:
            with writing(self._engine) as connection:
                for table, made in ((organisations, place.organisation), (nodes, place.node)):
                    if made is not None:
                        connection.execute(sa.insert(table).values(asdict(made) | {"created_at": now}))
                insert_source(connection, place.source, now)
                return _changed(connection, number, act, now)
        except sa.exc.IntegrityError as error:
            raise SourceExists(f"the source {place.source.id!r}, or its node, is there already") from error

    def may_write_to(self, mail: str, now: datetime) -> bool:
        """Whether one more registration may have a letter sent to this address today."""
        lately = sa.select(sa.func.count()).select_from(registrations).where(
            _c.mail == mail.lower(), _c.created_at > now - _DAY, _c.confirmations > 0
        )  # fmt: skip
        with reading(self._engine) as connection:
            return connection.execute(lately).scalar_one() < _MOST_OF_A_MAIL

    def waiting(self, *states: RegistrationState, limit: int = 200) -> list[Listed]:
        """Those in one of these states (by default: that are with us), the oldest first."""
        which = _c.state.in_(states or WAITING)
        return self._listed(_columns().where(which).order_by(_c.sent_at, _c.id).limit(limit))

    def newest(self, *states: RegistrationState, limit: int = 50) -> list[Listed]:
        """Those in one of these states (in any but drafts, if none is named), the newest first."""
        which = _c.state.in_(states) if states else _c.state != RegistrationState.DRAFT
        return self._listed(_columns().where(which).order_by(_c.id.desc()).limit(limit))

    def decided(self, *, before: datetime | None = None, limit: int = 50) -> list[Listed]:
        """Those that were accepted or refused, the latest decision first: the public register."""
        which = _c.state.in_((RegistrationState.ACCEPTED, RegistrationState.REFUSED))
        statement = _columns().where(which, _c.decided_at.is_not(None))
        if before is not None:
            statement = statement.where(_c.decided_at < before)
        return self._listed(statement.order_by(_c.decided_at.desc(), _c.id.desc()).limit(limit))

    def _listed(self, statement: sa.Select[Any]) -> list[Listed]:
        with reading(self._engine) as connection:
            return [_listed_from(row) for row in connection.execute(statement)]

    def claim(self, now: datetime, *, stale_after: timedelta) -> Claim | None:
        """Take the next trial harvest that waits, or that was left so long ago; None where there is none.

        What was sent by somebody whose mail is not confirmed waits until it is.
        """
        left = sa.and_(_c.state == RegistrationState.UNDER_CHECK, _c.claimed_at < now - stale_after)
        ready = sa.and_(_c.state == RegistrationState.RECEIVED, _c.confirmed)
        waiting = sa.select(_c.id, _c.attempts).where(sa.or_(ready, left)).order_by(_c.sent_at).limit(1)
        with writing(self._engine) as connection:
            row = connection.execute(waiting).one_or_none()
            if row is None:
                return None
            taken = (
                sa.update(registrations)
                .where(_c.id == row.id, _c.attempts == row.attempts, sa.or_(ready, left))
                .values(state=RegistrationState.UNDER_CHECK, claimed_at=now, attempts=row.attempts + 1)
            )
            if connection.execute(taken).rowcount != 1:
                return None
        return Claim(row.id, row.attempts + 1)

    def release(self, claim: Claim) -> None:
        """Give a trial harvest back: another worker begins it anew."""
        ours = sa.and_(
            _c.id == claim.id, _c.attempts == claim.attempt, _c.state == RegistrationState.UNDER_CHECK
        )
        values = {"state": RegistrationState.RECEIVED, "claimed_at": None, "attempts": claim.attempt - 1}
        with writing(self._engine) as connection:
            connection.execute(sa.update(registrations).where(ours).values(**values))

    def forget(self, before: datetime) -> int:
        """Forget what was not touched since: drafts, what was taken back, and what nobody confirmed."""
        gone = _c.state.in_((RegistrationState.DRAFT, RegistrationState.WITHDRAWN))
        unconfirmed = sa.and_(_c.state == RegistrationState.RECEIVED, ~_c.confirmed)
        which = sa.and_(sa.or_(gone, unconfirmed), _c.changed_at < before)
        numbers = sa.select(_c.id).where(which)
        with writing(self._engine) as connection:
            connection.execute(
                sa.delete(registration_events).where(registration_events.c.registration_id.in_(numbers))
            )
            return connection.execute(sa.delete(registrations).where(which)).rowcount


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "replace")).digest()


def _found(connection: Connection, which: sa.ColumnElement[bool], *, lock: bool = False) -> Registration:
    statement = sa.select(registrations).where(which)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise UnknownRegistration("there is no such registration, or no more")
    e = registration_events.c
    events = sa.select(registration_events).where(e.registration_id == row.id).order_by(e.id)
    return _from_row(row, connection.execute(events).all())


def _changed(connection: Connection, number: int, act: Act, now: datetime) -> Registration:
    before = _found(connection, _c.id == number, lock=True)
    after = act(before)
    values = _row(after) | {"changed_at": now}
    if after.state is RegistrationState.RECEIVED and before.state is not after.state:
        values |= {"attempts": 0, "claimed_at": None}
    connection.execute(sa.update(registrations).where(_c.id == number).values(values))
    for event in after.events[len(before.events) :]:
        connection.execute(
            sa.insert(registration_events).values(
                registration_id=number, at=event.at, kind=event.kind, by=event.by, text=event.text
            )
        )
        detail = {"reference": after.reference, "source_id": after.source_id} if event.by else {}
        who = event.by or ("worker" if event.kind is EventKind.TRIED else "registrant")
        note_on(connection, who, event.kind, f"registration:{number}", detail, now)
    return after


def _row(one: Registration) -> dict[str, Any]:
    """Everything that an act may change."""
    who = one.answers.who
    return {
        "state": one.state,
        "address": one.address,
        "checkup_id": one.checkup_id,
        "language": one.language,
        "changed_at": one.changed_at,
        "sent_at": one.sent_at,
        "decided_at": one.decided_at,
        "label": one.label,
        "organisation": one.organisation,
        "country": who.country if who else "",
        "mail": who.mail.lower() if who else "",
        "confirmed": bool(who and who.is_confirmed),
        "confirmations": one.confirmations,
        "answers": to_json(one.answers),
        "report": one.report.to_json() if one.report else None,
        "trial": one.trial.to_json() if one.trial else None,
        "reason": one.reason,
        "seconded_by": one.seconded_by,
        "source_id": one.source_id or None,
    }


def _from_row(row: Row[Any], events: Sequence[Row[Any]]) -> Registration:
    return Registration(
        id=row.id,
        state=RegistrationState(row.state),
        address=row.address,
        created_at=row.created_at,
        changed_at=row.changed_at,
        checkup_id=row.checkup_id,
        language=row.language,
        answers=answers_from(row.answers),
        report=Checkup.from_json(row.report) if row.report else None,
        trial=Trial.from_json(row.trial) if row.trial else None,
        sent_at=row.sent_at,
        decided_at=row.decided_at,
        reason=row.reason,
        source_id=row.source_id or "",
        seconded_by=row.seconded_by,
        confirmations=row.confirmations,
        events=tuple(Event(one.at, EventKind(one.kind), one.by, one.text) for one in events),
    )


def _columns() -> sa.Select[Any]:
    return sa.select(
        _c.id, _c.state, _c.label, _c.organisation, _c.country, _c.address, _c.created_at, _c.sent_at,
        _c.decided_at, _c.reason, _c.source_id, _c.seconded_by, _c.confirmed,
    )  # fmt: skip


def _listed_from(row: Row[Any]) -> Listed:
    found = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's own name for it
    return Listed(**found | {"state": RegistrationState(row.state), "source_id": row.source_id or ""})
