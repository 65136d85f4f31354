"""Other software reads us: OWSLib, and our own harvester, which takes from us what we were given."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
import uvicorn
from owslib.ogcapi.records import Records

from catalogue.run import Checkpoint
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.xml import parse
from endpoint.app import create_app
from harvester.clients import client_for
from harvester.http import HarvestSession, Limits
from harvester.mapping import iso19139
from harvester.mapping.json_records import read_json
from records_client import RICH, Held

LOOPBACK = (ip_network("127.0.0.0/8"),)
LIMITS = Limits(connect_timeout=2.0, read_timeout=5.0, answer_deadline=20.0, answer_limit=5_000_000)


@pytest.fixture
def session() -> Iterator[HarvestSession]:
    with HarvestSession(user_agent="Tests/1", limits=LIMITS, networks=LOOPBACK) as session:
        yield session


@pytest.fixture(scope="module")
def address(held: Held) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        root = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(load_settings(base_url=root, repository_name="Example Catalogue"), held.store)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"{root}/ogc"
        server.should_exit = True
        thread.join()


def test_owslib(address: str, held: Held) -> None:
    client = Records(address)
    assert client.response["title"] == "Example Catalogue"
    assert (
        "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/searchable-catalog"
        in client.conformance()["conformsTo"]
    )
    assert client.api()["openapi"] == "3.0.3"
    assert client.records() == ["records", "convention", "convention:basel", "source", "source:nile"]
    assert client.collection("records")["itemType"] == "record"
    assert "updated" in client.collection_queryables("records")["properties"]
    found = client.collection_items("records", limit=3, sortby=("title", "desc"))
    assert (found["numberReturned"], found["numberMatched"]) == (3, len(held.known) + 2)
    onward = client.collection_items("records", limit=3, offset=3, sortby=("title", "desc"))
    assert not {one["id"] for one in found["features"]} & {one["id"] for one in onward["features"]}
    boxed = client.collection_items(
        "convention:basel", bbox=[1, 2, 3, 4], q="lead", datetime_="2003-01-01/.."
    )
    assert [one["id"] for one in boxed["features"]] == [held.rich]
    filtered = client.collection_items("records", filter="title = 'Lead in soil'")
    assert [one["id"] for one in filtered["features"]] == [held.rich]
    item = client.collection_item("records", held.rich)
    assert item["properties"]["title"] == "Lead in soil"


def harvested(session: HarvestSession, address: str, **fields: str) -> list:
    source = Source("us", Protocol.OGC_RECORDS, address, **fields)
    pages = list(client_for(source, session).pages(Checkpoint()))
    assert pages[-1].checkpoint.finished
    assert [page.faults for page in pages if page.faults] == []
    assert [item.fault for page in pages for item in page.items if item.fault] == []
    return [item for page in pages for item in page.items]


def test_our_own_harvester_takes_everything_back_as_json(
    session: HarvestSession, address: str, held: Held
) -> None:
    items = harvested(session, f"{address}/collections/records", metadata_prefix="ogc_record")
    assert [item.identifier for item in items] == [one.identifier for one in held.known] + [
        held.rich,
        held.nasty,
    ]
    records = {item.identifier: read_json(item.payload)[1] for item in items}
    for one in held.known:
        taken = records[one.identifier]
        assert taken.title.default == one.record.title.default
        assert {s.label.default for s in taken.subjects} == {s.label.default for s in one.record.subjects}
        assert bool(taken.boxes) == bool(one.record.boxes)
    rich = records[held.rich]
    assert rich.date("issued") == "2003-05-04"
    assert {"https://data.example.org/lead.csv"} <= {link.url for link in rich.links}
    assert ("10.1234/abc", "doi") in {(name.value, name.scheme) for name in rich.identifiers}
    assert [(period.begin, period.end) for period in rich.periods] == [("2001-02-03", "2003-06-30")]


def test_our_own_harvester_takes_iso_19139_where_it_wants_it(
    session: HarvestSession, address: str, held: Held
) -> None:
    (item,) = harvested(session, f"{address}/collections/convention:basel/items", metadata_prefix="iso19139")
    taken = iso19139.read(parse(item.payload))
    assert taken.title == RICH.title
    assert len(taken.boxes) == 2
    assert {a.name.default for a in taken.agents} == {a.name.default for a in RICH.agents}


def test_only_what_has_changed_is_asked_for(session: HarvestSession, address: str) -> None:
    source = Source("us", Protocol.OGC_RECORDS, address, metadata_prefix="ogc_record", sets=("records",))
    client = client_for(source, session)
    assert client.describe().incremental
    (page,) = client.pages(Checkpoint(), modified_since="2100-01-01T00:00:00Z")
    assert (page.items, page.faults, page.checkpoint.finished) == ((), (), True)
