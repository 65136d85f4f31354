"""The address /dashboard/live: what is going on, as server-sent events (HTML Standard, section 9.2).

A stream ends by itself after a while, and browsers come again: so no process is kept from ending, and whoever
has signed out meanwhile learns no more.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Final

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from catalogue.people import Action
from endpoint.auth.gate import Reader, needs, reader
from endpoint.auth.pages import language_for
from endpoint.dashboard.nodes import at_work, desk
from endpoint.dashboard.pages import address
from endpoint.deps import services
from endpoint.languages import Language, words
from endpoint.public.wording import Wording
from endpoint.templating import render_template

router = APIRouter(prefix="/dashboard", include_in_schema=False, dependencies=[needs(Action.SEE)])

#: Seconds between two looks, between two things that are said aloud, and that a stream lasts.
LOOK: Final = 2.0
SILENCE: Final = 5.0
LASTS: Final = 30.0
#: Milliseconds after which a browser comes again.
_AGAIN: Final = 1000


@router.get("/live", response_class=EventSourceResponse)
async def live(request: Request, run: int = 0) -> AsyncIterator[ServerSentEvent]:
    """What is going on at all nodes that this reader may see, or one run, each time it has changed."""
    asking, language = reader(request), language_for(request)
    until, teller = time.monotonic() + LASTS, Teller(language)
    shown = ""
    while time.monotonic() < until and not await request.is_disconnected():
        found, labels = await run_sync(partial(_seen, request, asking, language, run))
        said = teller.say(labels, time.monotonic())
        if found != shown or said:
            shown = found
            data = {"html": found, "said": said, "stale": teller.ended}
            yield ServerSentEvent(event="now", data=data, retry=_AGAIN)
        await anyio.sleep(LOOK)


class Teller:
    """Says what has begun and what has ended since, and holds its tongue for a while after each time."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._known: dict[int, str] | None = None
        self._spoke = float("-inf")
        #: Something has ended since the page was made: the rest of it is not as it was.
        self.ended = False

    def say(self, labels: Mapping[int, str], now: float) -> str:
        """What has changed, with these runs open now; nothing, where too little time has passed."""
        if self._known is None:
            self._known = dict(labels)
        if now - self._spoke < SILENCE or self._known.keys() == labels.keys():
            return ""
        gettext = words(self._language.tag).gettext
        begun = [labels[number] for number in labels.keys() - self._known.keys()]
        ended = [self._known[number] for number in self._known.keys() - labels.keys()]
        self.ended = self.ended or bool(ended)
        said = [gettext("Begun: %(names)s.") % {"names": ", ".join(sorted(begun))}] if begun else []
        if ended:
            said.append(gettext("Ended: %(names)s.") % {"names": ", ".join(sorted(ended))})
        self._known, self._spoke = dict(labels), now
        return " ".join(said)


def _seen(request: Request, asking: Reader, language: Language, run_id: int) -> tuple[str, dict[int, str]]:
    """What is going on, as a piece of a page; and what the nodes are called, by the numbers of their runs."""
    store = services(request).store
    ids = sorted({one.source_id for one in store.overview.open_runs() if not run_id or one.id == run_id})
    found = at_work(desk(request, asking, ids)) if ids else []
    made = render_template(
        "desk_running.html",
        language=language,
        at_work=found,
        to=partial(address, request),
        said=Wording(language),
    )
    return made, {run.id: line.label for line, run in found}
