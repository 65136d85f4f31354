from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug import Response

from catalogue.errors import AnswerUnreadable, HttpFailure, ListBroken, SourceBusy
from catalogue.quirks import Quirks
from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source
from csw_catalogue import identifiers, iso
from harvester.clients import client_for
from harvester.clients.base import Client
from harvester.http import HarvestSession
from ogc_catalogue import OgcCatalogue, feature

ALL = [f"r{n}" for n in range(1, 26)]


@pytest.fixture
def server(httpserver: Any) -> OgcCatalogue:
    return OgcCatalogue(httpserver)


@pytest.fixture
def client(session: HarvestSession, httpserver: Any) -> Any:
    def make(path: str = "/ogc", **fields: Any) -> Client:
        return client_for(Source("o", Protocol.OGC_RECORDS, httpserver.url_for(path), **fields), session)

    return make


def test_describe(server: OgcCatalogue, client: Any) -> None:
    described = client().describe()
    assert described.repository_name == "A catalogue"
    assert described.incremental
    assert described.deleted_record == "no"
    server.conformance = server.conformance[:1]
    assert not client().describe().incremental


@pytest.mark.parametrize("path", ["/ogc", "/ogc/collections", "/ogc/collections/metadata"])
def test_the_whole_list_from_wherever_one_begins(server: OgcCatalogue, client: Any, path: str) -> None:
    pages = list(client(path).pages(Checkpoint()))
    assert identifiers(pages) == ALL
    assert [len(page.items) for page in pages] == [10, 10, 5]
    assert pages[-1].checkpoint.complete_list_size == 25
    assert pages[-1].checkpoint.finished
    assert pages[-1].checkpoint.response_date
    assert pages[0].items[0].datestamp == "2026-01-02T00:00:00Z"
    assert json.loads(pages[0].items[0].payload) == feature("r1")
    assert server.asked[-1][1]["limit"] == "100"


def test_the_items_themselves_as_the_address(server: OgcCatalogue, client: Any) -> None:
    pages = list(client("/ogc/collections/metadata/items?type=dataset").pages(Checkpoint()))
    assert identifiers(pages) == ALL
    assert all(pairs["type"] == "dataset" for _, pairs in server.asked)


def test_payloads_are_the_bytes_that_were_sent(server: OgcCatalogue, client: Any) -> None:
    sent = '{ "id":"a" , "type":"Feature",\n "properties":{"title":"\\u00e9 \u00e9"},"x":1.50 }'
    body = f'{{"type":"FeatureCollection","features":[{sent}]}}'
    server.objection = lambda _: Response(body, content_type="application/geo+json")
    [page] = client().pages(Checkpoint())
    assert page.items[0].payload == sent.encode()
    assert page.checkpoint.complete_list_size is None


def test_several_collections_one_after_the_other(server: OgcCatalogue, client: Any) -> None:
    server.collections["more"] = [feature(f"m{n}") for n in range(3)]
    server.collections["none"] = []
    pages = list(client().pages(Checkpoint()))
    assert identifiers(pages) == [*ALL, "m0", "m1", "m2"]
    assert pages[-1].checkpoint.complete_list_size == 28
    assert identifiers(list(client(sets=("more",)).pages(Checkpoint()))) == ["m0", "m1", "m2"]
    server.item_type = "feature"
    with pytest.raises(AnswerUnreadable, match="no collection of records"):
        list(client().pages(Checkpoint()))


def test_goes_on_in_another_process(server: OgcCatalogue, client: Any) -> None:
    server.collections["more"] = [feature("m")]
    checkpoint, found = Checkpoint(), []
    while not checkpoint.finished:
        page = next(client().pages(checkpoint))
        found += identifiers([page])
        checkpoint = page.checkpoint
    assert found == [*ALL, "m"]
    assert list(client().pages(checkpoint)) == []


def test_only_what_has_changed(server: OgcCatalogue, client: Any) -> None:
    server.collections["metadata"][3]["properties"]["updated"] = "2026-05-05T00:00:00Z"
    [page] = client().pages(Checkpoint(), modified_since="2026-03-01T00:00:00Z")
    assert identifiers([page]) == ["r4"]
    assert server.asked[-1][1]["filter"] == "updated >= TIMESTAMP('2026-03-01T00:00:00Z')"
    assert server.asked[-1][1]["filter-lang"] == "cql2-text"


def test_all_of_it_where_nothing_tells_what_has_changed(server: OgcCatalogue, client: Any) -> None:
    pages = list(client(quirks=Quirks(whole_list=True)).pages(Checkpoint(), modified_since="2026-03-01"))
    assert identifiers(pages) == ALL
    server.conformance = []
    pages = list(client().pages(Checkpoint(), modified_since="2026-03-01T00:00:00Z"))
    assert identifiers(pages) == ALL
    assert [fault.rule for page in pages for fault in page.faults] == []


