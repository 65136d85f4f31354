"""What a record answers beside Dublin Core: its concepts, and the finer queryables of the ISO profile."""

from __future__ import annotations

from catalogue.queryables import OF_CONCEPTS, QUERYABLES
from catalogue.record import Agent, Concept, Record, Relation, Right, Subject, Text
from catalogue.values import search_text, values_of


def values(record: Record, name: str) -> list[str]:
    return [value for queryable, value in values_of(record, identifier="x") if queryable == name]


def test_concepts_and_what_they_imply() -> None:
    record = Record(
        title=Text.of("A plan"),
        concepts=(
            Concept("conventions", "stockholm"),
            Concept("chemicals", "ddt"),
            Concept("countries", "SN"),
            Concept("document_types", "nip"),
            Concept("planets", "mars"),
            Concept("countries", "XX"),
            Concept("wastes", "A1160"),
        ),
    )
    assert values(record, "convention") == ["stockholm"]
    assert values(record, "chemical") == ["ddt"]
    assert values(record, "country") == ["SN", "XX"]
    assert values(record, "region") == ["african"]
    assert values(record, "waste_stream") == ["A1160", "ws-lead-battery"]
    assert values(record, "document_type") == ["nip"]
    assert values(record, "information_category") == ["implementation"]
    # Codes are no words of the record.
    assert search_text(record) == "a plan"
    assert set(OF_CONCEPTS.values()) <= set(QUERYABLES)


def test_constraints_roles_and_relations() -> None:
    record = Record(
        title=Text.of("A plan"),
        agents=(Agent("pointOfContact", Text.of("A centre")),),
        subjects=(Subject(Text.of("Dakar"), kind="place"), Subject(Text.of("health"), kind="topicCategory")),
        relations=(Relation("A rule", "conformsTo"), Relation("A series", "isPartOf"), Relation("Other")),
        rights=(
            Right(Text.of("CC BY"), "license"),
            Right(Text.of("ask us"), "useLimitation"),
            Right(Text.of("not for sale"), "accessConstraints:otherRestrictions"),
            Right(None, "accessConstraints:copyright"),
        ),
        reference_systems=("EPSG:4326",),
    )
    assert values(record, "party_role") == ["pointOfContact"]
    assert values(record, "keyword_type") == ["place"]
    assert values(record, "conforms_to") == ["A rule"]
    assert values(record, "part_of") == ["A series"]
    assert values(record, "license") == ["CC BY"]
    assert values(record, "limitation") == ["ask us"]
    assert values(record, "access_constraints") == ["otherRestrictions", "copyright"]
    assert values(record, "other_constraints") == ["not for sale"]
    assert values(record, "reference_system") == ["EPSG:4326"]
    assert values(record, "rights") == ["CC BY", "ask us", "not for sale"]
