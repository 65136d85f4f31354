"""Looks at a CSW server: its capabilities, both methods, and records from the whole of its list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from catalogue.namespaces import CSW, CSW30, GMD
from catalogue.source import Protocol, Source
from harvester.clients import csw_records, csw_ways
from harvester.clients.csw_answer import Results, get_records
from harvester.clients.csw_capabilities import Capabilities, ask_capabilities, in_other_version
from harvester.clients.csw_request import GET, POST, V3, Query
from harvester.doctor.asking import Asking
from harvester.doctor.observation import CswPage, CswSeen, Reply

#: Records to a page, and pages across the whole list.
PAGE: Final = 10
SPOTS: Final = 4
#: Ways to ask that are tried before it is given up.
MOST_WAYS: Final = 10


class CswLook:
    """Asks one server, as long as the budget lasts: what was seen so far is always there."""

    def __init__(self, asking: Asking, base_url: str, now: datetime) -> None:
        self._asking = asking
        self._base_url = base_url
        self._now = now
        self._source = Source("checkup", Protocol.CSW, base_url)
        self._capabilities: Capabilities | None = None
        self._query: Query | None = None
        self.seen = CswSeen(Reply("GetCapabilities"))

    def ask(self) -> None:
        """What it is, and the first way to ask that it understands.

        Raises:
            CheckupOver: the budget is spent.
        """
        found, reply = self._asking.ask(
            "GetCapabilities", lambda: ask_capabilities(self._base_url, self._asking.session)
        )
        self._see(capabilities=reply)
        if found is None:
            return
        self._capabilities = found
        advertised = (found.get_url, found.post_url)
        self._see(
            version=found.version,
            title=found.title[:300],
            output_schemas=found.output_schemas,
            elsewhere=tuple(
                dict.fromkeys(one for one in advertised if csw_ways.is_elsewhere(one, self._base_url))
            ),
        )

    def sample(self) -> None:
        """Records from the whole list: its first two pages, spots across it, and its end.

        Raises:
            CheckupOver: the budget is spent.
        """
        if self._capabilities is None:
            return
        first = self._first_page(self._capabilities) or self._in_other_version(self._capabilities)
        if first is None or self._query is None:
            return
        for start in _spots(first):
            self._see(pages=(*self.seen.pages, self._page(self._query, start)))
        self._methods(self._query)
        self._filter(self._query)

    def _first_page(self, capabilities: Capabilities) -> CswPage | None:
        """The first page, asked for in the ways of a harvest, the best first."""
        last = None
        for number, query in enumerate(csw_ways.ways(capabilities, self._source, "")):
            if number >= MOST_WAYS:
                break
            page = last = self._page(query, 1)
            if query.sort_by and self.seen.sorted is None:
                self._see(sorted=page.reply)
            if page.reply.is_good and (page.items or not page.matched):
                self._query = query
                self._see(method=query.method, schema=query.output_schema, pages=(page,))
                return page
        if last is not None:
            self._see(pages=(last,))
        return None

    def _in_other_version(self, known: Capabilities) -> CswPage | None:
        """The first page in the other version of CSW, where the server speaks that, too."""
        refused = self.seen.pages[0].reply if self.seen.pages else None
        if refused is None or refused.kind == "SourceUnreachable":
            return None
        other, _ = self._asking.ask(
            "GetCapabilities of the other version",
            lambda: in_other_version(known, self._base_url, self._asking.session),
        )
        # Whether it sorts is a question to the version that gives records.
        seen = self.seen
        self._see(sorted=None)
        page = None if other is None else self._first_page(other)
        if other is not None and page is not None and page.reply.is_good:
            self._capabilities = other
            self._see(version=other.version, output_schemas=other.output_schemas)
            self._see(refused=refused, refused_version=known.version)
            return page
        self.seen = seen
        return None

    def _methods(self, query: Query) -> None:
        """The same by GET and by POST, where it advertises an address for it."""
        advertised = {} if self._capabilities is None else self._doors(self._capabilities)
        for method, name in ((POST, "post"), (GET, "get")):
            if method == query.method:
                self._see(**{name: self.seen.pages[0].reply})
            elif method in advertised:
                other = replace(query, method=method, url=advertised[method])
                self._see(**{name: self._page(other, 1).reply})

    def _doors(self, capabilities: Capabilities) -> dict[str, str]:
        urls = {POST: capabilities.post_url, GET: capabilities.get_url}
        elsewhere = set(self.seen.elsewhere)
        return {method: self._base_url if url in elsewhere else url for method, url in urls.items() if url}

    def _filter(self, query: Query) -> None:
        """What has changed after tomorrow is nothing."""
        assert self._capabilities is not None  # noqa: S101 - there is no query without
        modified = csw_ways.modified_queryable(self._capabilities, self._source)
        if modified:
            after = f"{self._now + timedelta(days=400):%Y-%m-%d}"
            self._see(filtered=self._page(replace(query, modified=modified, since=after), 1))

    def _page(self, query: Query, start: int) -> CswPage:
        results, reply = self._asking.ask(
            f"GetRecords from {start} by {query.method}",
            lambda: get_records(self._asking.session, query, start, PAGE),
        )
        if results is None:
            return CswPage(reply, start, PAGE)
        return _page_of(reply, start, results)

    def _see(self, **seen: Any) -> None:
        self.seen = replace(self.seen, **seen)


def _page_of(reply: Reply, start: int, results: Results) -> CswPage:
    items = csw_records.read_items(results.content, results.elements)
    return CswPage(
        reply, start, PAGE, results.matched, results.returned, results.next_record,
        tuple(replace(item, element=None) for item in items),
    )  # fmt: skip


def _spots(first: CswPage) -> Iterator[int]:
    """Where to look next: behind the first page, at spots across the list, and at its last record."""
    size = len(first.items)
    total = first.matched or 0
    if total <= size:
        return
    spots = [size + 1, *(1 + total * number // SPOTS for number in range(1, SPOTS)), total]
    yield from (spot for spot in dict.fromkeys(spots) if spot > size)


def schema_name(uri: str, version: str) -> str:
    """What people call an outputSchema."""
    if uri == GMD:
        return "ISO 19139"
    return "Dublin Core (csw:Record)" if uri == (CSW30 if version == V3 else CSW) else uri
