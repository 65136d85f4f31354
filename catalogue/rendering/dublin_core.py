"""What a Record says in Dublin Core: the same for oai_dc and csw:Record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from catalogue.record import Agent, Box, Date, Link, Period, Record, Relation, Right
from catalogue.rendering.markup import in_degrees, number

#: CI_RoleCode -> the element of Dublin Core for an agent in that role; any other contributes.
_ELEMENTS: Final = {
    "creator": "creator",
    "author": "creator",
    "originator": "creator",
    "principalInvestigator": "creator",
    "coAuthor": "creator",
    "publisher": "publisher",
    "distributor": "publisher",
    "resourceProvider": "publisher",
}
#: Kinds of dates, the most telling first: who reads one dc:date only reads the first.
_DATE_ORDER: Final = {
    kind: number
    for number, kind in enumerate(
        (
            "issued",
            "date",
            "created",
            "available",
            "copyrighted",
            "accepted",
            "submitted",
            "valid",
            "modified",
        )
    )
}
#: The contact for the metadata is nothing to the resource.
_NOT_OF_THE_RESOURCE: Final = "metadataContact"


def agents(record: Record) -> dict[str, list[Agent]]:
    """The agents by element: `creator`, `publisher`, `contributor`."""
    found: dict[str, list[Agent]] = {"creator": [], "publisher": [], "contributor": []}
    for agent in record.agents:
        if agent.role != _NOT_OF_THE_RESOURCE:
            found[_ELEMENTS.get(agent.role, "contributor")].append(agent)
    return found


def dates(record: Record) -> list[Date]:
    """The dates, the most telling first."""
    if len(record.dates) < 2:  # noqa: PLR2004 - nothing to sort
        return list(record.dates)
    return sorted(record.dates, key=lambda date: _DATE_ORDER.get(date.kind, len(_DATE_ORDER)))


def date_value(date: Date) -> str:
    """What was sent where the value says less than it, else the value."""
    return date.text or date.value


def identifiers(record: Record) -> list[str]:
    """The identifiers of the resource, then the addresses at which it is found."""
    names = dict.fromkeys(identifier.value for identifier in record.identifiers)
    names.update(dict.fromkeys(link.url for link in resource_links(record)))
    if not names and record.metadata_identifier:
        names[record.metadata_identifier] = None
    return [name for name in names if name]


def resource_links(record: Record) -> Iterator[Link]:
    """The links that lead to the resource, and not to a picture of it."""
    return (link for link in record.links if link.function != "browseGraphic" and link.url)


def relations(record: Record) -> list[Relation]:
    """The relations, with that to the whole of which this is a part."""
    if not record.parent_identifier:
        return list(record.relations)
    return [*record.relations, Relation(record.parent_identifier, "isPartOf")]


def right_values(right: Right) -> Iterator[tuple[str, str]]:
    """What a statement of rights says, by language; the code of a restriction where it says nothing else.

    `otherRestrictions` alone only announces the statement that follows it.
    """
    said = False
    for language, value in right.text.values if right.text else ():
        if value:
            said = True
            yield language, value
    if right.url and not (right.text and any(right.url in value for _, value in right.text.values)):
        said = True
        yield "und", right.url
    code = right.kind.partition(":")[2]
    if not said and code and code != "otherRestrictions":
        yield "und", code


def box(place: Box) -> str:
    """A box in the DCMI Box Encoding Scheme; empty where its edges are no degrees."""
    if not in_degrees(place):
        return ""
    return (
        f"northlimit={number(place.north)}; southlimit={number(place.south)};"
        f" westlimit={number(place.west)}; eastlimit={number(place.east)}"
    )


def period(time: Period) -> str:
    """A period as ISO 8601 writes it, `..` for an open end; its text where it has no dates."""
    if time.begin == time.end:
        return time.begin or time.text
    return f"{time.begin or '..'}/{time.end or '..'}"
