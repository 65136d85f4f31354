from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from catalogue.source import Protocol
from clearinghouse.sample.__main__ import main
from clearinghouse.sample.federation import Federation

ROOT = Path(__file__).resolve().parents[3]


def test_it_starts_and_stops_without_leaving_threads_or_the_port() -> None:
    before = set(threading.enumerate())
    with Federation(port=0) as federation:
        port = int(federation.base_url.rpartition(":")[2])
        assert requests.get(federation.base_url, timeout=5).status_code == 200
    assert set(threading.enumerate()) == before
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    with Federation(port=port) as again:
        assert again.base_url.endswith(f":{port}")


def test_it_stops_although_a_client_keeps_its_connection() -> None:
    before = set(threading.enumerate())
    with requests.Session() as session, Federation(port=0) as federation:
        session.get(federation.base_url, timeout=5)
    assert set(threading.enumerate()) == before


def test_stopping_twice_does_no_harm() -> None:
    federation = Federation(port=0)
    federation.start()
    federation.stop()
    federation.stop()


def test_a_port_that_is_taken_is_told_at_once() -> None:
    with Federation(port=0) as first, pytest.raises(OSError, match="in use"):
        Federation(port=int(first.base_url.rpartition(":")[2])).start()


def test_sources_can_be_registered_as_they_are() -> None:
    federation = Federation(port=8101)
    assert [(source.id, source.protocol, source.metadata_prefix) for source in federation.sources()] == [
        ("nile", Protocol.OAI_PMH, "oai_dc"),
        ("andes", Protocol.CSW, "iso19139"),
        ("steppe", Protocol.OAI_PMH, "oai_dc"),
        ("lagoon", Protocol.OAI_PMH, "qdc"),
    ]
    for source in federation.sources():
        assert source.base_url.startswith("http://127.0.0.1:8101/")
        assert source.title
        assert len(source.schedule.split()) == 5


def test_the_first_page_lists_every_node(federation: Federation) -> None:
    page = requests.get(federation.base_url + "/", timeout=5)
    assert page.headers["Content-Type"].startswith("text/html")
    for source in federation.sources():
        assert source.title in page.text


def test_unknown_paths_and_methods_are_refused(federation: Federation) -> None:
    assert requests.get(federation.base_url + "/nothing", timeout=5).status_code == 404
    assert requests.delete(federation.base_url + "/nile/oai", timeout=5).status_code == 405


def test_the_module_says_when_the_port_is_taken(
    federation: Federation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--port", federation.base_url.rpartition(":")[2]]) == 1
    assert "cannot be used" in capsys.readouterr().err


def test_the_module_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, "-W", "error", "-m", "clearinghouse.sample", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {}
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[3]
        assert requests.get(address, timeout=10).status_code == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert errors == ""
