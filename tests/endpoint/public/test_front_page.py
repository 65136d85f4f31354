from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from urllib.parse import urljoin

import pytest
import requests
from lxml import html

from catalogue.record import Record, Text
from catalogue.run import Ending
from catalogue.source import SourceState
from catalogue.store import Store
from factories import add_source, commit, fill, now, open_run

Serve = Callable[..., AbstractContextManager[str]]


def some_records(count: int) -> dict[str, Record]:
    return {f"r{n}": Record(title=Text.of(f"Record {n}")) for n in range(count)}


def read(address: str) -> html.HtmlElement:
    answer = requests.get(address, timeout=10)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.content)


def figures(page: html.HtmlElement) -> dict[str, str]:
    return {div.findtext("dt"): div.findtext("dd") for div in page.xpath("//dl[@class='figures']/div")}


def rows(page: html.HtmlElement) -> dict[str, list[str]]:
    found = {}
    for row in page.xpath("//tbody/tr"):
        title = row.xpath("string(th/bdi)")
        found[title] = [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
    return found


def test_it_says_what_is_inside(store: Store, serve: Serve) -> None:
    run = fill(store, some_records(3))
    store.sources.change("nile", title="Nile Library", schedule="0 3 * * *")
    known = store.records.known([store.records.of_source("nile", limit=1)[0].identifier])
    commit(store, run, [], tombstones=list(known.values()))
    store.runs.end(run, Ending.NOTHING_NEW, now())
    add_source(store, "volta", title="Volta Archive")
    with serve(store) as at:
        page = read(at)
    assert figures(page) == {
        "Records": "2",
        "Deleted, and told as such": "1",
        "Sources": "2",
        "At work now": "0",
    }
    ended = store.runs.get(run.id).ended_at
    assert ended is not None
    protocol, records, last, following = rows(page)["Nile Library"]
    assert (protocol, records, following) == ("OAI-PMH", "2 1 deleted", "Every day at 03:00 UTC")
    assert last.startswith("Complete: nothing new")
    assert last.endswith(f"{ended:%B %Y, %H:%M} UTC")
    assert rows(page)["Volta Archive"] == ["OAI-PMH", "0", "Not harvested yet", "When an operator asks"]


def test_an_empty_catalogue_says_so_and_shows_how_to_begin(sqlite_store: Store, serve: Serve) -> None:
    with serve(sqlite_store) as at:
        page = read(at)
    assert figures(page)["Records"] == "0"
    assert not page.xpath("//table")
    assert "There is none yet" in page.text_content()
    assert len(page.xpath("string(//pre)").splitlines()) == 5


def test_every_address_on_it_is_ours_and_names_what_the_feed_has(sqlite_store: Store, serve: Serve) -> None:
    fill(sqlite_store, some_records(1))
    with serve(sqlite_store, base_url="https://catalogue.example.org/brs") as at:
        page = read(at)
    hrefs = set(page.xpath("//main//a/@href"))
    assert "/brs/nodes/nile" in hrefs
    feeds = {href for href in hrefs if not href.startswith(("#", "/brs/nodes/"))}
    assert all(href.startswith("https://catalogue.example.org/brs/") for href in feeds)
    oai = "https://catalogue.example.org/brs/oai"
    assert {
        oai,
        f"{oai}?verb=Identify",
        f"{oai}?verb=ListRecords&metadataPrefix=oai_dc",
        f"{oai}?verb=ListRecords&metadataPrefix=iso19139",
        f"{oai}?verb=ListRecords&metadataPrefix=oai_dc&set=source:nile",
        "https://catalogue.example.org/brs/csw",
        "https://catalogue.example.org/brs/csw?service=CSW&version=2.0.2&request=GetCapabilities",
        "https://catalogue.example.org/brs/csw?service=CSW&version=3.0.0&request=GetCapabilities",
    } <= feeds
    assert all(a.get("href") == a.findtext("code") for a in page.xpath("//article//a"))
    assert page.xpath("//link[@rel='stylesheet']/@href")[0].startswith("/brs/static/")


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        "\"'><img src=x onerror=alert(1)>",
        "</bdi></th></tr></table><h1>mine</h1>",
        "{{ settings.database_url }}",
        "&lt;b&gt;",
        "\u202eevil\u2066",
        "مكتبة النفايات",
    ],
)
def test_hostile_titles_are_text(sqlite_store: Store, serve: Serve, title: str) -> None:
    add_source(sqlite_store, title=title)
    with serve(sqlite_store, repository_name=title) as at:
        page = read(at)
    assert list(rows(page)) == [title]
    assert not page.xpath("//script | //img[@onerror] | //*[@onerror]")
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("string(//title)") == title


