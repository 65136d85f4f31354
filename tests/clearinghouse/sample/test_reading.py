from __future__ import annotations

import pytest

from catalogue.errors import UnreadableRecord
from clearinghouse.sample.federation import expected
from harvester.mapping.registry import read

ITEMS = [(source, item) for source, items in expected().items() for item in items if item.payload]


@pytest.mark.parametrize("source", ["nile", "andes", "steppe", "lagoon"])
def test_what_is_sound_can_be_read_and_keeps_its_title(source: str) -> None:
    for node, item in ITEMS:
        if node == source and not item.fault:
            _, record = read(item.payload)
            titles = {
                value for text in (record.title, *record.alternative_titles) for _, value in text.values
            }
            assert set(item.record.title.values()) <= titles, item.identifier


@pytest.mark.parametrize(
    ("identifier", "rule"),
    [
        ("oai:steppe.example.org:lib/9500", "oai_dc.no-title"),
        ("oai:steppe.example.org:lib/9501", "format.unknown"),
    ],
)
def test_what_is_broken_becomes_a_named_fault(identifier: str, rule: str) -> None:
    item = next(item for _, item in ITEMS if item.identifier == identifier)
    assert item.fault
    with pytest.raises(UnreadableRecord) as refused:
        read(item.payload)
    assert refused.value.rule == rule


def test_languages_boxes_and_addresses_arrive() -> None:
    nile = [(item, read(item.payload)[1]) for node, item in ITEMS if node == "nile"]
    for item, record in nile:
        assert record.title.default_language == item.record.language
    andes = [(item, read(item.payload)[1]) for node, item in ITEMS if node == "andes"]
    for item, record in andes:
        assert bool(record.boxes) is bool(item.record.box)
        assert {link.url for link in item.record.links} <= {link.url for link in record.links}
        assert {s.uri for s in item.record.subjects} <= {s.uri for s in record.subjects} | {""}
        assert set(item.record.title) == {language for language, _ in record.title.values}
        assert bool(record.conformance) is bool(item.record.box)
    assert {one.degree for _, record in andes for one in record.conformance} == {True, False, None}
