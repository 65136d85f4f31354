"""Every fault does something; what it does is the same each time; and without faults a node is a good one."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from catalogue.namespaces import OAI
from clearinghouse.simulator.holding import MadeUp
from clearinghouse.simulator.nodes import drawn
from clearinghouse.simulator.oai_node import Call, OaiNode
from clearinghouse.simulator.registry import MODULES, faults, switches
from clearinghouse.simulator.switches import FAULTS, Fault, UnknownFault

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
URL = "http://127.0.0.1/oai"
NAMES = [fault.name for fault in faults()]
DOCS = Path(__file__).resolve().parents[3] / "docs"
NS = {"o": OAI}


def make(*faults: str, **holding: object) -> OaiNode:
    held = MadeUp("n1", **{"count": 120, "page_size": 10, "seed": 1, **holding})  # type: ignore[arg-type]
    return OaiNode(held, switches(faults, 1), now=lambda: NOW, slowness=5.0)


def ask(node: OaiNode, **arguments: str) -> Call:
    return node.answer(URL, [(name.rstrip("_"), value) for name, value in arguments.items()])


def told(call: Call) -> tuple[object, ...]:
    way = (call.delay, call.breaks_off, call.is_endless, call.drips)
    return call.status, call.content, *way, tuple(call.headers.items())


def crawl(
    node: OaiNode, *, most: int = 30, prefix: str = "oai_dc", **arguments: str
) -> list[tuple[object, ...]]:
    """What a naive client sees that follows every token, decoded and as it stands."""
    answers = []
    call = ask(node, verb="ListRecords", metadataPrefix=prefix, **arguments)
    for _ in range(most):
        answers.append(told(call))
        token = re.search(rb"<(?:oai:)?resumptionToken[^>]*>([^<]+)<", call.content)
        if token is None:
            break
        call = ask(node, verb="ListRecords", resumptionToken=token[1].decode().replace("&amp;", "&"))
    return answers


def seen(node: OaiNode) -> list[tuple[object, ...]]:
    """Enough of a node to notice whether anything is wrong with it."""
    single = ask(node, verb="GetRecord", identifier=node.holding.listed()[0].id, metadataPrefix="oai_dc")
    gzip = {"accept-encoding": "gzip"}
    form = {"content-type": "application/x-www-form-urlencoded"}
    answers = [
        told(node.answer(URL, [("verb", "Identify")], form)),
        told(node.answer(URL.replace("http:", "https:"), [("verb", "Identify")])),
        told(node.answer(URL, [("verb", "Identify")], gzip)),
        told(ask(node)),
        told(ask(node, verb="ListSets")),
        told(ask(node, verb="Identify")),
        told(single),
        *crawl(node),
        *crawl(node, from_="2023-01-01", until="2023-12-31", set="laws"),
        *crawl(node, from_="2022-01-01T00:00:00Z"),
        *crawl(node, from_="2030-01-01"),
        *crawl(node, from_="2022-01-01T00:00:00Z", until="2022-12-31"),
        *crawl(node, until="2021-03-01"),
    ]
    node.now = lambda: datetime(2022, 1, 1, tzinfo=UTC)  # some of what it holds is of today
    return [*answers, *crawl(node)]


def test_a_node_without_faults_lists_everything_once() -> None:
    answers = crawl(make())
    found = [
        header.findtext("o:identifier", "", NS)
        for _, content, *_ in answers
        for header in etree.fromstring(content).iter(f"{{{OAI}}}header")  # type: ignore[arg-type]
    ]
    assert found == [entry.id for entry in make().holding.listed()]
    assert len(set(found)) == 120
    assert any(entry.deleted for entry in make().holding.listed())


@pytest.mark.parametrize("name", NAMES)
def test_every_fault_is_noticed_and_is_the_same_again(name: str) -> None:
    # So that those that strike a few records strike some here.
    share = "=0.2" if FAULTS[name].chance < 0.2 else ""
    bad = seen(make(name + share))
    assert bad != seen(make())
    assert bad == seen(make(name + share))


def test_what_a_fault_marks_follows_from_the_seed() -> None:
    one, other = switches(["bad-records=0.5"], 1)[0], switches(["bad-records=0.5"], 2)[0]
    marks = [one.marks(number) for number in range(200)]
    assert marks == [one.marks(number) for number in range(200)]
    assert marks != [other.marks(number) for number in range(200)]
    assert 60 < sum(marks) < 140


def test_a_fault_that_passes_passes() -> None:
    node = make("busy@20")
    token = ask(node, verb="ListRecords", metadataPrefix="oai_dc").wanted.token(20)
    assert [ask(node, verb="ListRecords", resumptionToken=token).status for _ in range(3)] == [503, 200, 200]
    assert ask(node, verb="ListRecords", metadataPrefix="oai_dc").status == 200


@pytest.mark.parametrize("text", ["no-such-fault", "busy=often", "busy=2", "busy=-1", "busy@here", ""])
def test_what_is_no_fault_is_refused(text: str) -> None:
    with pytest.raises(UnknownFault):
        switches([text])


def test_what_has_no_place_cannot_be_put_anywhere() -> None:
    with pytest.raises(UnknownFault, match=r"bad-records has no place in a list; those that have: .*busy, "):
        switches(["bad-records@20"])
    with pytest.raises(UnknownFault, match="0 or more"):
        switches(["busy@-5"])
    assert switches(["busy@20"])[0].at == 20


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: str(fault.name))
def test_those_have_a_place_that_ask_for_it(fault: Fault) -> None:
    asked = {name for action in fault.actions.values() for name in action.__code__.co_names}
    assert fault.placed == bool(asked & {"is_here", "is_behind"})


def test_faults_are_drawn_by_the_seed() -> None:
    draws = [drawn(number, 7) for number in range(300)]
    assert draws == [drawn(number, 7) for number in range(300)]
    assert {len(draw) for draw in draws} == {1, 2, 3}
    assert {name for draw in draws for name in draw} == {fault.name for fault in faults() if fault.at_random}
    assert set(drawn(1, 1, ["busy"])) == {"busy"}


def test_every_fault_is_explained_and_no_other() -> None:
    page = (DOCS / "simulator.md").read_text(encoding="utf-8").partition("## Faults of CSW")[0]
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]+?) \|", page, re.MULTILINE))
    assert rows == {fault.name: fault.about for fault in faults()}
    assert {action.__module__ for f in faults() for action in f.actions.values()} == {
        m.__name__ for m in MODULES
    }


def test_nodes_share_what_they_hold_until_one_changes() -> None:
    one, other = MadeUp("a", count=50), MadeUp("b", count=50)
    assert one.listed() is other.listed()
    first = one.listed()[0].id
    one.change(first, deleted=True, datestamp="2026-05-01T00:00:00Z")
    assert one.listed()[-1].id == first
    assert one.listed()[-1].deleted
    assert not other.listed()[0].deleted
    assert len(one.listed()) == len(other.listed()) == 50


def test_what_is_wrong_in_an_answer_is_compressed_with_it() -> None:
    """In whichever order the two are drawn."""
    for two in (("gzip-unsaid", "wrong-encoding"), ("wrong-encoding", "gzip-unsaid")):
        sent = ask(make(*two), verb="ListRecords", metadataPrefix="oai_dc").content
        assert "café".encode("windows-1252") in gzip.decompress(sent)
