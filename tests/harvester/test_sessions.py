"""What a run's session is given by the store, and what it leaves there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from catalogue.credentials import Secret, SecretKind
from catalogue.errors import HttpFailure
from catalogue.quirks import Quirks
from catalogue.run import Ending, HarvestRun, RunKind
from catalogue.sealing import Sealer, new_key
from catalogue.settings import Settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from factories import now
from harvester.http import tls
from harvester.sessions import session_for
from remote_node import RemoteNode
from tls import issue, serving


@pytest.fixture
def document(httpserver: HTTPServer) -> str:
    """The address of a document with an ETag."""

    def answer(request: Request) -> Response:
        known = request.headers.get("If-None-Match") == '"v1"'
        return Response("" if known else "<list/>", 304 if known else 200, {"ETag": '"v1"'})

    httpserver.expect_request("/list.xml").respond_with_handler(answer)
    return httpserver.url_for("/list.xml")


def add(store: Store, url: str, **quirks: Any) -> Source:
    source = Source("nile", Protocol.OAI_PMH, url, quirks=Quirks(**quirks))
    store.sources.add(source, now())
    return source


def opened(store: Store, kind: RunKind = RunKind.INCREMENTAL) -> HarvestRun:
    return store.runs.open("nile", kind, now(), worker="test:1:a")


def fetched(
    store: Store,
    settings: Settings,
    source: Source,
    *,
    ending: Ending,
    kind: RunKind = RunKind.INCREMENTAL,
) -> bool:
    """Whether a run that ends so gets the document, or is told that it has it."""
    run = opened(store, kind)
    with session_for(store, settings, source, run) as session:
        answer = session.fetch_if_modified(source.base_url)
    store.runs.end(run, ending, now())
    return answer is not None


def test_a_version_counts_once_a_run_has_ended_well(store: Store, lenient: Settings, document: str) -> None:
    source = add(store, document)
    assert fetched(store, lenient, source, ending=Ending.FAILED)
    assert fetched(store, lenient, source, ending=Ending.CANCELLED)
    assert fetched(store, lenient, source, ending=Ending.COMPLETE, kind=RunKind.FULL)
    assert not fetched(store, lenient, source, ending=Ending.FAILED)
    assert not fetched(store, lenient, source, ending=Ending.NOTHING_NEW)
    assert not fetched(store, lenient, source, ending=Ending.NOTHING_NEW)
    assert fetched(store, lenient, source, ending=Ending.COMPLETE, kind=RunKind.FULL)
    store.validators.forget("nile")
    assert fetched(store, lenient, source, ending=Ending.COMPLETE)


def test_a_run_that_ended_badly_does_not_hide_the_one_before(
    store: Store, lenient: Settings, document: str, httpserver: HTTPServer
) -> None:
    """It has seen a newer version, and taken nothing of it: the newer one must come again."""
    source = add(store, document)
    assert fetched(store, lenient, source, ending=Ending.COMPLETE)
    httpserver.clear()
    httpserver.expect_request("/list.xml").respond_with_data("<new/>", headers={"ETag": '"v2"'})
    assert fetched(store, lenient, source, ending=Ending.FAILED)
    assert fetched(store, lenient, source, ending=Ending.COMPLETE)
    assert not fetched(store, lenient, source, ending=Ending.NOTHING_NEW)


def test_overtaken_versions_are_forgotten(store: Store, lenient: Settings, document: str) -> None:
    source = add(store, document)
    for _ in range(4):
        fetched(store, lenient, source, ending=Ending.NOTHING_NEW)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM validators").scalar() == 2


def test_a_source_whose_validators_lie(sqlite_store: Store, lenient: Settings, document: str) -> None:
    source = add(sqlite_store, document, no_validators=True)
    for _ in range(2):
        assert fetched(sqlite_store, lenient, source, ending=Ending.COMPLETE)


def test_a_source_that_has_moved_is_noted_once(
    sqlite_store: Store, lenient: Settings, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/old").respond_with_data("", status=301, headers={"Location": "/new"})
    httpserver.expect_request("/new").respond_with_data("<a/>")
    source = add(sqlite_store, httpserver.url_for("/old"))
    run = opened(sqlite_store)
    for _ in range(2):
        with session_for(sqlite_store, lenient, source, run) as session:
            session.fetch("GET", source.base_url)
    [event] = sqlite_store.runs.events(run.id)
    assert (event.event, event.level) == ("moved", "warning")
    assert event.detail == {"base_url": source.base_url, "to": httpserver.url_for("/new")}


def test_requests_are_numbered_through_all_slices_of_a_run(
    store: Store, lenient: Settings, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/oai").respond_with_data("no", status=500)
    source = add(store, httpserver.url_for("/oai"))
    run = opened(store)
    for _ in range(2):
        with pytest.raises(HttpFailure), session_for(store, lenient, source, run) as session:
            session.fetch("GET", source.base_url)
    assert [(one.number, one.answer) for one in store.exchanges.of(run.id)] == [(1, b"no"), (2, b"no")]


def test_how_long_answers_took_is_added_up_in_the_run(store: Store, lenient: Settings, document: str) -> None:
    source = add(store, document)
    run = opened(store)
    for _ in range(2):
        with session_for(store, lenient, source, run) as session:
            session.fetch("GET", document)
    store.runs.end(run, Ending.COMPLETE, now())
    [spark] = store.overview.timed(store.overview.sparks(["nile"])["nile"])
    assert spark.answers == 2
    assert spark.started_at is not None


def test_when_a_client_certificate_ends_is_found_where_it_was_not_written_down(
    sqlite_store: Store, lenient: Settings, document: str
) -> None:
    source, pair, key = add(sqlite_store, document), issue("a client", days=9), new_key()
    secret = Secret.certificate(pair.pem, pair.key_pem())
    sqlite_store.secrets.set(source, secret, Sealer([key]), now())
    ends = {SecretKind.CERTIFICATE: pair.certificate.not_valid_after_utc}
    assert sqlite_store.secrets.ends("nile") == ends
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE source_secrets SET ends_at = NULL")
    settings = lenient.model_copy(update={"secret_key": SecretStr(key)})
    with session_for(sqlite_store, settings, source, opened(sqlite_store)):
        assert sqlite_store.secrets.ends("nile") == ends


@pytest.mark.parametrize(("days", "said"), [(10, True), (200, False)])
def test_how_long_a_certificate_is_good(
    sqlite_store: Store,
    lenient: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    said: bool,  # noqa: FBT001
) -> None:
    authority = issue("An authority")
    trusting = tls.of_source(unverified=False)
    trusting.load_verify_locations(cadata=authority.pem.decode())
    monkeypatch.setattr(tls, "verified", lambda: trusting)
    leaf = issue("localhost", authority, days=days)
    with serving(leaf, tmp_path) as server:
        server.expect_request("/oai").respond_with_data("<a/>")
        source = add(sqlite_store, f"https://127.0.0.1:{server.port}/oai")
        run = opened(sqlite_store)
        with session_for(sqlite_store, lenient, source, run) as session:
            session.fetch("GET", source.base_url)
    until = leaf.certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert sqlite_store.sources.get("nile").certificate_until == until
    events = [(event.event, event.detail["until"]) for event in sqlite_store.runs.events(run.id)]
    assert events == ([("certificate-expires", until)] if said else [])


def test_a_source_whose_identify_times_out(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Any
) -> None:
    remote.fill(25)
    register(sqlite_store, remote, quirks=Quirks(undescribed=True))
    run = harvest(sqlite_store)
    assert (run.ending, run.tally.new) == (Ending.COMPLETE, 25)
    assert {asked["verb"] for asked in remote.asked} == {"ListRecords"}
