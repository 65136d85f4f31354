"""The addresses below /ogc: a request in, an answer out (OGC 17-069r4, 20-004r1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import InvalidQuery
from catalogue.formats import FORMATS
from catalogue.store.holdings.listing import ListedRecord
from endpoint.deps import services
from endpoint.records_api import answers, cursor, documents, links, openapi, pages
from endpoint.records_api.links import HEADERS, Link
from endpoint.records_api.parameters import OF_LISTS, OF_PROPERTIES, Sent, facets, record_query
from endpoint.records_api.problems import MEDIA_TYPE as PROBLEM
from endpoint.records_api.problems import Problem, gone, not_found, of_query
from endpoint.records_api.properties import PROPERTIES
from endpoint.records_api.representations import GEOJSON, HTML, JSON, NATIVE, Kind, Representation, negotiated
from endpoint.records_api.service import PATH, Api, Catalogue

_METHODS: Final = "GET, HEAD, OPTIONS"
#: Values that a facet lists.
_VALUES_OF_FACETS: Final = 20
#: Media types of documents that are JSON and more.
_SCHEMA: Final = "application/schema+json"

Handler = Callable[[Request, Api], Response]


def api_of(request: Request) -> Api:
    """The interface of the application that received this request."""
    state = request.app.state
    found: Api | None = getattr(state, "records_api", None)
    if found is None:
        known = services(request)
        found = state.records_api = Api(known.settings, known.store)
    return found


def _answering(handler: Handler) -> Callable[[Request], Response]:
    """The handler, with a problem for an answer where there is no other."""

    def answer(request: Request) -> Response:
        api = api_of(request)
        try:
            return handler(request, api)
        except Problem as problem:
            return _told(request, problem)
        except InvalidQuery as error:
            return _told(request, of_query(error, error.locator))

    return answer


def _told(request: Request, problem: Problem) -> Response:
    headers = dict(HEADERS)
    if problem.status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _METHODS
    wants_page = request.query_params.get("f") == HTML.name
    if not wants_page and "f" not in request.query_params:
        accept = request.headers.get("accept", "")
        wants_page = "text/html" in accept and "json" not in accept
    if wants_page:
        return pages.problem(request, problem, headers)
    return Response(problem.document(), problem.status, headers, PROBLEM)


def _sent(request: Request, *known: str) -> Sent:
    return Sent.of(request.scope["query_string"].decode("latin-1"), known)


def _shown(request: Request, kind: Kind, sent: Sent) -> Representation:
    return negotiated(kind, sent.one("f"), request.headers.get("accept", ""))


def _languages(request: Request, sent: Sent) -> tuple[str, ...]:
    return sent.languages(request.headers.get("accept-language", ""))


def _json(document: Mapping[str, Any], media_type: str = JSON.media_type, link: str = "") -> Response:
    headers = {**HEADERS, "Link": link} if link else HEADERS
    return Response(msgspec.json.encode(document), headers=headers, media_type=media_type)


def _document(
    request: Request, sent: Sent, shown: Representation, made: dict[str, Any], *, media_type: str = ""
) -> Response:
    """A document about the interface: as JSON, or as a page that says the same."""
    sent.check_profile()
    if shown is HTML:
        return pages.document(request, made, HEADERS)
    onward = links.header(one for one in made.get("links", ()) if one["rel"] in {"self", "next", "alternate"})
    return _json(made, media_type or JSON.media_type, onward)


def _own(api: Api, path: str, sent: Sent, shown: Representation) -> list[Link]:
    return links.own(api.address + path, sent.values, Kind.PAGE, shown)


def _landing(request: Request, api: Api) -> Response:
    sent = _sent(request)
    shown = _shown(request, Kind.PAGE, sent)
    return _document(request, sent, shown, documents.landing(api, _own(api, "", sent, shown)))


def _conformance(request: Request, api: Api) -> Response:
    sent = _sent(request)
    shown = _shown(request, Kind.PAGE, sent)
    return _document(request, sent, shown, documents.declaration(_own(api, "/conformance", sent, shown)))


def _api(request: Request, api: Api) -> Response:
    sent = _sent(request)
    accept = request.headers.get("accept", "").replace("application/vnd.oai.openapi+json", JSON.media_type)
    shown = negotiated(Kind.PAGE, sent.one("f"), accept)
    return _document(request, sent, shown, openapi.description(api), media_type=openapi.MEDIA_TYPE)


def _collections(request: Request, api: Api) -> Response:
    sent = _sent(request, "limit", documents.AFTER)
    shown = _shown(request, Kind.PAGE, sent)
    made = documents.collections(api, sent, shown, _languages(request, sent))
    return _document(request, sent, shown, made)


def _catalogue(request: Request, api: Api) -> Catalogue:
    return api.catalogue(request.path_params["catalogue"])


def _collection(request: Request, api: Api) -> Response:
    catalogue, sent = _catalogue(request, api), _sent(request)
    shown = _shown(request, Kind.PAGE, sent)
    own = links.own(api.collection_address(catalogue.id), sent.values, Kind.PAGE, shown)
    made = documents.collection(api, catalogue, _languages(request, sent), own)
    return _document(request, sent, shown, made)


def _schema(request: Request, api: Api, of: str) -> Response:
    catalogue, sent = _catalogue(request, api), _sent(request)
    accept = request.headers.get("accept", "").replace(_SCHEMA, JSON.media_type)
    shown = negotiated(Kind.PAGE, sent.one("f"), accept)
    made = documents.schema(api, catalogue, of, _languages(request, sent))
    return _document(request, sent, shown, made, media_type=_SCHEMA)


def _queryables(request: Request, api: Api) -> Response:
    return _schema(request, api, "queryables")


def _sortables(request: Request, api: Api) -> Response:
    return _schema(request, api, "sortables")


def _items(request: Request, api: Api) -> Response:
    catalogue, sent = _catalogue(request, api), _sent(request, *OF_LISTS, *OF_PROPERTIES)
    shown = _shown(request, Kind.LIST, sent)
    sent.check_profile()
    query, place = record_query(sent, catalogue.scope, most=api.settings.csw_max_records)
    asked = facets(sent)
    wanted = asked if shown in {JSON, GEOJSON} else []
    search = api.store.search
    matched, ids = (place.matched, search.ids(query)) if place else search.page(query)
    address = f"{api.collection_address(catalogue.id)}/items"
    onward = links.own(address, sent.values, Kind.LIST, shown)
    onward.append(links.link("collection", api.collection_address(catalogue.id), JSON.media_type))
    if len(ids) == query.limit and ids:
        behind = cursor.Cursor(search.place(ids[-1], query.sort), matched)
        kept = {name: value for name, value in sent.values.items() if name != "offset"}
        pairs = {**kept, "f": shown.name, cursor.PARAMETER: cursor.write(behind)}
        onward.append(links.link("next", links.with_query(address, **pairs), shown.content_type))
    found = answers.Found(
        api.store.listing.records(ids),
        catalogue.id,
        matched,
        onward,
        datetime.now(UTC),
        _languages(request, sent),
        {name: search.facet(query, PROPERTIES[name], most=_VALUES_OF_FACETS) for name in wanted},
    )
    if shown is HTML:
        return pages.results(request, api, catalogue, sent=sent, found=found, query=query)
    headers = {**HEADERS, "Link": links.header(one for one in onward if one["rel"] in {"self", "next"})}
    return Response(answers.written(api, shown, found), headers=headers, media_type=shown.content_type)


def _record(request: Request, api: Api, catalogue: Catalogue) -> ListedRecord:
    identifier = request.path_params["record"]
    where = None
    if "\x00" not in identifier:
        where = api.store.listing.find(identifier, set_spec=catalogue.set_spec)
    if where is None:
        raise not_found(f"there is no record {identifier!r} in the collection {catalogue.id!r}")
    found = [] if where.deleted else api.store.listing.records([where.number])
    if not found:
        when = datetime.fromtimestamp(where.changed, UTC)
        raise gone(
            f"the record {where.identifier!r} was deleted by its source; that was noted on {when:%Y-%m-%d}"
        )
    return found[0]


def _item(request: Request, api: Api) -> Response:
    catalogue, sent = _catalogue(request, api), _sent(request)
    if sent.one("f") == NATIVE:
        return _native(api, _record(request, api, catalogue))
    shown = _shown(request, Kind.ITEM, sent)
    sent.check_profile()
    languages = _languages(request, sent)
    one = _record(request, api, catalogue)
    if shown is HTML:
        return pages.record(request, api, catalogue, one=one, headers=HEADERS)
    found = links.of_item(api, one, catalogue.id, shown=shown, languages=languages)
    headers = {**HEADERS, "Link": links.header(links.signposts(api, one, catalogue.id))}
    if shown in {JSON, GEOJSON}:
        made = answers.item_document(one, found, languages)
        tag = made["properties"].get("language", {}).get("code", "")
        headers |= {"Content-Language": tag} if tag.isascii() and tag else {}
        return Response(msgspec.json.encode(made), headers=headers, media_type=shown.content_type)
    content = answers.written_one(api, shown, one, found)
    return Response(content, headers=headers, media_type=shown.content_type)


def _native(api: Api, one: ListedRecord) -> Response:
    """The record as its source sent it, byte for byte."""
    payload = api.store.search.payload(one.number)
    if payload is None:
        raise not_found("what was fetched as this record is not kept")
    is_xml = next((form.xml for form in FORMATS if form.prefix == one.metadata_prefix), True)
    media_type = "application/xml" if is_xml else JSON.media_type
    return Response(payload, headers={**HEADERS, "Content-Security-Policy": "sandbox"}, media_type=media_type)


def _nothing(request: Request, _: Api) -> Response:
    if request.method not in {"GET", "HEAD"}:
        return _not_so(request, _)
    raise not_found(f"there is nothing at {request.url.path}")


def _not_so(request: Request, _: Api) -> Response:
    if request.method == "OPTIONS":
        return Response(b"", 204, {**HEADERS, "Allow": _METHODS, "Access-Control-Allow-Methods": _METHODS})
    raise Problem(
        HTTPStatus.METHOD_NOT_ALLOWED, f"{request.method} is not supported: this catalogue is read only"
    )


_COLLECTION: Final = PATH + "/collections/{catalogue}"
#: In this order: the first that fits answers.
ROUTES: Final[Mapping[str, Handler]] = {
    PATH: _landing,
    f"{PATH}/": _landing,
    f"{PATH}/conformance": _conformance,
    f"{PATH}/api": _api,
    f"{PATH}/collections": _collections,
    _COLLECTION: _collection,
    f"{_COLLECTION}/queryables": _queryables,
    f"{_COLLECTION}/sortables": _sortables,
    f"{_COLLECTION}/items": _items,
    f"{_COLLECTION}/items/{{record:path}}": _item,
}

router = APIRouter(include_in_schema=False)
for _path, _handler in ROUTES.items():
    router.add_route(_path, _answering(_handler), methods=["GET"])
    router.add_route(_path, _answering(_not_so), methods=["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
router.add_route(
    f"{PATH}/{{rest:path}}",
    _answering(_nothing),
    methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
)
