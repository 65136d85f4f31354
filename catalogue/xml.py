"""The one hardened XML parser, and escaping for what we write.

No entity is resolved, no network is used, no DTD is loaded; a document type declaration is refused
outright, for none of our protocols has one. libxml2 itself refuses documents deeper than 256
elements and text nodes over 10 MB (`huge_tree=False`).
"""

from __future__ import annotations

import re
import threading
from typing import Final

from lxml import etree

from catalogue.errors import ForbiddenXml, MalformedXml

#: Characters that XML 1.0 does not allow (section 2.2).
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: How a document begins that has a document type declaration (XML 1.0, section 2.8).
#: Read in one way only: a node may send a hundred blanks and no document behind them.
_DECLARED: Final = re.compile(
    rb"\s*(?:(?:<\?[^>]{0,200}>|<!--(?:[^-]|-(?!-)){0,2000}-->)\s*){0,20}<!DOCTYPE\s"
)
#: How libxml2 calls a document that is no file.
_IN_MEMORY: Final = re.compile(r" \(<string>, line \d+\)$")
_DOCTYPE: Final = "a document type declaration (DOCTYPE) is not accepted"

_TEXT_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ATTRIBUTE_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)


def hardened_parser() -> etree.XMLParser:
    """A parser that resolves no entity, loads no DTD and touches no network."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        collect_ids=False,
        remove_blank_text=False,
    )


class _Parsers(threading.local):
    """One parser for each thread: to make one costs as much as to parse a short record."""

    def __init__(self) -> None:
        self.parser = hardened_parser()


_parsers: Final = _Parsers()


def parse(document: bytes) -> etree._Element:
    """Parse a whole document strictly and return its root element.

    Raises:
        MalformedXml: not well-formed, too deep or with a text node that is too long.
        ForbiddenXml: there is a document type declaration.
    """
    try:
        root = etree.fromstring(document, _parsers.parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if _DECLARED.match(document):  # its entities may be what was wrong with it
            raise ForbiddenXml(_DOCTYPE) from error
        raise MalformedXml(_IN_MEMORY.sub("", str(error))) from error
    if root is None:
        raise MalformedXml("the document has no root element")
    if root.getroottree().docinfo.internalDTD is not None:
        raise ForbiddenXml(_DOCTYPE)
    return root


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 does not allow."""
    return _ILLEGAL.sub("", text)


def escape(text: str) -> str:
    """Text as character data: escaped, and free of characters that XML does not allow."""
    if text.isascii() and text.isprintable():
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ILLEGAL.sub("", text).translate(_TEXT_ESCAPES)


def escape_attribute(text: str) -> str:
    """Text as an attribute value to stand between double quotes."""
    return _ILLEGAL.sub("", text).translate(_ATTRIBUTE_ESCAPES)


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    """The element's namespace; empty where it has none."""
    tag = element.tag
    if not isinstance(tag, str) or not tag.startswith("{"):
        return ""
    return tag[1:].partition("}")[0]
