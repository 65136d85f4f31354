"""One XML file and the records in it: metadata by itself, or an answer of OAI-PMH or CSW that was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from lxml import etree

from catalogue.errors import ForbiddenXml, MalformedXml
from catalogue.namespaces import CSW, CSW30, DC, DCT, OAI
from catalogue.run import Fault
from catalogue.xml import local_name, parse
from harvester.clients import csw_records, mended, oai_records
from harvester.clients.answers import to_utf8
from harvester.clients.base import Item, Page
from harvester.clients.repair import IN_CSW, IN_OAI, repair

#: What holds records, and is none itself.
_OAI_LISTS: Final = frozenset({f"{{{OAI}}}ListRecords", f"{{{OAI}}}GetRecord"})
_CSW_LISTS: Final = frozenset(
    f"{{{space}}}{name}" for space in (CSW, CSW30) for name in ("SearchResults", "GetRecordByIdResponse")
)
#: How records are called in what holds several.
_RECORDS: Final = IN_OAI | IN_CSW
#: Dublin Core has no identifier of the metadata: dc:identifier may be the ISSN of a whole series.
_DUBLIN_CORE: Final = frozenset({f"{{{DC}}}", f"{{{DCT}}}"})


class Mending(NamedTuple):
    """A file that had to be repaired: as it was sent, how, and what came out of it."""

    raw: bytes
    repairs: tuple[str, ...]
    items: tuple[Item, ...]


def with_mendings(page: Page, mendings: Sequence[Mending]) -> Page:
    """A page with what is kept and said of the files on it that had to be repaired."""
    return replace(
        page,
        notes=(*page.notes, *(note for one in mendings for note in mended.repair_notes(*one))),
        set_aside=(
            *page.set_aside,
            *(kept for one in mendings for kept in mended.kept(one.raw, one.repairs)),
        ),
    )


def read_document(
    content: bytes,
    path: str,
    charset: str = "",
    *,
    mendings: list[Mending] | None = None,
    recover: bool = False,
) -> tuple[Item, ...]:
    """The records of a file; where it cannot be read, an item with a fault that says why.

    Args:
        content: of the file.
        path: its place among the others: the identifier of a record that has none itself.
        charset: as the server says, where one does.
        mendings: repair what is not well-formed, and note it here.
        recover: let the parser guess where no repair makes XML of it.
    """
    try:
        content = to_utf8(content, charset)
        root = parse(content)
    except (MalformedXml, UnicodeError, LookupError) as error:
        guess = _RECORDS if recover else None
        known = mendings is not None and not isinstance(error, LookupError)
        repaired = repair(content, recover=guess) if known else None
        if mendings is None or repaired is None:
            return (_unreadable("xml.malformed", path, content, str(error)),)
        items = mended.marked(content, repaired.repairs, _read(repaired.content, repaired.root, path))
        mendings.append(Mending(content, repaired.repairs, items))
        return items
    except ForbiddenXml as error:
        return (_unreadable("xml.doctype", path, content, str(error)),)
    return _read(content, root, path)


def _read(content: bytes, root: etree._Element, path: str) -> tuple[Item, ...]:
    for element in root.iter(*_OAI_LISTS, *_CSW_LISTS):
        if element.tag in _OAI_LISTS:
            return oai_records.read_items(content, element)
        held = [child for child in element if isinstance(child.tag, str)]
        return csw_records.read_items(content, held)
    return (Item(_identifier(root) or path, datestamp=_datestamp(root), payload=_alone(content)),)


def _unreadable(rule: str, path: str, content: bytes, why: str) -> Item:
    value = content[:120].decode("utf-8", "replace")
    return Item("", fault=Fault(rule, f"{path}: {why}", path=path, value=value))


def _identifier(root: etree._Element) -> str:
    """The identifier that the metadata give themselves; empty where they have none."""
    if local_name(root) == "dc" or (_is_dublin_core(root) and local_name(root) != "Record"):
        return ""
    return csw_records.identifier_and_date(root)[0]


def _datestamp(root: etree._Element) -> str:
    return csw_records.identifier_and_date(root)[1]


def _is_dublin_core(root: etree._Element) -> bool:
    first = next(root.iterchildren(etree.Element), None)
    return first is not None and str(first.tag).startswith(tuple(_DUBLIN_CORE))


def _alone(content: bytes) -> bytes:
    """The root element without what stands before it: a payload is an element, not a document."""
    return content[_start(content) :].strip()


def _start(content: bytes) -> int:
    position = 0
    while True:
        position = content.index(b"<", position)
        if content.startswith(b"<?", position):
            position = content.index(b"?>", position) + 2
        elif content.startswith(b"<!--", position):
            position = content.index(b"-->", position) + 3
        else:
            return position
