"""Sitemaps (sitemaps.org 0.9) of the pages about records, and robots.txt (RFC 9309).

Each sitemap has the records with numbers from a range: to make one costs what it holds, however many there
are, and a record never moves from one to another.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.queryables import utc
from catalogue.xml import escape
from endpoint.records_api.router import api_of

#: Records of a sitemap at most; the standard allows five times as many, and 50 MB.
SIZE: Final = 10_000
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XML: Final = "application/xml"
#: What is no page: harvesters know where it is.
_NOT_FOR_CRAWLERS: Final = ("/oai", "/csw", "/dump/")

router = APIRouter(include_in_schema=False)


@router.api_route("/sitemap.xml", methods=["GET", "HEAD"])
def index(request: Request) -> Response:
    """The sitemaps that there are."""
    api = api_of(request)
    count = -(-api.store.listing.greatest() // SIZE)
    names = ["nodes", *range(count)]
    parts = "".join(f"<sitemap><loc>{escape(api.root)}/sitemaps/{name}.xml</loc></sitemap>" for name in names)
    made = f'{_DECLARATION}<sitemapindex xmlns="{_NAMESPACE}">{parts}</sitemapindex>'
    return Response(made, media_type=_XML)


@router.api_route("/sitemaps/{number}.xml", methods=["GET", "HEAD"])
def sitemap(request: Request, number: str) -> Response:
    """The records of one range, with when our copies were last changed."""
    api = api_of(request)
    at = int(number) if number.isascii() and number.isdigit() and len(number) < len(str(2**31)) else -1
    if at < 0 or at * SIZE >= max(api.store.listing.greatest(), 1):
        return Response("There is no such sitemap.\n", 404, media_type="text/plain")
    found = api.store.listing.between(at * SIZE + 1, (at + 1) * SIZE)
    parts = "".join(
        f"<url><loc>{escape(api.item_address(identifier))}</loc><lastmod>{utc(changed)}</lastmod></url>"
        for identifier, changed in found
    )
    made = f'{_DECLARATION}<urlset xmlns="{_NAMESPACE}">{parts}</urlset>'
    return Response(made, media_type=_XML)


@router.api_route("/robots.txt", methods=["GET", "HEAD"])
def robots(request: Request) -> Response:
    """What crawlers are asked to leave, and where the sitemaps are."""
    refused = "".join(f"Disallow: {path}\n" for path in _NOT_FOR_CRAWLERS)
    made = f"User-agent: *\n{refused}\nSitemap: {api_of(request).root}/sitemap.xml\n"
    return Response(made, media_type="text/plain")
