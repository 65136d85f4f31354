"""Over real sockets: codings, validators and limits, as clients meet them."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import requests
import uvicorn
import zstandard
from lxml import etree

from catalogue.record import Record, Text
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app
from endpoint.transport.limits import Limits
from factories import fill

Serving = Callable[..., AbstractContextManager[str]]
LIST = "/oai?verb=ListRecords&metadataPrefix=oai_dc"


@pytest.fixture
def serving(sqlite_store: Store) -> Serving:
    @contextmanager
    def serve(**settings: Any) -> Iterator[str]:
        app = create_app(load_settings(**settings), sqlite_store)
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

    return serve


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    fill(sqlite_store, {f"r{n}": Record(Text.of(f"Waste {n}")) for n in range(30)})
    return sqlite_store


def ask(at: str, path: str, method: str = "GET", **headers: str) -> requests.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, at + path, headers={"Accept-Encoding": "identity"} | given, timeout=10)


@pytest.mark.parametrize(
    "path", ["/oai?verb=Identify", "/csw?service=CSW&request=GetCapabilities", "/nothing"]
)
def test_the_type_of_an_answer_stands_under_its_usual_spelling(
    serving: Serving, filled: Store, path: str
) -> None:
    with serving() as at:
        names = list(requests.get(at + path, timeout=10).raw.headers)
    assert names.count("Content-Type") == 1
    assert "content-type" not in names


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_is_sent_compressed_to_whom_asks_for_it(
    filled: Store, serving: Serving, coding: str, method: str
) -> None:
    with serving() as at:
        plain = ask(at, LIST)
        with requests.request(
            method,
            at + (LIST if method == "GET" else "/oai"),
            data="verb=ListRecords&metadataPrefix=oai_dc" if method == "POST" else None,
            headers={"Accept-Encoding": coding, "Content-Type": "application/x-www-form-urlencoded"},
            stream=True,
            timeout=10,
        ) as answer:
            raw = answer.raw.read(decode_content=False)
    assert "Content-Encoding" not in plain.headers
    assert answer.headers["Content-Encoding"] == coding
    assert int(answer.headers["Content-Length"]) == len(raw) < len(plain.content) / 4
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    content = zstandard.ZstdDecompressor().decompress(raw) if coding == "zstd" else gzip.decompress(raw)
    assert etree.fromstring(content).find("{*}ListRecords") is not None


@pytest.mark.parametrize(
    "path",
    [
        "/oai?verb=Identify",
        "/oai?verb=ListMetadataFormats",
        LIST + "&from=2999-01-01",
        "/csw?service=CSW&version=2.0.2&request=GetCapabilities",
        "/static/clearinghouse.css",
    ],
)
def test_what_a_client_has_already_is_not_sent_again(filled: Store, serving: Serving, path: str) -> None:
    with serving() as at:
        first = ask(at, path)
        assert first.status_code == 200
        time.sleep(1.01)  # the responseDate is another by now
        again = ask(at, path, If_None_Match=f'"other", {first.headers["ETag"]}')
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert ask(at, path, If_None_Match='"other"').status_code == 200


def test_what_has_changed_is_sent(filled: Store, serving: Serving) -> None:
    with serving() as at:
        first = ask(at, "/oai?verb=ListSets")
        fill(filled, {"x": Record(Text.of("Volta"))}, source_id="volta")
        assert ask(at, "/oai?verb=ListSets", If_None_Match=first.headers["ETag"]).status_code == 200


def test_the_answer_to_a_post_is_never_not_modified(filled: Store, serving: Serving) -> None:
    with serving() as at:
        headers = {"If-None-Match": "*", "Content-Type": "application/x-www-form-urlencoded"}
        assert requests.post(f"{at}/oai", "verb=Identify", headers=headers, timeout=10).status_code == 200


def test_head_tells_what_get_would_say(filled: Store, serving: Serving) -> None:
    with serving() as at:
        head, get = ask(at, LIST, "HEAD", Accept_Encoding="gzip"), ask(at, LIST)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(get.content))


def test_one_connection_serves_a_whole_harvest(filled: Store, serving: Serving) -> None:
    with serving(oai_page_size=10) as at, requests.Session() as session:
        found = [session.get(at + LIST, timeout=10) for _ in range(5)]
        assert {answer.headers.get("Connection", "keep-alive") for answer in found} == {"keep-alive"}


def test_a_client_that_asks_too_often_is_told_when_to_come_back(
    filled: Store, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("endpoint.transport.limits._is_loopback", lambda _host: False)
    with serving(requests_per_minute=3) as at:
        found = [ask(at, "/oai?verb=Identify") for _ in range(4)]
        health = ask(at, "/health")
    assert [answer.status_code for answer in found] == [200, 200, 200, 429]
    assert 1 <= int(found[-1].headers["Retry-After"]) <= 60
    assert health.status_code == 200


def test_loopback_is_not_counted(filled: Store, serving: Serving) -> None:
    with serving(requests_per_minute=1) as at:
        assert [ask(at, "/oai?verb=Identify").status_code for _ in range(3)] == [200, 200, 200]


def test_a_busy_process_asks_for_patience_and_serves_again(sqlite_store: Store) -> None:
    """More requests at once than are allowed: the others are told when to come back, and none is lost."""
    inside, go_on = threading.Semaphore(0), threading.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        inside.release()
        import anyio

        await anyio.to_thread.run_sync(go_on.wait)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    app = Limits(slow, load_settings(requests_at_once=2))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    at = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    answers: list[int] = []
    clients = [threading.Thread(target=lambda: answers.append(ask(at, "/").status_code)) for _ in range(2)]
    try:
        for client in clients:
            client.start()
        for _ in clients:
            assert inside.acquire(timeout=10)
        refused = ask(at, "/")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        go_on.set()
        for client in clients:
            client.join()
        assert answers == [200, 200]
        assert ask(at, "/").status_code == 200
    finally:
        go_on.set()
        server.should_exit = True
        thread.join()


def test_identify_names_the_codings_that_are_honoured(serving: Serving) -> None:
    with serving() as base:
        answer = requests.get(f"{base}/oai?verb=Identify", timeout=10).text
    assert "<compression>gzip</compression><compression>zstd</compression>" in answer
