"""A small OGC API - Records server on pytest-httpserver, after pygeoapi's and pycsw's answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from werkzeug import Request, Response

CONFORMANCE = [
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
]


def feature(name: str, *, updated: str = "2026-01-02T00:00:00Z", **properties: Any) -> dict[str, Any]:
    return {
        "id": name,
        "type": "Feature",
        "conformsTo": CONFORMANCE[:1],
        "geometry": {"type": "Polygon", "coordinates": [[[10, 20], [12, 20], [12, 22], [10, 22], [10, 20]]]},
        "time": {"interval": ["2020-01-01", ".."]},
        "properties": {"type": "dataset", "title": f"Record {name}", "updated": updated, **properties},
        "links": [{"rel": "self", "type": "application/geo+json", "href": f"/ogc/items/{name}"}],
    }


class OgcCatalogue:
    """Each attribute is something that servers do differently."""

    def __init__(self, httpserver: Any) -> None:
        self.url = httpserver.url_for("/ogc")
        self.collections: dict[str, list[Any]] = {"metadata": [feature(f"r{n}") for n in range(1, 26)]}
        self.item_type = "record"
        self.cap = 10
        self.conformance = CONFORMANCE
        self.asked: list[tuple[str, dict[str, str]]] = []
        #: Answers a request for items in place of the page, or lets it pass by returning None.
        self.objection: Callable[[dict[str, str]], Response | None] = lambda _: None
        self.iso: dict[str, Response] = {}
        httpserver.expect_request(re.compile("/ogc.*")).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        path, pairs = request.path.removeprefix("/ogc").strip("/"), dict(request.args)
        self.asked.append((path, pairs))
        if not path:
            return self._json({"title": "A  catalogue", "links": self._landing_links()})
        if path == "conformance":
            return self._json({"conformsTo": self.conformance})
        if path == "collections":
            return self._json({"collections": [self._collection(name) for name in self.collections]})
        if path.startswith("iso/"):
            return self.iso[path.removeprefix("iso/")]
        name = path.split("/")[1]
        if path.endswith("/items"):
            return self.objection(pairs) or self._items(name, pairs)
        return self._json(self._collection(name))

    def _json(self, value: Any) -> Response:
        return Response(json.dumps(value), content_type="application/json")

    def _landing_links(self) -> list[dict[str, str]]:
        return [
            {"rel": "self", "href": self.url, "type": "application/json"},
            {"rel": "conformance", "href": f"{self.url}/conformance?f=html", "type": "text/html"},
            {"rel": "conformance", "href": f"{self.url}/conformance", "type": "application/json"},
            {"rel": "data", "href": "ogc/collections", "type": "application/json"},
        ]

    def _collection(self, name: str) -> dict[str, Any]:
        link = {
            "rel": "items",
            "type": "application/geo+json",
            "href": f"{self.url}/collections/{name}/items",
        }
        return {"id": name, "title": name, "itemType": self.item_type, "links": [link]}

    def _items(self, name: str, pairs: dict[str, str]) -> Response:
        start, limit = int(pairs.get("offset", "0")), min(int(pairs.get("limit", "10")), self.cap)
        since = re.search(r"TIMESTAMP\('(.+)'\)", pairs.get("filter", ""))
        every = [
            one for one in self.collections[name] if since is None or one["properties"]["updated"] >= since[1]
        ]
        page = every[start : start + limit]
        links = [{"rel": "self", "href": "x", "type": "application/geo+json"}]
        if start + limit < len(every):
            onward = "&".join(f"{key}={value}" for key, value in {**pairs, "offset": start + limit}.items())
            href = f"{self.url}/collections/{name}/items?{onward}"
            links.append({"rel": "next", "href": href, "type": "application/geo+json"})
        return self._json(
            {
                "type": "FeatureCollection",
                "numberMatched": len(every),
                "numberReturned": len(page),
                "features": page,
                "links": links,
            }
        )
