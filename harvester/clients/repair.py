"""Repair of answers that are not well-formed: a closed list, each repair with a name, none of them a guess.

Only what failed to parse strictly comes here, and only what cannot be legal XML is touched, so the order of
the repairs matters little. What a repair cannot know it replaces by U+FFFD or leaves out. An answer that was
cut off is never repaired: its records would look whole. What comes out is parsed strictly again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from catalogue.errors import ForbiddenXml, MalformedXml
from catalogue.xml import parse

#: Name of the repair -> what it does, for people.
REPAIRS: Final = {
    "text-before-declaration": "text before the XML declaration, or the root element, was left out",
    "text-after-root": "text behind the root element was left out",
    "wrong-encoding": "declared or taken to be UTF-8, it was read as Windows-1252",
    "invalid-utf8": "bytes that are not UTF-8 were replaced by U+FFFD",
    "illegal-characters": "characters that XML does not allow were left out",
    "character-references": "references to characters that XML does not allow were left out",
    "inner-declarations": "XML declarations inside the document were left out",
    "stray-ampersands": "ampersands that begin no reference were escaped",
    "stray-less-than": "less-than signs that begin no tag were escaped",
    "recovered": "the parser guessed what was meant (only where the quirk accept_recovered is on)",
}

_DECLARATION: Final = re.compile(rb"<\?xml\s[^<>]{0,300}\?>")
_DECLARED_ENCODING: Final = re.compile(rb"^<\?xml\s[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w:.-]*)[\s>]")
#: What programs say before they begin: text, and the HTML in which PHP sets its warnings.
_PREAMBLE: Final = re.compile(
    rb"[^<]*(?:</?(?:b|br|code|div|em|font|hr|i|p|pre|small|span|strong|table|td|th|tr)\b[^<>]*>[^<]*)*",
    re.IGNORECASE,
)
#: A root element that declares a namespace.
_DECLARING_ROOT: Final = re.compile(rb"<[A-Za-z_][\w:.-]*\s[^<>]*\bxmlns\b")
#: What may follow the root element (XML 1.0, production 1).
_EPILOGUE: Final = re.compile(rb"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
#: How records are called in the answers of OAI-PMH, of CSW, and in feeds: by these a guess is checked.
IN_OAI: Final = frozenset({"record"})
IN_CSW: Final = frozenset({"Record", "SummaryRecord", "BriefRecord", "MD_Metadata", "MI_Metadata"})
IN_FEEDS: Final = frozenset({"entry", "item"})
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_ILLEGAL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|\xed[\xa0-\xbf][\x80-\xbf]")
_REFERENCE: Final = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
_AMPERSAND: Final = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_LESS_THAN: Final = re.compile(rb"<(?![A-Za-z_/!?:\x80-\xff])")
#: What begins a stretch in which nothing is markup -> what ends it.
_VERBATIM: Final = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
_VERBATIM_START: Final = re.compile(rb"<!--|<!\[CDATA\[")
#: Characters that XML allows (XML 1.0, production 2).
_CHARACTERS: Final = ((0x9, 0xA), (0xD, 0xD), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
_UTF8: Final = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})


@dataclass(frozen=True, slots=True)
class Repaired:
    """A document that was mended: its bytes in UTF-8, its tree, and the names of the repairs."""

    content: bytes
    root: etree._Element
    repairs: tuple[str, ...]


def repair(content: bytes, *, recover: frozenset[str] | None = None) -> Repaired | None:
    """Mend a document; None where the closed list of repairs does not make XML of it, or it was cut off.

    Args:
        content: the answer as sent, which did not parse.
        recover: let the parser guess, as the last resort, where records are called so; None: never.
    """
    done: list[str] = []
    mended = content.removeprefix(b"\xef\xbb\xbf")
    if _is_other_encoding(mended):
        return None
    for name, action in _ACTIONS.items():
        before, mended = mended, action(mended)
        if mended != before:
            done.append(name if name != _ENCODING else _encoding_name(before))
    if is_cut_off(mended):
        return None
    try:
        return (
            Repaired(mended, parse(mended), tuple(done))
            if done
            else _recovered(mended, done, recover=recover)
        )
    except ForbiddenXml:
        return None
    except MalformedXml:
        return _recovered(mended, done, recover=recover)


def is_cut_off(content: bytes) -> bool:
    """Whether the end tag of the root element is missing."""
    root = _ROOT.search(content)
    return root is None or b"</" + root[1] not in content[root.end() :]


def _recovered(content: bytes, done: list[str], *, recover: frozenset[str] | None) -> Repaired | None:
    if recover is None:
        return None
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    root = etree.fromstring(content, parser)
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        return None
    if not all(_are_apart(root, content, name) for name in recover):
        return None
    written = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    try:
        return Repaired(written, parse(written), (*done, "recovered"))
    except MalformedXml:
        return None  # the parser keeps what it guessed: an attribute that is there twice


def _are_apart(root: etree._Element, content: bytes, name: str) -> bool:
    """Whether all records of this name stand side by side, as many as are ended.

    Where the parser closes a tag too late, records end inside one another: the guess was wrong.
    """
    found = [sum(1 for _ in one.iterancestors()) for one in root.iter(f"{{*}}{name}")]
    ends = len(re.findall(rb"</(?:[\w.-]+:)?" + name.encode() + rb"\s*>", content))
    return len(found) == ends and len(set(found)) <= 1


def _is_other_encoding(content: bytes) -> bool:
    """Whether it is declared to be in an encoding of which nothing is known to be wrong."""
    start = _DECLARATION.search(content)
    declared = _DECLARED_ENCODING.match(start[0]) if start else None
    return declared is not None and declared[1].decode("ascii", "replace").lower() not in _UTF8


def _without_text_before(content: bytes) -> bytes:
    said = _PREAMBLE.match(content)
    end = said.end() if said else 0
    if end and content.startswith(b"<?xml ", end):
        return content[end:]
    if (
        content[:end].strip()
        and _DECLARING_ROOT.match(content, end)
        and content[end : end + 5].lower() != b"<html"
    ):
        return content[end:]
    start = content.find(b"<?xml ")
    if start <= 0:
        return content
    root = _ROOT.search(content)
    # An HTML page, or a declaration that stands deep inside, is not a beginning.
    return content[start:] if root is None or root.start() > start else content


def _without_text_after(content: bytes) -> bytes:
    root = _ROOT.search(content)
    end = content.rfind(b"</" + root[1]) if root else -1
    close = content.find(b">", end) if end >= 0 else -1
    if close < 0:
        return content
    epilogue = _EPILOGUE.match(content, close + 1)
    return content if epilogue and epilogue.end() == len(content) else content[: close + 1]


def _encoding_name(content: bytes) -> str:
    """Windows-1252 throughout, or UTF-8 with bytes in it that are none: one valid sequence decides."""
    for run in _HIGH.finditer(content):
        if run[0].decode("utf-8", "ignore"):
            return "invalid-utf8"
    return "wrong-encoding"


def _in_utf8(content: bytes) -> bytes:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        name = _encoding_name(content)
        encoding = "windows-1252" if name == "wrong-encoding" else "utf-8"
        return content.decode(encoding, "replace").encode()
    return content


def _without_illegal(content: bytes) -> bytes:
    return _ILLEGAL.sub(b"", content)


def _outside(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change what is neither in a comment nor in a CDATA section; in one pass, whatever never ends."""
    parts: list[bytes] = []
    position = begin = 0
    while found := _VERBATIM_START.search(content, position):
        end = content.find(_VERBATIM[found[0]], found.end())
        if end < 0:
            break
        position = end + len(b"-->")
        parts += change(content[begin : found.start()]), content[found.start() : position]
        begin = position
    return b"".join((*parts, change(content[begin:])))


