"""What the properties of a DCAT resource lead to: labels, agents, places, times."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from catalogue import namespaces as ns
from catalogue.languages import bcp47
from catalogue.record import UNDETERMINED, Agent, Box, Period, Text
from harvester.mapping import dates
from harvester.mapping.draft import Draft
from harvester.mapping.extents import box
from harvester.mapping.rdf_xml import Graph, Literal, Resource, Value
from harvester.mapping.texts import line

_DCT: Final = ns.DCT
_VCARD: Final = ns.VCARD
#: Properties by which a resource is called, the most telling first.
_LABELS: Final = (
    f"{ns.SKOS}prefLabel",
    f"{ns.RDFS}label",
    f"{_DCT}title",
    f"{ns.FOAF}name",
    "http://www.w3.org/ns/locn#geographicName",
)
_SCHEMA: Final = ("http://schema.org/", "https://schema.org/")
_TIME: Final = "http://www.w3.org/2006/time#"
_GEOMETRIES: Final = (f"{ns.DCAT}bbox", "http://www.w3.org/ns/locn#geometry")
_NUMBER: Final = re.compile(r"-?\d{1,4}(?:\.\d{1,20})?(?:[eE]-?\d{1,2})?")
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
_FULL_TURN: Final = 360
_HALF_TURN: Final = 180
#: A ten thousandth of a metre: what is beyond is an error of the arithmetic.
_PLACES: Final = 9
_PAIR: Final = 2


class Description:
    """What is said of one resource of a graph, and the draft that it is read into."""

    __slots__ = ("draft", "graph", "reference_systems", "resolutions", "subject")

    def __init__(self, graph: Graph, subject: Resource, draft: Draft) -> None:
        self.graph = graph
        self.subject = subject
        self.draft = draft
        self.reference_systems: list[str] = []
        self.resolutions: list[str] = []

    def texts(self, value: Value, form: Callable[[str], str] = line) -> list[Text]:
        """A value as texts of one language each; of a resource, its labels."""
        if isinstance(value, str):
            label = self.label(value)
            return [Text((pair,)) for pair in label.values] if label else []
        said = form(value.value)
        return [Text.of(said, bcp47(value.language) if value.language else UNDETERMINED)] if said else []

    def label(self, value: Value) -> Text | None:
        """What a resource is called, in all its languages; of a literal, the literal."""
        if isinstance(value, Literal):
            return Text.merge(self.texts(value))
        return next((found for name in _LABELS if (found := self.text_of(value, name))), None)

    def text_of(self, subject: Value, predicate: str) -> Text | None:
        """The literals of a property as one text."""
        values = [value for value in self.graph.values(subject, predicate) if isinstance(value, Literal)]
        return Text.merge(text for value in values for text in self.texts(value))

    def word(self, value: Value) -> str:
        """A value as a string: a literal's text, the address of a resource; of a blank one, its label."""
        if isinstance(value, Literal):
            return line(value.value)
        if not value.startswith("_:"):
            return value
        label = self.label(value)
        return label.default if label else ""

    def first_word(self, subject: Value, *predicates: str) -> str:
        """The first value of these properties that says anything."""
        return next(filter(None, map(self.word, self.graph.values(subject, *predicates))), "")


def party(about: Description, value: Value, role: str) -> Agent | None:
    """An agent: foaf:Agent, org:Organization, vcard, or a name; where it is only an address, that."""
    name = about.label(value) or about.text_of(value, f"{_VCARD}fn")
    if name is None:
        said = about.word(value)
        name = Text.of(said) if said else None
    if name is None:
        return None
    organisation = next(about.graph.values(value, f"{ns.ORG}memberOf"), None)
    whole = about.label(organisation) if organisation is not None else None
    return Agent(
        role,
        whole or name,
        name.default if whole else "",
        email=_without(about.first_word(value, f"{ns.FOAF}mbox", f"{_VCARD}hasEmail"), "mailto:"),
        telephone=_without(about.first_word(value, f"{ns.FOAF}phone"), "tel:"),
        url=about.first_word(value, f"{ns.FOAF}homepage", f"{ns.FOAF}workplaceHomepage"),
    )


def _without(value: str, scheme: str) -> str:
    return value[len(scheme) :] if value.lower().startswith(scheme) else value


