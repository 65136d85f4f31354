from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import UnreadableRecord
from catalogue.formats import OGC_RECORD, RENDERED
from catalogue.record import Box, Record
from catalogue.rendering import render
from catalogue.xml import parse
from harvester.mapping.registry import read


def record(**properties: Any) -> Record:
    form, found = read(json.dumps({"id": "r1", "properties": {"title": "A title", **properties}}).encode())
    assert form is OGC_RECORD
    return found


CONCEPT = {"id": "waste", "title": "Déchets", "url": "https://x.example.org/waste"}
FULL: dict[str, Any] = {
    "id": "urn:x:1",
    "type": "Feature",
    "time": {"interval": ["2019-01-01", ".."]},
    "geometry": {"type": "Polygon", "coordinates": [[[-10, 5], [20, 5], [20, 15], [-10, 15], [-10, 5]]]},
    "properties": {
        "created": "2025-01-01T00:00:00Z",
        "updated": "2026-02-03T04:05:06Z",
        "type": "dataset",
        "title": "Inventaire des PCB",
        "description": "Première ligne.\n\nSeconde.",
        "keywords": ["PCB", " déchets  dangereux "],
        "themes": [{"concepts": [CONCEPT], "scheme": "gemet"}],
        "language": {"code": "fr", "name": "Français"},
        "resourceLanguages": [{"code": "fr"}, {"code": "en"}],
        "contacts": [
            {
                "name": "A. Sample",
                "organization": "Sample Centre",
                "position": "Officer",
                "emails": [{"value": "desk@example.org"}],
                "phones": [{"value": "+1"}],
                "addresses": [{"city": "Sampletown", "country": "SN"}],
                "links": [{"href": "https://centre.example.org"}],
                "roles": ["publisher", "author"],
            }
        ],
        "formats": [{"name": "GeoPackage", "mediaType": "application/geopackage+sqlite3"}, "CSV"],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "rights": "Free to use",
        "externalIds": [{"scheme": "doi", "value": "10.5072/abc"}],
    },
    "links": [
        {"rel": "self", "href": "https://x.example.org/items/1"},
        {"rel": "item", "href": "https://x.example.org/data.gpkg", "title": "The data", "type": "a/x"},
    ],
}  # fmt: skip


def test_everything_that_a_record_says() -> None:
    _, found = read(json.dumps(FULL).encode())
    assert found.title.values == (("fr", "Inventaire des PCB"),)
    assert found.abstract is not None
    assert found.abstract.in_language("fr") == "Première ligne.\n\nSeconde."
    assert [subject.label.in_language("fr") for subject in found.subjects] == [
        "PCB",
        "déchets dangereux",
        "Déchets",
    ]
    assert found.subjects[2].scheme == "gemet"
    assert found.subjects[2].uri == "https://x.example.org/waste"
    assert [(agent.role, agent.individual, agent.email, agent.country) for agent in found.agents] == [
        ("publisher", "A. Sample", "desk@example.org", "SN"),
        ("author", "A. Sample", "desk@example.org", "SN"),
    ]
    assert found.languages == ("fr", "en")
    assert found.formats == ("GeoPackage", "CSV")
    assert found.boxes == (Box(-10, 5, 20, 15),)
    assert [(period.begin, period.end) for period in found.periods] == [("2019-01-01", "")]
    assert (found.identifiers[0].value, found.identifiers[0].scheme) == ("10.5072/abc", "doi")
    assert [link.url for link in found.links] == ["https://x.example.org/data.gpkg"]
    assert found.rights[0].url == "https://creativecommons.org/licenses/by/4.0/"
    assert found.metadata_date == "2026-02-03T04:05:06Z"
    assert found.metadata_language == "fr"
    assert found.dates == ()


@pytest.mark.parametrize(
    ("payload", "rule"),
    [
        (b"{", "json.malformed"),
        (b"[1, 2]", "ogc_record.no-properties"),
        (b'{"id": 1}', "ogc_record.no-properties"),
        (b'{"properties": {"type": "dataset"}}', "ogc_record.no-title"),
        (b"[" * 100_000, "json.malformed"),
    ],
)
def test_what_cannot_be_a_record(payload: bytes, rule: str) -> None:
    with pytest.raises(UnreadableRecord) as refused:
        read(payload)
    assert refused.value.rule == rule


def test_simple_forms_in_place_of_objects() -> None:
    found = record(
        language="es", languages=["es", "en"], contacts={"name": "B"}, keywords="one", license="open"
    )
    assert found.metadata_language == "es"
    assert [agent.role for agent in found.agents] == ["pointOfContact"]
    assert len(found.subjects) == 1
    assert found.rights[0].text is not None


def test_characters_that_nobody_can_keep_are_left_out() -> None:
    assert record(title="a\u0000b").title.values[0][1] == "ab"


NAMES = [*FULL["properties"], "code", "name", "value", "href", "rel", "concepts", "interval", "coordinates"]
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(max_size=8)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None)
@given(
    properties=st.dictionaries(st.sampled_from(NAMES), _JSON, max_size=8),
    others=st.fixed_dictionaries(
        {}, optional={"geometry": _JSON, "time": _JSON, "links": _JSON, "id": _JSON}
    ),
)
def test_whatever_is_sent_becomes_a_record_or_a_fault(
    properties: dict[str, Any], others: dict[str, Any]
) -> None:
    payload = json.dumps({"properties": {"title": "t", **properties}, **others}).encode()
    try:
        _, found = read(payload)
    except UnreadableRecord:
        return
    for form in RENDERED:
        parse(render(found, form.prefix, identifier="x", datestamp="2026-01-01"))
