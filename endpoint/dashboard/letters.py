"""What was written and said with a node: our letters as long as they are kept, and what operators noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import SettingsError, UnknownSource
from catalogue.people import Action
from catalogue.source import Source
from catalogue.store import Store
from catalogue.store.desk.correspondence import LONGEST, Manner, Note
from catalogue.store.desk.outbox import MailState, Posted
from endpoint.auth.forms import Fields, Form
from endpoint.auth.gate import allowed, needs
from endpoint.dashboard.pages import back, refused, unknown
from endpoint.deps import services
from endpoint.languages import N_

router = APIRouter(prefix="/dashboard", include_in_schema=False, dependencies=[needs(Action.ADMINISTER)])

MANNERS: Final = {
    Manner.RECEIVED: N_("received"),
    Manner.SENT: N_("sent"),
    Manner.SPOKEN: N_("spoken"),
    Manner.REMARK: N_("a remark for ourselves"),
}
_STATES: Final = {
    MailState.WAITING: N_("waiting"),
    MailState.SENT: N_("sent"),
    MailState.GIVEN_UP: N_("given up"),
}
_LETTERS: Final = 100
_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was written or said: a letter of ours, or a note."""

    at: datetime
    letter: Posted | None = None
    note: Note | None = None


def correspondence(request: Request, source: Source) -> dict[str, Any]:
    """What the tab shows."""
    return {
        "entries": entries(services(request).store, source),
        "manners": MANNERS,
        "states": _STATES,
        "longest": LONGEST,
        "today": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def entries(store: Store, source: Source) -> list[Entry]:
    """Everything that was written and said about a source, what was last first."""
    abouts = [f"source:{source.id}", f"node:{source.node_id or source.id}"]
    registration = store.registrations.behind(source.id)
    if registration is not None:
        abouts.append(f"registration:{registration.id}")
    letters = [one for about in abouts for one in store.outbox.newest(about=about, limit=_LETTERS)]
    found = [Entry(one.put_at, letter=one) for one in letters]
    found += [Entry(one.at, note=one) for one in store.correspondence.of_source(source.id)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


@router.post("/correspondence/{source_id}")
def write_down(request: Request, source_id: str, form: Form) -> Response:
    """Note what was written or said, or take a note back."""
    who = allowed(request, Action.ADMINISTER).who
    page, now = f"/dashboard/sources/{source_id}", datetime.now(UTC)
    taken = form.get("remove")
    try:
        if taken:
            number = int(taken) if taken.isascii() and taken.isdigit() and len(taken) <= _DIGITS else 0
            if not services(request).store.correspondence.remove(source_id, number, who, now):
                return unknown(request)
        else:
            _add(services(request).store, source_id, form, who)
    except UnknownSource:
        return unknown(request)
    except SettingsError as error:
        return refused(request, page, error)
    return back(request, page, done="noted", tab="correspondence")


def _add(store: Store, source_id: str, form: Fields, who: str) -> None:
    now = datetime.now(UTC)
    try:
        day = date.fromisoformat(form.get("on") or f"{now:%Y-%m-%d}")
        manner = Manner(form.get("manner"))
    except ValueError as error:
        raise SettingsError("a note has a day, and says how it came") from error
    at = now if day == now.date() else datetime(day.year, day.month, day.day, tzinfo=UTC)
    text = form.get("text").replace("\r\n", "\n")
    store.correspondence.add(source_id, manner, form.get("with"), text, who, at, now)
