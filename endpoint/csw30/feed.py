"""A page of results as an Atom feed, with the response elements of OpenSearch (12-176r7, 7.3.5; RFC 4287)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute
from endpoint.csw.requests import GetRecords
from endpoint.csw.responses import instant
from endpoint.csw.service import Service
from endpoint.csw30 import names, opensearch
from endpoint.languages import ENGLISH, LANGUAGES

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def feed(
    service: Service, request: GetRecords, *, matched: int, written: list[bytes], now: datetime
) -> bytes:
    """The atom:feed of a page of results."""
    about = service.about(request.language if request.language in LANGUAGES else ENGLISH.tag)
    first = request.query.offset + 1
    search = escape_attribute(opensearch.address_of(service.address))
    head = (
        f'<atom:feed xmlns:atom="{ns.ATOM}" xmlns:os="{ns.OPENSEARCH}" xml:lang="{about.language}">'
        f"<atom:id>{escape(service.address)}</atom:id><atom:title>{escape(about.title)}</atom:title>"
        f"<atom:updated>{instant(now)}</atom:updated>"
        f"<atom:author><atom:name>{escape(about.title)}</atom:name></atom:author>"
        f'<atom:link rel="search" type="{names.OPENSEARCH}" href="{search}"/>'
        f"<os:totalResults>{matched}</os:totalResults><os:startIndex>{first}</os:startIndex>"
        f"<os:itemsPerPage>{len(written)}</os:itemsPerPage>"
        f'<os:Query role="request" startIndex="{first}" count="{request.query.limit}"/>'
    )
    return b"".join((_DECLARATION, head.encode(), *written, b"</atom:feed>"))
