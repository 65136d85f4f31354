"""Writer of records of OGC API - Records (OGC 20-004r1, 7.1 and 7.10): a GeoJSON feature, without its links.

What leads about in a catalogue is added by the endpoint, which knows the addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from catalogue.languages import ENGLISH_NAMES, is_tag
from catalogue.queryables import instant, last_instant
from catalogue.record import UNDETERMINED, Agent, Box, Conformance, Record, Right, Subject, Text
from catalogue.rendering import dublin_core
from catalogue.rendering.citation import web_uri
from catalogue.rendering.iso_terms import is_topic
from catalogue.rendering.markup import in_degrees

PROFILE: Final = "http://www.opengis.net/def/profile/OGC/0/ogc-record"
CONFORMS_TO: Final = ("http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core",)
TOPICS: Final = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#MD_TopicCategoryCode"

_DAY: Final = 10
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[A-Za-z0-9][A-Za-z0-9.+-]*")
#: As the standard's schema wants them.
_PHONE: Final = re.compile(r"\+[1-9][0-9]{3,14}")
_EMAIL: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
_CREATIVE_COMMONS: Final = re.compile(
    r"https?://creativecommons\.org/(?:licenses/(by(?:-nc)?(?:-sa|-nd)?)|(publicdomain/zero))/([0-9]\.[0-9]).*"
)
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur", "yi", "dv", "ps", "sd", "ug"})
#: Kind of date -> its member; any other has its own name.
_DATES: Final = {
    "created": "resourceCreated",
    "modified": "revised",
    "accepted": "dateAccepted",
    "submitted": "dateSubmitted",
    "copyrighted": "dateCopyrighted",
}
#: Function of a link -> its relation; any other leads to the resource.
_RELATIONS: Final = {"download": "enclosure", "information": "about", "browseGraphic": "preview"}


def write(
    record: Record, *, identifier: str, given_out: str, created: str, updated: str, languages: tuple[str, ...]
) -> dict[str, Any]:
    """The record as a feature.

    Args:
        record: what to write.
        identifier: ours: the feature's.
        given_out: the identifier under which CSW knows it.
        created: when our copy was made.
        updated: when it was last changed.
        languages: those that are wanted, the best first.
    """
    return {
        "id": identifier,
        "type": "Feature",
        "conformsTo": CONFORMS_TO,
        "time": time(record),
        "geometry": geometry(record.boxes),
        "properties": _without_nothing(
            created=created,
            updated=updated,
            type=_first(record.types, languages),
            title=record.title.in_language(*languages) or identifier,
            description=_first(record.descriptions, languages),
            keywords=_each(s.label.in_language(*languages) for s in record.subjects if not is_topic(s)),
            themes=_themes(record, languages),
            language=_language(language_of(record, languages)),
            languages=[_language(tag) for tag in languages_of(record)],
            resourceLanguages=[_language(tag) for tag in record.languages if tag],
            externalIds=_names(record, given_out),
            formats=[_format(name) for name in dict.fromkeys(record.formats) if name],
            contacts=[_contact(agent, languages) for agent in record.agents if agent.name.default],
            license=license_of(record),
            rights="\n".join(_each(_right(right, languages) for right in record.rights)),
            **_more(record, languages),
        ),
    }


def _more(record: Record, languages: tuple[str, ...]) -> dict[str, Any]:
    """What the standard has no member for, under the names that filters know it by."""
    dates: dict[str, str] = {}
    for date in record.dates:
        if date.value:
            dates.setdefault(_DATES.get(date.kind, date.kind), date.value)
    return {
        **dates,
        "alternative": _each(text.in_language(*languages) for text in record.alternative_titles),
        "coverage": _each(place.in_language(*languages) for place in record.places),
        "lineage": record.lineage.in_language(*languages) if record.lineage else "",
        "parent": record.parent_identifier,
        "serviceType": record.service_type,
        "conformance": [_conformance(one, languages) for one in record.conformance],
        "securityClassification": _each(one.classification for one in record.security),
    }


def _conformance(told: Conformance, languages: tuple[str, ...]) -> dict[str, Any]:
    """A specification, and whether the resource conforms to it; `degree` is not there where nobody looked."""
    degree = {} if told.degree is None else {"degree": told.degree}
    return degree | _without_nothing(
        specification=told.title.in_language(*languages),
        url=web_uri(told.url),
        specificationDate=told.date,
        specificationDateType=told.date_type,
        explanation=told.explanation.in_language(*languages) if told.explanation else "",
    )


def links(record: Record, languages: tuple[str, ...]) -> list[dict[str, Any]]:
    """The links that lead to the resource, on the web alone."""
    found = []
    for link in record.links:
        url = web_uri(link.url)
        if url:
            title = link.title or link.description
            found.append(
                _without_nothing(
                    rel=_RELATIONS.get(link.function, "item"),
                    href=url,
                    type=link.media_type if _MEDIA_TYPE.fullmatch(link.media_type) else "",
                    title=title.in_language(*languages) if title else "",
                    protocol=link.protocol,
                )
            )
    for right in record.rights:
        url = web_uri(right.url)
        if url:
            found.append({"rel": "license", "href": url})
    return found


def language_of(record: Record, languages: tuple[str, ...]) -> str:
    """The language in which the record is told: of those wanted, else its own; empty if nobody knows it."""
    given = [tag for tag, _ in record.title.values]
    found = next((tag for tag in languages if tag in given), "") or record.title.default_language
    return record.metadata_language if found == UNDETERMINED else found


def languages_of(record: Record) -> list[str]:
    """The languages that the title or the abstract is in."""
    texts = [record.title, *record.descriptions[:1]]
    return list(dict.fromkeys(tag for text in texts for tag, _ in text.values if tag != UNDETERMINED))


def _without_nothing(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _first(texts: tuple[Text, ...], languages: tuple[str, ...]) -> str:
    return texts[0].in_language(*languages) if texts else ""


def _each(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]


@lru_cache(1_000)
def _language(tag: str) -> Mapping[str, str] | None:
    if not tag:
        return None
    primary = tag.partition("-")[0]
    return _without_nothing(
        code=tag if is_tag(tag) else UNDETERMINED,
        name=ENGLISH_NAMES.get(primary, "") or tag,
        dir="rtl" if primary in _RIGHT_TO_LEFT else "",
    )


def time(record: Record) -> dict[str, Any] | None:
    """The temporal extent: from the first begin to the last end; None where there is none."""
    begins = [period.begin for period in record.periods if instant(period.begin)]
    ends = [period.end for period in record.periods if instant(period.end)]
    if not begins and not ends:
        return None
    begin, end = min(begins, key=instant, default=""), max(ends, key=last_instant, default="")
    return {"interval": [_moment(begin, instant(begin)), _moment(end, last_instant(end))]}


def _moment(date: str, at: str) -> str:
    """A day where the date names no time of it, else an instant in UTC."""
    if not date:
        return ".."
    return at[:_DAY] if len(date) <= _DAY else f"{at}Z"


def geometry(boxes: tuple[Box, ...]) -> dict[str, Any] | None:
    """The boxes as a geometry (RFC 7946): cut at the antimeridian, a point where a box is one."""
    shapes = list(dict.fromkeys(shape for box in boxes if in_degrees(box) for shape in _shapes(box)))
    if not shapes:
        return None
    points = [{"type": "Point", "coordinates": shape[0]} for shape in shapes if len(shape) == 1]
    areas = [[shape] for shape in shapes if len(shape) > 1]
    if not areas and len(points) == 1:
        return points[0]
    if not points:
        many = len(areas) > 1
        return {"type": "MultiPolygon" if many else "Polygon", "coordinates": areas if many else areas[0]}
    polygons = [{"type": "Polygon", "coordinates": area} for area in areas]
    return {"type": "GeometryCollection", "geometries": [*points, *polygons]}


def _shapes(box: Box) -> list[tuple[tuple[float, float], ...]]:
    west, south, east, north = box.west, box.south, box.east, box.north
    if (west, south) == (east, north):
        return [((west, south),)]
    halves = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return [((w, south), (e, south), (e, north), (w, north), (w, south)) for w, e in halves]


def _themes(record: Record, languages: tuple[str, ...]) -> list[dict[str, Any]]:
    """Terms of named schemes, those of our own vocabularies among them."""
    schemes: dict[str, list[dict[str, Any]]] = {}
    for subject in record.subjects:
        scheme = TOPICS if is_topic(subject) else subject.scheme
        label = subject.label.in_language(*languages)
        if scheme and (label or subject.uri):
            schemes.setdefault(scheme, []).append(_concept(subject, label))
    for concept in record.concepts:
        schemes.setdefault(concept.vocabulary, []).append({"id": concept.term})
    return [{"scheme": scheme, "concepts": concepts} for scheme, concepts in schemes.items()]


def _concept(subject: Subject, label: str) -> dict[str, Any]:
    url = web_uri(subject.uri)
    return _without_nothing(id=subject.uri or label, title=label, url=url)


def _names(record: Record, given_out: str) -> list[dict[str, Any]]:
    names = {given_out: ""} | {name.value: name.scheme for name in record.identifiers}
    return [_without_nothing(scheme=scheme, value=value) for value, scheme in names.items() if value]


def _format(name: str) -> dict[str, str]:
    return {"mediaType" if _MEDIA_TYPE.fullmatch(name) else "name": name}


def _contact(agent: Agent, languages: tuple[str, ...]) -> dict[str, Any]:
    name = agent.name.in_language(*languages)
    phone = "".join(character for character in agent.telephone if character in "+0123456789")
    url = web_uri(agent.url)
    address = _without_nothing(city=agent.city, country=agent.country)
    return _without_nothing(
        name=agent.individual,
        organization=name or agent.name.default,
        position=agent.position,
        emails=[{"value": agent.email}] if _EMAIL.fullmatch(agent.email) else [],
        phones=[{"value": phone}] if _PHONE.fullmatch(phone) else [],
        addresses=[address] if address else [],
        links=[{"href": url, "rel": "about", "type": "text/html"}] if url else [],
        roles=[agent.role] if agent.role else [],
    )


def license_of(record: Record) -> str:
    """The SPDX identifier of the licence; `other` for one that has none; empty where none is stated."""
    stated = [right for right in record.rights if right.kind == "license"]
    for right in record.rights:
        found = _CREATIVE_COMMONS.fullmatch(right.url or (right.text.default if right.text else ""))
        if found:
            return f"CC0-{found[3]}" if found[2] else f"CC-{found[1].upper()}-{found[3]}"
    return "other" if stated else ""


def _right(right: Right, languages: tuple[str, ...]) -> str:
    said = right.text.in_language(*languages) if right.text else ""
    return said or next((value for _, value in dublin_core.right_values(right)), "")
