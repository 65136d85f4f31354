"""Answers shown to people: the style sheet that every answer names, and pages made with it here.

Browsers give up applying XSLT, one after the other. So `/oai/browse` takes the same arguments as `/oai`,
and makes the page of the answer itself, with the very style sheet; the address of the feed stays pure XML.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from lxml import etree
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from catalogue.settings import Settings
from catalogue.xml import parse
from endpoint import languages
from endpoint.deps import services
from endpoint.languages import Language
from endpoint.public.assets import PAGE_HEADERS, asset_path
from endpoint.templating import render_template

#: The style sheet touches neither files nor the network.
_ACCESS: Final = etree.XSLTAccessControl.DENY_ALL
_local = threading.local()


def stylesheet(request: Request) -> Response:
    """The style sheet in the reader's language."""
    settings, language = services(request).settings, languages.wanted(request)
    headers = {"Vary": "Accept-Language", "Cache-Control": "public, max-age=600"}
    return Response(_source(settings, language), media_type="text/xsl", headers=headers)


def page(request: Request, document: bytes) -> Response:
    """An answer, as a page in the reader's language."""
    settings, language = services(request).settings, languages.wanted(request)
    at = f"{urlsplit(settings.public_url).path}/oai/browse"
    further = f"&lang={language.tag}" if request.query_params.get("lang") else ""
    made = _transform(settings, language)(
        parse(document),
        at=etree.XSLT.strparam(at),
        further=etree.XSLT.strparam(further),
    )
    return HTMLResponse(str(made), headers=PAGE_HEADERS | {"Vary": "Accept-Language"})


def _transform(settings: Settings, language: Language) -> etree.XSLT:
    """The compiled style sheet; one for each thread, for it may not be shared."""
    kept: dict[tuple[str, str], etree.XSLT] = _local.__dict__.setdefault("transforms", {})
    key = (settings.public_url, language.tag)
    if key not in kept:
        kept[key] = etree.XSLT(parse(_source(settings, language).encode()), access_control=_ACCESS)
    return kept[key]


def _source(settings: Settings, language: Language) -> str:
    root = urlsplit(settings.public_url).path
    return render_template(
        "oai.xsl", language=language, settings=settings, root=root, asset=partial(asset_path, root)
    )
