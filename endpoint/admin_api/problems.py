"""What goes wrong behind the gate, as HTTP: one table from errors to statuses, for programs and for pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from catalogue import errors
from endpoint.auth.gate import is_api
from endpoint.public.pages import page
from endpoint.records_api.problems import MEDIA_TYPE, Problem

#: Of each error its status; an error that has none of its own has that of what it is a kind of.
STATUSES: Final = {
    errors.Unknown: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.SecretsLocked: HTTPStatus.CONFLICT,
    errors.SettingsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidQuery: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.StoreUnreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreFull: HTTPStatus.INSUFFICIENT_STORAGE,
}
#: What every route behind the gate may answer, for the description of the API.
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": said, "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}
    for status, said in (
        (400, "The body is no JSON."),
        (401, "There is no token, or it is none of ours, or has ended."),
        (403, "The token has not the scope, or its owner not the role."),
        (404, "There is no such thing."),
        (409, "It cannot be done as things stand; `detail` says why."),
        (422, "Something that was sent cannot be used; `detail` says what."),
    )
}


#: What every route may answer, before anybody looks at what was asked; a problem where it was looked at.
BUSY: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": said,
        "content": {"text/plain": {"schema": {"type": "string"}}, MEDIA_TYPE: {"schema": {"type": "object"}}},
    }
    for status, said in (
        (429, "That was too often; `Retry-After` says when to come back."),
        (503, "Busy, or the store cannot be reached; likewise."),
    )
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route before the gate may answer of these."""
    return {status: RESPONSES[status] for status in statuses}


def install(app: FastAPI) -> None:
    """Let an application answer so; what its rooms answer themselves never comes here."""
    for error in STATUSES:
        app.add_exception_handler(error, failure)
    app.add_exception_handler(RequestValidationError, _unusable)
    for none_has_it in (errors.NumberTooGreat, errors.NoText):
        app.add_exception_handler(none_has_it, _nothing_has_it)
    app.add_exception_handler(HTTPException, _refused)


def failure(request: Request, error: Exception) -> Response:
    """The answer to what could not be done."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    wait = {"Retry-After": "5"} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    return answer(request, Problem(status, str(error)), wait)


def answer(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """A problem, as a document for programs or as a page for people."""
    if is_api(request):
        kept = {"Cache-Control": "no-store"} | (headers or {})
        return Response(problem.document(), problem.status, kept, MEDIA_TYPE)
    found = page(request, "problem.html", problem=problem)
    found.status_code = problem.status
    found.headers.update({"Cache-Control": "no-store"} | (headers or {}))
    return found


def _unusable(request: Request, error: Exception) -> Response:
    """What was sent has another shape than the description of the API says."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is registered for these
    wrong = [(".".join(str(part) for part in one["loc"][1:]), one["msg"]) for one in error.errors()]
    if not is_api(request):
        # A page whose address has a number in it, and somebody typed another word.
        return answer(
            request, Problem(HTTPStatus.NOT_FOUND, "; ".join(f"{at}: {what}" for at, what in wrong))
        )
    told = {
        "type": "about:blank",
        "title": HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
        "status": 422,
        "detail": "; ".join(f"{at}: {what}" if at else what for at, what in wrong)[:2000],
        "errors": [{"pointer": at, "detail": what} for at, what in wrong],
    }
    return Response(msgspec.json.encode(told), 422, {"Cache-Control": "no-store"}, MEDIA_TYPE)


def _nothing_has_it(request: Request, error: Exception) -> Response:
    """A number or a text is none that a database could have."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_api(request) else HTTPStatus.NOT_FOUND
    return answer(request, Problem(status, str(error)))


def _refused(request: Request, error: Exception) -> Response:
    """What FastAPI itself, or a route, has answered with a status alone."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    return answer(request, Problem(HTTPStatus(error.status_code), error.detail), dict(error.headers or {}))
