"""Ping links, over real sockets: whoever has one asks for a harvest, and can do nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import requests
from lxml import html

from catalogue.errors import TooManyPings, UnknownLink
from catalogue.people import Role
from catalogue.run import RunState
from catalogue.source import SourceState
from catalogue.store import Store
from endpoint.languages import LANGUAGES
from factories import add_source
from signing_in import Browser, add_node, add_person, serving

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
HTML = {"Accept": "text/html"}


@pytest.fixture
def at(sqlite_store: Store) -> Iterator[str]:
    add_source(sqlite_store, "nile", title="<b>The Nile</b>")
    with serving(sqlite_store) as found:
        yield found


def ended(store: Store) -> None:
    [run] = store.runs.newest(source_id="nile", open_only=True)
    store.runs.cancel(run.id, datetime.now(UTC), "done")


def test_a_node_asks_for_a_harvest(at: str, sqlite_store: Store) -> None:
    url = f"{at}/ping/{sqlite_store.pings.make('nile', 'test', NOW)}"
    answer = requests.post(url, timeout=20)
    assert (answer.status_code, answer.text.split(".")[0]) == (202, "A harvest is asked for")
    [run] = sqlite_store.runs.newest(source_id="nile")
    assert (run.state, run.requested_by) == (RunState.QUEUED, "ping:nile")
    assert sqlite_store.audit.newest(about="source:nile", limit=1)[0].who == "ping:nile"
    assert requests.post(url, timeout=20).status_code == 200  # it is waiting already
    ended(sqlite_store)
    answer = requests.post(url, timeout=20)
    assert answer.status_code == 429
    assert 800 < int(answer.headers["Retry-After"]) <= 900
    assert "15 minutes" in answer.text
    assert len(sqlite_store.runs.newest(source_id="nile")) == 1


def test_who_only_looks_asks_for_nothing(at: str, sqlite_store: Store) -> None:
    secret = sqlite_store.pings.make("nile", "test", NOW)
    said = set()
    for tag in LANGUAGES:
        answer = requests.get(f"{at}/ping/{secret}?lang={tag}", headers=HTML, timeout=20)
        page = html.fromstring(answer.text)
        said.add(page.xpath("string(//button)"))
        assert page.xpath("string(//h1)") == "<b>The Nile</b>"
    assert len(said) == len(LANGUAGES)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert requests.get(f"{at}/ping/{secret}", timeout=20).status_code == 200
    assert sqlite_store.runs.newest(source_id="nile") == []
    [action] = page.xpath("//form[contains(@action, '/ping/')]/@action")
    pressed = requests.post(at + action, headers=HTML, timeout=20)
    assert pressed.status_code == 202
    assert "<!doctype html>" in pressed.text


def test_a_link_is_good_for_its_source_alone_and_as_long_as_it_is_wanted(
    at: str, sqlite_store: Store
) -> None:
    first = sqlite_store.pings.make("nile", "test", NOW)
    second = sqlite_store.pings.make("nile", "test", NOW)
    assert requests.post(f"{at}/ping/{first}", timeout=20).status_code == 404
    sqlite_store.sources.change("nile", state=SourceState.SUSPENDED)
    for method in ("GET", "POST"):
        assert requests.request(method, f"{at}/ping/{second}", timeout=20).status_code == 409
    sqlite_store.sources.change("nile", state=SourceState.ACTIVE)
    assert sqlite_store.pings.remove("nile", "test", NOW)
    assert not sqlite_store.pings.remove("nile", "test", NOW)
    for method in ("GET", "POST"):
        assert requests.request(method, f"{at}/ping/{second}", timeout=20).status_code == 404


def test_a_manager_makes_the_link_of_his_source_and_sees_it_once(at: str, sqlite_store: Store) -> None:
    add_node(sqlite_store, "delta", "nile")
    manager = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, nodes=("delta",)))
    path = "/dashboard/pings/nile"
    assert "There is none yet" in manager.get(path).text_content()
    answer = manager.post(path)
    secret = answer.text.partition("/ping/")[2].partition("<")[0]
    assert sqlite_store.pings.find(secret).source_id == "nile"
    assert secret not in manager.get(path).text_content()
    assert "was not used yet" in manager.answer.text
    manager.post(f"{path}/remove", form_at=path)
    assert sqlite_store.pings.of("nile") is None
    viewer = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, Role.VIEWER))
    viewer.get(path)
    assert viewer.answer.status_code == 403
    assert path in manager.get("/dashboard/sources/nile?tab=settings").xpath("//a/@href")


def test_of_two_who_come_together_one_asks(store: Store) -> None:
    add_source(store, "nile")
    secret = store.pings.make("nile", "test", NOW)
    with store.engine.connect() as connection:
        assert secret not in repr(connection.exec_driver_sql("SELECT * FROM pings").all())
    barrier, came = Barrier(4), []

    def come() -> None:
        barrier.wait()
        try:
            store.pings.use(secret, NOW, QUARTER)
        except TooManyPings as error:
            came.append(error.retry_after)
        else:
            came.append(0)

    threads = [Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [0, 900, 900, 900]
    with pytest.raises(TooManyPings):
        store.pings.use(secret, NOW + QUARTER - timedelta(seconds=1), QUARTER)
    assert store.pings.use(secret, NOW + QUARTER, QUARTER).used_at == NOW + QUARTER
    with pytest.raises(UnknownLink):
        store.pings.use("another", NOW, QUARTER)
