"""Selective harvesting and flow control (sections 2.7 and 3.5), over both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalogue.run import HarvestRun
from catalogue.store import Store
from factories import add_source, commit, open_run, set_clock

START = 1_700_000_000  # 2023-11-14T22:13:20Z
Serve = Callable[..., Any]
SmallWrite = Callable[..., Any]


class Clock:
    """The store's clock."""

    time = START

    def __call__(self, _connection: object) -> int:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    set_clock(monkeypatch, made)
    return made


@pytest.fixture
def run(store: Store) -> HarvestRun:
    add_source(store)
    return open_run(store)


@pytest.fixture
def put(store: Store, run: HarvestRun, small_write: SmallWrite, clock: Clock) -> Callable[..., None]:
    """A function that writes records at a time (in seconds from the start)."""

    def put(time: int, *names: str, **given: Any) -> None:
        clock.time = START + time
        commit(store, run, [small_write(store, name, str(time), **given) for name in names])

    return put


@pytest.fixture
def oai(store: Store, serve: Serve) -> Any:
    return serve(store, token_hours=10**6)


NAMES = [f"r{number:02}" for number in range(30)]


@pytest.mark.parametrize("size", [1, 7, 10, 15, 29, 30, 31, 1000])
@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_every_page_size_lists_everything_once(
    sqlite_store: Store, serve: Serve, small_write: SmallWrite, size: int, verb: str
) -> None:
    add_source(sqlite_store)
    commit(sqlite_store, open_run(sqlite_store), [small_write(sqlite_store, name) for name in NAMES])
    pages = list(serve(sqlite_store, oai_page_size=size).pages(verb, metadataPrefix="oai_dc"))
    assert [name for page in pages for name in page.identifiers] == NAMES
    assert len(pages) == -(-len(NAMES) // size)
    if len(pages) == 1:
        assert pages[0].token is None
        return
    assert pages[-1].token == ""
    assert all(page.token for page in pages[:-1])
    for number, page in enumerate(pages):
        [element] = page.root.findall(".//{*}resumptionToken")
        assert element.get("cursor") == str(number * size)
        assert element.get("completeListSize") == "30"
        assert (element.get("expirationDate") is None) == (page is pages[-1])


def test_pages_on_both_databases(put: Callable[..., None], oai: Any) -> None:
    for time in range(3):
        put(time, *NAMES[time * 10 : time * 10 + 10])
    for given in ({}, {"set": "source:nile"}, {"from": "2023-11-14"}, {"until": "2030-01-01"}):
        for verb in ("ListRecords", "ListIdentifiers"):
            pages = list(oai.pages(verb, metadataPrefix="iso19139", **given))
            assert [page.identifiers for page in pages] == [NAMES[:10], NAMES[10:20], NAMES[20:]]
            assert [page.texts("//@completeListSize") for page in pages] == [["30"]] * 3
            assert {page.response_date for page in pages} == {pages[0].response_date}


def test_from_and_until_are_inclusive(put: Callable[..., None], oai: Any) -> None:
    put(0, "a")
    put(1, "b")
    put(2, "c")
    put(6400, "tomorrow")

    def listed(**given: str) -> list[str]:
        found = oai.ask("ListIdentifiers", metadataPrefix="oai_dc", **given)
        return [found.error] if found.error else found.identifiers

    assert listed(from_="2023-11-14T22:13:21Z") == ["b", "c", "tomorrow"]
    assert listed(until="2023-11-14T22:13:21Z") == ["a", "b"]
    assert listed(from_="2023-11-14T22:13:21Z", until="2023-11-14T22:13:21Z") == ["b"]
    assert listed(from_="2023-11-14", until="2023-11-14") == ["a", "b", "c"]
    assert listed(from_="2023-11-15") == ["tomorrow"]
    assert listed(until="2023-11-13") == ["noRecordsMatch"]
    assert listed(until="1999-01-01") == ["noRecordsMatch"]
    assert listed(from_="2999-01-01") == ["noRecordsMatch"]
    assert listed(until="2999-01-01T00:00:00Z") == ["a", "b", "c", "tomorrow"]
    assert listed(until="2023-11-14", set="source:nile") == ["a", "b", "c"]
    assert listed(set="source:none") == ["noRecordsMatch"]


def test_the_same_token_gives_the_same_page_to_the_letter(
    put: Callable[..., None], oai: Any, store: Store
) -> None:
    put(0, *NAMES)
    first = oai.ask("ListRecords", metadataPrefix="oai_dc")
    second = oai.ask("ListRecords", resumptionToken=first.token)
    put(5, "new")
    assert oai.ask("ListRecords", resumptionToken=first.token).body == second.body
    assert second.identifiers == NAMES[10:20]


def test_a_token_survives_another_process_and_page_size(
    put: Callable[..., None], oai: Any, store: Store, serve: Serve
) -> None:
    put(0, *NAMES)
    first = oai.ask("ListRecords", metadataPrefix="oai_dc")
    with Store(store.engine.url.render_as_string(hide_password=False)) as again:
        other = serve(again, oai_page_size=25, token_hours=10**6)
        second = other.ask("ListRecords", resumptionToken=first.token)
    assert second.identifiers == NAMES[10:]
    assert second.texts("//@cursor") == ["10"]
    assert second.token == ""


def test_tokens_of_others_and_of_other_verbs(put: Callable[..., None], oai: Any, store: Store) -> None:
    put(0, *NAMES)
    token = oai.ask("ListRecords", metadataPrefix="oai_dc").token
    assert oai.ask("ListIdentifiers", resumptionToken=token).error == "badResumptionToken"
    assert oai.ask("ListSets", resumptionToken=token).error == "badResumptionToken"
    for bad in ("", "x", token[:-1], token + "A", token.swapcase(), " " + token):
        assert oai.ask("ListRecords", resumptionToken=bad).error == "badResumptionToken"
    assert oai.ask("ListRecords", resumptionToken=token, metadataPrefix="oai_dc").error == "badArgument"


def test_an_old_token_has_expired(put: Callable[..., None], serve: Serve, store: Store) -> None:
    """The list was begun in 2023, and was good for an hour."""
    put(0, *NAMES)
    oai = serve(store, token_hours=1)
    first = oai.ask("ListRecords", metadataPrefix="oai_dc")
    assert first.texts("//@expirationDate") == ["2023-11-14T23:13:20Z"]
    assert oai.ask("ListRecords", resumptionToken=first.token).error == "badResumptionToken"


def test_a_list_is_a_snapshot(put: Callable[..., None], oai: Any) -> None:
    put(0, *NAMES)
    pages = oai.pages("ListRecords", metadataPrefix="oai_dc")
    first = next(pages)
    put(5, "r00", "r15", "new")
    rest = [name for page in pages for name in page.identifiers]
    assert first.identifiers + rest == [name for name in NAMES if name != "r15"]
    again = oai.ask("ListRecords", metadataPrefix="oai_dc", from_=first.response_date)
    assert {"r00", "r15", "new"} <= {
        n for p in oai.pages(metadataPrefix="oai_dc", from_=first.response_date) for n in p.identifiers
    }
    assert again.error == ""


def test_the_rest_of_a_list_that_has_all_changed(put: Callable[..., None], oai: Any) -> None:
    """No page is empty: what stands behind the snapshot now is told instead."""
    put(0, *NAMES[:15])
    pages = oai.pages("ListRecords", metadataPrefix="oai_dc")
    assert next(pages).identifiers == NAMES[:10]
    put(5, *NAMES[10:15])
    rest = list(pages)
    assert [page.identifiers for page in rest] == [NAMES[10:15]]
    assert rest[0].token == ""
    bounded = oai.pages("ListRecords", metadataPrefix="oai_dc", until="2023-11-14T22:13:25Z")
    next(bounded)
    put(9, *NAMES[10:15])
    assert next(bounded).error == "noRecordsMatch"


def test_deletion_is_told_in_every_list(
    put: Callable[..., None], oai: Any, store: Store, run: HarvestRun
) -> None:
    put(0, "a", "b", set_specs=("topic:x",))
    ours = "oai:clearinghouse.localdomain:nile:a"
    put(1)
    commit(store, run, [], tombstones=list(store.records.known([ours]).values()))
    for prefix in ("oai_dc", "iso19139"):
        for given in ({}, {"set": "topic:x"}, {"set": "source:nile"}):
            for verb in ("ListRecords", "ListIdentifiers"):
                assert oai.ask(verb, metadataPrefix=prefix, **given).identifiers == ["b", "-a"]
    put(2, "a")
    assert oai.ask("ListRecords", metadataPrefix="oai_dc").identifiers == ["b", "a"]


def test_leaving_a_set_is_told_in_that_set_only(put: Callable[..., None], oai: Any) -> None:
    put(0, "a", "b", set_specs=("topic:x", "topic:y"))
    put(1, "a", set_specs=("topic:y",))
    for verb in ("ListRecords", "ListIdentifiers"):
        assert oai.ask(verb, metadataPrefix="oai_dc", set="topic:x").identifiers == ["b", "-a"]
        assert oai.ask(verb, metadataPrefix="oai_dc", set="topic:y").identifiers == ["b", "a"]
        assert oai.ask(verb, metadataPrefix="oai_dc").identifiers == ["b", "a"]
    answer = oai.ask("ListRecords", metadataPrefix="oai_dc", set="topic:x")
    assert len(answer.texts("//o:metadata")) == 1
    put(2, "a", set_specs=("topic:x",))
    assert oai.ask("ListRecords", metadataPrefix="oai_dc", set="topic:x").identifiers == ["b", "a"]
    assert oai.ask("ListRecords", metadataPrefix="oai_dc", set="topic:y").identifiers == ["b", "-a"]


def test_the_size_of_a_list_is_counted_once_and_still_right(
    put: Callable[..., None], oai: Any, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    count = type(store.feed).count
    monkeypatch.setattr(
        type(store.feed), "count", lambda feed, query: counted.append(query) or count(feed, query)
    )

    def size(**given: str) -> str:
        [found] = oai.ask("ListRecords", metadataPrefix="oai_dc", **given).texts("//@completeListSize")
        return str(found)

    put(0, *NAMES[:20])
    assert size() == "20"
    put(0, *NAMES[20:25])
    assert size() == "25"
    clock.time += 1
    assert [size() for _ in range(3)] == ["25"] * 3
    assert len(counted) == 3
    put(2, *NAMES[25:])
    clock.time += 1
    assert [size() for _ in range(3)] == ["30"] * 3
    assert len(counted) == 4
    # What changes leaves a list that ends before it.
    begin = {"until": "2023-11-14T22:13:20Z"}
    assert [size(**begin) for _ in range(3)] == ["25"] * 3
    put(4, *NAMES[:4])
    clock.time += 1
    assert [size(**begin) for _ in range(3)] == ["21"] * 3
