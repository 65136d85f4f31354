"""What is shown of a run's requests, and the bundle for a bug report."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug import Request, Response

from catalogue.sealing import new_key
from catalogue.store import Store
from catalogue.store.holdings.payloads import decompressed
from catalogue.store.tables import exchanges, metadata
from factories import now
from remote_node import FOREIGN, RemoteNode, cut_off, status

Command = Any
DONE, FAILED, WRONG, REFUSED = 0, 1, 2, 3


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_requests_of_a_run(clearinghouse: Command, nile: RemoteNode) -> None:
    nile.mishaps[4] = status(500)
    nile.mishaps[5] = cut_off
    assert clearinghouse("harvest", "nile").code == DONE
    told = clearinghouse("run", "show", 1, "--requests", "--json").json["requests"]
    assert [one["number"] for one in told] == list(range(1, 8))
    assert [one["status"] for one in told] == [200, 200, 200, 500, 200, 200, 200]
    assert told[0]["url"] == f"{nile.url}?verb=Identify"
    assert "HTTP status 500" in told[3]["error"]
    assert told[3]["answer_kept"] == 2
    assert "cut off" in told[4]["error"]
    assert told[4]["answer_kept"] > 100
    assert [one["answer_kept"] for one in told].count(None) == 5
    assert told[0]["size"] > 100
    shown = clearinghouse("run", "show", 1, "--requests").out
    assert f"{nile.url}?verb=Identify" in shown
    assert "requests" not in clearinghouse("run", "show", 1, "--json").json
    assert "verb=Identify" not in clearinghouse("run", "show", 1).out


def test_a_bundle_holds_everything_about_a_run(
    clearinghouse: Command, nile: RemoteNode, tmp_path: Path
) -> None:
    nile.put(("odd", FOREIGN))
    nile.mishaps[4] = cut_off
    clearinghouse("harvest", "nile")
    said = clearinghouse("run", "bundle", 1, "-o", tmp_path / "for-delta.zip")
    assert (said.code, said.out) == (DONE, "")
    parts = parts_of(tmp_path / "for-delta.zip")
    assert sorted(parts) == [
        "README.txt", "answers/00004.xml", "faults.json", "faults/00001.xml", "log.json",
        "requests.json", "run.json", "source.json", "version.json",
    ]  # fmt: skip
    assert json.loads(parts["run.json"])["tally"]["new"] == 25
    assert json.loads(parts["log.json"])[0]["event"] == "page-failed"
    assert json.loads(parts["source.json"])["base_url"] == nile.url
    assert json.loads(parts["requests.json"])[3]["answer"] == "answers/00004.xml"
    assert parts["answers/00004.xml"].startswith(b"<?xml")
    [fault] = json.loads(parts["faults.json"])
    assert (fault["source_identifier"], fault["payload"]) == ("odd", "faults/00001.xml")
    assert parts["faults/00001.xml"] == FOREIGN
    assert json.loads(parts["version.json"])["packages"]["lxml"]
    assert b"run 1 of the source 'nile'" in parts["README.txt"]
    assert not list(tmp_path.glob(".*.part"))
    clearinghouse("run", "bundle", 1)
    assert (tmp_path / "run-1.zip").is_file()


def test_what_cannot_be_bundled(clearinghouse: Command, nile: RemoteNode, tmp_path: Path) -> None:
    assert clearinghouse("run", "bundle", 9).code == REFUSED
    clearinghouse("harvest", "nile")
    said = clearinghouse("run", "bundle", 1, "-o", tmp_path / "nowhere" / "x.zip")
    assert (said.code, "cannot be written" in said.err) == (WRONG, True)


def rows_of(store: Store) -> Iterator[str]:
    with store.engine.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name != "payloads":
                for row in connection.execute(table.select()):
                    yield f"{table.name}: {tuple(row)}"
        for (answer,) in connection.execute(
            select(exchanges.c.answer).where(exchanges.c.answer.is_not(None))
        ):
            yield decompressed(answer).decode("latin-1")


SECRET_FORMS = ("hidden-word", "hidden%2Dword", "YW5uYTpoaWRkZW4td29yZA")


@pytest.fixture
def talkative(clearinghouse: Command, httpserver: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A node that says the secret back: in errors, in headers, in addresses, and in a record."""
    page = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-01T00:00:00Z</responseDate>'
        "<request>x</request><ListRecords><record><header><identifier>a</identifier><datestamp>2026-01-01"
        '</datestamp></header><metadata><thing xmlns="urn:x">hidden-word</thing></metadata></record>'
        "</ListRecords></OAI-PMH>"
    )

    def answer(request: Request) -> Response:
        given = request.headers["Authorization"]
        if "key" not in request.args:
            return Response("", 302, {"Location": f"{request.url}&key=hidden-word&x=hidden%2Dword"})
        if len(httpserver.log) < 4:
            return Response(f"{given} hidden-word", 500, {"ETag": "hidden-word"})
        if request.args["verb"] == "ListRecords":
            return Response(page, 200, {"Server": given}, content_type="text/xml")
        return Response(f"<a>{given}</a>", 200)

    httpserver.expect_request("/oai").respond_with_handler(answer)
    url = httpserver.url_for("/oai").replace("localhost", "127.0.0.1")
    clearinghouse(
        "source", "add", "volta", "--protocol", "oai-pmh", "--base-url", url, "--metadata-prefix", "x"
    )
    clearinghouse("source", "quirk", "volta", "secrets-over-http=on", "undescribed=on")
    monkeypatch.setattr(sys, "stdin", io.StringIO("hidden-word"))
    assert clearinghouse("source", "secret", "volta", "--basic-user", "anna").code == DONE
    return httpserver


