"""Records of every kind, and of kinds that nobody should send: what writers must not refuse."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

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

SAMPLES = (
    "", " ", "en", "und", "zh-Hant", "not a language", "Veryodd", "9lives", "2019-12", "1998-02-30",
    "2020-02-29",
    "1998-05-04T10:00:00Z", "0000-01-01", "https://example.org/a?b=c&d=<e>", "http://[", "%zz", "a b",
    "1:50000",
    "30 m", "1:0", "-1 m", "oceans", "otherRestrictions", "accessConstraints:copyright",
    "useConstraints:", ":x",
    "license", "rights", "creator", "publisher", "metadataContact", "distributor", "topicCategory", "theme",
    "browseGraphic", "Dataset", "nonGeographicDataset", "source", "isPartOf", "doi", "\ud800", "\ufffe\uffff",
    "\x00\x1b]]>", "a\r\nb\tc", "&amp;", "\u0085\u2028", "localhost:80", "1abc:x", "#", "a#b#c",
    "mailto:x@example.org",
    "http://user:pw@host:99999999/", "العربية", "𝒳", '"', "'",
)  # fmt: skip
strings = st.sampled_from(SAMPLES) | st.text(st.characters(exclude_categories=()), max_size=12)
texts = st.lists(st.tuples(strings, strings), max_size=3).map(lambda pairs: Text(tuple(pairs)))
maybe = st.none() | texts
numbers = st.floats() | st.floats(-180, 180) | st.integers(-180, 180).map(float)
date_kinds = st.sampled_from(["created", "issued", "modified", "available", "valid", "copyrighted", "date"])


def some(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=3).map(tuple)


records = st.builds(
    Record,
    title=texts,
    alternative_titles=some(texts),
    descriptions=some(texts),
    agents=some(st.builds(Agent, strings, texts, *[strings] * 7)),
    dates=some(st.builds(Date, date_kinds, strings, strings)),
    subjects=some(st.builds(Subject, texts, strings, strings, strings)),
    types=some(texts),
    formats=some(strings),
    identifiers=some(st.builds(Identifier, strings, strings)),
    relations=some(st.builds(Relation, strings, strings, maybe)),
    languages=some(strings),
    rights=some(st.builds(Right, maybe, strings, strings)),
    links=some(st.builds(Link, strings, maybe, maybe, strings, strings, strings)),
    boxes=some(st.builds(Box, numbers, numbers, numbers, numbers)),
    places=some(texts),
    periods=some(st.builds(Period, strings, strings, strings)),
    lineage=maybe,
    conformance=some(
        st.builds(Conformance, texts, strings, strings, strings, st.none() | st.booleans(), maybe)
    ),
    security=some(st.builds(Security, strings, maybe, strings)),
    reference_systems=some(strings),
    resolutions=some(strings),
    metadata_identifier=strings,
    metadata_language=strings,
    metadata_date=strings,
    parent_identifier=strings,
    service_type=strings,
    service=st.none()
    | st.builds(Service, some(strings), some(strings), strings, some(st.tuples(strings, strings))),
)
whatever = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
