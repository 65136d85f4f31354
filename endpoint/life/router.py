"""The page /where: an identifier, an address or a title in, the life of the record out. It needs no script.

Everybody reads what happened, when, in which run, and by which rule. Where in a record something is wrong and
why, what was mended, what waits for an answer, and the title of a record that its source has deleted are for
those who may see the source from within.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import UnknownRecord
from catalogue.lives import Candidate, Life, Sought, Standing, life_of, seek
from catalogue.people import Action
from endpoint import languages
from endpoint.auth.gate import reader
from endpoint.auth.pages import private
from endpoint.dashboard.wording.rules import words_of
from endpoint.deps import services
from endpoint.life.wording import HAPPENED, MARKS, STANDINGS
from endpoint.public.pages import page
from endpoint.public.wording import Wording

router = APIRouter(include_in_schema=False)

#: What is typed is looked at so far.
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class _Shown:
    """A record on the page, and whether the reader may see its source from within."""

    record: Candidate | Life
    label: str
    within: bool

    @property
    def title(self) -> str:
        """What it is called; of a deleted one, its identifier for those who are not of the source."""
        gone = self.record.standing is Standing.DELETED and not self.within
        title = "" if gone else self.record.title
        return title or self.record.identifier or self.record.source_identifier

    @property
    def key(self) -> str:
        """What finds it, and nothing else."""
        return self.record.identifier or self.record.source_identifier


@router.api_route("/where", methods=["GET", "HEAD"])
def where_page(request: Request, q: str = "", source: str = "") -> Response:
    """Where a record is asked for, and what became of it."""
    known = services(request)
    typed = q.strip()[:_LONGEST]
    sought = seek(known.store, known.settings.repository_identifier, typed) if typed else Sought()
    found = [one for one in sought.candidates if source in {"", one.source_id}]
    life = _life(request, found)
    asking = reader(request)
    context: dict[str, Any] = {
        "typed": typed,
        "found": [_shown(request, one) for one in found],
        "more": sought.more,
        "life": _shown(request, life) if life else None,
        "said": Wording(languages.wanted(request)),
        "happened": HAPPENED,
        "standings": STANDINGS,
        "marks": MARKS,
        "words_of": words_of,
        "reader": asking,
    }
    answer = page(request, "where.html", **context)
    if typed and not found:
        answer.status_code = 404
    return private(answer)


def _life(request: Request, found: list[Candidate]) -> Life | None:
    if len(found) != 1:
        return None
    try:
        return life_of(services(request).store, found[0])
    except UnknownRecord:
        return None


def _shown(request: Request, record: Candidate | Life) -> _Shown:
    label = services(request).store.sources.get(record.source_id).label
    return _Shown(record, label, reader(request).may(Action.SEE, record.source_id))