def test_no_bundle_and_no_other_output_holds_a_secret(
    talkative: Any, process: Command, clearinghouse: Command, database: Store, tmp_path: Path
) -> None:
    """Everything that anybody is ever given is searched for it, and the database but for records as sent."""
    said = [process("harvest", "volta", "--json", CLEARINGHOUSE_LOG_LEVEL="DEBUG")]
    assert said[0].json[0]["tally"]["faulty"] == 1
    said += [
        clearinghouse("run", "show", 1, "--requests"),
        clearinghouse("run", "show", 1, "--requests", "--json"),
        clearinghouse("runs", "--json"),
        clearinghouse("source", "show", "volta", "--json"),
        clearinghouse("run", "bundle", 1, "-o", tmp_path / "b.zip"),
    ]
    parts = parts_of(tmp_path / "b.zip")
    assert parts["faults/00001.xml"] == b'<thing xmlns="urn:x">[secret]</thing>'
    assert b"[secret]" in parts["answers/00002.txt"]
    assert len(json.loads(parts["requests.json"])) == len(talkative.log)
    texts = [text for one in said for text in (one.out, one.err)]
    texts += [content.decode() for content in parts.values()]
    for text in (*texts, *rows_of(database)):
        assert [form for form in SECRET_FORMS if form in text] == []


def test_without_the_key_nothing_is_bundled(
    talkative: Any, clearinghouse: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be searched for secrets is not given out."""
    clearinghouse("harvest", "volta")
    monkeypatch.setenv("CLEARINGHOUSE_SECRET_KEY", new_key())
    said = clearinghouse("run", "bundle", 1, "-o", tmp_path / "b.zip")
    assert (said.code, "another key" in said.err) == (WRONG, True)
    assert not (tmp_path / "b.zip").exists()


def test_old_requests_are_forgotten(clearinghouse: Command, nile: RemoteNode, database: Store) -> None:
    clearinghouse("harvest", "nile")
    assert database.exchanges.forget(now()) == len(nile.asked)
    assert clearinghouse("run", "show", 1, "--requests", "--json").json["requests"] == []
