"""The life of a registration: acts, pure functions from one to the next, that refuse what does not follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from catalogue.errors import RegistrationClosed
from catalogue.registration import EDITABLE, WAITING, Event, EventKind, Registration, Step
from catalogue.registration import RegistrationState as _S  # noqa: N814 - named often
from catalogue.trial import Trial


def _require(registration: Registration, *states: _S) -> None:
    if registration.state not in states:
        raise RegistrationClosed(f"{registration.reference} is {registration.state}")


def answered(registration: Registration, **answers: Any) -> Registration:
    """With an answer to a question, or to several.

    Raises:
        RegistrationClosed: it was sent, and nobody asked for changes.
    """
    _require(registration, *EDITABLE)
    unfinished = {
        step: typed for step, typed in registration.answers.unfinished.items() if step not in answers
    }
    return replace(registration, answers=replace(registration.answers, unfinished=unfinished, **answers))


def typed(registration: Registration, step: Step, fields: Sequence[tuple[str, str]]) -> Registration:
    """With what was typed into the form of a step that will not do yet; an answer from before stays.

    Raises:
        RegistrationClosed: as above.
    """
    _require(registration, *EDITABLE)
    unfinished = {**registration.answers.unfinished, step: tuple(fields)}
    return replace(registration, answers=replace(registration.answers, unfinished=unfinished))


def rechecked(registration: Registration, address: str, checkup_id: str) -> Registration:
    """With another check-up: of another address, or of the same once more.

    Raises:
        RegistrationClosed: as above.
    """
    _require(registration, *EDITABLE)
    return replace(registration, address=address, checkup_id=checkup_id, report=None)


def confirmed(registration: Registration, mail: str) -> Registration:
    """With a mail that was shown to be the person's; in any state, for a link may be opened late."""
    who = registration.answers.who
    if who is None or who.mail != mail:
        return registration
    return replace(registration, answers=replace(registration.answers, who=replace(who, confirmed=mail)))


def sent(registration: Registration, now: datetime) -> Registration:
    """Sent, for the first time or again.

    Raises:
        RegistrationClosed: it was sent already, or a question is not answered.
    """
    _require(registration, *EDITABLE)
    if registration.missing:
        raise RegistrationClosed(f"{registration.reference} lacks: {', '.join(registration.missing)}")
    return replace(
        _told(registration, EventKind.SENT, now),
        state=_S.RECEIVED, sent_at=now, trial=None, seconded_by="",
    )  # fmt: skip


def tried(registration: Registration, trial: Trial, now: datetime) -> Registration:
    """After its trial harvest.

    Raises:
        RegistrationClosed: it was withdrawn or decided meanwhile.
    """
    _require(registration, _S.UNDER_CHECK)
    return replace(_told(registration, EventKind.TRIED, now), state=_S.TRIAL_DONE, trial=trial)


def seconded(registration: Registration, now: datetime, *, by: str, reason: str) -> Registration:
    """One of two approvers has said yes.

    Raises:
        RegistrationClosed: its trial harvest is not done, or he has said so before.
    """
    _require(registration, _S.TRIAL_DONE)
    if registration.seconded_by:
        raise RegistrationClosed(
            f"{registration.reference} waits for another than {registration.seconded_by}"
        )
    return replace(_told(registration, EventKind.SECONDED, now, by=by, text=reason), seconded_by=by)


def accepted(
    registration: Registration, now: datetime, *, by: str, reason: str, source_id: str
) -> Registration:
    """Accepted, as this source.

    Raises:
        RegistrationClosed: its trial harvest is not done.
    """
    _require(registration, _S.TRIAL_DONE)
    told = _told(registration, EventKind.ACCEPTED, now, by=by, text=reason)
    return replace(told, state=_S.ACCEPTED, decided_at=now, reason=reason, source_id=source_id)


def changes_asked(registration: Registration, now: datetime, *, by: str, reason: str) -> Registration:
    """The registrant is asked for changes.

    Raises:
        RegistrationClosed: it is not with us.
    """
    _require(registration, *WAITING)
    told = _told(registration, EventKind.CHANGES_ASKED, now, by=by, text=reason)
    return replace(told, state=_S.CHANGES_ASKED, seconded_by="")


def refused(registration: Registration, now: datetime, *, by: str, reason: str) -> Registration:
    """Refused.

    Raises:
        RegistrationClosed: it is neither with us, nor do we wait for changes.
    """
    _require(registration, *WAITING, _S.CHANGES_ASKED)
    told = _told(registration, EventKind.REFUSED, now, by=by, text=reason)
    return replace(told, state=_S.REFUSED, decided_at=now, reason=reason)


def withdrawn(registration: Registration, now: datetime) -> Registration:
    """Taken back by the registrant.

    Raises:
        RegistrationClosed: it is decided, or was taken back before.
    """
    _require(registration, *WAITING, *EDITABLE)
    return replace(_told(registration, EventKind.WITHDRAWN, now), state=_S.WITHDRAWN, decided_at=now)


def written(registration: Registration, now: datetime, text: str, *, by: str = "") -> Registration:
    """With a message: of the registrant, or of a person of ours.

    Raises:
        RegistrationClosed: it is a draft, which nobody reads, or closed.
    """
    _require(registration, *WAITING, _S.CHANGES_ASKED, _S.ACCEPTED)
    kind = EventKind.ANSWER if by else EventKind.MESSAGE
    return _told(registration, kind, now, by=by, text=text)


def _told(
    registration: Registration, kind: EventKind, now: datetime, *, by: str = "", text: str = ""
) -> Registration:
    return replace(registration, events=(*registration.events, Event(now, kind, by, text)))
