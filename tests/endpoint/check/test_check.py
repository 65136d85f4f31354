"""From the form to the report, over real sockets: the page queues, a worker asks, and the page shows."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import uvicorn
from lxml import html

from catalogue.checkup import Checkup, Finding, Grade, Outcome, Stage
from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from endpoint.app import create_app
from endpoint.languages import LANGUAGES
from harvester.checkups import Checkups
from remote_node import RemoteNode, dublin_core, running

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@contextmanager
def serving(store: Store, **given: Any) -> Iterator[tuple[str, Settings]]:
    settings = load_settings(**({"allowed_networks": ("127.0.0.0/8",), "read_timeout": 2.0} | given))
    server = uvicorn.Server(uvicorn.Config(create_app(settings, store), port=0, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", settings
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def node() -> Iterator[RemoteNode]:
    with running(RemoteNode(page_size=5)) as found:
        found.put(*((f"oai:x:{n}", dublin_core(f"{HOSTILE} {n}", description=HOSTILE)) for n in range(12)))
        found.put(("oai:x:bad", b"<thing xmlns='urn:x'/>"))
        yield found


class Reader:
    """A browser, as far as forms go."""

    def __init__(self, at: str) -> None:
        self.at, self.session = at, requests.Session()

    def page(self, path: str, **query: str) -> html.HtmlElement:
        self.answer = self.session.get(self.at + path, params=query, timeout=20)
        return html.fromstring(self.answer.text)

    def ask(self, url: str, **headers: str) -> requests.Response:
        token = self.page("/check").xpath("string(//input[@name='token']/@value)")
        fields = {"url": url, "token": token}
        self.answer = self.session.post(
            f"{self.at}/check", data=fields, headers=headers, allow_redirects=False, timeout=20
        )
        return self.answer


def test_a_report_grows_on_its_page_while_a_worker_asks(sqlite_store: Store, node: RemoteNode) -> None:
    with serving(sqlite_store) as (at, settings):
        reader = Reader(at)
        where = reader.ask(node.url).headers["Location"]
        assert reader.answer.status_code == 303
        waiting = reader.page(where)
        assert waiting.xpath("string(//*[@role='status'])").strip().startswith("Waiting for its turn")
        assert waiting.xpath("//meta[@http-equiv='refresh']/@content") == ["3"]
        assert reader.page(where, still="1").xpath("//meta[@http-equiv='refresh']") == []
        assert node.asked == []  # this process asks nobody
        Checkups(sqlite_store, settings).work()
        done = reader.page(where)
        assert done.xpath("//meta[@http-equiv='refresh']") == []
        assert "The check-up is complete." in done.xpath("string(//*[@role='status'])")
        assert "A small node" in done.text_content()
        assert len(done.xpath("//details[@class='record']")) == 10
        letter = reader.session.get(f"{at}{where}/letter", timeout=10)
        assert letter.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "What could be better" in letter.text


def test_what_a_node_sent_is_text_and_nothing_else(sqlite_store: Store, node: RemoteNode) -> None:
    with serving(sqlite_store) as (at, settings):
        reader = Reader(at)
        where = reader.ask(node.url).headers["Location"]
        Checkups(sqlite_store, settings).work()
        page = reader.page(where)
        assert "script-src" not in reader.answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in reader.answer.headers["Content-Security-Policy"]
        assert reader.answer.headers["Cache-Control"] == "no-store"
        assert page.xpath("//script | //*[@onerror] | //img[@src='x']") == []
        assert HOSTILE in page.text_content()
        assert all(one.startswith(("http", "/", "?", "#", "mailto:")) for one in page.xpath("//@href"))


def test_a_report_is_read_in_every_language(sqlite_store: Store) -> None:
    now = datetime.now(UTC)
    finding = Finding("clock", "ahead", Grade.PROBLEM, {"apart": "3 d", "told": "2026-12-01"})
    ended = Checkup("https://x.example/", now, now, Stage.ENDED, Outcome.PARTIAL, findings=(finding,))
    with serving(sqlite_store) as (at, settings):
        reader = Reader(at)
        where = reader.ask("https://x.example/").headers["Location"]
        claim = sqlite_store.checkups.claim(datetime.now(UTC), stale_after=timedelta(minutes=1))
        assert claim is not None
        sqlite_store.checkups.finish(claim, ended, now)
        said = set()
        for tag, language in LANGUAGES.items():
            page = reader.page(where, lang=tag)
            assert (page.get("lang"), page.get("dir")) == (tag, language.direction)
            said.add(page.xpath("string(//*[@role='status'])").strip())
            (shown,) = page.xpath("//article[contains(@class, 'problem')]")
            said.add(" ".join(shown.text_content().split()))
            assert f"/check?lang={tag}" in page.xpath("//form/@action")
            letter = reader.session.get(f"{at}{where}/letter?lang={tag}", timeout=9)
            assert letter.headers["Content-Language"] == tag
            assert "3 d" in letter.text
            said.add(letter.text)
        assert len(said) == 3 * len(LANGUAGES)
        assert settings.repository_name in letter.text


def test_what_is_no_address_is_said_beside_the_form(sqlite_store: Store) -> None:
    wrong = (
        "",
        "not an address",
        "ftp://x.example/",
        "https://user:secret@x.example/",
        "javascript:alert(1)",
    )
    with serving(sqlite_store) as (at, _):
        reader = Reader(at)
        for typed in wrong:
            assert reader.ask(typed).status_code == 422
            page = html.fromstring(reader.answer.text)
            assert "is not an address" in page.xpath("string(//*[@role='alert'])")
            assert page.xpath("//input[@name='url']/@value") == [typed]
            assert page.xpath("//input[@name='url']/@aria-describedby") == ["error"]


def test_private_addresses_are_refused_in_words(sqlite_store: Store) -> None:
    with serving(sqlite_store, allowed_networks=()) as (at, settings):
        reader = Reader(at)
        where = reader.ask("http://127.0.0.1:9/").headers["Location"]
        Checkups(sqlite_store, settings).work()
        said = reader.page(where).xpath("string(//*[@role='status'])")
        assert "private, local or reserved network" in said


def test_no_other_site_can_make_a_browser_ask(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        reader = Reader(at)
        assert reader.ask("https://x.example/", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
        stranger = requests.post(f"{at}/check", data={"url": "https://x.example/"}, timeout=10)
        assert stranger.status_code == 403
        other = Reader(at)
        token = other.page("/check").xpath("string(//input[@name='token']/@value)")
        stolen = reader.session.post(
            f"{at}/check", data={"url": "https://x.example/", "token": token}, timeout=10
        )
        assert stolen.status_code == 403
        assert requests.get(f"{at}/check?url=https://x.example/", timeout=10).status_code == 200
        json_as_text = requests.post(
            f"{at}/api/checks",
            data='{"url": "https://x.example/"}',
            headers={"Content-Type": "text/plain"},
            timeout=9,
        )
        assert json_as_text.status_code in {415, 422}
        crossed = requests.post(
            f"{at}/api/checks",
            json={"url": "https://x.example/"},
            headers={"Sec-Fetch-Site": "cross-site"},
            timeout=9,
        )
        assert crossed.status_code == 403
        assert sqlite_store.checkups.claim(datetime.now(UTC), stale_after=timedelta(minutes=1)) is None


def test_one_host_is_left_in_peace_and_one_client_waits(sqlite_store: Store) -> None:
    with serving(sqlite_store, checks_per_host=1, checks_per_client=2) as (at, _):
        reader = Reader(at)
        first = reader.ask("https://x.example/").headers["Location"]
        refused = reader.ask("https://X.example./other")
        assert (refused.status_code, int(refused.headers["Retry-After"]) > 3000) == (429, True)
        assert html.fromstring(refused.text).xpath("//*[@role='alert']/a/@href") == [first]
        assert reader.ask("https://y.example/").status_code == 303
        assert "You have asked for many" in reader.ask("https://z.example/").text
        answer = requests.post(f"{at}/api/checks", json={"url": "https://z.example/"}, timeout=10)
        assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_the_api_answers_as_its_description_says(sqlite_store: Store, node: RemoteNode) -> None:
    with serving(sqlite_store) as (at, settings):
        made = requests.post(f"{at}/api/checks", json={"url": node.url}, timeout=10)
        assert (made.status_code, made.json()["stage"]) == (202, "queued")
        where = f"{at}/api/checks/{made.json()['id']}"
        assert made.headers["Location"].endswith(where.removeprefix(at))
        Checkups(sqlite_store, settings).work()
        found = requests.get(where, timeout=10).json()
        described = requests.get(f"{at}/api/openapi.json", timeout=10).json()["components"]["schemas"]
        for name, told in (
            ("CheckupAnswer", found),
            ("Checkup", found["report"]),
            ("FindingInWords", found["findings"][0]),
        ):
            assert set(described[name]["properties"]) >= set(told)
            assert set(described[name].get("required", ())) <= set(told)
        assert described["Grade"]["enum"] == ["good", "advice", "problem", "blocking"]
        kept = Checkup.from_json(found["report"])
        assert kept == sqlite_store.checkups.get(found["id"]).report
        assert json.loads(json.dumps(kept.to_json())) == found["report"]
        assert found["in_words"] == "The check-up is complete."
        assert all(one["title"] and one["seen"] for one in found["findings"])
        assert requests.get(f"{at}/api/checks/no-such-id", timeout=10).status_code == 404
        assert requests.get(f"{at}/check/no-such-id", timeout=10).status_code == 404
        assert requests.get(f"{at}/check/no-such-id/letter", timeout=10).status_code == 404


def test_a_worker_that_stops_gives_the_checkup_back(sqlite_store: Store, node: RemoteNode) -> None:
    with serving(sqlite_store) as (at, settings):
        reader = Reader(at)
        where = reader.ask(node.url).headers["Location"]
        stopping = Checkups(sqlite_store, settings)
        node.always = lambda _: bool(stopping._stopping.set())
        stopping.look()
        stopping.stop()
        assert sqlite_store.checkups.get(where.rpartition("/")[2]).begun is False
        node.always = None
        Checkups(sqlite_store, settings).work()
        assert sqlite_store.checkups.get(where.rpartition("/")[2]).ended_at is not None


def test_a_look_begins_checkups_and_does_not_wait_for_them(sqlite_store: Store, node: RemoteNode) -> None:
    node.delay = 0.2
    with serving(sqlite_store) as (at, settings):
        reader = Reader(at)
        asked = [reader.ask(f"{node.url}?n={number}").headers["Location"] for number in range(3)]
        ids = [where.rpartition("/")[2] for where in asked]
        checkups = Checkups(sqlite_store, settings)
        checkups.look()
        checkups.look()
        assert [sqlite_store.checkups.get(one).begun for one in ids] == [True, True, False]
        while any(thread.is_alive() for thread in checkups._threads):
            time.sleep(0.05)
        checkups.look()
        checkups.stop()
        assert [sqlite_store.checkups.get(one).ended_at is not None for one in ids[:2]] == [True, True]


def test_a_checkup_over_which_workers_die_is_given_up(sqlite_store: Store) -> None:
    with serving(sqlite_store, check_seconds=1.0) as (at, settings):
        reader = Reader(at)
        where = reader.ask("https://x.example/").headers["Location"]
        for minutes in (30, 20):
            past = datetime.now(UTC) - timedelta(minutes=minutes)
            assert sqlite_store.checkups.claim(past, stale_after=timedelta(minutes=2)) is not None
        Checkups(sqlite_store, settings).work()
        report = sqlite_store.checkups.get(where.rpartition("/")[2]).report
        assert report is not None
        assert report == replace(report, outcome=Outcome.FAILED, stage=Stage.ENDED)
        assert "through no fault of the address" in reader.page(where).text_content()
