"""The text of an element, whatever stands inside it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def inner_text(element: etree._Element) -> str:
    """All character data inside an element: of its children too, of comments not."""
    if not len(element):
        return element.text or ""
    return "".join(_pieces(element))


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for descendant in element.iterdescendants():
        if isinstance(descendant.tag, str):
            yield descendant.text or ""
        yield descendant.tail or ""


def line(text: str) -> str:
    """A text on one line: runs of white space become one space."""
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """A text whose lines are kept and whose indentation is not; at most one empty line in a row."""
    if "\n" not in text and "\r" not in text:
        return " ".join(text.split()) if "  " in text or "\t" in text else text.strip()
    lines = [" ".join(part.split()) for part in text.splitlines()]
    kept = [part for number, part in enumerate(lines) if part or (number and lines[number - 1])]
    return "\n".join(kept).strip()
