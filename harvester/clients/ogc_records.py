"""A source that speaks OGC API - Records (OGC 20-004), read page by page along its `next` links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import msgspec

from catalogue.errors import AnswerUnreadable, ForbiddenXml, HttpFailure, ListBroken, MalformedXml
from catalogue.run import Checkpoint, Fault
from catalogue.source import Source
from catalogue.xml import parse
from harvester.clients.answers import date_header, to_utf8, unreadable, utc_moment
from harvester.clients.base import Description, Item, Note, Page
from harvester.clients.json_pages import Identified, Link, decoded, part
from harvester.http import Answer, HarvestSession

#: Records to a page; a server that caps it says so by its `next` links.
PAGE_SIZE: Final = 100
EMPTY_PAGES: Final = 10
OGC_RECORD: Final = "ogc_record"

_ACCEPT: Final = {
    "Accept": "application/geo+json, application/json;q=0.9, application/ogc-catalog+json;q=0.8"
}
_ITEMS: Final = frozenset({"items", "http://www.opengis.net/def/rel/ogc/1.0/items"})
_DATA: Final = frozenset({"data", "http://www.opengis.net/def/rel/ogc/1.0/data"})
_CONFORMANCE: Final = frozenset({"conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance"})
#: With both a list can be limited to what has changed: the standard has no simpler way.
_FILTER: Final = ("/conf/filter", "/conf/cql2-text")
#: HTTP statuses by which a server refuses a parameter.
_NOT_SO: Final = frozenset({400, 404, 422, 500, 501})
#: Media types of links that lead to the same record as ISO 19139.
_ISO_TYPES: Final = ("gmd+xml", "iso.19139", "iso19139", "19139+xml")


class _Collection(msgspec.Struct):
    id: str = ""
    title: str = ""
    itemType: str = ""  # noqa: N815 - the standard's spelling
    links: list[Link] = msgspec.field(default_factory=list)


class _Resource(msgspec.Struct):
    """A landing page, a list of collections, a collection, conformance, or a page of items."""

    title: str = ""
    type: str = ""
    itemType: str | list[str] = ""  # noqa: N815 - the standard's spelling
    links: list[Link] = msgspec.field(default_factory=list)
    collections: list[_Collection] | None = None
    conformsTo: list[str] = msgspec.field(default_factory=list)  # noqa: N815
    features: list[msgspec.Raw] | None = None
    numberMatched: int | None = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class _Position:
    """Where the list goes on: everything that a client in another process needs."""

    #: Where the next page is; then the first pages of the collections that follow.
    next: str
    following: list[str] = field(default_factory=list)
    empty: int = 0
    #: Of the collections before, and of this one.
    matched: int = 0
    loops: bool = False

    @classmethod
    def read(cls, position: dict[str, Any]) -> _Position:
        return cls(**{one.name: position[one.name] for one in fields(cls) if one.name in position})


class OgcRecordsClient:
    """Harvests the collections of records of one server, or one of them."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._session = session
        self._landing: _Resource | None = None
        self._where = source.base_url

    def describe(self) -> Description:
        """The landing page, and what it conforms to (OGC API - Common, section 7)."""
        return Description(
            repository_name=" ".join(self._root().title.split()),
            formats=(OGC_RECORD,),
            incremental=self._can_filter(),
        )

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        """Every page of every collection from the checkpoint on.

        Raises:
            ListBroken: a page leads to one that has been, or empty pages do not end.
            HarvestError: anything else that the source did wrong.
        """
        if checkpoint.finished:
            return
        faults: tuple[Fault, ...] = ()
        if checkpoint.position:
            position = _Position.read(checkpoint.position)
            answer = self._get(position.next)
        else:
            position, answer, faults = self._first(modified_since)
        seen = {position.next}
        while True:
            if position.loops:
                raise ListBroken("a page leads to one that has been before")
            page, position = self._page(checkpoint, position, answer, seen)
            yield replace(page, faults=faults)
            checkpoint, faults = page.checkpoint, ()
            if checkpoint.finished:
                return
            if position.empty >= EMPTY_PAGES:
                raise ListBroken(f"{EMPTY_PAGES} pages in a row hold no record, and there is still more")
            seen.add(position.next)
            answer = self._get(position.next)

    def _get(self, url: str) -> Answer:
        return self._session.fetch("GET", url, headers=_ACCEPT)

    def _root(self) -> _Resource:
        if self._landing is None:
            answer = self._get(self._source.base_url)
            self._landing, self._where = decoded(answer, _Resource), answer.url
        return self._landing

    def _first(self, modified_since: str) -> tuple[_Position, Answer, tuple[Fault, ...]]:
        """The first page: of what has changed, else of all; as long as we like, else as the server does."""
        urls = self._lists()
        limit = {"limit": str(self._source.quirks.page_size or PAGE_SIZE)}
        ways = [limit, {}]
        since = utc_moment(modified_since) if modified_since and self._can_filter() else ""
        if since:
            changed = {"filter": f"updated >= TIMESTAMP('{since}')", "filter-lang": "cql2-text"}
            ways = [{**limit, **changed}, changed, *ways]
        for number, pairs in enumerate(ways):
            asked = [_with(url, **pairs) for url in urls]
            try:
                answer = self._get(asked[0])
            except HttpFailure as error:
                if error.status not in _NOT_SO or number + 1 == len(ways):
                    raise
                continue
            return _Position(asked[0], asked[1:]), answer, _told(since, pairs)
        raise AnswerUnreadable(f"{urls[0]}: no way to ask was left")

    def _can_filter(self) -> bool:
        """Whether the server says that it takes CQL2 text, with which `updated` can be asked for."""
        if self._source.quirks.whole_list:
            return False
        root = self._root()
        conforms = list(root.conformsTo)
        for url in _links(root.links, _CONFORMANCE, self._where)[:1]:
            conforms += decoded(self._get(url), _Resource).conformsTo
        return all(any(one.rstrip("/").endswith(end) for one in conforms) for end in _FILTER)

    def _lists(self) -> list[str]:
        """The first page of each collection of records that is wanted.

        Raises:
            AnswerUnreadable: there is none.
        """
        root = self._root()
        if root.features is not None:
            return [self._where]
        own = _links(root.links, _ITEMS, self._where)
        if own:
            return own[:1]
        collections, where = root.collections, self._where
        for url in _links(root.links, _DATA, self._where)[:1] if collections is None else []:
            answer = self._get(url)
            collections, where = decoded(answer, _Resource).collections, answer.url
        found = []
        for collection in self._wanted(collections or []):
            items = _links(collection.links, _ITEMS, where)
            beside = urlunsplit(urlsplit(where)._replace(query="", fragment="")).rstrip("/")
            found.append(items[0] if items else f"{beside}/{collection.id}/items")
        if not found:
            raise AnswerUnreadable(f"{self._source.base_url}: no collection of records is to be found there")
        return found

    def _wanted(self, collections: list[_Collection]) -> list[_Collection]:
        if self._source.sets:
            return [one for one in collections if one.id in self._source.sets]
        return [one for one in collections if one.itemType in {"record", ""} and one.id]

    def _page(
        self, checkpoint: Checkpoint, position: _Position, answer: Answer, seen: set[str]
    ) -> tuple[Page, _Position]:
        """The page, and the position behind it."""
        found = decoded(answer, _Resource)
        if found.features is None:
            raise unreadable(answer, "not a FeatureCollection")
        notes: list[Note] = []
        items = tuple(self._item(bytes(feature), notes) for feature in found.features)
        onward = _links(found.links, frozenset({"next"}), answer.url)[:1]
        matched = position.matched + (found.numberMatched or 0)
        urls = [*onward, *position.following]
        behind = _Position(
            next=urls[0] if urls else "",
            following=urls[1:],
            empty=0 if items else position.empty + 1,
            matched=position.matched if onward else matched,
            loops=bool(urls) and urls[0] in seen,
        )
        known = found.numberMatched is not None and not position.following
        advanced = checkpoint.evolve(
            position=asdict(behind),
            pages=checkpoint.pages + 1,
            response_date=checkpoint.response_date or date_header(answer),
            complete_list_size=matched if known else checkpoint.complete_list_size,
            finished=not urls,
        )
        return Page(items, advanced, size=len(answer.content), notes=tuple(notes)), behind

    def _item(self, feature: bytes, notes: list[Note]) -> Item:
        """A feature as it was sent; where it leads to its ISO 19139, and that is wanted, that instead."""
        known = part(feature, Identified)
        identifier = str(known.id).strip() if known else ""
        if known is None or not identifier:
            value = feature[:200].decode("utf-8", "replace")
            return Item(
                "", fault=Fault("ogc_records.no-identifier", "the record has no id", path="id", value=value)
            )
        updated = (known.properties or {}).get("updated", "")
        datestamp = updated if isinstance(updated, str) else ""
        iso = self._iso(known, notes) if self._source.metadata_prefix != OGC_RECORD else None
        return Item(identifier, datestamp=datestamp, payload=iso or feature)

    def _iso(self, known: Identified, notes: list[Note]) -> bytes | None:
        """The record as ISO 19139, where it is linked on the same host and comes."""
        linked = [one.href for one in known.links if any(kind in one.type.lower() for kind in _ISO_TYPES)]
        for url in linked[:1]:
            absolute = urljoin(self._source.base_url, url)
            if urlsplit(absolute).hostname != urlsplit(self._source.base_url).hostname:
                continue
            try:
                answer = self._session.fetch("GET", absolute, headers={"Accept": "application/xml"})
                answer.require_success()
                content = to_utf8(answer.content, answer.charset)
                parse(content)
            except (HttpFailure, MalformedXml, ForbiddenXml, UnicodeError, LookupError) as error:
                notes.append(Note("alternate-failed", {"record": str(known.id), "error": str(error)}))
            else:
                return content
        return None


def _told(since: str, pairs: Mapping[str, str]) -> tuple[Fault, ...]:
    """That a full list is given where a part was asked for, and could have been."""
    if not since or "filter" in pairs:
        return ()
    message = (
        "the server refuses to filter by updated, although it says that it filters: the whole list is read"
    )
    return (Fault("ogc_records.filter-refused", message, path="filter"),)


def _links(links: list[Link], relations: frozenset[str], base: str) -> list[str]:
    """The addresses of links in one of these relations, those to JSON first, those to HTML not at all."""
    found = [one for one in links if one.rel in relations and one.href and "html" not in one.type]
    found.sort(key=lambda one: "json" not in one.type)
    addresses = []
    for one in found:
        try:
            addresses.append(urljoin(base, one.href))
        except ValueError:
            continue
    return addresses


def _with(url: str, **pairs: str) -> str:
    """The address with these parameters in its query, in place of what stood there under their names."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in pairs]
    return urlunsplit(parts._replace(query=urlencode([*kept, *pairs.items()])))
