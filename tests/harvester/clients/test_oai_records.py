"""Plain pages are read without their elements being looked at; what comes out is the same."""

from __future__ import annotations

import pytest

from catalogue.namespaces import OAI
from catalogue.xml import parse
from harvester.clients import oai_records
from harvester.clients.base import Item

DC = '<d:dc xmlns:d="urn:d"><d:title>A</d:title></d:dc>'


def record(identifier: str = "oai:x:1", payload: str = DC, *, sets: str = "", behind: str = "") -> str:
    return (
        f"<record><header><identifier>{identifier}</identifier><datestamp>2025-01-01</datestamp>{sets}</header>"
        f"<metadata>{payload}</metadata>{behind}</record>"
    )


def items(body: str, *, root: str = f'<OAI-PMH xmlns="{OAI}">') -> tuple[Item, ...]:
    """What is read of a page, which is what is read of it element by element."""
    page = f'<?xml version="1.0" encoding="UTF-8"?>{root}<ListRecords>{body}</ListRecords></OAI-PMH>'.encode()
    listed = parse(page)[0]
    found = oai_records.read_items(page, listed)
    assert found == oai_records._items(page, listed)
    return found


def is_plain(body: str) -> bool:
    page = f'<OAI-PMH xmlns="{OAI}"><ListRecords>{body}</ListRecords></OAI-PMH>'.encode()
    return oai_records._plain_items(page, parse(page)[0]) is not None


def test_a_plain_page() -> None:
    sets = "<setSpec>a</setSpec> <setSpec> b:c </setSpec>\n<setSpec> </setSpec>"
    body = f"\n {record()} \n{record(' oai:x:é ', sets=sets)}<resumptionToken>7</resumptionToken>"
    assert is_plain(body)
    one, two = items(body)
    assert (one.identifier, one.datestamp, one.sets) == ("oai:x:1", "2025-01-01", ())
    assert (two.identifier, two.sets) == ("oai:x:é", ("a", "b:c"))
    assert one.payload == DC.encode()
    assert one.element is not None
    assert one.element.tag == "{urn:d}dc"


def test_payloads_of_plain_pages_are_complete_by_themselves() -> None:
    bare = "<record><identifier>inner</identifier></record>"
    xsi = '<d:dc xmlns:d="urn:d" xsi:type="d:x"/>'
    root = f'<OAI-PMH xmlns="{OAI}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    assert [item.payload for item in items(record(payload=xsi) + record(), root=root)] == [
        xsi.replace("<d:dc", '<d:dc xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"').encode(),
        DC.encode(),
    ]
    (found,) = items(record(payload=f'<d:dc xmlns:d="urn:d">{bare}</d:dc>'))
    assert found.payload is not None
    assert f'<d:dc xmlns="{OAI}"'.encode() in found.payload


@pytest.mark.parametrize(
    "odd",
    [
        record(behind="<about><p xmlns='urn:p'/></about>"),
        record(payload=f"{DC}{DC}"),
        record(payload=f"<!-- so -->{DC}"),
        record("a&amp;b"),
        record("a\rb"),
        record("\u00a0"),
        record(""),
        record("<!-- no -->a"),
        record(payload=""),
        record().replace("<metadata>", "<metadata xmlns:f='urn:f'>"),
        record().replace("<header>", "<header status='deleted'>"),
        record().replace("<header>", "<header status=''>"),
        record().replace("<identifier>", "<identifier>b</identifier><identifier>"),
        record().replace("<datestamp>2025-01-01</datestamp>", ""),
        record().replace("<record>", "<record xmlns:o='urn:o'>"),
        record().replace("record>", "o:record>").replace("<o:record>", f'<o:record xmlns:o="{OAI}">'),
        record(payload="<metadata xmlns='urn:fgdc'><record/></metadata>"),
        record(payload=f"<record xmlns='urn:r'>{record()}</record>"),
        "<record><header status='deleted'><identifier>a</identifier></header></record>",
        "<record/>",
        "<resumptionToken/>",
    ],
)
def test_what_is_not_plain_is_read_as_ever(odd: str) -> None:
    for body in (odd, odd + record("oai:x:2"), record("oai:x:2") + odd, f"{record('2')}{odd}{record('3')}"):
        items(body)
    assert items(record("oai:x:2") + odd)[0].identifier == "oai:x:2"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "odd",
    [
        "<identifier>{}<b/></identifier>",
        "<identifier>x</identifier><datestamp>{}<b/></datestamp>",
        "{}<identifier/>",
    ],
)
@pytest.mark.parametrize("filling", ["a", " ", "<setSpec>a</setSpec> "])
def test_what_a_node_sends_does_not_decide_how_long_it_takes(odd: str, filling: str) -> None:
    """To read these twice as long took four times as long: an hour for a megabyte."""
    header = odd.format(filling * 300_000)
    page = (
        f'<OAI-PMH xmlns="{OAI}"><ListRecords><record><header>{header}</header><metadata>'
        '<dc xmlns="urn:x">a</dc></metadata></record></ListRecords></OAI-PMH>'
    ).encode()
    assert len(oai_records.read_items(page, parse(page)[0])) == 1
