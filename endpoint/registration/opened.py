"""The registration that a link opens, and what is answered where it opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import UnknownRegistration
from catalogue.registration import Registration
from endpoint.auth import onward
from endpoint.auth.gate import is_api
from endpoint.auth.pages import language_for, own_page
from endpoint.deps import services
from endpoint.languages import N_
from endpoint.records_api.problems import MEDIA_TYPE, Problem
from endpoint.registration import acts, wording

_GONE: Final = N_("There is no registration under this address, or it is no longer kept.")


@dataclass(frozen=True, slots=True)
class Opened:
    """A registration, the key that opened it, and the request that asked."""

    request: Request
    key: str
    one: Registration

    def shown(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """A page about it, which nobody else keeps or lists."""
        found = own_page(
            self.request, template, status=status, key=self.key, one=self.one, wording=wording, **context
        )
        found.headers["X-Robots-Tag"] = "noindex"
        return found

    def go(self, step: str = "") -> Response:
        """To one of its steps, or to the page that says how it stands."""
        return go(self.request, f"/registrations/{self.key}" + (f"/{step}" if step else ""))

    def say(self, text: str) -> str:
        """A text of ours in the reader's language."""
        return wording.say(text, language_for(self.request))


def go(request: Request, path: str) -> Response:
    """To another page of ours, by GET."""
    return RedirectResponse(onward.to(request, path), 303, {"Cache-Control": "no-store"})


def open_by_key(request: Request, key: str) -> Opened:
    """What a key opens, with what its check-up has found by now.

    Raises:
        UnknownRegistration: nothing, or nothing any more.
    """
    known = services(request)
    return Opened(request, key, acts.with_report(known, known.store.registrations.by_key(key)))


#: What a route takes that is about one registration.
ByKey: TypeAlias = Annotated[Opened, Depends(open_by_key)]


def install(app: FastAPI) -> None:
    """Let an application answer so where there is no such registration."""
    app.add_exception_handler(UnknownRegistration, gone)


def gone(request: Request, error: Exception) -> Response:
    """What is answered where there is no such registration."""
    if is_api(request):
        problem = Problem(HTTPStatus.NOT_FOUND, str(error)).document()
        return Response(problem, 404, {"Cache-Control": "no-store"}, MEDIA_TYPE)
    told = wording.say(_GONE, language_for(request))
    allowed = services(request).settings.registrations_per_client > 0
    return own_page(request, "register.html", status=404, typed="", error=told, allowed=allowed)
