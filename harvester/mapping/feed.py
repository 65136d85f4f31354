"""Reader of entries of feeds: Atom (RFC 4287), and RSS 0.9 to 2.0, with Dublin Core and GeoRSS in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from lxml import etree
from msgspec.structs import replace

from catalogue import identifiers
from catalogue.languages import bcp47
from catalogue.namespaces import ATOM, DC, DCT, GEORSS
from catalogue.record import UNDETERMINED, Agent, Box, Identifier, Link, Record, Right, Subject, Text
from catalogue.xml import clean, local_name, namespace
from harvester.mapping import dates, extents
from harvester.mapping.draft import Draft
from harvester.mapping.dublin_core import TERMS
from harvester.mapping.texts import XML_LANG, inner_text, line, paragraphs

#: RSS has no namespace, or one of these.
RSS: Final = frozenset(
    {
        "",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://backend.userland.com/rss2",
        "http://blogs.law.harvard.edu/tech/rss",
    }
)
CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
_DUBLIN_CORE: Final = (f"{{{DC}}}", f"{{{DCT}}}")
_MARKUP: Final = re.compile(r"<[A-Za-z/!]|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z]\w{1,9});")
#: What begins a new paragraph, and what a new line.
_BLOCKS: Final = dict.fromkeys(
    ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"), "\n\n"
) | dict.fromkeys(("br", "li", "tr"), "\n")
_HIDDEN: Final = frozenset({"script", "style"})
#: Characters of a text that are read.
_LONGEST: Final = 200_000
_EDGES: Final = 4
_CORNERS: Final = 4


_Part: TypeAlias = "Callable[[Draft, etree._Element], None]"  # noqa: SLF001 - lxml names it so


def is_entry(root: etree._Element) -> bool:
    """Whether an element is an entry of Atom."""
    return root.tag == f"{{{ATOM}}}entry"


def is_item(root: etree._Element) -> bool:
    """Whether an element is an item of RSS."""
    return local_name(root) == "item" and namespace(root) in RSS


def read_entry(root: etree._Element) -> Record:
    """The record in an entry of Atom.

    Raises:
        UnreadableRecord: nothing in it says what it is about.
    """
    return _read(root, "atom", lambda child: _ENTRY.get(child.tag))


def read_item(root: etree._Element) -> Record:
    """The record in an item of RSS.

    Raises:
        UnreadableRecord: nothing in it says what it is about.
    """

    def known(child: etree._Element) -> _Part | None:
        return _ITEM.get(local_name(child)) if namespace(child) in {*RSS, CONTENT} else None

    return _read(root, "rss", known)


def _read(root: etree._Element, name: str, known: Callable[[etree._Element], _Part | None]) -> Record:
    draft = Draft(bcp47(root.get(XML_LANG, "")) or UNDETERMINED)
    for child in root.iterchildren(etree.Element):
        part = known(child)
        if part is not None:
            part(draft, child)
        elif str(child.tag).startswith(_DUBLIN_CORE):
            _take_term(draft, child)
        elif namespace(child) == GEORSS:
            _take_place(draft, child)
    if not draft.languages and draft.language != UNDETERMINED:
        draft.languages.append(draft.language)
    if len(draft.descriptions) > 1:  # a summary, and the whole beside it: the whole is no description
        draft.descriptions = draft.descriptions[:1]
    own = next((one.value for one in draft.identifiers), "")
    changed = next((date.value for date in reversed(draft.dates) if date.kind in {"modified", "issued"}), "")
    return replace(draft.record(f"{name}.no-title"), metadata_identifier=own, metadata_date=changed)


def _take_term(draft: Draft, child: etree._Element) -> None:
    term, value = TERMS.get(child.tag), inner_text(child)
    if term is not None and value and not value.isspace():
        term(draft, value, child)


def plain(text: str) -> str:
    """A text that may be HTML, without the markup."""
    text = text[:_LONGEST]
    if not _MARKUP.search(text):
        return paragraphs(text)
    parser = etree.HTMLParser(no_network=True, recover=True, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(f"<body>{clean(text)}</body>".encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    return paragraphs(text) if root is None else paragraphs(_without_tags(root))


def _without_tags(root: etree._Element) -> str:
    pieces = []
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = str(element.tag).lower() if isinstance(element.tag, str) else ""
        if event == "start":
            pieces.append(_BLOCKS.get(name, ""))
            pieces.append("" if name in _HIDDEN else element.text or "")
        else:
            pieces.append(element.tail or "")
    return "".join(pieces)


def _words(element: etree._Element) -> str:
    """What a text construct says (RFC 4287, section 3.1): text, HTML or XHTML."""
    return plain(inner_text(element)) if element.get("type") != "xhtml" else paragraphs(inner_text(element))


def _title(draft: Draft, child: etree._Element) -> None:
    text = line(_words(child))
    if text:
        draft.titles.append(Text.of(text, _language(draft, child)))


def _description(draft: Draft, child: etree._Element) -> None:
    kind = child.get("type", "text").lower()
    if kind not in {"text", "html", "xhtml"} and not kind.startswith("text/"):
        return
    text = _words(child)
    if text:
        draft.descriptions.append(Text.of(text, _language(draft, child)))


def _language(draft: Draft, child: etree._Element) -> str:
    return bcp47(child.get(XML_LANG, "")) or draft.language


def _person(role: str) -> _Part:
    def take(draft: Draft, child: etree._Element) -> None:
        told = {local_name(one): line(inner_text(one)) for one in child.iterchildren(etree.Element)}
        name = told.get("name") or told.get("email", "")
        if name:
            agent = Agent(role, Text.of(name, draft.language), email=told.get("email", ""))
            draft.agents.append(replace(agent, url=identifiers.web_address(told.get("uri", ""))))

    return take


def _author(draft: Draft, child: etree._Element) -> None:
    """An address and a name behind it in brackets, says RSS 2.0; mostly it is a name."""
    address, _, name = line(inner_text(child)).partition(" (")
    if address:
        email = address if "@" in address else ""
        draft.agents.append(
            Agent("creator", Text.of(name.rstrip(")") or address, draft.language), email=email)
        )


def _published(draft: Draft, child: etree._Element) -> None:
    draft.dates.append(dates.date_of("issued", line(inner_text(child))))


def _updated(draft: Draft, child: etree._Element) -> None:
    draft.dates.append(dates.date_of("modified", line(inner_text(child))))


def _category(draft: Draft, child: etree._Element) -> None:
    """An attribute in Atom, the text in RSS; the scheme is called domain there."""
    label = line(child.get("label") or child.get("term") or inner_text(child))
    scheme = child.get("scheme") or child.get("domain") or ""
    if label:
        draft.subjects.append(Subject(Text.of(label, draft.language), "", scheme))


def _link(draft: Draft, child: etree._Element) -> None:
    relation = child.get("rel", "alternate")
    url = identifiers.web_address((child.get("href") or child.text or "").strip())
    if url and relation in {"alternate", "enclosure", "related", "via", "describedby"}:
        title = line(child.get("title", ""))
        named = Text.of(title, draft.language) if title else None
        draft.links.append(Link(url, named, media_type=child.get("type", "")))


def _enclosure(draft: Draft, child: etree._Element) -> None:
    url = identifiers.web_address(child.get("url", "").strip())
    if url:
        draft.links.append(Link(url, media_type=child.get("type", "")))


def _identifier(draft: Draft, child: etree._Element) -> None:
    name = line(inner_text(child))
    if name:
        draft.identifiers.append(Identifier(name, identifiers.scheme(name)))
        if child.get("isPermaLink", "true").lower() == "true" and identifiers.web_address(name):
            draft.links.append(Link(name))


def _rights(draft: Draft, child: etree._Element) -> None:
    text = _words(child)
    if text:
        draft.rights.append(Right(Text.of(text, draft.language)))


_ENTRY: Final[dict[object, _Part]] = {
    f"{{{ATOM}}}{name}": part
    for name, part in {
        "id": _identifier,
        "title": _title,
        "summary": _description,
        "content": _description,
        "author": _person("creator"),
        "contributor": _person("contributor"),
        "published": _published,
        "updated": _updated,
        "category": _category,
        "link": _link,
        "rights": _rights,
    }.items()
}
_ITEM: Final[dict[str, _Part]] = {
    "guid": _identifier,
    "title": _title,
    "description": _description,
    "encoded": _description,
    "author": _author,
    "pubDate": _published,
    "category": _category,
    "link": _link,
    "enclosure": _enclosure,
}


def _take_place(draft: Draft, child: etree._Element) -> None:
    """GeoRSS Simple (OGC 17-002r1): latitude before longitude."""
    numbers = [extents.decimal(part) for part in inner_text(child).replace(",", " ").split()[:1000]]
    kind = local_name(child)
    if kind == "featurename":
        draft.places.append(Text.of(line(inner_text(child)), draft.language))
        return
    if kind not in {"point", "box", "line", "polygon"} or len(numbers) < 2 or len(numbers) % 2:  # noqa: PLR2004 - a point
        return
    south, north = min(numbers[::2]), max(numbers[::2])
    found: Box | None
    if kind == "box" and len(numbers) == _EDGES:  # its west may lie east of its east: over 180 degrees
        found = extents.box(numbers[1], south, numbers[3], north)
    else:
        found = extents.box(min(numbers[1::2]), south, max(numbers[1::2]), north)
    if found is not None:
        draft.boxes.append(found)
