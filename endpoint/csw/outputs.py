"""The records of an answer in whatever schema was asked for: the same for both versions.

The common record format is written from the neutral record; ISO 19139 and others are given out as they are
stored, native ones byte for byte, and written now where they are not kept (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from lxml import etree

from catalogue import namespaces as ns
from catalogue.formats import DCAT, ISO19115_3, ISO19139, OAI_DC
from catalogue.queryables import utc
from catalogue.rendering import atom, csw_record, datacite, iso_element_sets, render
from catalogue.rendering.one_language import in_language
from catalogue.store import Store
from catalogue.store.queries.search import FoundRecord
from catalogue.xml import parse
from endpoint.csw.requests import ElementSet

#: outputSchema -> metadataPrefix of the formats that are those of OAI-PMH, too.
PREFIXES: Final[Mapping[str, str]] = {f.namespace: f.prefix for f in (ISO19139, ISO19115_3, DCAT, OAI_DC)}
#: Those of every version, beside the common record format.
SCHEMAS: Final = (
    ISO19139.namespace,
    ISO19115_3.namespace,
    ns.DATACITE,
    DCAT.namespace,
    OAI_DC.namespace,
    ns.ATOM,
)
#: Schemas that have a brief and a summary element set.
WITH_ELEMENT_SETS: Final = frozenset({ns.CSW, ns.CSW30, ISO19139.namespace, ISO19115_3.namespace})


@dataclass(frozen=True, slots=True)
class Form:
    """How records are written."""

    #: One of the common record format's namespaces, or of `SCHEMAS`.
    output_schema: str
    #: How much of each, in the schemas that have less than all of it.
    element_set: ElementSet
    #: The language in which a text is told that is there in several (BCP 47); empty: in all of them. Formats
    #: that say of each text in which language it is have them all.
    language: str = ""


def element_set_of(output_schema: str, wanted: ElementSet) -> ElementSet:
    """The element set that an answer in this schema holds when this one is asked for."""
    return wanted if output_schema in WITH_ELEMENT_SETS else "full"


def written(store: Store, ids: Sequence[int], form: Form, *, address: str, title: str) -> list[bytes]:
    """The records, one element each, in this order.

    Args:
        store: what holds them.
        ids: their numbers.
        form: how they are written.
        address: the service's, for entries of Atom.
        title: what the service is called, for the same.
    """
    prefix = PREFIXES.get(form.output_schema)
    if prefix is not None:
        documents = _kept_or_rendered(store, ids, prefix)
        if form.output_schema in WITH_ELEMENT_SETS:
            return [iso_element_sets.cut(document, form.element_set) for document in documents]
        return documents
    found = store.search.records(ids)
    if form.output_schema == ns.DATACITE:
        return [datacite.resource(one.record, identifier=one.identifier) for one in found]
    if form.language:
        found = [replace(one, record=in_language(one.record, form.language)) for one in found]
    if form.output_schema == ns.ATOM:
        return [_entry(one, address, title) for one in found]
    write = csw_record.write if form.output_schema == ns.CSW else csw_record.write30
    return [
        write(
            one.record,
            identifier=one.identifier,
            element_set=form.element_set,
            datestamp=utc(one.datestamp),
        )
        for one in found
    ]


def _kept_or_rendered(store: Store, ids: Sequence[int], prefix: str) -> list[bytes]:
    kept = store.search.kept(ids, prefix)
    if len(kept) < len(ids):
        kept |= store.kept.of([number for number in ids if number not in kept], prefix)
    missing = [number for number in ids if number not in kept]
    found = {one.number: one for one in store.search.records(missing)} if missing else {}
    return [
        kept[number] if number in kept else _rendered(found[number], prefix)
        for number in ids
        if number in kept or number in found
    ]


def chosen(record: bytes, elements: Sequence[tuple[str, str]]) -> bytes:
    """A csw:Record with these elements alone: the client's own view (07-006r1, 10.8.4.9)."""
    root = parse(record)
    wanted = {f"{{{uri}}}{local}" for uri, local in elements}
    for child in list(root):
        if child.tag not in wanted:
            root.remove(child)
    return etree.tostring(root, encoding="utf-8")


def _rendered(one: FoundRecord, prefix: str) -> bytes:
    return render(one.record, prefix, identifier=one.identifier, datestamp=one.source_datestamp)


def _entry(one: FoundRecord, address: str, title: str) -> bytes:
    query = "service=CSW&version=3.0.0&request=GetRecordById&elementSetName=full&id="
    return atom.write(
        one.record,
        identifier=one.identifier,
        datestamp=utc(one.datestamp),
        address=f"{address}?{query}{quote(one.identifier, safe=':')}",
        author=title,
    )
