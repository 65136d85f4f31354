"""Reader of MODS, version 3: one mods element, bare or the first in a modsCollection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from lxml import etree
from msgspec.structs import replace

from catalogue import identifiers
from catalogue import namespaces as ns
from catalogue.languages import bcp47
from catalogue.record import (
    UNDETERMINED,
    Agent,
    DateKind,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Subject,
    Text,
)
from catalogue.xml import local_name, namespace
from harvester.mapping import dates
from harvester.mapping.draft import Draft
from harvester.mapping.texts import XML_LANG, inner_text, line, paragraphs

_RULE: Final = "mods.no-title"
_HREF: Final = f"{{{ns.XLINK}}}href"
_M: Final = f"{{{ns.MODS}}}"

Element: TypeAlias = "etree._Element"  # noqa: SLF001 - lxml names it so
Property: TypeAlias = "Callable[[Draft, Element], None]"


def read(root: Element) -> Record:
    """The record in a mods element.

    Raises:
        UnreadableRecord: nothing in it says what the resource is about.
    """
    mods = root if local_name(root) == "mods" else next(root.iterchildren(f"{_M}mods"), root)
    draft = Draft(bcp47(mods.get(XML_LANG, "")) or UNDETERMINED)
    for part in mods:
        reader = ELEMENTS.get(part.tag)
        if reader:
            reader(draft, part)
    return _with_its_own(draft.record(_RULE), mods)


def is_mods(root: Element) -> bool:
    """Whether an element is a MODS record, or a collection of them."""
    return namespace(root) == ns.MODS and local_name(root) in ("mods", "modsCollection")


def _with_its_own(record: Record, mods: Element) -> Record:
    """The record, with what the metadata say of themselves (recordInfo)."""
    info = next(mods.iterchildren(f"{_M}recordInfo"), None)
    if info is None:
        return record
    said = _said(next(info.iterchildren(f"{_M}languageOfCataloging"), None))
    changed = [_child(info, name) for name in ("recordChangeDate", "recordCreationDate")]
    return replace(
        record,
        metadata_identifier=_child(info, "recordIdentifier"),
        metadata_date=next(filter(None, map(dates.w3cdtf, changed)), ""),
        metadata_language=bcp47(said) if said else "",
    )


def _said(element: Element | None) -> str:
    return line(inner_text(element)) if element is not None else ""


def _child(element: Element, name: str) -> str:
    """The text of the first child of this name that has one."""
    return next((value for part in element.iterchildren(_M + name) if (value := _said(part))), "")


def _tag(draft: Draft, element: Element) -> str:
    """Lang or xml:lang, with the script that is stated: `rus` in Latn is romanised Russian."""
    sent = element.get(XML_LANG) or element.get("lang") or ""
    if not sent:
        return draft.language
    tag = bcp47(sent)
    script = (element.get("script") or "").strip()
    romanised = script == "Latn" and tag in _OTHER_SCRIPTS
    return f"{tag}-Latn" if romanised or (element.get("transliteration") and "-" not in tag) else tag


def _text(draft: Draft, element: Element, value: str) -> Text:
    return Text.of(value, _tag(draft, element) or UNDETERMINED)


def _title_of(info: Element) -> str:
    """nonSort, title, subTitle, partNumber and partName as one title."""
    title = f"{_child(info, 'nonSort')} {_child(info, 'title')}".strip()
    sub = _child(info, "subTitle")
    part = ", ".join(filter(None, (_child(info, "partNumber"), _child(info, "partName"))))
    return ". ".join(filter(None, (f"{title}: {sub}" if sub and title else title or sub, part)))


def _title(draft: Draft, element: Element) -> None:
    value = _title_of(element)
    if value:
        own = element.get("type", "") in ("", "translated")
        (draft.titles if own else draft.alternative_titles).append(_text(draft, element, value))


def _name(draft: Draft, element: Element) -> None:
    """A name: family before given; its role by code or in words; a person's affiliation."""
    parts: dict[str, list[str]] = {}
    for part in element.iterchildren(f"{_M}namePart"):
        value = _said(part)
        if value:
            parts.setdefault(part.get("type") or "", []).append(value)
    inverted = ", ".join(filter(None, (" ".join(parts.get("family", ())), " ".join(parts.get("given", ())))))
    value = " ".join(parts.get("", ())) or inverted or _child(element, "displayForm")
    if not value:
        return
    terms = [_said(term).lower().rpartition("/")[2] for term in element.iter(f"{_M}roleTerm")]
    known = next((_ROLES[term] for term in terms if term in _ROLES), "")
    role = known or ("contributor" if any(terms) else "creator")
    affiliation = _child(element, "affiliation")
    url = identifiers.web_address(element.get("valueURI") or "")
    if affiliation:
        draft.agents.append(Agent(role, Text.of(affiliation), value, url=url))
    else:
        draft.agents.append(Agent(role, _text(draft, element, value), url=url))


