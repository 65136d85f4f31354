"""A feed in Atom (RFC 4287) or RSS, page by page where it has pages (RFC 5005).

A feed tells what is new: it is a complete list only where it says so (fh:complete). What it does not list is
therefore not gone; what it tells as deleted (RFC 6721) is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from catalogue.errors import ListBroken
from catalogue.namespaces import ATOM, DC, DCT
from catalogue.run import Checkpoint, Fault
from catalogue.source import Source
from catalogue.xml import local_name, namespace
from harvester.clients import mended
from harvester.clients.answers import XmlPage, date_header, read_xml, unreadable, utc_moment
from harvester.clients.base import Description, Item, Note, Page
from harvester.clients.repair import IN_FEEDS
from harvester.clients.slices import cut
from harvester.clients.whole_list import not_modified
from harvester.http import Answer, HarvestSession

RSS10: Final = "http://purl.org/rss/1.0/"
_HISTORY: Final = "http://purl.org/syndication/history/1.0"
_TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#: Why nothing is concluded from what a feed does not list.
DOUBT: Final = "a feed lists what is new, and not all that there is"
#: Pages of one feed, and those in a row without an entry.
MOST_PAGES: Final = 10_000
_ENTRIES: Final = frozenset({"entry", "item"})
#: A language tag (RFC 5646, section 2.1), and the beginning of a start tag.
_TAG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_NAME: Final = re.compile(rb"<[^\s/>]+")
#: What leads to older entries (RFC 5005, sections 3 and 4).
_OLDER: Final = ("next", "prev-archive")


@dataclass(frozen=True, slots=True)
class _Position:
    """The address of the page to ask for, and how many pages came before it."""

    url: str
    number: int = 0
    #: The feed is all that there is.
    complete: bool = False

    @classmethod
    def read(cls, position: dict[str, object]) -> _Position:
        return cls(**{one.name: position[one.name] for one in fields(cls) if one.name in position})  # type: ignore[arg-type]


class FeedClient:
    """Harvests one feed."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._session = session
        self._asked = False
        self._answer: Answer | None = None

    def describe(self) -> Description:
        """That it is a feed, and its title."""
        answer = self._first()
        if answer is None:
            return Description(self._source.repository_name, incremental=True)
        head = _head(self._feed(answer).root)
        title = next((one for one in head if local_name(one) == "title"), None)
        words = "" if title is None else " ".join("".join(map(str, title.itertext())).split())
        return Description(words, incremental=True)

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        """The entries from the checkpoint on, the newest first as feeds have it.

        No page is asked for behind one on which everything is older than `modified_since`.

        Raises:
            ListBroken: its pages lead in a circle.
            HarvestError: anything else that the source did wrong.
        """
        if checkpoint.finished:
            return
        if checkpoint.position:
            position = _Position.read(checkpoint.position)
            answer: Answer | None = self._session.fetch("GET", position.url)
        else:
            position, answer = _Position(self._source.base_url), self._first()
        seen: set[str] = set()
        while True:
            if answer is None:
                yield not_modified(checkpoint)
                return
            seen.add(position.url)
            page, following = self._page(checkpoint, position, answer, modified_since)
            yield page
            checkpoint = page.checkpoint
            if following is None:
                return
            if following.url in seen:
                raise ListBroken("the pages of the feed lead in a circle")
            position, answer = following, self._session.fetch("GET", following.url)

    def _first(self) -> Answer | None:
        if not self._asked:
            self._answer = self._session.fetch_if_modified(self._source.base_url)
            self._asked = True
        return self._answer

    def _feed(self, answer: Answer) -> XmlPage:
        recover = IN_FEEDS if self._source.quirks.accept_recovered else None
        page = read_xml(answer, mend=True, recover=recover)
        answer.require_success()
        if not is_feed(page.root):
            raise unreadable(answer, f"neither a feed of Atom nor one of RSS but {page.root.tag!s}")
        return page

    def _page(
        self, checkpoint: Checkpoint, position: _Position, answer: Answer, since: str
    ) -> tuple[Page, _Position | None]:
        page = self._feed(answer)
        head = _head(page.root)
        entries = _entries(page.root)
        found = tuple(map(_item, entries, cut(page.content, entries)))
        told = mended.marked(answer.content, page.repairs, found)
        items = _in_language(told, _language(page.root, head)) + _deleted(page.root)
        complete = position.complete or any(one.tag == f"{{{_HISTORY}}}complete" for one in head)
        target = _older(head, answer.url)
        notes = mended.repair_notes(answer.content, page.repairs, items)
        if target and urlsplit(target).hostname != self._source.host:
            notes = (*notes, Note("other-host", {"advertised": target[:300]}))
            target, complete = "", False
        is_old = bool(since and items) and all(item.datestamp and item.datestamp < since for item in items)
        following = None
        if target and not is_old and position.number + 1 < MOST_PAGES:
            following = _Position(target, position.number + 1, complete)
        return Page(
            items,
            checkpoint.evolve(
                position=asdict(following or position),
                pages=checkpoint.pages + 1,
                response_date=checkpoint.response_date or date_header(answer),
                finished=following is None,
                doubt="" if complete else DOUBT,
            ),
            size=len(answer.content),
            notes=notes,
            set_aside=mended.kept(answer.content, page.repairs),
        ), following


