"""Who harvests us: counted by what clients do over real sockets."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import sqlalchemy as sa
import uvicorn
from lxml import etree

from catalogue.record import Record, Text
from catalogue.settings import load_settings
from catalogue.store import Store
from catalogue.visit import Client, ClientReport, Count, Visit, network_of
from endpoint.app import create_app
from endpoint.oai_pmh.verbs import Told
from endpoint.oai_pmh.visits import Visits
from factories import fill

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
SICKLE = Client("192.0.2.7", "Sickle/0.7")


@contextmanager
def serving(store: Store, **settings: Any) -> Iterator[str]:
    app = create_app(load_settings(oai_page_size=10, **settings), store)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def harvest(at: str, agent: str, query: str, *, pages: int = 100) -> int:
    """Read a list, this many pages of it at most; how many headers there were."""
    verb, headers = query.partition("&")[0], 0
    for _ in range(pages):
        answer = requests.get(f"{at}/oai?{query}", headers={"User-Agent": agent}, timeout=10)
        root = etree.fromstring(answer.content)
        headers += len(root.findall(".//{*}header"))
        token = root.findtext(".//{*}resumptionToken")
        if not token:
            break
        query = f"{verb}&resumptionToken={token}"
    return headers


def reports(store: Store, days: int = 30) -> dict[str, ClientReport]:
    return {one.client.user_agent: one for one in store.clients.reports(datetime.now(UTC), days=days)}


def test_what_clients_do_is_counted(store: Store) -> None:
    fill(store, {f"r{n}": Record(Text.of(f"Waste {n}")) for n in range(25)})
    with serving(store) as at:
        assert harvest(at, "whole", "verb=ListRecords&metadataPrefix=oai_dc&set=source:nile") == 25
        assert harvest(at, "part", "verb=ListIdentifiers&metadataPrefix=iso19139", pages=1) == 10
        for verb in ("Nonsense", "ListRecords"):
            requests.get(f"{at}/oai?verb={verb}", headers={"User-Agent": "wrong"}, timeout=10)
    found = reports(store)
    whole = found["whole"]
    assert (whole.total.requests, whole.total.records) == (3, 25)
    assert (whole.total.begun, whole.total.ended, whole.incomplete) == (1, 1, 0)
    assert (whole.formats, whole.sets, whole.errors) == ({"oai_dc"}, {"source:nile"}, {})
    assert whole.total.bytes > 25 * 300
    assert found["part"].incomplete == 1
    assert found["wrong"].errors == {"badVerb": 1, "badArgument": 1}
    assert found["wrong"].client.address == "127.0.0.1"


def test_the_page_tells_what_was_asked_a_moment_ago(sqlite_store: Store) -> None:
    with serving(sqlite_store) as at:
        requests.get(f"{at}/oai?verb=Identify", headers={"User-Agent": "just now"}, timeout=10)
        (told,) = requests.get(f"{at}/api/clients", timeout=10).json()
    assert (told["user_agent"], told["requests"]) == ("just now", 1)


def test_page_and_api_tell_networks_and_not_addresses(sqlite_store: Store) -> None:
    hostile = Client("203.0.113.77", "<script>alert(1)</script>")
    visit = Visit("ListRecords", "oai_dc", "source:nile")
    sqlite_store.clients.add({(hostile, visit): Count(4, 300, 9000, 2, 1)}, datetime.now(UTC))
    with serving(sqlite_store) as at:
        page = requests.get(f"{at}/clients", timeout=10)
        (told,) = requests.get(f"{at}/api/clients", timeout=10).json()
        assert requests.get(f"{at}/api/clients?days=0", timeout=10).status_code == 422
    assert told["network"] == "203.0.113.0/24"
    assert (told["incomplete"], told["sets"], told["records"]) == (1, ["source:nile"], 300)
    for text in (page.text, str(told)):
        assert hostile.address not in text
    assert "<script>" not in page.text
    assert "1 of 2" in page.text


def test_counts_add_up_over_processes_and_days(store: Store) -> None:
    visit = Visit("ListRecords", "oai_dc")
    for moment in (NOW, NOW, NOW + timedelta(days=2)):
        store.clients.add({(SICKLE, visit): Count(1, 100, 5, 1, 0)}, moment)
    (all_of_it,) = store.clients.reports(NOW + timedelta(days=2), days=30)
    assert all_of_it.total == Count(3, 300, 15, 3, 0)
    assert (all_of_it.first_at, all_of_it.last_at) == (NOW, NOW + timedelta(days=2))
    (lately,) = store.clients.reports(NOW + timedelta(days=2), days=1)
    assert lately.total.requests == 1


def test_what_is_old_is_forgotten(store: Store) -> None:
    store.clients.add({(SICKLE, Visit("Identify")): Count(1)}, NOW)
    store.clients.add({(Client("192.0.2.8", "x"), Visit("Identify")): Count(1)}, NOW + timedelta(days=9))
    store.clients.forget(NOW + timedelta(days=5))
    assert [one.client.user_agent for one in store.clients.reports(NOW + timedelta(days=9), days=400)] == [
        "x"
    ]


def test_counts_are_kept_while_the_database_does_not_answer(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = Visits(sqlite_store)
    visits.note(SICKLE, "Identify", Told(), error="", size=5)

    def unreachable(*_: object) -> None:
        raise sa.exc.OperationalError("", {}, OSError())

    with monkeypatch.context() as patch:
        patch.setattr("catalogue.store.desk.clients._number", unreachable)
        visits.write()
        assert sqlite_store.clients.reports(NOW, days=30) == []
    visits.note(SICKLE, "Identify", Told(), error="", size=5)
    visits.write()
    assert reports(sqlite_store)["Sickle/0.7"].total == Count(2, 0, 10)


def test_a_flood_of_names_does_not_fill_the_memory(sqlite_store: Store) -> None:
    visits = Visits(sqlite_store)
    for number in range(3000):
        visits.note(Client("192.0.2.7", f"agent {number}"), "Identify", Told(), error="", size=1)
    visits.write()
    found = sqlite_store.clients.reports(datetime.now(UTC), days=1, limit=5000)
    assert len(found) == 2001
    assert sum(one.total.requests for one in found) == 3000


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", ""), ("testclient", "")],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network