def test_a_filter_that_is_refused_is_a_fault(server: OgcCatalogue, client: Any) -> None:
    server.objection = lambda pairs: Response("{}", 400) if "filter" in pairs else None
    pages = list(client().pages(Checkpoint(), modified_since="2026-03-01T00:00:00Z"))
    assert identifiers(pages) == ALL
    assert [fault.rule for page in pages for fault in page.faults] == ["ogc_records.filter-refused"]


def test_a_limit_that_is_refused_is_left_to_the_server(server: OgcCatalogue, client: Any) -> None:
    server.objection = lambda pairs: Response("{}", 400) if int(pairs.get("limit", "0")) > 50 else None
    assert identifiers(list(client().pages(Checkpoint()))) == ALL
    server.asked.clear()
    list(client(quirks=Quirks(page_size=5)).pages(Checkpoint()))
    assert {pairs["limit"] for path, pairs in server.asked if path.endswith("items")} == {"5"}


def test_iso_19139_where_it_is_linked(server: OgcCatalogue, client: Any) -> None:
    records = server.collections["metadata"] = [feature(name) for name in ("a", "b", "c")]
    for record in records:
        link = {"rel": "alternate", "type": "application/gmd+xml", "href": f"{server.url}/iso/{record['id']}"}
        record["links"].append(link)
    server.iso = {"a": Response(iso("a")), "b": Response("no", 404), "c": Response("<a>")}
    [page] = client().pages(Checkpoint())
    assert identifiers([page]) == ["a", "b", "c"]
    assert page.items[0].payload == iso("a").encode()
    assert page.items[1].payload.startswith(b"{")
    assert [note.detail["record"] for note in page.notes] == ["b", "c"]
    [page] = client(metadata_prefix="ogc_record").pages(Checkpoint())
    assert all(item.payload.startswith(b"{") for item in page.items)


def test_links_to_other_hosts_are_not_followed_for_records(server: OgcCatalogue, client: Any) -> None:
    record = feature("a")
    record["links"].append(
        {"rel": "alternate", "type": "application/gmd+xml", "href": "http://10.0.0.1/latest"}
    )
    server.collections["metadata"] = [record]
    [page] = client().pages(Checkpoint())
    assert page.items[0].payload.startswith(b"{")
    assert not page.notes


def test_a_record_without_an_id_is_a_fault(server: OgcCatalogue, client: Any) -> None:
    nameless = {name: value for name, value in feature("b").items() if name != "id"}
    server.collections["metadata"] = [feature("a"), nameless, 7, {**feature("c"), "id": 12}]
    server.objection = lambda _: server._json({"features": server.collections["metadata"]})
    [page] = client().pages(Checkpoint())
    assert [item.fault.rule if item.fault else item.identifier for item in page.items] == [
        "a",
        "ogc_records.no-identifier",
        "ogc_records.no-identifier",
        "12",
    ]


def test_lists_that_go_round_or_never_end(server: OgcCatalogue, client: Any) -> None:
    here = f"{server.url}/collections/metadata/items?limit=100"
    server.objection = lambda _: server._json(
        {"features": [feature("a")], "links": [{"rel": "next", "href": here}]}
    )
    pages = client().pages(Checkpoint())
    first = next(pages)
    with pytest.raises(ListBroken, match="has been before"):
        next(pages)
    with pytest.raises(ListBroken, match="has been before"):
        next(client().pages(first.checkpoint))

    def for_ever(pairs: dict[str, str]) -> Response:
        onward = f"{here}&offset={int(pairs.get('offset', 0)) + 1}"
        return server._json({"features": [], "links": [{"rel": "next", "href": onward}]})

    server.objection = for_ever
    with pytest.raises(ListBroken, match="10 pages in a row"):
        list(client().pages(Checkpoint()))


@pytest.mark.parametrize(
    "body",
    [
        "<html>log in</html>",
        "",
        '{"features": [',
        "[1, 2]",
        '{"features": 7}',
        '{"type": "Catalog"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_page(server: OgcCatalogue, client: Any, body: str) -> None:
    server.objection = lambda _: Response(body, content_type="application/json")
    with pytest.raises(AnswerUnreadable):
        list(client().pages(Checkpoint()))


def test_failures_are_named(server: OgcCatalogue, client: Any) -> None:
    server.objection = lambda _: Response("", 503, {"Retry-After": "9"})
    with pytest.raises(SourceBusy):
        list(client().pages(Checkpoint()))
    server.objection = lambda _: Response("no", 403)
    with pytest.raises(HttpFailure):
        list(client().pages(Checkpoint()))
