"""The pages /check and /check/{id}: asking for a check-up, and its report as it grows. They need no script."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from catalogue.checkup import BY_WEIGHT, AskedCheckup, Grade, normalised
from catalogue.errors import InvalidQuery, TooManyCheckups, UnknownCheckup
from catalogue.source import host_of
from endpoint import languages
from endpoint.auth import forgery
from endpoint.auth.forms import AnyForm
from endpoint.auth.pages import private
from endpoint.check import wording
from endpoint.check.letter import letter
from endpoint.check.queue import ask
from endpoint.deps import services
from endpoint.languages import N_, words
from endpoint.public.pages import page

router = APIRouter(include_in_schema=False)

#: Seconds between two looks of a page at a report that grows.
REFRESH: Final = 3
_NO_ADDRESS: Final = N_(
    "This is not an address of the form https://repository.example.org/oai; a user name or a password must not be in it."
)
_AGAIN: Final = N_("The form was too old, or was not sent from this page. Please send it once more.")
_TOO_MANY: Final = {
    "client": N_(
        "You have asked for many check-ups within the hour. Please come back in %(minutes)s minutes."
    ),
    "host": N_(
        "This host has been checked several times within the hour, and is left in peace now. Please come back in %(minutes)s minutes."
    ),
    "queue": N_("Many check-ups are waiting just now. Please come back in %(minutes)s minutes."),
}
_GONE: Final = N_("There is no such check-up, or it is no longer kept.")


@router.api_route("/check", methods=["GET", "HEAD"])
def check_page(request: Request, url: str = "") -> Response:
    """Where an address is typed."""
    return _asking(request, url[:2000])


def _asking(
    request: Request, typed: str, *, error: str = "", latest: str = "", status: int = 200
) -> Response:
    nonce = forgery.nonce_of(request)
    found = page(
        request,
        "check.html",
        typed=typed,
        error=error,
        latest=latest,
        token=forgery.token_for(request, nonce),
        allowed=services(request).settings.checks_per_client > 0,
    )
    found.status_code = status
    forgery.remember(request, found, nonce)
    return private(found)


@router.post("/check")
def check(request: Request, form: AnyForm) -> Response:
    """Ask for a check-up."""
    typed = form.get("url")[:2000]
    say = words(languages.wanted(request).tag).gettext
    if not forgery.is_ours(request, form.get(forgery.FIELD)):
        return _asking(request, typed, error=say(_AGAIN), status=403)
    try:
        made = ask(request, typed)
    except InvalidQuery:
        return _asking(request, typed, error=say(_NO_ADDRESS), status=422)
    except TooManyCheckups as error:
        why = say(_TOO_MANY[error.whose]) % {"minutes": -(-error.retry_after // 60)}
        latest = ""
        if error.whose == "host":
            latest = services(request).store.checkups.latest_of(host_of(normalised(typed)).lower())
        found = _asking(request, typed, error=why, latest=latest, status=429)
        found.headers["Retry-After"] = str(error.retry_after)
        return found
    language = request.query_params.get("lang", "")
    chosen = f"?lang={language}" if language in languages.LANGUAGES else ""
    root = urlsplit(services(request).settings.public_url).path
    return RedirectResponse(f"{root}/check/{made}{chosen}", 303)


@router.api_route("/check/{checkup_id}", methods=["GET", "HEAD"])
def report_page(request: Request, checkup_id: str, *, still: bool = False) -> Response:
    """A report, as far as it is; the page comes again by itself until it is finished."""
    try:
        asked = services(request).store.checkups.get(checkup_id)
    except UnknownCheckup:
        say = words(languages.wanted(request).tag).gettext
        return _asking(request, "", error=say(_GONE), status=404)
    nonce = forgery.nonce_of(request)
    found = page(
        request,
        "checkup.html",
        asked=asked,
        report=asked.report,
        refresh=0 if asked.ended_at or still else REFRESH,
        token=forgery.token_for(request, nonce),
        wording=wording,
        **_told(request, asked),
    )
    forgery.remember(request, found, nonce)
    return private(found)


def _told(request: Request, asked: AskedCheckup) -> dict[str, Any]:
    """What the page says of a report."""
    language = languages.wanted(request)
    report = asked.report
    told = wording.all_told(report, language) if report else []
    groups = [(grade, [one for one in told if one.grade is grade]) for grade in BY_WEIGHT]
    return {
        "told": told,
        "bad": [(grade, found) for grade, found in groups if found and grade is not Grade.GOOD],
        "good": [one for one in told if one.grade is Grade.GOOD],
        "counts": [(grade, len(found)) for grade, found in groups],
    }


@router.api_route("/check/{checkup_id}/letter", methods=["GET", "HEAD"])
def letter_text(request: Request, checkup_id: str) -> Response:
    """The letter to the technician, as plain text."""
    known = services(request)
    language = languages.wanted(request)
    try:
        asked = known.store.checkups.get(checkup_id)
    except UnknownCheckup as error:
        return PlainTextResponse(f"{error}\n", 404)
    if asked.report is None or asked.ended_at is None:
        return PlainTextResponse("The check-up is not finished yet.\n", 409)
    text = letter(
        asked.report,
        signed=known.settings.repository_name,
        url=f"{known.settings.public_url}/check/{asked.id}",
        language=language,
    )
    headers = {
        "Content-Language": language.tag,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Vary": "Accept-Language",
    }
    return PlainTextResponse(text, headers=headers)
