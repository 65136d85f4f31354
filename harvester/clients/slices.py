"""Payloads as the source sent them: byte ranges of a page, not a serialisation of its tree.

What a source signed, hashed or laid out stays as it was; and cutting is cheaper than writing. The page is
well-formed already and parsed once, in UTF-8; the tree says which elements are wanted, and this module finds
their bytes. Where nothing on the page can deceive a search for tags, it searches; otherwise expat, which
knows the offset of every tag, goes over the page once more.

A slice is complete by itself: namespace declarations that it uses and inherits from the envelope are
written into its start tag. Nothing else is ever changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final
from xml.parsers import expat

from lxml import etree

from catalogue.xml import escape_attribute

#: What may stand before the root element (XML 1.0, production 22), a DOCTYPE excepted.
_PROLOG: Final = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
#: A start tag or an empty-element tag (productions 40 and 44).
_START_TAG: Final = re.compile(rb"<[^\s/>]+(?:\s+[^\s=>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_DECLARED: Final = re.compile(rb"\sxmlns(?::([^\s=]+))?\s*=\s*(?:\"[^\"]*\"|'[^']*')|\"[^\"]*\"|'[^']*'")
_NAME_END: Final = re.compile(rb"[\s/>]")
_BRACKET: Final = ord("<")
#: So many of a character are looked at one by one.
_HOPS: Final = 1000


def cut(page: bytes, elements: Sequence[etree._Element]) -> list[bytes]:
    """The bytes of each of these elements, in the same order.

    Args:
        page: the document, in UTF-8, without byte order mark.
        elements: elements of its tree, in document order, all at the same depth.
    """
    if not elements:
        return []
    return complete(page, elements, by_search(page, elements) or _by_offset(page, elements))


def complete(
    page: bytes, elements: Sequence[etree._Element], ranges: Sequence[tuple[int, int]]
) -> list[bytes]:
    """The bytes in these ranges, where these elements stand, each complete by itself."""
    slices = [page[start:end] for start, end in ranges]
    if _stands_alone(page, elements, ranges):
        return slices
    declarations = _Declarations()
    return [
        declarations.complete(payload, element) for payload, element in zip(slices, elements, strict=True)
    ]


def _stands_alone(page: bytes, elements: Sequence[etree._Element], ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether certainly none of these elements uses a declaration that it has from outside.

    So it is, mostly: an envelope has but a default namespace, and what is in it brings its own along. To ask
    that of all elements at once costs a fraction of asking each.
    """
    inherited = _inherited_by_all(page, elements, ranges)
    if inherited is None or not inherited.keys() <= {None}:
        return False
    uri = inherited.get(None, "")
    return not uri or not _using_default(uri)(elements[0], e=list(elements))


def _inherited_by_all(
    page: bytes, elements: Sequence[etree._Element], ranges: Sequence[tuple[int, int]]
) -> dict[str | None, str] | None:
    """The declarations outside each of these elements; None where they may not be the same for all.

    They are where nothing is declared between what all of them are in and the first, nor between one and the
    next.
    """
    above, others = elements[0].getparent(), elements[-1].getparent()
    if above is None or others is None:
        return None
    inherited = above.nsmap
    while above is not others:
        above, others = above.getparent(), others.getparent()
        if above is None or others is None or above.nsmap != inherited:
            return None
    for (_, end), (start, _) in pairwise(ranges):
        if page.find(b"xmlns", end, start) >= 0:
            return None
    return inherited


@lru_cache(maxsize=64)
def _using_default(uri: str) -> etree.XPath:
    """Whether there is an element in this namespace, without a prefix, in any of the elements `$e`."""
    return etree.XPath(
        "boolean($e/descendant-or-self::n:*[not(contains(name(), ':'))])", namespaces={"n": uri}
    )


def _qualified_name(element: etree._Element) -> bytes:
    local = str(element.tag).rpartition("}")[2]
    return (f"{element.prefix}:{local}" if element.prefix else local).encode()


def by_search(page: bytes, elements: Sequence[etree._Element]) -> list[tuple[int, int]] | None:
    """Byte ranges by searching for the tags, or None where a search could be deceived.

    Without comments, CDATA sections and processing instructions behind the prolog, every `<name` is a tag,
    for `<` stands nowhere else in a well-formed document. And where the page holds exactly as many start
    tags and as many end tags of a name as there are wanted elements of it, these are the wanted ones.
    """
    prolog = _PROLOG.match(page)
    begin = prolog.end() if prolog else 0
    if any(_follows_bracket(page, mark, begin) for mark in (b"!", b"?")):
        return None
    known: dict[tuple[object, str | None], bytes] = {}
    names = []
    for element in elements:
        told = element.tag, element.prefix
        name = known.get(told)
        if name is None:
            name = known[told] = _qualified_name(element)
        names.append(name)
    found: dict[bytes, Iterator[tuple[int, int]]] = {}
    for name, wanted in Counter(names).items():
        starts = _places(page, b"<" + name, wanted)
        ends = _places(page, b"</" + name + b">", wanted)
        if starts is None or ends is None:
            return None
        length = len(name) + 3
        found[name] = iter([(start, end + length) for start, end in zip(starts, ends, strict=True)])
    return [next(found[name]) for name in names]


