"""The simulated catalogue: a good one is valid and whole, and every fault makes a difference."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from clearinghouse.simulator.csw_node import CswNode
from clearinghouse.simulator.holding import MadeUp
from clearinghouse.simulator.registry import csw_faults, csw_switches
from clearinghouse.simulator.switches import UnknownFault

URL = "http://127.0.0.1/csw"
DOCS = Path(__file__).resolve().parents[3] / "docs"
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


def make(*faults: str) -> CswNode:
    held = MadeUp("n1", count=120, seed=1)
    return CswNode(held, csw_switches(faults, 1), now=lambda: NOW, slowness=5.0)


def document(version: str, *, start: int = 1, size: int = 30, inner: str = "") -> bytes:
    own = "http://www.opengis.net/cat/csw/" + ("3.0" if version == "3.0.0" else "2.0.2")
    return (
        f'<c:GetRecords xmlns:c="{own}" xmlns:o="http://www.opengis.net/ogc" version="{version}"'
        f' startPosition="{start}" maxRecords="{size}"><c:Query typeNames="csw:Record"><c:ElementSetName>full'
        f"</c:ElementSetName>{inner}</c:Query></c:GetRecords>"
    ).encode()


SORT = "<o:SortBy><o:SortProperty><o:PropertyName>dc:identifier</o:PropertyName></o:SortProperty></o:SortBy>"
SINCE = "<c:Constraint><o:Filter><o:Literal>2025-01-01</o:Literal></o:Filter></c:Constraint>"


def seen(node: CswNode) -> list[tuple[Any, ...]]:
    """Enough of a node to notice whether anything is wrong with it."""
    calls = [
        node.answer("GET", URL, "service=CSW&request=GetCapabilities&version=2.0.2"),
        *(node.answer("POST", URL, body=document("2.0.2", start=start)) for start in range(1, 130, 30)),
        node.answer("POST", URL, body=document("2.0.2", inner=SORT)),
        node.answer("POST", URL, body=document("2.0.2", inner=SINCE)),
        node.answer("GET", URL, "request=GetRecords&elementSetName=full&maxRecords=30&startPosition=31"),
    ]
    return [(call.status, call.content, call.delay) for call in calls]


def test_a_good_node_gives_everything_once() -> None:
    node = make()
    found: list[str] = []
    following = 1
    while following:
        root = etree.fromstring(node.answer("POST", URL, body=document("2.0.2", start=following)).text)
        results = root.find("{*}SearchResults")
        assert results is not None
        found += [str(one.text) for one in results.iter("{http://purl.org/dc/elements/1.1/}identifier")]
        following = int(results.get("nextRecord", "0"))
    assert found == [one.id for one in node.listed()]


@pytest.mark.corpus
def test_a_good_node_is_valid(csw_schema: etree.XMLSchema) -> None:
    for _, content, _ in seen(make())[1:]:
        csw_schema.assertValid(etree.fromstring(content))


@pytest.mark.parametrize("name", [fault.name for fault in csw_faults()])
def test_every_fault_makes_a_difference_and_always_the_same(name: str) -> None:
    asked = f"{name}=0.1" if name.startswith("record-") else name
    assert seen(make(asked)) != seen(make())
    assert seen(make(asked)) == seen(make(asked))


@pytest.mark.parametrize("wrong", ["token-expires", "capped=2", "nothing"])
def test_faults_of_the_other_protocol_are_none(wrong: str) -> None:
    with pytest.raises(UnknownFault):
        make(wrong)


@pytest.mark.parametrize("body", [b"", b"<a", b"<!DOCTYPE a><a/>", b"<Transaction/>"])
def test_what_is_not_understood_is_an_exception_report(body: bytes) -> None:
    call = make().answer("POST", URL, body=body)
    assert call.status == 400
    assert "ExceptionReport" in call.text


def test_every_fault_is_explained() -> None:
    text = (
        (DOCS / "simulator.md")
        .read_text(encoding="utf-8")
        .partition("## Faults of CSW")[2]
        .partition("\n## ")[0]
    )
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.+) \|$", text, re.MULTILINE))
    assert rows == {fault.name: fault.about for fault in csw_faults()}
