"""Simulated nodes over real sockets, and the command that starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner

from clearinghouse.cli import app
from clearinghouse.simulator.nodes import Simulator

ROOT = Path(__file__).resolve().parents[3]


def test_many_nodes_behind_one_server() -> None:
    with Simulator() as nodes:
        for number in range(300):
            nodes.add(f"n{number}", *(("html-page=1",) if number == 7 else ()), count=2000)
        index = requests.get(nodes.base_url + "/", timeout=5).json()["nodes"]
        assert len(index) == 300
        assert index[7]["faults"] == ["html-page=1"]
        for number, kind in (
            (0, "text/xml; charset=utf-8"),
            (7, "text/html"),
            (299, "text/xml; charset=utf-8"),
        ):
            answer = requests.get(
                index[number]["base_url"], {"verb": "ListRecords", "metadataPrefix": "oai_dc"}, timeout=5
            )
            assert answer.headers["Content-Type"] == kind
        assert requests.get(nodes.base_url + "/nothing", timeout=5).status_code == 404
        assert requests.delete(index[0]["base_url"], timeout=5).status_code == 405
        posted = requests.post(index[0]["base_url"], {"verb": "Identify"}, timeout=5)
        assert "<repositoryName>Simulated node n0<" in posted.text


def test_an_answer_that_breaks_off(caplog: pytest.LogCaptureFixture) -> None:
    with Simulator() as nodes:
        nodes.add("n", "breaks-off=1")
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            requests.get(f"{nodes.base_url}/n/oai?verb=ListRecords&metadataPrefix=oai_dc", timeout=5)
        assert requests.get(f"{nodes.base_url}/n/oai?verb=Identify", timeout=5).status_code == 200
    assert caplog.records == []


def test_a_node_that_is_slow() -> None:
    with Simulator() as nodes:
        nodes.add("n", "slow-identify", slowness=20)
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.get(f"{nodes.base_url}/n/oai?verb=Identify", timeout=0.3)


def test_faults_are_listed_and_unknown_ones_refused() -> None:
    listed = CliRunner().invoke(app, ["simulate", "--list-faults"])
    assert listed.exit_code == 0
    assert "token-repeats" in listed.stdout
    assert CliRunner().invoke(app, ["simulate", "--fault", "no-such", "--port", "0"]).exit_code != 0


def test_the_command_serves_until_it_is_interrupted() -> None:
    command = [
        sys.executable,
        "-m",
        "clearinghouse",
        "simulate",
        "--port",
        "0",
        "--nodes",
        "3",
        "--mixed",
        "--seed",
        "3",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {}
    ) as process:
        assert process.stdout is not None
        addresses = [process.stdout.readline().split()[0] for _ in range(3)]
        assert requests.get(addresses[2], {"verb": "ListSets"}, timeout=10).status_code == 200
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0
    assert [address.rpartition("/n")[2] for address in addresses] == ["1/oai", "2/oai", "3/oai"]
