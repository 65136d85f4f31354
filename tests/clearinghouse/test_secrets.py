"""Setting secrets of sources, and that nothing tells them."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from catalogue.sealing import new_key
from catalogue.store import Store
from remote_node import RemoteNode
from tls import issue

Command = Any
DONE, FAILED, WRONG, REFUSED = 0, 1, 2, 3
ENVELOPE = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>x</responseDate>{}</OAI-PMH>'


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a text on standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.fixture
def delta(clearinghouse: Command) -> None:
    """A source with https."""
    url = "https://delta.example.org/oai"
    assert clearinghouse("source", "add", "delta", "--protocol", "oai-pmh", "--base-url", url).code == DONE


def test_a_secret_is_set_and_never_told(
    clearinghouse: Command, delta: None, says: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    says("hidden-word\n")
    assert clearinghouse("source", "secret", "delta", "--basic-user", "anna").code == DONE
    monkeypatch.setenv("DELTA_KEY", "Bearer hidden-key")
    said = clearinghouse("source", "secret", "delta", "--header", "Authorization", "--from-env", "DELTA_KEY")
    assert said.code == DONE
    shown = clearinghouse("source", "show", "delta")
    assert "basic, set at 20" in shown.out
    told = clearinghouse("source", "show", "delta", "--json")
    assert [row["kind"] for row in told.json["secrets"]] == ["basic", "header"]
    listed = clearinghouse("source", "secret", "delta")
    assert [line.split()[0] for line in listed.out.splitlines()[1:]] == ["basic", "header"]
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("store.sqlite*"))
    for text in (said.err, shown.out, told.out, listed.out, kept.decode("latin-1")):
        assert "hidden" not in text
        assert "anna" not in text
    assert clearinghouse("source", "secret", "delta", "--remove", "basic").code == DONE
    assert clearinghouse("source", "show", "delta", "--json").json["secrets"][0]["kind"] == "header"
    assert clearinghouse("source", "remove", "delta", "--yes").code == DONE
    assert clearinghouse("source", "show", "delta", "--json").json["secrets"] == []


def test_certificates(clearinghouse: Command, delta: None, says: Any, tmp_path: Path) -> None:
    authority = issue("An authority")
    pair = issue("us", authority)
    both = pair.written(tmp_path, "both")
    locked = tmp_path / "locked.pem"
    locked.write_bytes(pair.key_pem(b"open sesame"))
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority.pem)
    secret = ("source", "secret", "delta")
    assert clearinghouse(*secret, "--client-certificate", both).code == DONE
    says("open sesame\n")
    assert clearinghouse(*secret, "--client-certificate", both, "--client-key", locked).code == DONE
    says("wrong\n")
    said = clearinghouse(*secret, "--client-certificate", both, "--client-key", locked)
    assert (said.code, said.out) == (WRONG, "")
    assert "passphrase" in said.err
    assert clearinghouse(*secret, "--ca-file", ca).code == DONE
    assert clearinghouse(*secret, "--ca-file", tmp_path / "nothing.pem").code == WRONG
    kinds = [row["kind"] for row in clearinghouse("source", "show", "delta", "--json").json["secrets"]]
    assert kinds == ["authority", "certificate"]


def test_what_is_refused(clearinghouse: Command, delta: None, nile: RemoteNode, says: Any) -> None:
    says("")
    assert "empty" in clearinghouse("source", "secret", "delta", "--basic-user", "anna").err
    said = clearinghouse("source", "secret", "delta", "--basic-user", "anna", "--header", "X")
    assert (said.code, "one secret at a time" in said.err) == (WRONG, True)
    said = clearinghouse("source", "secret", "delta", "--basic-user", "anna", "--from-env", "NOT_THERE")
    assert (said.code, "NOT_THERE is empty" in said.err) == (WRONG, True)
    says("hidden-word")
    said = clearinghouse("source", "secret", "nile", "--basic-user", "anna")
    assert (said.code, "secrets-over-http=on" in said.err) == (WRONG, True)
    assert clearinghouse("source", "secret", "congo").code == REFUSED


def test_keys_are_changed(
    clearinghouse: Command, delta: None, says: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    says("hidden-word")
    assert clearinghouse("source", "secret", "delta", "--basic-user", "anna").code == DONE
    file = tmp_path / "store.sqlite.key"
    before = file.read_text()
    assert "Sealed anew: 1" in clearinghouse("db", "reseal", "--new-key").err
    after = file.read_text().split()
    assert len(after) == 1
    assert after[0] not in before
    new = new_key()
    monkeypatch.setenv("CLEARINGHOUSE_SECRET_KEY", f"{new},{after[0]}")
    assert "Sealed anew: 1" in clearinghouse("db", "reseal").err
    said = clearinghouse("db", "reseal", "--new-key")
    assert (said.code, "secret_key" in said.err) == (WRONG, True)
    monkeypatch.setenv("CLEARINGHOUSE_SECRET_KEY", new)
    assert clearinghouse("db", "reseal").code == DONE
    monkeypatch.setenv("CLEARINGHOUSE_SECRET_KEY", new_key())
    said = clearinghouse("db", "reseal")
    assert (said.code, "another key" in said.err) == (WRONG, True)


@pytest.fixture
def talkative(clearinghouse: Command, says: Any, httpserver: HTTPServer) -> HTTPServer:
    """A node that says the secret that it was given back in its errors, in many forms."""
    asked: list[str] = []

    def answer(request: Request) -> Response:
        given = request.headers["Authorization"]
        asked.append(request.args["verb"])
        if asked[-1] == "Identify" and len(asked) == 1:
            return Response(f"<html>{given}: hidden-word</html>", 200)
        told = f"user anna, password hidden-word ({given}) is wrong: hidden%2Dword"
        return Response(ENVELOPE.format(f'<error code="hidden-word">{told}</error>'), content_type="text/xml")

    httpserver.expect_request("/oai").respond_with_handler(answer)
    url = httpserver.url_for("/oai").replace("localhost", "127.0.0.1")
    clearinghouse("source", "add", "volta", "--protocol", "oai-pmh", "--base-url", url)
    clearinghouse("source", "quirk", "volta", "secrets-over-http=on")
    says("hidden-word")
    assert clearinghouse("source", "secret", "volta", "--basic-user", "anna").code == DONE
    return httpserver


def test_what_a_node_says_back_is_told_nowhere(
    talkative: HTTPServer, process: Command, tmp_path: Path
) -> None:
    once = {"CLEARINGHOUSE_PAGE_RETRIES": "1", "CLEARINGHOUSE_RUN_RETRIES": "0"}
    said = process("harvest", "volta", "--json", CLEARINGHOUSE_LOG_LEVEL="DEBUG", **once)
    assert said.code == FAILED
    assert "[secret]" in said.json[0]["message"]
    shown = process("run", "show", 1, "--json", CLEARINGHOUSE_LOG_LEVEL="DEBUG")
    assert len(shown.json["events"]) == 2
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("store.sqlite*"))
    for text in (said.out, said.err, shown.out, shown.err, kept.decode("latin-1")):
        for form in ("hidden-word", "hidden%2Dword", "YW5uYTpoaWRkZW4td29yZA"):
            assert form not in text


def test_a_harvest_without_the_key_fails_in_words(
    talkative: HTTPServer, clearinghouse: Command, tmp_path: Path, database: Store
) -> None:
    (tmp_path / "store.sqlite.key").unlink()
    said = clearinghouse("harvest", "volta", "--json")
    assert said.code == FAILED
    assert said.json[0]["ending"] == "failed"
    assert "secret_key" in said.json[0]["message"]
    assert talkative.log == []
