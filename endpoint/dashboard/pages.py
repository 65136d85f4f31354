"""A page of the operators': their words, links that keep the language, and what has just been done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from babel.dates import format_timedelta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import ClearinghouseError
from endpoint.auth.pages import language_for, own_page
from endpoint.dashboard.wording import states
from endpoint.dashboard.wording.said import DONE, REFUSED, refusal
from endpoint.deps import services
from endpoint.languages import LANGUAGES, Language
from endpoint.public.wording import Wording

#: Of the numbers that a database can count.
_DIGITS: Final = 18
_NO_SCRIPT: Final = "default-src 'none';"
_OWN_SCRIPT: Final = f"{_NO_SCRIPT} script-src 'self'; connect-src 'self';"


def address(request: Request, path: str, **query: Any) -> str:
    """An address of ours; a language that was chosen by hand stays chosen."""
    tag = request.query_params.get("lang", "")
    wanted = [(name, value) for name, value in query.items() if value or value == 0]
    if tag in LANGUAGES:
        wanted.append(("lang", tag))
    root = urlsplit(services(request).settings.public_url).path
    return f"{root}{path}" + (f"?{urlencode(wanted, doseq=True)}" if wanted else "")


def ago(language: Language) -> Callable[[datetime], str]:
    """How long ago something was, or how long it is to come, in words."""

    def told(at: datetime) -> str:
        return format_timedelta(at - datetime.now(UTC), add_direction=True, locale=language.tag)

    return told


def desk_page(
    request: Request, template: str, *, live: bool = False, status: int = 200, **context: Any
) -> Response:
    """A page of the operators'; with `live`, our own script may run on it, and ask us what is new."""
    language = language_for(request)
    asked = request.query_params
    found = own_page(
        request,
        template,
        status=status,
        to=partial(address, request),
        said=Wording(language),
        ago=ago(language),
        words=states,
        done=DONE.get(asked.get("done", ""), ""),
        refused=context.pop("refused", "") or _refusals().get(asked.get("refused", ""), ""),
        **context,
    )
    if live:
        policy = found.headers["Content-Security-Policy"]
        found.headers["Content-Security-Policy"] = policy.replace(_NO_SCRIPT, _OWN_SCRIPT)
    return found


def _refusals() -> dict[str, str]:
    return {kind.__name__: said for kind, said in REFUSED.items()}


def back(request: Request, path: str, *, done: str = "", **query: Any) -> Response:
    """After an act: to a page that says what was done."""
    return RedirectResponse(address(request, path, done=done, **query), 303, {"Cache-Control": "no-store"})


def refused(request: Request, path: str, error: ClearinghouseError) -> Response:
    """After an act that was refused: to a page that says why.

    Raises:
        ClearinghouseError: `error` itself, where pages have no words for it.
    """
    if not refusal(error):
        raise error
    named = next(kind.__name__ for kind in REFUSED if isinstance(error, kind))
    target = address(request, path, refused=named)
    return RedirectResponse(target, 303, {"Cache-Control": "no-store"})


def unknown(request: Request) -> Response:
    """There is no such thing, or it is not for this reader."""
    return desk_page(request, "desk_unknown.html", status=404)


def number_in(request: Request, name: str) -> int:
    """A number in the address; 0 where there is none."""
    typed = request.query_params.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS else 0
