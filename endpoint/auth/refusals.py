"""What those are told who may not: programs a problem (RFC 9457), people a page, or where to sign in."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import ForeignForm, NotAllowed, NotSignedIn
from endpoint.auth import onward
from endpoint.auth.gate import is_api
from endpoint.auth.pages import own_page
from endpoint.records_api.problems import MEDIA_TYPE, Problem


def install(app: FastAPI) -> None:
    """Let an application answer so."""
    app.add_exception_handler(NotAllowed, refusal)


def refusal(request: Request, error: Exception) -> Response:
    """The answer to somebody who may not."""
    anonymous = isinstance(error, NotSignedIn)
    if is_api(request):
        status = HTTPStatus.UNAUTHORIZED if anonymous else HTTPStatus.FORBIDDEN
        headers = {"Cache-Control": "no-store"}
        if anonymous:
            headers["WWW-Authenticate"] = 'Bearer realm="clearinghouse"'
        return Response(Problem(status, str(error)).document(), status, headers, MEDIA_TYPE)
    if anonymous:
        return RedirectResponse(onward.sign_in(request), 303, {"Cache-Control": "no-store"})
    return own_page(request, "refused.html", status=403, foreign=isinstance(error, ForeignForm))