def test_credentials_are_never_shown(sqlite_store: Store, serve: Serve) -> None:
    add_source(sqlite_store)
    run = open_run(sqlite_store)
    sqlite_store.runs.end(
        run, Ending.FAILED, now(), "no answer from https://user:s3cret@nile.example.org/oai: refused"
    )
    with serve(sqlite_store) as at:
        body = requests.get(at, timeout=10).text
    assert "s3cret" not in body
    assert "no answer from https://nile.example.org/oai: refused" in body


def test_open_runs_say_what_they_do_and_when_they_go_on(sqlite_store: Store, serve: Serve) -> None:
    for name in ("at-work", "waits", "queued"):
        add_source(sqlite_store, name, title=name)
    open_run(sqlite_store, "at-work")
    waiting = open_run(sqlite_store, "waits")
    later = now() + timedelta(days=1)
    sqlite_store.runs.retry_later(waiting, "503 Service Unavailable", later)
    sqlite_store.runs.release(open_run(sqlite_store, "queued"))
    with serve(sqlite_store) as at:
        page = read(at)
    shown = rows(page)
    assert shown["at-work"][2:] == ["Harvesting now: 0 so far", "Now"]
    assert shown["waits"][2] == "Will be tried again: 503 Service Unavailable"
    assert shown["waits"][3].startswith(f"{later.day} ")
    assert shown["queued"][2] == "Waiting for a worker"
    assert figures(page)["At work now"] == "3"


def test_suspended_sources_are_shown_and_retired_ones_are_not(sqlite_store: Store, serve: Serve) -> None:
    add_source(sqlite_store, "nile", title="Suspended")
    add_source(sqlite_store, "volta", title="Retired")
    sqlite_store.sources.change("nile", state=SourceState.SUSPENDED)
    sqlite_store.sources.change("volta", state=SourceState.RETIRED)
    with serve(sqlite_store) as at:
        shown = rows(read(at))
    assert list(shown) == ["Suspended"]
    assert shown["Suspended"][3] == "Paused"


def test_it_speaks_the_language_of_its_reader(sqlite_store: Store, serve: Serve) -> None:
    fill(sqlite_store, some_records(1))
    with serve(sqlite_store) as at:
        asked = html.fromstring(requests.get(f"{at}?lang=ar", timeout=10).content)
        liked = requests.get(at, headers={"Accept-Language": "fr, en;q=0.5"}, timeout=10)
    assert (asked.get("lang"), asked.get("dir")) == ("ar", "rtl")
    assert html.fromstring(liked.content).get("lang") == "fr"
    assert "Accept-Language" in liked.headers["Vary"]
    english = {"Records", "Sources", "Last run", "Next", "Feeds", "Base URL", "Harvest your own node"}
    texts = {" ".join(text.split()) for text in asked.xpath("//body//text()")}
    assert not texts & english


def test_it_loads_nothing_from_elsewhere_and_little_from_here(sqlite_store: Store, serve: Serve) -> None:
    fill(sqlite_store, some_records(1))
    with serve(sqlite_store) as at:
        answer = requests.get(at, timeout=10)
        page = html.fromstring(answer.content)
        wanted = {*page.xpath("//link/@href"), *page.xpath("//@src")}
        assets = [requests.get(urljoin(at, path), timeout=10) for path in wanted]
    assert all(path.startswith("/static/") for path in wanted)
    assert all(asset.status_code == 200 for asset in assets)
    assert all("immutable" in asset.headers["Cache-Control"] for asset in assets)
    assert sum(len(asset.content) for asset in assets) + len(answer.content) < 24_000
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not page.xpath("//script | //style | //*[@style]")


def test_a_page_can_be_read_by_its_structure(sqlite_store: Store, serve: Serve) -> None:
    fill(sqlite_store, some_records(1))
    with serve(sqlite_store) as at:
        page = read(at)
    assert page.get("lang") == "en"
    assert len(page.xpath("//main")) == 1
    assert page.xpath("//a[@class='skip']/@href") == [f"#{page.xpath('//main/@id')[0]}"]
    identifiers = page.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    named = set(page.xpath("//@aria-labelledby")) | {h[1:] for h in page.xpath("//a/@href") if h[0] == "#"}
    assert named <= set(identifiers)
    assert all(th.get("scope") for th in page.xpath("//th"))
    assert all(image.get("alt") is not None for image in page.xpath("//img"))


@pytest.mark.parametrize("path", ["/static/nothing.css", "/static/..%2frouter.py", "/static/%00"])
def test_only_our_own_static_files_are_served(sqlite_store: Store, serve: Serve, path: str) -> None:
    with serve(sqlite_store) as at:
        assert requests.get(at + path, timeout=10).status_code == 404


def test_head_is_answered_like_get_without_a_body(sqlite_store: Store, serve: Serve) -> None:
    with serve(sqlite_store) as at:
        for path in ("/", "/static/mark.svg"):
            answer = requests.head(at + path, timeout=10)
            assert (answer.status_code, answer.content) == (200, b"")