def _follows_bracket(page: bytes, mark: bytes, begin: int) -> bool:
    """Whether `<` stands before this character anywhere: to seek one is many times as fast as to seek two."""
    position = begin
    for _ in range(_HOPS):
        position = page.find(mark, position)
        if position < 0:
            return False
        if page[position - 1] == _BRACKET:
            return True
        position += 1
    return page.find(b"<" + mark, position - 1) >= 0


def _places(page: bytes, tag: bytes, wanted: int) -> list[int] | None:
    """Where a tag stands; None where that is more or less often than wanted."""
    places: list[int] = []
    position = page.find(tag)
    while position >= 0:
        if len(places) == wanted:
            return None
        places.append(position)
        position = page.find(tag, position + len(tag))
    return places if len(places) == wanted else None


class _Offsets:
    """Byte ranges of all elements at one depth, in document order, as expat sees them."""

    def __init__(self, page: bytes, depth: int) -> None:
        self._page = page
        self._wanted = depth
        self._depth = 0
        self._start = 0
        self.ranges: list[tuple[int, int]] = []
        self._parser = expat.ParserCreate("UTF-8")
        self._parser.StartElementHandler = self._enter
        self._parser.EndElementHandler = self._leave
        self._parser.Parse(page, True)

    def _enter(self, _name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == self._wanted:
            self._start = self._parser.CurrentByteIndex

    def _leave(self, _name: str) -> None:
        if self._depth == self._wanted:
            self.ranges.append((self._start, self._end()))
        self._depth -= 1

    def _end(self) -> int:
        """Behind the end tag; an empty-element tag is start and end in one, and expat stands behind it."""
        tag = _START_TAG.match(self._page, self._start)
        if tag and tag[0].endswith(b"/>"):
            return tag.end()
        return self._page.index(b">", self._parser.CurrentByteIndex) + 1


def _by_offset(page: bytes, elements: Sequence[etree._Element]) -> list[tuple[int, int]]:
    depth = 1 + sum(1 for _ in elements[0].iterancestors())
    wanted = set(elements)
    every = elements[0].getroottree().xpath("/" + "/".join(["*"] * depth))
    ranges = _Offsets(page, depth).ranges
    return [found for element, found in zip(every, ranges, strict=True) if element in wanted]


class _Declarations:
    """Completes slices; remembers what it has seen, for the records of a page begin alike."""

    def __init__(self) -> None:
        self._own: dict[bytes, frozenset[str | None]] = {}

    def complete(self, payload: bytes, element: etree._Element) -> bytes:
        """The payload with the declarations that it uses and has from outside."""
        parent = element.getparent()
        if parent is None:
            return payload
        own = self._declared(payload)
        missing = "".join(
            f' xmlns{":" + prefix if prefix else ""}="{escape_attribute(uri)}"'
            for prefix, uri in parent.nsmap.items()
            if uri and prefix not in own and _uses(payload, element, prefix, uri)
        )
        if not missing:
            return payload
        name_end = _NAME_END.search(payload)
        at = name_end.start() if name_end else 0
        return payload[:at] + missing.encode() + payload[at:]

    def _declared(self, payload: bytes) -> frozenset[str | None]:
        """The prefixes that the payload's own start tag declares; None is the default namespace."""
        head = payload[: payload.find(b">") + 1]
        known = self._own.get(head)
        if known is not None:
            return known
        tag = _START_TAG.match(payload)
        whole = tag[0] if tag else head
        own = frozenset(
            found[1].decode() if found[1] else None
            for found in _DECLARED.finditer(whole)
            if found[0][:1].isspace()
        )
        if whole == head:
            self._own[head] = own
        return own


def _uses(payload: bytes, element: etree._Element, prefix: str | None, uri: str) -> bool:
    """Whether a prefix occurs in the payload, in a name or in a value such as that of xsi:type.

    An occurrence that means something else costs a declaration too many, which changes nothing.
    """
    if prefix is None:
        return any(found.prefix is None for found in element.iter(f"{{{uri}}}*"))
    return prefix.encode() + b":" in payload
