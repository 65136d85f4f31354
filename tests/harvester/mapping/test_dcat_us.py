from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import UnreadableRecord
from catalogue.formats import DCAT_US, RENDERED
from catalogue.record import Box
from catalogue.rendering import render
from catalogue.xml import parse
from harvester.mapping.registry import read

FULL: dict[str, Any] = {
    "@type": "dcat:Dataset",
    "identifier": "https://x.example.org/d/1",
    "title": "Stocks of waste oil",
    "description": "First line.\n\nSecond.",
    "keyword": ["waste oil", "stocks"],
    "theme": ["https://x.example.org/themes/waste"],
    "modified": "2026-02-03",
    "issued": "2025-01-01",
    "publisher": {"@type": "org:Organization", "name": "Sample Agency"},
    "contactPoint": {"fn": "A. Sample", "hasEmail": "mailto:desk@example.org"},
    "accessLevel": "public",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "spatial": "-10,5,20,15",
    "temporal": "2020-01-01/2024-12-31",
    "language": ["en"],
    "landingPage": "https://x.example.org/d/1.html",
    "distribution": [
        {"downloadURL": "https://x.example.org/d/1.csv", "mediaType": "text/csv", "title": "Table"},
        {"accessURL": "not an address", "format": "API"},
    ],
}


def test_everything_that_a_dataset_says() -> None:
    form, found = read(json.dumps(FULL).encode())
    assert form is DCAT_US
    assert found.title.values == (("en", "Stocks of waste oil"),)
    assert [subject.kind for subject in found.subjects] == ["", "", "theme"]
    assert [(agent.role, agent.email) for agent in found.agents] == [
        ("publisher", ""),
        ("pointOfContact", "desk@example.org"),
    ]
    assert [(date.kind, date.value) for date in found.dates] == [
        ("issued", "2025-01-01"),
        ("modified", "2026-02-03"),
    ]
    assert found.boxes == (Box(-10, 5, 20, 15),)
    assert [(period.begin, period.end) for period in found.periods] == [("2020-01-01", "2024-12-31")]
    assert [link.url for link in found.links] == [
        "https://x.example.org/d/1.html",
        "https://x.example.org/d/1.csv",
    ]
    assert found.formats == ("text/csv", "API")
    assert [right.kind for right in found.rights] == ["license", "accessRights"]
    assert found.metadata_identifier == "https://x.example.org/d/1"


def test_a_name_in_place_of_a_box() -> None:
    _, found = read(
        b'{"identifier": "1", "title": "t", "accessLevel": "public", "spatial": "Nairobi, Kenya"}'
    )
    assert found.boxes == ()
    assert found.places[0].values[0][1] == "Nairobi, Kenya"


def test_nothing_to_call_it_by() -> None:
    with pytest.raises(UnreadableRecord) as refused:
        read(b'{"@type": "dcat:Dataset", "keyword": ["a"]}')
    assert refused.value.rule == "dcat_us.no-title"


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(max_size=8)
_NAMES = st.sampled_from([*FULL, "name", "fn", "format", "mediaType"])
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=80, deadline=None)
@given(fields=st.dictionaries(_NAMES, _JSON, max_size=8))
def test_whatever_is_sent_becomes_a_record_or_a_fault(fields: dict[str, Any]) -> None:
    try:
        _, found = read(json.dumps({"@type": "dcat:Dataset", "title": "t", **fields}).encode())
    except UnreadableRecord:
        return
    for form in RENDERED:
        parse(render(found, form.prefix, identifier="x", datestamp="2026-01-01"))
