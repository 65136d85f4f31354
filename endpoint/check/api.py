"""The addresses /api/checks and /api/checks/{id}: check-ups for machines, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from catalogue.checkup import AskedCheckup, Checkup, Grade, Stage
from catalogue.errors import InvalidQuery, TooManyCheckups, UnknownCheckup
from endpoint.admin_api.problems import refusals
from endpoint.auth import forgery
from endpoint.check import wording
from endpoint.check.queue import ask
from endpoint.deps import services
from endpoint.languages import ENGLISH, LANGUAGES

router = APIRouter(prefix="/api/checks", tags=["check-ups"])

Lang = Annotated[str, Query(description="Language of the words: ar, en, es, fr, ru or zh.")]


class Wanted(BaseModel):
    """What is to be checked."""

    url: str = Field(max_length=2000, description="An interface, or a web page.")


class FindingInWords(BaseModel):
    """One finding, in words."""

    check: str
    grade: Grade
    title: str
    seen: str
    why: str
    fix: str = Field(description="What to do, whatever the software; empty where all is well.")
    fix_there: str = Field(description="Where that is done in the software that was recognised.")
    spec: str
    spec_url: str
    examples: list[str] = Field(description="Identifiers of records that show it.")


class CheckupAnswer(BaseModel):
    """A check-up, as far as it is."""

    id: str
    address: str
    stage: Stage
    asked_at: datetime
    ended_at: datetime | None
    before: int = Field(description="How many wait before it.")
    in_words: str = Field(description="What it is doing, or how it ended.")
    report: Checkup | None = Field(description="As data: checks, results and values.")
    findings: list[FindingInWords] = Field(description="The worst first.")


def _answer(asked: AskedCheckup, lang: str = "en") -> CheckupAnswer:
    language = LANGUAGES.get(lang, ENGLISH)
    report = asked.report
    told = wording.all_told(report, language) if report else []
    return CheckupAnswer(
        id=asked.id,
        address=asked.address,
        stage=report.stage if report else Stage.QUEUED,
        asked_at=asked.asked_at,
        ended_at=asked.ended_at,
        before=asked.before,
        in_words=wording.plain(wording.doing(report, language)),
        report=report,
        findings=[
            FindingInWords(
                check=one.check,
                grade=one.grade,
                title=one.title,
                seen=wording.plain(one.seen),
                why=one.why,
                fix=one.fix,
                fix_there=one.fix_there,
                spec=one.spec,
                spec_url=one.spec_url,
                examples=list(one.examples),
            )
            for one in told
        ],
    )


_REFUSALS: dict[int | str, dict[str, Any]] = {
    403: {"description": "Another site made a browser ask."},
    415: {"description": "The body is not application/json."},
    **refusals(400, 422),
}


@router.post("", status_code=202, responses=_REFUSALS)
def ask_for_check(request: Request, response: Response, wanted: Wanted) -> CheckupAnswer:
    """Ask for a check-up of an address; it is done by a worker, and the answer says where its report grows."""
    # A form of another site can be sent without asking; JSON cannot.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "the body has to be application/json")
    if forgery.is_from_elsewhere(request):
        raise HTTPException(403, "another site made this browser ask")
    try:
        made = ask(request, wanted.url)
    except InvalidQuery as error:
        raise HTTPException(422, str(error)) from error
    except TooManyCheckups as error:
        raise HTTPException(429, str(error), {"Retry-After": str(error.retry_after)}) from error
    known = services(request)
    response.headers["Location"] = f"{known.settings.public_url}/api/checks/{made}"
    response.headers["Cache-Control"] = "no-store"
    return _answer(known.store.checkups.get(made))


@router.get("/{checkup_id}", responses=refusals(404))
def get_check(request: Request, response: Response, checkup_id: str, lang: Lang = "en") -> CheckupAnswer:
    """A check-up, as far as it is."""
    try:
        found = services(request).store.checkups.get(checkup_id)
    except UnknownCheckup as error:
        raise HTTPException(404, str(error)) from error
    response.headers["Cache-Control"] = "no-store"
    return _answer(found, lang)
