"""Where somebody goes on after signing in: always a page of ours."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request

from endpoint.deps import services

#: Where those go who did not want to go anywhere.
HOME: Final = "/dashboard"
#: One slash, and nothing behind it that a browser takes for a host: no second slash, no backslash, no blank
#: and no control character, which browsers leave out.
_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_LONGEST: Final = 2_000


def safe(path: str) -> str:
    """The path, where it is one of ours; else the first page."""
    return path if len(path) <= _LONGEST and _PATH.fullmatch(path) else HOME


def root(request: Request) -> str:
    """The path under which others see us."""
    return urlsplit(services(request).settings.public_url).path


def to(request: Request, path: str) -> str:
    """The address, without host, of a page of ours; the language that was chosen stays chosen."""
    found = f"{root(request)}{safe(path)}"
    language = request.query_params.get("lang", "")
    if language and "lang=" not in found:
        found += ("&" if "?" in found else "?") + urlencode({"lang": language})
    return found


def sign_in(request: Request) -> str:
    """The address of the page to sign in at, from which one comes back to this one."""
    query = {}
    if request.method in {"GET", "HEAD"}:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        query = {"next": asked}
    elif page := _sent_from(request):
        query = {"next": page}
    if "lang" in request.query_params:
        query["lang"] = request.query_params["lang"]
    return f"{root(request)}/sign-in" + (f"?{urlencode(query)}" if query else "")


def _sent_from(request: Request) -> str:
    """The page of ours that a form was sent from, by a browser that says so; else nothing."""
    ours = services(request).settings.public_url
    said = request.headers.get("referer", "")
    return safe(said.removeprefix(ours)) if said.startswith(f"{ours}/") else ""
