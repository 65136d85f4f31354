"""From arguments to frozen requests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint.oai_pmh import arguments
from endpoint.oai_pmh.arguments import GetRecord, Identify, ListIdentifiers, ListRecords, parse
from endpoint.oai_pmh.errors import BadArgument, BadVerb

VERBS = ("Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords")
NAMES = ("verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken", "other")


def listing(**given: str) -> arguments.Request:
    pairs = [("verb", "ListRecords"), ("metadataPrefix", "oai_dc")]
    return parse(pairs + [(name.rstrip("_"), value) for name, value in given.items()])


def seconds(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type] # parts of a date


def test_one_dataclass_a_verb() -> None:
    assert parse([("verb", "Identify")]) == Identify()
    assert parse([("verb", "ListMetadataFormats")]) == arguments.ListMetadataFormats()
    assert parse([("verb", "ListSets")]) == arguments.ListSets()
    wanted = [("identifier", "oai:x.y:1"), ("verb", "GetRecord"), ("metadataPrefix", "oai_dc")]
    assert parse(wanted) == GetRecord("oai:x.y:1", "oai_dc")
    assert parse([("verb", "ListIdentifiers"), ("resumptionToken", "t")]) == ListIdentifiers(
        resumption_token="t"
    )
    assert listing(set="a:b") == ListRecords("oai_dc", set_spec="a:b")


@pytest.mark.parametrize("pairs", [[], [("verb", "")], [("verb", "identify")], [("verb", "Identify")] * 2])
def test_bad_verbs(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(BadVerb):
        parse(pairs)


@pytest.mark.parametrize(
    "pairs",
    [
        [("verb", "Identify"), ("set", "a")],
        [("verb", "Identify"), ("Verb", "Identify")],
        [("verb", "ListSets"), ("set", "a")],
        [("verb", "ListMetadataFormats"), ("metadataPrefix", "oai_dc")],
        [("verb", "GetRecord"), ("metadataPrefix", "oai_dc")],
        [("verb", "GetRecord"), ("identifier", "oai:x.y:1")],
        [("verb", "GetRecord"), ("identifier", ""), ("metadataPrefix", "oai_dc")],
        [("verb", "GetRecord"), ("identifier", "a b"), ("metadataPrefix", "oai_dc")],
        [("verb", "GetRecord"), ("identifier", "a"), ("metadataPrefix", "oai dc")],
        [("verb", "GetRecord"), ("identifier", "a"), ("metadataPrefix", "")],
        [("verb", "ListRecords")],
        [("verb", "ListRecords"), ("set", "a")],
        [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("metadataPrefix", "oai_dc")],
        [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("resumptionToken", "t")],
        [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("identifier", "a")],
        [("verb", "ListRecords"), ("resumptionToken", "t"), ("resumptionToken", "t")],
    ],
)
def test_bad_arguments(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(BadArgument):
        parse(pairs)


@pytest.mark.parametrize(
    ("identifier", "legal"),
    [
        ("oai:clearinghouse.localdomain:nile:oai:nile.example.org:1/2?a=b%20c", True),
        ("http://nile.example.org:8080/a:b", True),
        ("urn:uuid:0b5f", True),
        ('invalid"id', True),
        ("z", True),
        ("a b", False),
        ("oai:a%", False),
        ("oai:a#b", False),
        ("http://a:b", False),
        ("1:2", False),
        ("//a", False),
        ("oai:a\ufffe", False),
    ],
)
def test_identifiers_are_uris(identifier: str, legal: bool) -> None:  # noqa: FBT001 - a parameter of the test
    pairs = [("verb", "GetRecord"), ("identifier", identifier), ("metadataPrefix", "oai_dc")]
    if legal:
        assert parse(pairs) == GetRecord(identifier, "oai_dc")
    else:
        with pytest.raises(BadArgument):
            parse(pairs)


@pytest.mark.parametrize("spec", ["", ":", "a:", ":a", "a::b", "a b", "a/b", "é", "a\n"])
def test_sets_of_illegal_syntax(spec: str) -> None:
    with pytest.raises(BadArgument):
        listing(set=spec)


def test_both_granularities() -> None:
    day = listing(from_="2026-02-01", until="2026-02-28")
    assert day == ListRecords("oai_dc", seconds(2026, 2, 1), seconds(2026, 2, 28, 23, 59, 59))
    second = listing(from_="2026-02-01T10:20:30Z", until="2026-02-01T10:20:30Z")
    assert second == ListRecords("oai_dc", *[seconds(2026, 2, 1, 10, 20, 30)] * 2)
    assert listing(from_="2026-02-01", until="2026-02-01") != listing(from_="2026-02-01")
    assert listing(until="0001-01-01") == ListRecords("oai_dc", until=seconds(1, 1, 1, 23, 59, 59))


@pytest.mark.parametrize(
    "date",
    [
        "",
        "junk",
        "2026",
        "2026-02",
        "2026-2-1",
        "2026-02-30",
        "0000-01-01",
        "2026-13-01",
        "20260201",
        "2026-02-01T10:20:30",
        "2026-02-01T10:20:30z",
        "2026-02-01t10:20:30Z",
        "2026-02-01 10:20:30Z",
        "2026-02-01T10:20Z",
        "2026-02-01T10:20:30.5Z",
        "2026-02-01T10:20:30+02:00",
        "2026-02-01T24:00:00Z",
        "2026-02-01T10:60:00Z",
        "2026-02-01T10:20:60Z",
        "2026-02-01Z",
        "2026-02-01\n",
        "-2026-02-01",
        "٢٠٢٦-02-01",
    ],
)
@pytest.mark.parametrize("name", ["from_", "until"])
def test_dates_that_are_none(name: str, date: str) -> None:
    with pytest.raises(BadArgument):
        listing(**{name: date})


def test_spans_that_are_none() -> None:
    with pytest.raises(BadArgument, match="granularity"):
        listing(from_="2026-02-01", until="2026-03-01T00:00:00Z")
    with pytest.raises(BadArgument, match="later"):
        listing(from_="2026-02-02", until="2026-02-01")
    with pytest.raises(BadArgument, match="later"):
        listing(from_="2026-02-01T00:00:01Z", until="2026-02-01T00:00:00Z")


@given(st.datetimes(timezones=st.just(UTC)), st.booleans())
def test_every_date_is_read_to_the_second(moment: datetime, day: bool) -> None:  # noqa: FBT001 - drawn
    text = moment.strftime("%Y-%m-%d" if day else "%Y-%m-%dT%H:%M:%SZ").rjust(10 if day else 20, "0")
    start = moment.replace(microsecond=0)
    end = start
    if day:
        start, end = start.replace(hour=0, minute=0, second=0), end.replace(hour=23, minute=59, second=59)
    found = listing(from_=text, until=text)
    assert found == ListRecords("oai_dc", int(start.timestamp()), int(end.timestamp()))


@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(), st.sampled_from(VERBS) | st.text())))
def test_whatever_is_sent_is_a_request_or_an_error_of_the_protocol(pairs: list[tuple[str, str]]) -> None:
    try:
        found = parse(pairs)
    except (BadVerb, BadArgument):
        return
    assert type(found).__name__ == dict(pairs)["verb"]


def test_thousands_of_wrong_arguments_are_told_in_few_errors() -> None:
    with pytest.raises(BadArgument) as told:
        parse([("verb", "Identify"), *((f"a{number}", "") for number in range(5_000))])
    assert len((str(told.value), *told.value.others)) == 20