def is_feed(root: etree._Element) -> bool:
    """Whether a document is a feed."""
    if root.tag == f"{{{ATOM}}}feed":
        return True
    if local_name(root) == "rss":
        return root.find("{*}channel") is not None
    return root.tag == f"{{{_RDF}}}RDF" and any(local_name(one) == "channel" for one in root)


def _head(root: etree._Element) -> list[etree._Element]:
    """What the feed says of itself."""
    channel = root if root.tag == f"{{{ATOM}}}feed" else root.find("{*}channel")
    inside = [] if channel is None else channel.iterchildren(etree.Element)
    return [one for one in inside if local_name(one) not in _ENTRIES]


def _entries(root: etree._Element) -> list[etree._Element]:
    """The entries; items of RSS 1.0 stand beside the channel, those of others in it."""
    for holder in (root, *root.findall("{*}channel")):
        found = [one for one in holder.iterchildren(etree.Element) if local_name(one) in _ENTRIES]
        if found:
            return found
    return []


def _older(head: list[etree._Element], url: str) -> str:
    """The address of the page with older entries; empty where there is none."""
    links = {one.get("rel", ""): one.get("href", "") for one in head if one.tag == f"{{{ATOM}}}link"}
    target = next((links[name] for name in _OLDER if links.get(name)), "")
    try:
        return urljoin(url, target.strip()) if target else ""
    except ValueError:
        return ""


def _language(root: etree._Element, head: list[etree._Element]) -> str:
    """The language of the whole feed: xml:lang, or that of RSS, or dc:language; empty where none is told."""
    told = (one.text or "" for one in head if local_name(one) == "language")
    holders = (root, *(one.getparent() for one in head[:1]))
    stated = (one.get(_XML_LANG, "") for one in holders if one is not None)
    return next((tag.strip() for tag in (*stated, *told) if _TAG.fullmatch(tag.strip())), "")


def _in_language(items: tuple[Item, ...], language: str) -> tuple[Item, ...]:
    """The entries; one that does not say in which language it is has that of its feed.

    That is written into its start tag, as namespace declarations are that it inherits: it is kept by itself.
    """
    if not language:
        return items
    return tuple(
        item if item.element is None or _XML_LANG in item.element.attrib else _told_in(item, language)
        for item in items
    )


def _told_in(item: Item, language: str) -> Item:
    if item.element is None or item.payload is None:
        return item
    item.element.set(_XML_LANG, language)
    name = _NAME.match(item.payload)
    at = name.end() if name else 0
    payload = b'%b xml:lang="%b"%b' % (item.payload[:at], language.encode(), item.payload[at:])
    return replace(item, payload=payload)


def _deleted(root: etree._Element) -> tuple[Item, ...]:
    """The entries that are told as deleted (RFC 6721, section 3)."""
    return tuple(
        Item(one.get("ref", "").strip(), datestamp=utc_moment(one.get("when", "")), deleted=True)
        for one in root.iterchildren(f"{{{_TOMBSTONES}}}deleted-entry")
        if one.get("ref", "").strip()
    )


def _item(element: etree._Element, payload: bytes) -> Item:
    told: dict[str, str] = {}
    link = element.get(f"{{{_RDF}}}about", "")
    for child in element.iterchildren(etree.Element):
        name, text = local_name(child), " ".join("".join(map(str, child.itertext())).split())
        if namespace(child) in {DC, DCT}:
            name = f"dc:{name}"
        told.setdefault(name, text)
        if name == "link" and child.get("rel", "alternate") == "alternate":
            link = link or child.get("href", "") or text
    identifier = told.get("id") or told.get("guid") or link.strip() or told.get("dc:identifier", "")
    datestamp = next((moment for name in _DATES if (moment := _moment(told.get(name, "")))), "")
    if identifier:
        return Item(identifier, datestamp=datestamp, payload=payload, element=element)
    shown = payload[:200].decode("utf-8", "replace")
    fault = Fault(
        "feed.no-identifier", "the entry has neither an identifier nor a link", path="id", value=shown
    )
    return Item("", datestamp=datestamp, fault=fault)


#: Where the date of change stands, the best first.
_DATES: Final = ("updated", "dc:modified", "pubDate", "published", "dc:date")


def _moment(text: str) -> str:
    """A date of Atom (RFC 3339) or of RSS (RFC 822) in UTC; empty where it is neither."""
    moment = utc_moment(text)
    if moment or not text:
        return moment
    try:
        return utc_moment(parsedate_to_datetime(text).isoformat())
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
