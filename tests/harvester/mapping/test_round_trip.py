"""What is written and read again is what it was, as far as the format can hold it.

oai_dc holds texts with their languages, and for the rest plain values: an agent is a name in one of three
elements, all dates are dc:date, a subject has no thesaurus, a period no words beside its dates.
Qualified Dublin Core adds kinds of dates, relations and rights, and the first description as the abstract.
DataCite and DCAT hold what those do and more, with their own words for dates, relations and links.
ISO 19139 and ISO 19115-3 hold nearly all of a Record, with its agents in roles of ISO, the identifier and the
datestamp being those of our copy, and every kind of date that ISO 19115 has a code for.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from catalogue.record import (
    Agent,
    Box,
    Conformance,
    Date,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Security,
    Service,
    Subject,
    Text,
)
from catalogue.rendering import csw_record, render
from harvester.mapping.registry import read

words = st.text(st.characters(categories=["L", "Nd"], exclude_characters="\x85"), min_size=1, max_size=8)
#: Texts on one line that are neither dates, boxes, nor addresses.
phrases = st.lists(words, min_size=1, max_size=4).map(lambda parts: "x" + " ".join(parts) + "<&>\"' y")
languages = st.sampled_from(["en", "fr", "es", "ru", "ar", "zh-Hant", "pt-BR"])
#: No two languages say the same: the plain text of ISO 19139 is taken to be in the language of its twin.
tagged = st.lists(
    st.tuples(languages, phrases),
    min_size=1,
    max_size=3,
    unique_by=(lambda pair: pair[0], lambda pair: pair[1]),
).map(lambda pairs: Text(tuple(pairs)))
plain = phrases.map(Text.of)
years = st.integers(1000, 2999).map(str)
days = st.dates().filter(lambda day: day.year >= 1000).map(lambda day: day.isoformat())
w3cdtf = years | days | days.map(lambda day: f"{day}T10:20:30Z")
degrees = st.floats(-90, 90, allow_subnormal=False).map(lambda number: round(number, 6))
boxes = st.tuples(degrees, degrees, degrees, degrees).map(
    lambda e: Box(e[0] * 2, min(e[1], e[2]), e[3] * 2, max(e[1], e[2]))
)
periods = st.builds(Period, w3cdtf, w3cdtf)
addresses = words.map(lambda word: f"https://example.org/{word.encode().hex()}")
slow = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def some(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=3, unique=True).map(tuple)


def again(record: Record, prefix: str) -> Record:
    rendition = render(record, prefix, identifier="our-1", datestamp="2026-01-02T03:04:05Z")
    known, found = read(rendition)
    assert known.prefix == prefix
    return found


dublin_core = st.builds(
    Record,
    title=tagged,
    descriptions=some(plain),
    agents=some(st.builds(Agent, st.sampled_from(["creator"]), plain)),
    dates=some(st.builds(Date, st.just("date"), w3cdtf)),
    subjects=some(st.builds(Subject, st.builds(Text.of, phrases, languages))),
    types=some(plain),
    formats=some(phrases),
    identifiers=some(st.builds(Identifier, phrases)),
    relations=some(st.builds(Relation, phrases, st.just("relation"))),
    languages=some(languages),
    rights=some(st.builds(Right, plain)),
    boxes=some(boxes),
    places=some(plain),
    periods=some(periods),
)


@slow
@given(dublin_core)
def test_oai_dc(record: Record) -> None:
    assert again(record, "oai_dc") == record


@slow
@given(dublin_core)
def test_oai_dc_of_oai_dc_is_the_same_bytes(record: Record) -> None:
    once = render(record, "oai_dc", identifier="i", datestamp="")
    assert render(read(once)[1], "oai_dc", identifier="i", datestamp="") == once


qualified = st.builds(
    Record,
    title=tagged,
    alternative_titles=st.lists(plain, max_size=1).map(tuple),
    descriptions=some(plain),
    agents=some(st.builds(Agent, st.sampled_from(["creator"]), plain)),
    dates=st.sampled_from(["created", "issued", "modified", "available", "valid", "accepted", "submitted"])
    .flatmap(lambda kind: st.builds(Date, st.just(kind), w3cdtf))
    .map(lambda date: (date,)),
    subjects=some(
        st.builds(Subject, st.builds(Text.of, phrases, languages), st.just(""), st.sampled_from(["", "LCSH"]))
    ),
    types=some(plain),
    formats=some(phrases),
    identifiers=some(st.builds(Identifier, phrases)),
    relations=some(
        st.builds(
            Relation, phrases | addresses, st.sampled_from(["isPartOf", "references", "relation", "source"])
        )
    ),
    languages=some(languages),
    rights=some(
        st.builds(Right, plain, st.sampled_from(["license", "accessRights", "rightsHolder", "rights"]))
        | st.builds(Right, st.none(), st.just("license"), addresses)
    ),
    boxes=some(boxes),
    places=some(plain),
    periods=some(periods | st.builds(Period, w3cdtf, st.just(""), phrases)),
    lineage=st.none() | plain,
)


@slow
@given(qualified)
def test_oai_dcterms(record: Record) -> None:
    assert again(record, "oai_dcterms") == record


iso = st.builds(
    Record,
    title=tagged,
    alternative_titles=some(tagged),
    descriptions=st.lists(tagged, max_size=2, unique=True).map(tuple),
    agents=some(
        st.builds(
            Agent,
            st.just("pointOfContact"),
            tagged,
            phrases,
            phrases,
            phrases,
            phrases,
            addresses,
            phrases,
            phrases,
        )
    ),
    dates=some(
        st.builds(
            Date, st.sampled_from(["created", "issued", "modified", "available", "valid", "accepted"]), w3cdtf
        )
    ),
    types=st.sampled_from([(Text.of("dataset"),), (Text.of("series"),), (Text.of("software"),)]),
    formats=some(phrases),
    identifiers=some(st.builds(Identifier, phrases)),
    relations=some(
        st.builds(Relation, phrases, st.sampled_from(["isPartOf", "source", "hasPart", "relation"]), tagged)
    ),
    languages=some(languages),
    rights=some(
        st.builds(Right, tagged, st.sampled_from(["useLimitation", "otherConstraints"]), addresses)
        | st.builds(Right, st.none(), st.just("accessConstraints:license"))
    ),
    links=some(
        st.builds(Link, addresses, tagged, tagged, phrases, st.sampled_from(["download", "information"]))
    ),
    boxes=some(boxes),
    places=some(tagged),
    periods=some(periods),
    lineage=tagged,
    reference_systems=some(phrases),
    resolutions=some(st.sampled_from(["1:50000", "30 m", "0.5 km"])),
    parent_identifier=phrases,
    metadata_identifier=st.just("our-1"),
    metadata_date=st.just("2026-01-02T03:04:05Z"),
)


@pytest.mark.parametrize("prefix", ["iso19139", "iso19115-3"])
@slow
@given(record=iso, data=st.data())
def test_iso(prefix: str, record: Record, data: st.DataObject) -> None:
    own = data.draw(st.sampled_from(["", "en", "fr", "de"]))
    # A contact for the metadata would be taken from the resource's where there is none.
    desk = Agent("metadataContact", Text.of("Desk", "en"))
    record = replace(record, metadata_language=own or record.title.default_language)
    record = replace(record, agents=(desk, *record.agents))
    subjects = data.draw(
        some(st.builds(Subject, tagged, st.sampled_from(["theme", "place"]), phrases, addresses))
    )
    record = replace(record, subjects=subjects)
    found = again(record, prefix)
    assert set(found.subjects) == set(record.subjects)
    assert found == replace(record, subjects=found.subjects)


conformance = st.builds(
    Conformance,
    tagged,
    addresses | st.just(""),
    w3cdtf | st.just(""),
    st.sampled_from(["", "publication", "revision"]),
    st.none() | st.booleans(),
    st.none() | tagged,
)
security = st.builds(
    Security, st.sampled_from(["", "restricted", "unclassified"]), st.none() | tagged, phrases | st.just("")
)


@pytest.mark.parametrize("prefix", ["iso19139", "iso19115-3"])
@slow
@given(results=some(conformance), constraints=some(security))
def test_to_what_a_resource_conforms_and_why_it_is_kept_back(
    prefix: str, results: tuple[Conformance, ...], constraints: tuple[Security, ...]
) -> None:
    record = Record(
        title=Text.of("Wells", "en"), metadata_language="en", conformance=results, security=constraints
    )
    found = again(record, prefix)
    assert (found.conformance, found.security) == (results, constraints)


services = st.builds(
    Service,
    some(phrases),
    some(phrases),
    st.sampled_from(["", "loose", "tight"]),
    some(st.tuples(phrases, phrases | st.just("")) | st.tuples(st.just(""), phrases)),
)


@pytest.mark.parametrize("prefix", ["iso19139", "iso19115-3"])
@slow
@given(told=services)
def test_what_a_service_does(prefix: str, told: Service) -> None:
    record = Record(title=Text.of("Wells", "en"), service_type="view", service=told)
    assert again(record, prefix).service == (None if told == Service() else told)


@slow
@given(dublin_core)
def test_what_both_formats_hold_survives_the_detour_over_iso19139(record: Record) -> None:
    found = again(record, "iso19139")
    for field in ("title", "formats", "identifiers", "languages", "boxes", "periods"):
        assert getattr(found, field) == getattr(record, field), field
    assert [agent.role for agent in found.agents] == ["author" for _ in record.agents]
    assert [date.value for date in found.dates] == [date.value for date in record.dates]


@slow
@given(dublin_core)
def test_csw_record_keeps_the_words_and_loses_the_languages(record: Record) -> None:
    rendition = csw_record.write(record, identifier="our-1", element_set="full")
    found = read(rendition)[1]
    assert found.title.default == record.title.default
    assert found.boxes == record.boxes
    assert found.periods == record.periods
    assert [identifier.value for identifier in found.identifiers] == [
        "our-1",
        *(identifier.value for identifier in record.identifiers),
    ]
    assert [subject.label.default for subject in found.subjects] == [
        value for subject in record.subjects for _, value in subject.label.values
    ]


datacite = st.builds(
    Record,
    title=tagged,
    alternative_titles=st.lists(plain, max_size=1).map(tuple),
    descriptions=some(plain),
    agents=st.builds(Agent, st.just("creator"), plain, phrases | st.just("")).map(
        lambda agent: (agent, Agent("publisher", Text.of("Example Press", "en")))
    ),
    dates=st.lists(
        st.builds(Date, st.sampled_from(["created", "available", "modified", "accepted"]), w3cdtf), max_size=2
    ).map(tuple),
    subjects=some(
        st.builds(Subject, st.builds(Text.of, phrases, languages), st.just(""), phrases, addresses)
    ),
    types=st.just((Text.of("Survey"), Text.of("Dataset"))),
    formats=some(phrases),
    identifiers=st.lists(st.builds(Identifier, phrases), min_size=1, max_size=3, unique=True).map(tuple),
    relations=some(st.builds(Relation, addresses, st.sampled_from(["isPartOf", "source", "replaces"]))),
    languages=st.lists(languages, max_size=1).map(tuple),
    rights=some(st.builds(Right, plain, st.just("license"), addresses)),
    boxes=some(boxes),
    places=some(plain),
    periods=some(periods),
    lineage=st.none() | plain,
)


@slow
@given(datacite)
def test_oai_datacite(record: Record) -> None:
    found = again(record, "oai_datacite")
    # The year of publication is a date of its own.
    assert found.dates[-len(record.dates) :] == record.dates or not record.dates
    assert replace(found, dates=record.dates) == record


dcat = st.builds(
    Record,
    title=tagged,
    alternative_titles=st.lists(plain, max_size=1).map(tuple),
    descriptions=st.lists(plain, min_size=1, max_size=2, unique=True).map(tuple),
    agents=some(
        st.builds(Agent, st.sampled_from(["creator", "contributor", "custodian"]), plain)
        # A person who is called as the organisation is told once: it is the same in two places.
        | st.builds(
            Agent, st.just("pointOfContact"), plain, phrases, phrases, country=phrases, city=phrases
        ).filter(lambda agent: agent.individual != agent.name.default)
    ),
    dates=st.lists(
        st.builds(Date, st.sampled_from(["issued", "created", "available"]), w3cdtf),
        max_size=1,
    ).map(tuple),
    subjects=some(
        st.builds(Subject, st.builds(Text.of, phrases, languages))
        | st.builds(Subject, tagged, st.just(""), phrases, addresses)
    ),
    types=some(plain),
    identifiers=st.just((Identifier("https://example.org/1", "uri"),)),
    languages=some(st.sampled_from(["en", "fr", "ru"])),
    rights=some(st.builds(Right, plain, st.sampled_from(["rights", "accessRights"]))),
    # One link an address.
    links=st.lists(
        st.builds(Link, addresses, tagged, plain, phrases, st.sampled_from(["", "download"])),
        max_size=3,
        unique_by=lambda link: link.url,
    ).map(tuple),
    # -180 and 180 degrees east are one meridian.
    boxes=some(boxes.filter(lambda box: box.east > -180)),
    places=some(tagged),
    periods=some(periods),
    lineage=st.none() | plain,
    reference_systems=st.sampled_from([(), ("EPSG:4326",), ("local grid",)]),
    metadata_identifier=st.just("our-1"),
    metadata_language=st.just("en"),
    metadata_date=st.just("2026-01-02T03:04:05Z"),
)


@slow
@given(dcat)
def test_dcat(record: Record) -> None:
    assert again(record, "dcat") == record
