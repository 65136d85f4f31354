"""Every way in which simulated nodes misbehave is found, by its name, with what to set against it."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.checkup import Checkup, Grade, Outcome, Stage
from doctor_reports import Examine, finding, result, sentences
from endpoint.check.words import WORDS
from harvester.doctor.checks import CHECKS

#: How the node misbehaves -> which check finds what, and which quirks are proposed.
OAI_FAULTS = {
    "character-references=0.3": ("well-formed", "repaired", {}),
    "clock-ahead": ("clock", "ahead", {}),
    "clock-behind": ("clock", "behind", {}),
    "clock-nonsense": ("clock", "nonsense", {}),
    "control-characters=0.3": ("well-formed", "repaired", {}),
    "cursor-pages": ("cursor", "wrong", {}),
    "cut-off-at-record=0.1": ("well-formed", "unreadable", {}),
    "day-range-broken": ("whole-day", "broken", {"window_overlap": True}),
    "days-misdeclared": ("granularity", "misdeclared", {}),
    "duplicates": ("overlap", "twice", {}),
    "earliest-lies": ("earliest", "later", {}),
    "empty-pages": ("empty-pages", "some", {}),
    "errors-with-status": ("bad-verb", "status", {}),
    "expiration-without-zone": ("token-life", "no-zone", {}),
    "forgets-deletions": ("deletions", "no", {}),
    "future-datestamps": ("future", "some", {}),
    "html-in-text": ("markup", "some", {}),
    "ignores-dates": ("selective", "ignored", {"whole_list": True}),
    "mixed-datestamps": ("granularity", "mixed", {"force_days": True}),
    "no-charset": ("encoding", "disagrees", {}),
    "no-end-token": ("last-page", "missing", {}),
    "no-metadata": ("tombstones", "bare", {}),
    "pages-overlap": ("overlap", "twice", {}),
    "record-fails-in-lists": ("failures", "some", {}),
    "refuses-prefix": ("list", "prefix-refused", {"omit_prefix": True}),
    "refuses-seconds": ("seconds", "refused", {"force_days": True}),
    "same-datestamp": ("datestamps", "same", {}),
    "size-changes": ("list-size", "changes", {}),
    "size-wrong": ("list-size", "wrong", {}),
    "slow-identify": ("identify", "no-answer", {"undescribed": True}),
    "stray-ampersands=0.3": ("well-formed", "repaired", {}),
    "text-before": ("well-formed", "repaired", {}),
    "token-at-end": ("last-page", "empty", {}),
    "token-cycle": ("resumption", "repeats", {}),
    "token-dies": ("resumption", "failed", {}),
    "token-drops-range": ("selective", "later-pages", {}),
    "token-encoded": ("resumption", "verbatim", {"token_verbatim": True}),
    "token-wants-prefix": ("resumption", "needs-prefix", {"token_with_prefix": True}),
    "bad-records": ("readable", "some", {}),
    "wrong-encoding": ("encoding", "wrong", {}),
    "too-many=1": ("busy", "turned-away", {"host_pause": 2.0}),
}
CSW_FAULTS = {
    "advertises-elsewhere": ("advertised", "elsewhere", {}),
    "capped": ("csw-pages", "short", {"page_size": 7}),
    "filter-ignored": ("csw-filter", "ignored", {"whole_list": True}),
    "filter-refused": ("csw-filter", "refused", {"whole_list": True}),
    "get-only": ("csw-method", "one-only", {"csw_method": "get"}),
    "matched-changes": ("csw-matched", "changes", {}),
    "matched-missing": ("csw-matched", "missing", {}),
    "matched-too-many": ("csw-matched", "too-many", {}),
    "next-record-missing": ("csw-next", "missing", {}),
    "next-record-never-zero": ("csw-next", "beyond", {}),
    "next-record-one": ("csw-next", "wrong", {}),
    "page-repeats": ("csw-pages", "twice", {}),
    "post-only": ("csw-method", "one-only", {"csw_method": "post"}),
    "sort-refused": ("csw-sort", "refused", {"csw_unsorted": True}),
    "version-2-fails": ("csw-version", "one-only", {"csw_version": "3.0.0"}),
    "version-3-only": ("capabilities", "good", {}),
}


@pytest.mark.parametrize("fault", OAI_FAULTS)
def test_what_an_oai_node_does_wrong_is_found(checked: Examine, fault: str) -> None:
    _expect(checked(fault), *OAI_FAULTS[fault])


@pytest.mark.parametrize("fault", CSW_FAULTS)
def test_what_a_csw_node_does_wrong_is_found(checked: Examine, fault: str) -> None:
    _expect(checked(fault, csw=True), *CSW_FAULTS[fault])


def _expect(report: Checkup, check: str, wanted: str, quirks: dict[str, Any]) -> None:
    assert (report.stage, report.outcome) == (Stage.ENDED, Outcome.COMPLETE)
    assert result(report, check) == wanted
    assert all(sentences(report))
    assert quirks.items() <= report.quirks.items()


def test_what_one_version_fails_in_is_not_said_of_the_other(checked: Examine) -> None:
    report = checked("version-2-fails", csw=True)
    assert report.quirks == {"csw_version": "3.0.0"}
    assert result(report, "csw-sort") == "good"
    assert report.samples


def test_a_good_node_has_no_problem_and_is_described(checked: Examine) -> None:
    report = checked()
    assert report.grade is Grade.ADVICE
    assert {one.check for one in report.of_grade(Grade.ADVICE)} <= {
        "contact", "formats", "https", "compression", "rights", "convention",
    }  # fmt: skip
    assert len(report.of_grade(Grade.GOOD)) > 40
    assert report.quirks == {}
    facts = report.facts
    assert (facts.records, facts.granularity, facts.deleted_record) == (
        150,
        "YYYY-MM-DDThh:mm:ssZ",
        "persistent",
    )
    assert facts.sets["laws"] == "Legislation"
    assert facts.languages == ("en",)
    assert report.requests < 40


def test_the_sample_comes_from_the_whole_list(checked: Examine) -> None:
    report = checked(count=1000)
    days = sorted(one.datestamp[:4] for one in report.samples)
    assert days[0] == "2021"
    assert days[-1] >= "2025"
    assert len(set(days)) > 3
    assert len(report.samples) == 10
    (first, *_) = report.samples
    assert first.hit is not None
    assert first.hit.title in first.sent
    assert ("title", first.hit.title) in first.understood
    assert first.served.startswith("<oai_dc:dc ")


def test_a_report_is_the_same_after_it_was_kept(checked: Examine) -> None:
    report = checked("bad-records")
    assert Checkup.from_json(report.to_json()) == report


def test_examples_are_records_that_show_it(checked: Examine) -> None:
    found = finding(checked("future-datestamps"), "future")
    assert 1 <= len(found.examples) <= 5
    assert all(one.startswith("oai:node.example.org:") for one in found.examples)


def test_every_check_has_its_words_and_no_words_are_left_over() -> None:
    assert set(WORDS) == set(CHECKS)
