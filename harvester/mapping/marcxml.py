"""Reader of MARC 21 in XML (MARC21slim, MarcXchange): one bibliographic record, bare or in a collection."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from lxml import etree
from msgspec.structs import replace

from catalogue import identifiers
from catalogue import namespaces as ns
from catalogue.record import Agent, Identifier, Link, Period, Record, Relation, Right, Subject, Text
from catalogue.xml import local_name, namespace
from harvester.mapping import dates
from harvester.mapping.draft import Draft
from harvester.mapping.extents import box
from harvester.mapping.marc_fields import Field, Marc, bare, languages_of

_RULE: Final = "marcxml.no-title"
_NAMESPACES: Final = frozenset({ns.MARC, "info:lc/xmlns/marcxchange-v1", "info:lc/xmlns/marcxchange-v2", ""})
#: A coordinate: hemisphere and degrees, minutes, seconds; or decimal degrees.
_COORDINATE: Final = re.compile(
    r"([NSEWnsew+-]?)(\d{3})(\d{2})(\d{2}(?:\.\d+)?)|([NSEWnsew+-]?)(\d{1,3}\.\d+)"
)
_ISBN: Final = re.compile(r"[0-9][0-9 -]{8,15}[0-9Xx]")
_YEAR: Final = re.compile(r"(?<!\d)(1\d{3}|20\d{2})(?!\d)")

Rule: TypeAlias = Callable[[Draft, Marc, Field], None]


def read(root: etree._Element) -> Record:
    """The record in a record element, or the first in a collection.

    Raises:
        UnreadableRecord: nothing in it says what the resource is about.
    """
    element = root if local_name(root) == "record" else next(root.iterchildren("{*}record"), root)
    marc = Marc(element)
    draft = Draft()
    for tag, rule in FIELDS.items():
        for field in marc.of(tag):
            rule(draft, marc, field)
    _coded(draft, marc)
    return replace(
        draft.record(_RULE),
        metadata_identifier=marc.controls.get("001", "").strip(),
        metadata_date=dates.w3cdtf(marc.controls.get("005", "")[:8]),
    )


def is_marc(root: etree._Element) -> bool:
    """Whether an element is a MARC record, or a collection of them."""
    if namespace(root) not in _NAMESPACES:
        return False
    if local_name(root) == "collection":
        return next(root.iterchildren("{*}record"), None) is not None
    return local_name(root) == "record" and next(root.iterchildren("{*}datafield"), None) is not None


def _coded(draft: Draft, marc: Marc) -> None:
    """What stands in for fields that are not there: leader and 008, and for the title a heading."""
    fixed = marc.controls.get("008", "")
    if not draft.languages:
        draft.languages += languages_of(fixed[35:38].strip())
    year = fixed[7:11]
    if not draft.dates and year.isascii() and year.isdigit() and year not in ("9999", "0000"):
        draft.dates.append(dates.date_of("issued", year))
    if not draft.titles:
        # A uniform title, or of a record about a conference its name.
        for field in marc.of("130", "111"):
            _one_by_one(draft.titles, marc.text(field, "anp"))
    kind = _TYPES.get(marc.leader[6:7], "")
    if kind:
        draft.types.insert(0, Text.of(kind))


def _one_by_one(into: list[Text], text: Text | None) -> None:
    """A text of several languages as so many texts: a draft puts them together again."""
    if text:
        into += (Text.of(value, language) for language, value in text.values)


def _title(draft: Draft, marc: Marc, field: Field) -> None:
    _one_by_one(draft.titles, marc.text(field, "abnp"))


def _alternative(draft: Draft, marc: Marc, field: Field) -> None:
    _one_by_one(draft.alternative_titles, marc.text(field, "abnp"))


def _agent(role: str, codes: str) -> Rule:
    def read(draft: Draft, marc: Marc, field: Field) -> None:
        name = marc.text(field, codes)
        if name:
            said = [bare(value).lower().rpartition("/")[2] for value in field.all("4", "e", "j")]
            known = next((_RELATORS[word] for word in said if word in _RELATORS), role)
            url = next(filter(None, map(identifiers.web_address, field.all("0", "1"))), "")
            draft.agents.append(Agent(known, name, url=url))

    return read


def _publication(draft: Draft, marc: Marc, field: Field) -> None:
    """260 and 264: who published when; 264 says by its second indicator what else it may be."""
    kind = field.indicators[1] if field.tag == "264" else "1"
    name = marc.text(field, "b")
    if name and kind != "4":
        role = {"2": "distributor", "0": "creator"}.get(kind, "publisher")
        draft.agents.append(Agent(role, name, city=bare(field.first("a")).strip("[]")))
    sent = bare(field.first("c"))
    if sent:
        dated = dates.date_of("copyrighted" if kind == "4" else "issued", sent.lstrip("cp©℗ ").strip("[]"))
        year = _YEAR.search(sent)
        if not dated.value and year:
            dated = replace(dated, value=year[1], text=sent)
        draft.dates.append(dated)


def _number(scheme: str) -> Rule:
    def read(draft: Draft, marc: Marc, field: Field) -> None:  # noqa: ARG001 - a Rule
        value = field.first("a")
        if scheme == "isbn":
            found = _ISBN.search(value)
            value = found[0] if found else value
        if value:
            draft.identifiers.append(Identifier(value, scheme))

    return read


def _standard_number(draft: Draft, marc: Marc, field: Field) -> None:  # noqa: ARG001 - a Rule
    """024: of the kind that its first indicator or $2 says."""
    value, said = field.first("a"), field.first("2").lower()
    if value:
        scheme = identifiers.scheme(value)
        if not scheme and said in ("doi", "hdl", "uri"):
            scheme = {"hdl": "handle"}.get(said, said)
        draft.identifiers.append(Identifier(value, scheme))


def _language(draft: Draft, marc: Marc, field: Field) -> None:  # noqa: ARG001 - a Rule
    for value in field.all("a", "d"):
        draft.languages += (tag for tag in languages_of(value) if tag not in draft.languages)


def _coordinates(draft: Draft, marc: Marc, field: Field) -> None:  # noqa: ARG001 - a Rule
    """034: west, east, north, south."""
    west, east, north, south = (_degrees(field.first(code)) for code in "defg")
    found = box(west, south, east, north)
    if found:
        draft.boxes.append(found)


def _degrees(sent: str) -> float:
    found = _COORDINATE.fullmatch(sent.strip())
    if not found:
        return float("nan")
    if found[6]:
        value, side = float(found[6]), found[5]
    else:
        value, side = int(found[2]) + int(found[3]) / 60 + float(found[4]) / 3600, found[1]
    return -value if side in ("S", "s", "W", "w", "-") else value


def _extent(draft: Draft, marc: Marc, field: Field) -> None:  # noqa: ARG001 - a Rule
    value = field.joined("abc")
    if value:
        draft.formats.append(value)


def _description(draft: Draft, marc: Marc, field: Field) -> None:
    text = marc.text(field, "abcdgrt")
    into = draft.abstracts if field.tag == "520" else draft.descriptions
    _one_by_one(into, text)


def _right(kind: str) -> Rule:
    def read(draft: Draft, marc: Marc, field: Field) -> None:
        text, url = marc.text(field, "abcdf"), identifiers.web_address(field.first("u"))
        if text or url:
            draft.rights.append(Right(text, kind, url))

    return read


def _lineage(draft: Draft, marc: Marc, field: Field) -> None:
    _one_by_one(draft.lineage, marc.text(field, "a"))


def _subject(kind: str) -> Rule:
    def read(draft: Draft, marc: Marc, field: Field) -> None:
        """A heading, its subdivisions after it."""
        divided = field.tag.startswith("65")
        label = marc.text(field, "abcdtvxyz", " -- ") if divided else marc.text(field, "abcdnptvxyz")
        if label:
            scheme = _THESAURI.get(field.indicators[1], "") if field.tag != "653" else ""
            if field.indicators[1] == "7":
                scheme = field.first("2")
            uri = next(filter(None, map(identifiers.web_address, field.all("0", "1"))), "")
            draft.subjects.append(Subject(label, kind, scheme, uri))

    return read


def _genre(draft: Draft, marc: Marc, field: Field) -> None:
    label = marc.text(field, "a")
    if label:
        draft.types.append(label)


def _time(draft: Draft, marc: Marc, field: Field) -> None:  # noqa: ARG001 - a Rule
    value = field.joined("a")
    if value:
        draft.periods.append(dates.period_of(value) or Period(text=value))


def _relation(kind: str) -> Rule:
    def read(draft: Draft, marc: Marc, field: Field) -> None:
        """A linking entry or a series: its address or number, else its title."""
        title = marc.text(field, "tap" if field.tag[0] == "7" else "anp")
        address = next(filter(None, map(identifiers.web_address, field.all("u", "w"))), "")
        value = address or field.first("o", "x", "z") or (title.default if title else "")
        if value:
            draft.relations.append(Relation(value, kind, title))

    return read


def _electronic(draft: Draft, marc: Marc, field: Field) -> None:
    """856: where it is; with 2 as second indicator, where something about it is. A DOI names it too."""
    for url in filter(None, map(identifiers.web_address, field.all("u"))):
        function = "information" if field.indicators[1] == "2" else ""
        link = Link(url, marc.text(field, "3y"), marc.text(field, "z"), "", function, field.first("q"))
        draft.links.append(link)
        if not function and identifiers.scheme(url) in ("doi", "handle"):
            draft.identifiers.append(Identifier(url, identifiers.scheme(url)))


#: Leader, position 6, in the words of DCMI's types.
_TYPES: Final = {
    "a": "Text", "t": "Text", "c": "Notated music", "d": "Notated music", "e": "Map", "f": "Map",
    "g": "MovingImage", "i": "Sound", "j": "Sound", "k": "StillImage", "m": "Software", "o": "Collection",
    "p": "Collection", "r": "PhysicalObject",
}  # fmt: skip
_RELATORS: Final = {
    "aut": "author", "author": "author", "cre": "creator", "creator": "creator", "pbl": "publisher",
    "publisher": "publisher", "edt": "editor", "editor": "editor", "ed": "editor", "dst": "distributor",
    "distributor": "distributor", "spn": "sponsor", "sponsor": "sponsor", "fnd": "funder", "own": "owner",
    "cph": "rightsHolder",
}  # fmt: skip
#: Second indicator of a subject field -> its thesaurus.
_THESAURI: Final = {"0": "LCSH", "1": "LCSHAC", "2": "MESH", "3": "NAL", "5": "CSH", "6": "RVM"}
FIELDS: Final[dict[str, Rule]] = {
    "245": _title,
    "240": _alternative,
    "246": _alternative,
    "247": _alternative,
    "100": _agent("creator", "abcq"),
    "110": _agent("creator", "ab"),
    "111": _agent("creator", "acd"),
    "700": _agent("contributor", "abcq"),
    "710": _agent("contributor", "ab"),
    "711": _agent("contributor", "acd"),
    "720": _agent("contributor", "a"),
    "260": _publication,
    "264": _publication,
    "020": _number("isbn"),
    "022": _number("issn"),
    "024": _standard_number,
    "034": _coordinates,
    "041": _language,
    "300": _extent,
    "520": _description,
    "500": _description,
    "502": _description,
    "505": _description,
    "518": _description,
    "506": _right("accessRights"),
    "540": _right("license"),
    "542": _right("rights"),
    "561": _lineage,
    "600": _subject(""),
    "610": _subject(""),
    "611": _subject(""),
    "630": _subject(""),
    "648": _time,
    "650": _subject("theme"),
    "651": _subject("place"),
    "653": _subject(""),
    "655": _genre,
    "440": _relation("isPartOf"),
    "490": _relation("isPartOf"),
    "773": _relation("isPartOf"),
    "776": _relation("hasFormat"),
    "780": _relation("replaces"),
    "785": _relation("isReplacedBy"),
    "856": _electronic,
}
