"""The address /dump/: what dumps there are, for people and for machines, and their files.

Only files that the index names are served. They never change: a client that was cut off goes on with Range.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from endpoint.deps import services
from endpoint.dump.index import INDEX, Dump, read_index
from endpoint.dump.writer import CHECKSUMS
from endpoint.public.pages import page

router = APIRouter(include_in_schema=False)

_FOR_EVER: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


def _folder(request: Request) -> Path:
    return Path(services(request).settings.dump_folder)


def _missing() -> Response:
    return Response(
        "There is no such dump, or it is no longer kept: see index.json.\n", 404, media_type="text/plain"
    )


@router.api_route("/dump/", methods=["GET", "HEAD"], response_class=HTMLResponse)
def dump_page(request: Request) -> Response:
    """The dumps, for people."""
    return page(request, "dumps.html", dumps=tuple(reversed(read_index(_folder(request)))))


@router.api_route(f"/dump/{INDEX}", methods=["GET", "HEAD"])
def dump_index(request: Request) -> Response:
    """The dumps, for machines: the oldest first."""
    path = _folder(request) / INDEX
    if not path.is_file():
        about = {"repository": services(request).settings.repository_name, "dumps": []}
        return JSONResponse(about, headers={"Cache-Control": "no-cache"})
    return FileResponse(path, media_type="application/json", headers={"Cache-Control": "no-cache"})


@router.api_route("/dump/{name}/{file}", methods=["GET", "HEAD"])
def dump_file(request: Request, name: str, file: str) -> Response:
    """One file of a dump."""
    folder = _folder(request)
    found = next((dump for dump in read_index(folder) if dump.name == name), None)
    if found is None or file not in _names(found):
        return _missing()
    path = folder / found.name / file
    if not path.is_file():
        return _missing()
    media_type = "text/plain" if file == CHECKSUMS else "application/zstd"
    return FileResponse(path, media_type=media_type, headers=_FOR_EVER)


def _names(dump: Dump) -> set[str]:
    return {file.name for file in dump.files} | {CHECKSUMS}
