"""Renditions that have something of everything which renditions of their format have in common.

What a rendition adds to its record is names of elements, codes and addresses, the same in all. A compressor
that knows these beforehand leaves little but the record itself.
"""

from __future__ import annotations

from typing import Final

from catalogue.record import (
    Agent,
    Box,
    Date,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Subject,
    Text,
)
from catalogue.rendering import render

_IDENTIFIER: Final = "oai:clearinghouse.example.org:node:oai:node.example.org:10.1234/567"
_DATESTAMP: Final = "2026-01-02T03:04:05Z"
_CENTRE: Final = Text.of("Regional centre", "en")

_DATASET: Final = Record(
    title=Text((("en", "Map"), ("fr", "Carte"), ("es", "Mapa"))),
    alternative_titles=(Text.of("Another title", "en"),),
    descriptions=(Text((("en", "What it shows"), ("fr", "Ce que"))),),
    agents=(
        Agent(
            "pointOfContact",
            _CENTRE,
            "Muster, Erika",
            "Head",
            "desk@example.org",
            "+00 1 234",
            "https://example.org/",
            "XX",
            "Capital",
        ),
        Agent("metadataContact", _CENTRE, email="desk@example.org"),
    ),
    dates=(Date("created", "2018-11-02"), Date("issued", "2019"), Date("modified", "2020-01-01T10:00:00Z")),
    subjects=(
        Subject(Text.of("water", "en"), "theme", "Thesaurus"),
        Subject(Text.of("Lowland", "en"), "place"),
        Subject(Text.of("environment"), "topicCategory"),
    ),
    types=(Text.of("dataset"),),
    formats=("GeoPackage",),
    languages=("en", "fr"),
    rights=(
        Right(Text.of("None", "en"), "useLimitation"),
        Right(Text.of("CC BY 4.0", "en"), "license", "https://creativecommons.org/licenses/by/4.0/"),
    ),
    links=(
        Link("https://example.org/", Text.of("Map", "en"), Text.of("Of it", "en"), "OGC:WMS", "download"),
    ),
    boxes=(Box(-5.25, 10.5, 3.75, 15.0),),
    places=(Text.of("Lowland", "en"),),
    periods=(Period("2017-01-01", "2018-06-30", "two years"),),
    lineage=Text.of("Counted.", "en"),
    reference_systems=("EPSG:4326",),
    resolutions=("1:50000",),
    metadata_language="en",
    parent_identifier="whole",
)
_DOCUMENT: Final = Record(
    title=Text.of("National report on hazardous waste", "en"),
    descriptions=(Text.of("This report is about the management of chemicals and wastes.", "en"), _CENTRE),
    agents=(
        Agent("creator", Text.of("Muster, Erika")),
        Agent("creator", Text.of("Tester, Juan")),
        Agent("contributor", Text.of("Ministry of the Environment", "en")),
        Agent("publisher", Text.of("University", "en")),
    ),
    dates=(Date("date", "2019-05-14T00:00:00Z"), Date("issued", "2019-05-14"), Date("available", "2019")),
    subjects=tuple(
        Subject(Text.of(one, "en")) for one in ("chemicals", "pesticides", "environment", "waste")
    ),
    types=(Text.of("Article"), Text.of("info:eu-repo/semantics/article"), Text.of("Text")),
    formats=("application/pdf", "text/html"),
    identifiers=(
        Identifier("https://repository.example.org/handle/1234/567", "uri"),
        Identifier("10.1234/567", "doi"),
        Identifier("0000-0000"),
    ),
    relations=(Relation("https://example.org/", "isPartOf"), Relation("whole", "source")),
    languages=("en",),
    rights=(Right(Text.of("info:eu-repo/semantics/openAccess")), Right(Text.of("Copyright (c) 2019", "en"))),
    links=(Link("http://hdl.handle.net/1234/567"), Link("https://doi.org/10.1234/567")),
    places=(Text.of("Africa", "en"),),
)


def specimen(prefix: str) -> bytes:
    """Renditions in this format, what most records have standing last.

    Raises:
        UnknownFormat: there is no writer for this prefix.
    """
    return b"".join(
        render(one, prefix, identifier=_IDENTIFIER, datestamp=_DATESTAMP) for one in (_DATASET, _DOCUMENT)
    )
