"""`clearinghouse doctor`: a table, a letter or JSON, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.checkup import Checkup, Outcome
from catalogue.source import Protocol, Source
from catalogue.store import Store
from factories import now
from remote_node import RemoteNode, dublin_core

Command = Any
DONE, FAILED, WRONG = 0, 1, 2
REFUSED = (
    b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-01T00:00:00Z</responseDate>'
    b'<request>x</request><error code="badArgument">metadataPrefix is missing</error></OAI-PMH>'
)


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


def test_quirks_that_it_proposes_can_be_typed_as_they_stand(
    clearinghouse: Command, remote: RemoteNode, database: Store
) -> None:
    remote.fill(30)

    def needs_prefix(handler: Any) -> bool:
        if "metadataPrefix" in handler.path:
            return False
        handler.send(200, REFUSED)
        return True

    remote.always = needs_prefix
    said = clearinghouse("doctor", remote.url)
    [typed] = [line.split() for line in said.out.splitlines() if "source quirk ID" in line]
    assert "token-with-prefix=on" in typed
    database.sources.add(Source("nile", Protocol.OAI_PMH, remote.url), now())
    assert clearinghouse(*["nile" if word == "ID" else word for word in typed[1:]]).code == DONE
    assert database.sources.get("nile").quirks.token_with_prefix
