"""Checks over what was seen, where no node needs to be asked: records, transport, and odd lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalogue.checkup import Finding, Grade
from catalogue.namespaces import GMD
from catalogue.record import Date, Identifier, Link, Record, Subject, Text
from catalogue.source import Protocol
from endpoint.check.words import WORDS
from harvester.clients.base import Item
from harvester.doctor.checks import judge
from harvester.doctor.observation import (
    CswPage,
    CswSeen,
    Format,
    Identity,
    Listing,
    ListSeen,
    OaiSeen,
    Observation,
    Reply,
    Transport,
    Understood,
)

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
AT = "https://x.example/oai"
OK = Reply("ListRecords", AT, 200, 0.1, 5000, "text/xml", "utf-8", "gzip")


def _failed(error: str) -> Reply:
    return Reply("ListRecords", AT, error=f"x.example: {error}", kind="SourceUnreachable")


def seen(*records: Record, **fields: Any) -> Observation:
    read = tuple(
        Understood(Item(f"oai:x:{number}"), "oai_dc", record) for number, record in enumerate(records)
    )
    plain = {"records": read, "transport": Transport(AT, replies=(OK,))} | fields
    return Observation(Protocol.OAI_PMH, AT, NOW, **plain)


def found(observation: Observation) -> dict[str, Finding]:
    findings = judge(observation)
    for one in findings:
        assert WORDS[one.check].seen[one.result] % dict(one.values)
    return {one.check: one for one in findings}


def records(count: int = 10, **fields: Any) -> list[Record]:
    return [Record(**({"title": Text.of(f"Waste {number}", "en")} | fields)) for number in range(count)]


@pytest.mark.parametrize(
    ("fields", "check", "result", "grade"),
    [
        ({}, "link", "missing", Grade.PROBLEM),
        ({"links": (Link("https://x.example/1"),)}, "link", "good", Grade.GOOD),
        ({"identifiers": (Identifier("10.1234/5", "doi"),)}, "link", "good", Grade.GOOD),
        ({"links": (Link("javascript:alert(1)"),)}, "link", "missing", Grade.PROBLEM),
        ({"dates": (Date("date", "", "spring of 98"),)}, "date", "odd", Grade.PROBLEM),
        ({"dates": (Date("issued", "1998"),)}, "date", "good", Grade.GOOD),
        ({"languages": ("English",)}, "language", "odd", Grade.ADVICE),
        ({"languages": ("pt-BR",)}, "language", "good", Grade.GOOD),
        ({"title": Text.of("Waste")}, "text-language", "untold", Grade.ADVICE),
        ({"title": Text.of("Untitled")}, "title", "same", Grade.ADVICE),
        ({"subjects": (Subject(Text.of("stockholm convention")),)}, "convention", "good", Grade.GOOD),
        ({"descriptions": (Text.of("اتفاقية بازل", "ar"),)}, "convention", "good", Grade.GOOD),
        ({}, "convention", "none", Grade.ADVICE),
        ({"descriptions": (Text.of("<p>Waste &amp; more</p>"),)}, "markup", "some", Grade.ADVICE),
        ({"descriptions": (Text.of("a < b and R&D; p < 0.05"),)}, "markup", "good", Grade.GOOD),
        ({"descriptions": (Text.of("rÃ©sidus"),)}, "mojibake", "some", Grade.PROBLEM),
        ({"descriptions": (Text.of("Ð¾Ñ‚Ñ…Ð¾Ð´Ñ‹"),)}, "mojibake", "some", Grade.PROBLEM),
        ({"descriptions": (Text.of("résidus, отходы, ÂME, Ão"),)}, "mojibake", "good", Grade.GOOD),
    ],
)
def test_what_is_said_of_records(fields: dict[str, Any], check: str, result: str, grade: Grade) -> None:
    finding = found(seen(*records(**fields)))[check]
    assert (finding.result, finding.grade) == (result, grade)
    if grade is not Grade.GOOD and check in {"link", "date", "title", "markup", "mojibake"}:
        assert finding.examples[0] == "oai:x:0"


def test_a_few_records_without_something_weigh_less_than_many() -> None:
    linked = records(links=(Link("https://x.example/1"),))
    assert found(seen(*linked, *records(1)))["link"].result == "few-missing"
    mixed = found(seen(*linked, *records(5)))["link"]
    assert (mixed.result, mixed.grade) == ("missing", Grade.ADVICE)


def test_records_none_of_which_can_be_read_keep_it_from_being_harvested() -> None:
    bad = Understood(Item("oai:x:1"), rule="format.unknown", message="no reader")
    finding = found(seen(records=(bad,)))["readable"]
    assert (finding.grade, finding.values["rule"]) == (Grade.BLOCKING, "format.unknown")


@pytest.mark.parametrize(
    ("fields", "check", "result"),
    [
        ({"certificate_until": NOW + timedelta(days=5)}, "certificate", "soon"),
        ({"certificate_until": NOW + timedelta(days=90)}, "certificate", "good"),
        ({"moved_to": "https://y.example/oai"}, "https", "moved"),
        ({"robots": "User-agent: *\nDisallow: /oai"}, "robots", "shut"),
        ({"robots": "User-agent: *\nCrawl-delay: 60"}, "robots", "delay"),
        ({"robots": "User-agent: badbot\nDisallow: /"}, "robots", "good"),
        ({"replies": (replace(OK, coding=""),)}, "compression", "none"),
        ({"replies": (OK,)}, "compression", "good"),
        ({"replies": (replace(OK, seconds=7.0),)}, "speed", "slow"),
        ({"replies": (replace(OK, seconds=30.0), OK, OK)}, "speed", "very-slow"),
        ({"replies": (_failed("no answer within 20 seconds"), OK)}, "speed", "timeouts"),
        ({"replies": (_failed("the answer took longer than 40 seconds"), OK)}, "speed", "unfinished"),
        (
            {"replies": (Reply("x", error="status 500", kind="HttpFailure"),)},
            "failures",
            "some",
        ),
    ],
)
def test_what_is_said_of_the_transport(fields: dict[str, Any], check: str, result: str) -> None:
    assert found(seen(transport=Transport(AT, **fields)))[check].result == result


def test_plain_http_is_said_and_whether_https_would_answer() -> None:
    plain = replace(seen(), base_url="http://x.example/oai")
    assert found(plain)["https"].result == "plain"
    both = replace(plain, transport=replace(plain.transport, secure=OK))
    assert found(both)["https"].result == "both"


def item(identifier: str) -> Item:
    return Item(identifier, "2026-01-01T00:00:00Z", payload=b"<a/>")


def pages(*identifiers: list[str], tokens: bool = True, **fields: Any) -> tuple[Listing, ...]:
    made = [
        Listing(OK, tuple(map(item, page)), token=f"t{number}", has_token=True)
        for number, page in enumerate(identifiers)
    ]
    if not tokens:
        made[-1] = replace(made[-1], token="")
    return tuple(replace(one, **fields) for one in made)


IDENTITY = Identity("X", AT, "2.0", ("a@x.org",), "2000-01-01", "persistent", "YYYY-MM-DDThh:mm:ssZ",
                    response_date="2026-03-09T12:00:10Z")  # fmt: skip
GOOD = OaiSeen(OK, IDENTITY, formats=(Format("oai_dc", ""),), prefix="oai_dc")


@pytest.mark.parametrize(
    ("change", "check", "result"),
    [
        ({"identity": replace(IDENTITY, protocol_version="1.1")}, "identify", "version"),
        ({"identity": replace(IDENTITY, granularity="")}, "identify", "missing"),
        ({"identity": None, "identify": Reply("Identify", error="x")}, "identify", "no-answer"),
        ({"identity": replace(IDENTITY, base_url="http://x.example/oai")}, "base-url", "other-scheme"),
        ({"identity": replace(IDENTITY, base_url="https://y.example/oai")}, "base-url", "other-host"),
        ({"identity": replace(IDENTITY, base_url="https://x.example/oai2")}, "base-url", "other-path"),
        ({"identity": replace(IDENTITY, admin_emails=("nobody",))}, "contact", "no-mail"),
        ({"identity": replace(IDENTITY, admin_emails=("root@localhost.localdomain",))}, "contact", "nobody"),
        ({"identity": replace(IDENTITY, deleted_record="yes")}, "deletions", "nonsense"),
        ({"identity": replace(IDENTITY, deleted_record="transient")}, "deletions", "transient"),
        ({"identity": replace(IDENTITY, granularity="seconds")}, "granularity", "nonsense"),
        ({"identity": replace(IDENTITY, earliest_datestamp="long ago")}, "earliest", "nonsense"),
        ({"identity": replace(IDENTITY, response_date="2026-03-09 12:00:10")}, "clock", "form"),
        ({"formats": (Format("mets", "x"),)}, "formats", "none-read"),
        ({"formats": (Format("oai_datacite", "x"),)}, "formats", "no-dc"),
        ({"formats": (Format("oai_dc", ""), Format("iso19139", ""))}, "formats", "good"),
        ({"sets_reply": Reply("ListSets", error="x", code="noSetHierarchy")}, "sets", "none"),
        ({"sets_reply": OK, "sets": (("a b", "A"),)}, "sets", "odd-spec"),
        ({"sets_reply": OK, "sets": (("a", "a"),)}, "sets", "nameless"),
        ({"sets_reply": OK, "sets": (("a", "A"),), "more_sets": True}, "sets", "many"),
        ({"bad_verb": OK}, "bad-verb", "accepted"),
        ({"bad_verb": Reply("x", error="not XML", kind="AnswerUnreadable")}, "bad-verb", "no-xml"),
        ({"bad_set": pages(["oai:x:1"])[0]}, "unknown-set", "everything"),
        ({"walk": pages(["oai:x:1"], [], tokens=False)}, "last-page", "empty"),
        ({"walk": pages(["oai:x:1"], tokens=False)}, "last-page", "needless"),
        ({"walk": pages(["oai:x:1"], ["oai:x:1"])}, "resumption", "same-page"),
        ({"walk": pages(["oai:x:1"], ["oai:x:2"], size="many")}, "list-size", "nonsense"),
        ({"walk": pages(["oai:x:1"], ["oai:x:2"])}, "list-size", "missing"),
        ({"walk": pages(["oai:x:1"], expires="soon")}, "token-life", "nonsense"),
        ({"walk": pages(["oai:x:1"], expires="2026-03-09T12:10:00Z")}, "token-life", "short"),
        ({"walk": pages(["x 1"])}, "identifiers", "no-uri"),
        ({"walk": pages(["oai:x:1"])}, "page-size", "small"),
        ({"walk": pages([f"oai:x:{n}" for n in range(1500)])}, "page-size", "large"),
        (
            {"walk": (Listing(Reply("ListRecords", error="x")),), "windows": pages(["oai:x:1"])},
            "list",
            "first-failed",
        ),
        ({"walk": (Listing(Reply("ListRecords", code="noRecordsMatch")),)}, "list", "empty"),
    ],
)
def test_what_is_said_of_lists_and_answers(change: dict[str, Any], check: str, result: str) -> None:
    assert found(seen(oai=replace(GOOD, **change)))[check].result == result


@pytest.mark.parametrize(
    ("change", "check", "result"),
    [
        ({"version": ""}, "capabilities", "no-answer"),
        ({"title": ""}, "capabilities", "nameless"),
        ({"pages": (CswPage(Reply("x", error="refused")),)}, "records", "failed"),
        ({"pages": (CswPage(OK, matched=5),)}, "records", "none-given"),
        ({"pages": (CswPage(OK, matched=0),)}, "records", "empty"),
        ({"pages": (CswPage(OK, matched=1, items=(Item(""),)),)}, "csw-identifiers", "missing"),
        ({"filtered": None}, "csw-filter", "none"),
    ],
)
def test_what_is_said_of_a_csw_server(change: dict[str, Any], check: str, result: str) -> None:
    whole = CswSeen(OK, "2.0.2", "A catalogue", schema=GMD)
    assert found(seen(csw=replace(whole, **change)))[check].result == result


def test_what_is_said_of_other_lists() -> None:
    assert found(seen(listed=ListSeen(OK)))["listed"].result == "empty"
    assert found(seen(listed=ListSeen(Reply("x", error="no"))))["listed"].result == "failed"
    part = ListSeen(OK, pages=(Reply("x", error="no"),), items=(Item("a", payload=b"<a/>"),))
    assert found(seen(listed=part))["listed-faults"].result == "page-failed"
