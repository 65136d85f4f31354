"""Pages with forms, for one reader: nobody keeps them, and their forms come to us alone."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from endpoint import languages
from endpoint.auth import forgery
from endpoint.auth.gate import reader
from endpoint.auth.rooms import room_of, rooms_for
from endpoint.languages import LANGUAGES, Language
from endpoint.public.pages import page

_FORM_POLICY: Final = ("form-action 'none'", "form-action 'self'")


def private(response: Response) -> Response:
    """Forms may be sent to ourselves, and nothing of it is kept by others."""
    policy = response.headers["Content-Security-Policy"]
    response.headers["Content-Security-Policy"] = policy.replace(*_FORM_POLICY)
    response.headers["Cache-Control"] = "no-store"
    return response


def language_for(request: Request) -> Language:
    """The language that the address names, else the reader's own, else what his browser asks for."""
    if request.query_params.get("lang", "") in LANGUAGES:
        return languages.wanted(request)
    person = reader(request).person
    return LANGUAGES.get(person.language if person else "") or languages.wanted(request)


def own_page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page for this reader; its template has `token` for its forms, and `reader`.

    Templates of rooms that one signs in to extend `own.html`.
    """
    asking = reader(request)
    nonce = forgery.nonce_of(request)
    found = page(
        request,
        template,
        language=language_for(request),
        token=forgery.token_for(request, nonce),
        reader=asking,
        rooms=rooms_for(asking),
        room_here=room_of(request.url.path),
        here=request.url.path,
        **context,
    )
    found.status_code = status
    forgery.remember(request, found, nonce)
    return private(found)