def contact(about: Description, value: Value) -> Agent | None:
    """dcat:contactPoint: a vcard:Kind, whose values may be nodes of their own."""
    name = about.text_of(value, f"{_VCARD}fn") or about.label(value)
    organisation = about.text_of(value, f"{_VCARD}organization-name")
    email = _without(_valued(about, value, "hasEmail", "email"), "mailto:")
    url = _valued(about, value, "hasURL", "url")
    stand_in = email or url
    if name is None and organisation is None and not stand_in:
        return None
    person = name.default if name and organisation and name != organisation else ""
    address = next(about.graph.values(value, f"{_VCARD}hasAddress"), value)
    return Agent(
        "pointOfContact",
        organisation or name or Text.of(stand_in),
        person,
        about.first_word(value, f"{_VCARD}title", f"{_VCARD}role"),
        email,
        _without(_valued(about, value, "hasTelephone", "tel"), "tel:"),
        url,
        about.first_word(address, f"{_VCARD}country-name"),
        about.first_word(address, f"{_VCARD}locality"),
    )


def _valued(about: Description, value: Value, *names: str) -> str:
    """A property of a vCard, or the vcard:hasValue of the node that it leads to."""
    for found in about.graph.values(value, *(_VCARD + name for name in names)):
        said = about.first_word(found, f"{_VCARD}hasValue") or about.word(found)
        if said:
            return said
    return ""


def attribution(about: Description, value: Value) -> Agent | None:
    """prov:qualifiedAttribution: an agent, and its role by the end of its address."""
    who = next(about.graph.values(value, f"{ns.PROV}agent"), None)
    role = about.first_word(value, f"{ns.DCAT}hadRole", f"{_DCT}type")
    return party(about, who, re.split(r"[/#]", role)[-1] or "contributor") if who is not None else None


def places_of(about: Description, value: Value) -> tuple[list[Box], list[Text]]:
    """dct:spatial: boxes of its geometries, and what it is called; else its address."""
    if isinstance(value, Literal):
        found = _box_of(value.value)
        return ([found], []) if found else ([], about.texts(value))
    shapes = (shape.value for shape in about.graph.values(value, *_GEOMETRIES) if isinstance(shape, Literal))
    boxes = list(filter(None, map(_box_of, shapes)))[:1]
    label = about.label(value)
    if label is None and not boxes and not value.startswith("_:"):
        label = Text.of(value.rpartition("/")[2] if value.startswith(_AUTHORITY) else value)
    return boxes, [label] if label else []


def _box_of(shape: str) -> Box | None:
    """The box around a geometry in well-known text, GeoJSON or GML."""
    text = shape.strip()
    if text.startswith("{"):
        pairs = _geojson_pairs(text)
    elif text.startswith("<") and "://" not in text.partition(">")[0]:
        return None
    else:
        # A leading <CRS>; that of EPSG has latitude first.
        crs, _, rest = text.rpartition(">") if text.startswith("<") else ("", "", text)
        if not re.match(r"\s*(?:POLYGON|POINT|MULTIPOLYGON|ENVELOPE)", rest, re.IGNORECASE):
            return None
        numbers = [float(number) for number in _NUMBER.findall(rest)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
        if "/EPSG/" in crs and crs.endswith("4326"):
            pairs = [(x, y) for y, x in pairs]
    if not pairs:
        return None
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    east = max(xs)
    return box(min(xs), min(ys), round(east - _FULL_TURN, _PLACES) if east > _HALF_TURN else east, max(ys))


def _geojson_pairs(text: str) -> list[tuple[float, float]]:
    """All positions of a geometry."""
    try:
        waiting = [json.loads(text).get("coordinates")]
    except (ValueError, AttributeError, RecursionError):
        return []
    pairs = []
    while waiting:
        item = waiting.pop()
        if isinstance(item, list) and len(item) >= _PAIR and all(isinstance(n, int | float) for n in item):
            pairs.append((float(item[0]), float(item[1])))
        elif isinstance(item, list):
            waiting += item
    return pairs


def period_of(about: Description, value: Value) -> Period | None:
    """dct:temporal: a dct:PeriodOfTime, or a text."""
    if isinstance(value, Literal):
        said = line(value.value)
        return (dates.period_of(said) or Period(text=said)) if said else None
    sent = [
        about.first_word(value, ns.DCAT + name, *(schema + name for schema in _SCHEMA))
        or _instant(about, value, _TIME + other)
        for name, other in (("startDate", "hasBeginning"), ("endDate", "hasEnd"))
    ]
    begin, end = map(dates.w3cdtf, sent)
    label = about.label(value)
    understood = all(bool(found) or not said for found, said in zip((begin, end), sent, strict=True))
    text = (label.default if label else "") if understood else "/".join(sent).strip("/")
    return Period(begin, end, text) if begin or end or text else None


def _instant(about: Description, value: Value, predicate: str) -> str:
    """A time:Instant."""
    for instant in about.graph.values(value, predicate):
        names = ("inXSDDate", "inXSDDateTimeStamp", "inXSDDateTime", "inXSDgYear", "inXSDgYearMonth")
        said = about.first_word(instant, *(_TIME + name for name in names))
        if said:
            return said
    return ""
