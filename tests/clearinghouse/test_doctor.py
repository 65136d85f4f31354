"""`clearinghouse doctor`: a table, a letter or JSON, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.checkup import Checkup, Outcome
from remote_node import RemoteNode, dublin_core

Command = Any
DONE, FAILED, WRONG = 0, 1, 2


@pytest.fixture
def node(remote: RemoteNode) -> RemoteNode:
    remote.put(*((f"oai:x:{n}", dublin_core(f"Waste {n}")) for n in range(12)))
    return remote


def test_it_prints_what_it_found_the_worst_first(clearinghouse: Command, node: RemoteNode) -> None:
    said = clearinghouse("doctor", node.url)
    assert said.code == DONE
    assert f"OAI-PMH 2.0: {node.url}" in said.out
    assert "A small node: 12 records, 12 read" in said.out
    grades = [line.split("  ")[0] for line in said.out.splitlines()]
    order = [grades.index(one) for one in ("Problem", "Could be better", "Good") if one in grades]
    assert order == sorted(order)
    assert "Good" in grades


def test_it_writes_the_letter_in_the_language_that_is_asked_for(
    clearinghouse: Command, node: RemoteNode
) -> None:
    said = clearinghouse("doctor", node.url, "--letter", "--language", "fr")
    assert said.out.startswith("Bonjour,")
    assert node.url in said.out
    assert "Pourquoi cela compte" in said.out
    assert clearinghouse("doctor", node.url, "--language", "de").code == WRONG


def test_its_json_is_the_report_with_its_words(clearinghouse: Command, node: RemoteNode) -> None:
    found = clearinghouse("doctor", node.url, "--json").json
    told = found.pop("told")
    report = Checkup.from_json(found)
    assert report.outcome is Outcome.COMPLETE
    assert {one["check"] for one in told} == {one.check for one in report.findings}


def test_where_there_is_nothing_that_is_said(clearinghouse: Command) -> None:
    said = clearinghouse("doctor", "http://127.0.0.1:1/")
    assert said.code == FAILED
    assert "does not answer" in said.out