def _type(draft: Draft, element: Element) -> None:
    value = _said(element)
    if value:
        draft.types.append(_text(draft, element, value))


def _origin(draft: Draft, element: Element) -> None:
    """originInfo: publishers, and dates of every kind; a range has its points apart."""
    place = next((_said(term) for term in element.iter(f"{_M}placeTerm") if term.get("type") != "code"), "")
    for part in element.iterchildren(f"{_M}publisher"):
        if _said(part):
            draft.agents.append(Agent("publisher", _text(draft, part, _said(part)), city=place))
    for name, kind in _DATES.items():
        found = [(part.get("point", ""), _said(part)) for part in element.iterchildren(_M + name)]
        ends = dict(pair for pair in found if pair[0] and pair[1])
        if "start" in ends:
            sent = f"{ends['start']}/{ends.get('end', '')}"
            draft.dates.append(replace(dates.date_of(kind, ends["start"]), text=sent))
        draft.dates += (dates.date_of(kind, value) for point, value in found if value and not point)


def _language(draft: Draft, element: Element) -> None:
    for term in element.iterchildren(f"{_M}languageTerm"):
        tag = bcp47(_said(term)) if _said(term) else ""
        if tag and tag not in draft.languages:
            draft.languages.append(tag)


def _physical(draft: Draft, element: Element) -> None:
    for name in ("internetMediaType", "form", "extent"):
        for part in element.iterchildren(_M + name):
            value = _said(part)
            if value and value not in draft.formats:
                draft.formats.append(value)


def _description(into: str) -> Property:
    def read(draft: Draft, element: Element) -> None:
        value = paragraphs(inner_text(element))
        if value:
            getattr(draft, into).append(_text(draft, element, value))

    return read


def _note(draft: Draft, element: Element) -> None:
    """A note; one of type ownership or provenance is the lineage."""
    value = paragraphs(inner_text(element))
    if value:
        own = element.get("type", "") in ("ownership", "provenance")
        (draft.lineage if own else draft.descriptions).append(_text(draft, element, value))


def _subject(draft: Draft, element: Element) -> None:
    """A heading of several parts is one subject; a place or a time alone is a place or a time."""
    parts = [part for part in element.iterchildren("*") if _said(part)]
    names = {local_name(part) for part in parts}
    scheme, uri = element.get("authority", ""), identifiers.web_address(element.get("valueURI") or "")
    if names == {"cartographics"}:
        return
    if not parts and _said(element):
        parts = [element]
    words = [_subject_part(part) for part in parts if local_name(part) != "cartographics"]
    label = " -- ".join(dict.fromkeys(filter(None, words)))
    if not label:
        return
    of_parts = (identifiers.web_address(part.get("valueURI") or "") for part in parts)
    uri = uri or next(filter(None, of_parts), "")
    kind = _KINDS.get(next(iter(names)), "") if len(names) == 1 else ""
    if kind == "temporal":
        draft.periods.append(dates.period_of(label) or Period(text=label))
    else:
        scheme = scheme.upper() if scheme in ("lcsh", "mesh") else scheme
        draft.subjects.append(Subject(_text(draft, element, label), kind, scheme, uri))


def _subject_part(part: Element) -> str:
    name = local_name(part)
    if name == "titleInfo":
        return _title_of(part)
    if name in ("name", "hierarchicalGeographic"):
        return ", ".join(_pieces(part))
    return _said(part)


def _pieces(part: Element) -> Iterator[str]:
    pieces = (piece for piece in part.iterchildren("*") if local_name(piece) != "role")
    return filter(None, map(_said, pieces))