def _without_references(content: bytes) -> bytes:
    def keep(found: re.Match[bytes]) -> bytes:
        number = int(found[1], 16) if found[1] else int(found[2])
        return found[0] if any(low <= number <= high for low, high in _CHARACTERS) else b""

    return _outside(content, lambda part: _REFERENCE.sub(keep, part))


def _without_inner_declarations(content: bytes) -> bytes:
    first = _DECLARATION.match(content)
    begin = first.end() if first else 0
    return content[:begin] + _outside(content[begin:], lambda part: _DECLARATION.sub(b"", part))


def _escaped(pattern: re.Pattern[bytes], escape: bytes) -> Callable[[bytes], bytes]:
    return lambda content: _outside(content, lambda part: pattern.sub(escape, part))


_ENCODING: Final = "encoding"
#: In this order: what decides where the document begins and ends comes first.
_ACTIONS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "text-before-declaration": _without_text_before,
    "text-after-root": _without_text_after,
    _ENCODING: _in_utf8,
    "illegal-characters": _without_illegal,
    "character-references": _without_references,
    "inner-declarations": _without_inner_declarations,
    "stray-ampersands": _escaped(_AMPERSAND, b"&amp;"),
    "stray-less-than": _escaped(_LESS_THAN, b"&lt;"),
}
