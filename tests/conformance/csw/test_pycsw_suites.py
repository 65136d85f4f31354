"""pycsw's functional suites, replayed over their own records: our answers mean the same, or are explained."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from catalogue import namespaces as ns
from csw_client import CswClient
from csw_examples import all_examples, answered, pairs
from csw_suites import EXPLAINED, PAGE, SUITES, Score, Suite, harvested, replay, stale, unexplained

pytestmark = pytest.mark.corpus

#: What each suite's records are, and by which schema they come.
RECORDS = tuple(dict.fromkeys((suite.records, suite.schema) for suite in SUITES))


@pytest.fixture(scope="module")
def folder(corpus: Path) -> Path:
    return corpus / "suites" / "pycsw-functional"


def told_in_the_docs(suite: str) -> tuple[int, int]:
    """How many requests, and how many answers that mean the same."""
    (row,) = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{suite}` |")][:1]
    cells = row.split("|")
    return int(cells[2]), int(cells[3])


@pytest.mark.parametrize(("records", "schema"), RECORDS)
def test_our_answers_mean_what_pycsws_mean(
    records: str, schema: str, folder: Path, tmp_path: Path, xsd: Callable[[str], etree.XMLSchema]
) -> None:
    suites: list[Suite] = [suite for suite in SUITES if suite.records == records]
    with harvested(f"sqlite:///{tmp_path}/s.sqlite", folder / records, schema) as held:
        scores: list[Score] = [replay(suite, folder, held) for suite in suites]
        assert {one.suite: unexplained(one) for one in scores} == {suite.name: [] for suite in suites}
        for one in scores:
            sent, same = told_in_the_docs(one.suite)
            assert sent == one.sent
            # What has become the same since the page was written is no fault.
            assert same <= one.same
        # The suites' own queries over what was harvested: every answer is valid.
        client = CswClient(held.store, xsd("csw"))
        for element_set in ("brief", "summary", "full"):
            answer = client.query("", esn=element_set, maxRecords="100")
            assert answer.counts[1] == len(answer.records) > 0


def test_others_examples_are_answered(folder: Path, corpus: Path, tmp_path: Path) -> None:
    with harvested(f"sqlite:///{tmp_path}/s.sqlite", folder / "cite", ns.CSW) as held:
        client = CswClient(held.store)
        scores = [answered(name, those, client) for name, those in all_examples(corpus).items()]
    for one in (*scores, pairs(corpus)):
        assert unexplained(one) == []
        sent, same = told_in_the_docs(one.suite)
        assert sent == one.sent
        assert same <= one.same


def test_reasons_are_given_for_suites_that_there_are() -> None:
    others = {"geonetwork", "ogc-csw202", "ogc-csw30", "ogc-filter20", "ingrid"}
    assert set(tomllib.loads(EXPLAINED.read_text())) <= {suite.name for suite in SUITES} | others


def test_a_difference_without_a_reason_is_found() -> None:
    score = Score("stablesort", 3, {"get_GetRecords-page1": {"counts": (1, 2)}})
    assert unexplained(score) == ["get_GetRecords-page1"]
    assert stale(Score("gm03", 2, {})) == ["post_GetRecords-filter-bbox"]