def _identifier(draft: Draft, element: Element) -> None:
    value = _said(element)
    if not value or element.get("invalid") == "yes":
        return
    sent = (element.get("type") or "").lower()
    scheme = identifiers.scheme(value) or {"hdl": "handle"}.get(sent, sent if sent in _SCHEMES else "")
    draft.identifiers.append(Identifier(value, scheme))
    if identifiers.web_address(value):
        draft.links.append(Link(value))


def _location(draft: Draft, element: Element) -> None:
    for part in element.iterchildren(f"{_M}url"):
        url = _said(part)
        if url:
            label = line(part.get("displayLabel") or "")
            function = "browseGraphic" if part.get("access") == "preview" else ""
            draft.links.append(Link(url, Text.of(label) if label else None, function=function))


def _right(draft: Draft, element: Element) -> None:
    value, url = paragraphs(inner_text(element)), (element.get(_HREF) or "").strip()
    url = url or identifiers.web_address(value)
    if value or url:
        kind = _RIGHTS.get("".join((element.get("type") or "").lower().split()), "rights")
        text = _text(draft, element, value) if value and value != url else None
        draft.rights.append(Right(text, kind, url))


def _related(draft: Draft, element: Element) -> None:
    """relatedItem: its identifier or address, else its title."""
    info = next(element.iterchildren(f"{_M}titleInfo"), None)
    title = _title_of(info) if info is not None else ""
    url = next((_said(part) for part in element.iter(f"{_M}url") if _said(part)), "")
    value = _child(element, "identifier") or url or (element.get(_HREF) or "").strip() or title
    if value:
        kind = _RELATIONS.get(element.get("type", ""), "relation")
        draft.relations.append(Relation(value, kind, Text.of(title) if title else None))


#: Languages that are not written in Latin script, so that Latin is their romanisation.
_OTHER_SCRIPTS: Final = frozenset(
    [
        "ru",
        "uk",
        "be",
        "bg",
        "sr",
        "mk",
        "el",
        "he",
        "yi",
        "ar",
        "fa",
        "ur",
        "ps",
        "zh",
        "ja",
        "ko",
        "hi",
        "bn",
        "ta",
        "te",
        "th",
        "my",
        "ka",
        "hy",
        "am",
        "mn",
        "kk",
        "ky",
        "tg",
    ]
)
_SCHEMES: Final = frozenset({"doi", "isbn", "issn", "uri", "uuid", "handle"})
_ROLES: Final = {
    "aut": "author", "author": "author", "cre": "creator", "creator": "creator", "pbl": "publisher",
    "publisher": "publisher", "edt": "editor", "editor": "editor", "dst": "distributor",
    "distributor": "distributor", "spn": "sponsor", "sponsor": "sponsor", "fnd": "funder",
    "funder": "funder", "cph": "rightsHolder", "own": "owner",
}  # fmt: skip
_DATES: Final[dict[str, DateKind]] = {
    "dateIssued": "issued",
    "dateCreated": "created",
    "copyrightDate": "copyrighted",
    "dateModified": "modified",
    "dateValid": "valid",
    "dateOther": "date",
}
#: type of an accessCondition, without its spaces -> kind of a right.
_RIGHTS: Final = {
    "restrictiononaccess": "accessRights",
    "restrictionsonaccess": "accessRights",
    "license": "license",
    "licence": "license",
}
_KINDS: Final = {
    "topic": "theme",
    "geographic": "place",
    "hierarchicalGeographic": "place",
    "temporal": "temporal",
}
_RELATIONS: Final = {
    "host": "isPartOf",
    "series": "isPartOf",
    "constituent": "hasPart",
    "original": "source",
    "preceding": "replaces",
    "succeeding": "isReplacedBy",
    "otherVersion": "hasVersion",
    "otherFormat": "hasFormat",
    "isReferencedBy": "isReferencedBy",
    "references": "references",
}
ELEMENTS: Final[dict[object, Property]] = {
    f"{_M}titleInfo": _title,
    f"{_M}name": _name,
    f"{_M}typeOfResource": _type,
    f"{_M}genre": _type,
    f"{_M}originInfo": _origin,
    f"{_M}language": _language,
    f"{_M}physicalDescription": _physical,
    f"{_M}abstract": _description("abstracts"),
    f"{_M}tableOfContents": _description("descriptions"),
    f"{_M}note": _note,
    f"{_M}subject": _subject,
    f"{_M}identifier": _identifier,
    f"{_M}location": _location,
    f"{_M}accessCondition": _right,
    f"{_M}relatedItem": _related,
}
