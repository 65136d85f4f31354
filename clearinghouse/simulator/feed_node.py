"""A node that has nothing but a feed: Atom in pages (RFC 5005), or what the faults that are on make of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from catalogue import namespaces as ns
from catalogue.xml import escape
from clearinghouse.simulator.holding import Held, MadeUp
from clearinghouse.simulator.switches import Stage, Switch

RSS1: Final = "http://purl.org/rss/1.0/"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_HISTORY: Final = "http://purl.org/syndication/history/1.0"
_TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
_PART: Final = re.compile(r"<dc:(title|description|creator|subject)>(.*?)</dc:\1>", re.DOTALL)


@dataclass
class FeedCall:
    """One request for a page of the feed, and the answer that comes about: what faults change."""

    node: FeedNode
    base_url: str
    number: int = 0
    #: `atom`, `rss` or `rss1`.
    form: str = "atom"
    found: Sequence[Held] = ()
    page: list[Held] = field(default_factory=list)
    #: The address of the page behind this one; empty: there is none.
    following: str = ""
    #: The entries have dates; the feed says that it is complete; what is deleted is told.
    dated: bool = True
    complete: bool = False
    tells_deletions: bool = False
    records: list[str] = field(default_factory=list)
    content: bytes = b""


class FeedNode:
    """An ASGI application: one feed.

    Args:
        holding: what it holds, and says of itself.
        switches: the faults that are on.
    """

    def __init__(self, holding: MadeUp, switches: Iterable[Switch] = ()) -> None:
        self.holding = holding
        #: Requests so far.
        self.asked = 0
        self.switch_on(*switches)

    def switch_on(self, *switches: Switch) -> None:
        """From now on these faults, and no others."""
        self._actions = {
            stage: [(one.fault.actions[stage], one) for one in switches if stage in one.fault.actions]
            for stage in Stage
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        given = dict(parse_qsl(scope["query_string"].decode()))
        call = self.answer(str(request.url.replace(query="", fragment="")), int(given.get("page", "0")))
        kind = "application/atom+xml" if call.form == "atom" else "application/rss+xml"
        await Response(call.content, media_type=kind)(scope, receive, send)

    def answer(self, base_url: str, number: int = 0) -> FeedCall:
        """A page of the feed."""
        self.asked += 1
        call = FeedCall(self, base_url, number)
        self._apply(Stage.REQUEST, call)
        call.found = sorted(self.holding.listed(), key=lambda one: (one.datestamp, one.id), reverse=True)
        self._apply(Stage.SELECT, call)
        alive = [one for one in call.found if not one.deleted]
        size = self.holding.page_size
        call.page = alive[number * size : (number + 1) * size]
        call.following = f"{base_url}?page={number + 1}" if (number + 1) * size < len(alive) else ""
        self._apply(Stage.PAGE, call)
        write = {"atom": _entry, "rss": _item, "rss1": _item}[call.form]
        call.records = [write(call, one) for one in call.page]
        self._apply(Stage.RECORDS, call)
        call.content = _document(call).encode()
        self._apply(Stage.ANSWER, call)
        return call

    def _apply(self, stage: Stage, call: FeedCall) -> None:
        for action, switch in self._actions[stage]:
            action(call, switch)


def _told(call: FeedCall, item: Held) -> dict[str, str]:
    return dict(_PART.findall(call.node.holding.payload(item, "oai_dc")))


def _moment(item: Held) -> datetime:
    return datetime.fromisoformat(item.datestamp).replace(tzinfo=UTC)


def _link(item: Held) -> str:
    return f"https://node.example.org/items/{escape(item.id.rpartition(':')[2])}"


def _entry(call: FeedCall, item: Held) -> str:
    """An entry of Atom (RFC 4287, section 4.1.2)."""
    told = _told(call, item)
    updated = f"<updated>{_moment(item):%Y-%m-%dT%H:%M:%SZ}</updated>" if call.dated else ""
    return (
        f"<entry><id>{escape(item.id)}</id><title>{told['title']}</title>{updated}"
        f'<author><name>{told["creator"]}</name></author><category term="{told["subject"]}"/>'
        f'<link href="{_link(item)}"/><summary>{told["description"]}</summary></entry>'
    )


def _item(call: FeedCall, item: Held) -> str:
    """An item of RSS."""
    told = _told(call, item)
    date = _moment(item)
    if call.form == "rss1":
        dated = f"<dc:date>{date:%Y-%m-%dT%H:%M:%S+00:00}</dc:date>" if call.dated else ""
        start = f'<item rdf:about="{escape(item.id)}">'
    else:
        dated = f"<pubDate>{format_datetime(date)}</pubDate>" if call.dated else ""
        start = f'<item><guid isPermaLink="false">{escape(item.id)}</guid>'
    return (
        f"{start}<title>{told['title']}</title><link>{_link(item)}</link>{dated}"
        f"<description>&lt;p&gt;{told['description']}&lt;/p&gt;</description>"
        f"<dc:creator>{told['creator']}</dc:creator><dc:subject>{told['subject']}</dc:subject></item>"
    )


def _document(call: FeedCall) -> str:
    title = f"<title>{escape(call.node.holding.title)}</title>"
    older = f'<{{}}link rel="next" href="{escape(call.following)}"/>' if call.following else ""
    complete = f'<fh:complete xmlns:fh="{_HISTORY}"/>' if call.complete else ""
    records = "\n".join(call.records)
    start = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if call.form == "atom":
        gone = [one for one in call.found if one.deleted] if call.tells_deletions and not call.number else []
        told = "".join(
            f'<at:deleted-entry xmlns:at="{_TOMBSTONES}" ref="{escape(one.id)}"'
            f' when="{_moment(one):%Y-%m-%dT%H:%M:%SZ}"/>'
            for one in gone
        )
        return (
            f'{start}<feed xmlns="{ns.ATOM}">{title}<id>{call.base_url}</id>{older.format("")}{complete}'
            f"\n{records}\n{told}</feed>"
        )
    atom = f' xmlns:atom="{ns.ATOM}" xmlns:dc="{ns.DC}"'
    head = f"{title}<link>https://node.example.org/</link><description>New</description>"
    if call.form == "rss1":
        return (
            f'{start}<rdf:RDF xmlns:rdf="{_RDF}" xmlns="{RSS1}"{atom}><channel rdf:about="{call.base_url}">'
            f"{head}{older.format('atom:')}{complete}</channel>\n{records}\n</rdf:RDF>"
        )
    return (
        f'{start}<rss version="2.0"{atom}><channel>{head}{older.format("atom:")}{complete}'
        f"\n{records}\n</channel></rss>"
    )
