"""The command line, called in this very process or as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalogue.store import Store
from clearinghouse import cli, logs
from remote_node import RemoteNode, running

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Said]


@pytest.fixture
def remote() -> Iterator[RemoteNode]:
    """An OAI-PMH node on loopback, empty."""
    with running(RemoteNode()) as node:
        yield node


@pytest.fixture
def environment(upgraded_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings, in the environment; none of the machine's own."""
    for name in [name for name in os.environ if name.startswith("CLEARINGHOUSE_")]:
        monkeypatch.delenv(name)
    settings = {
        "CLEARINGHOUSE_DATABASE_URL": upgraded_sqlite_url,
        "CLEARINGHOUSE_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return settings


@pytest.fixture
def clearinghouse(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Calls `clearinghouse` in this process."""
    monkeypatch.setattr(logs, "configure", lambda _: None)

    def call(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["clearinghouse", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Said(code, *capsys.readouterr())

    return call


@pytest.fixture
def process(environment: dict[str, str]) -> Command:
    """Calls `clearinghouse` as a process of its own."""

    def call(*arguments: object, **more: str) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "clearinghouse", *map(str, arguments)],
            env=os.environ | {"PYTHONPATH": str(ROOT)} | more,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def database(environment: dict[str, str]) -> Iterator[Store]:
    """The store that the commands work on, to look into."""
    with Store(environment["CLEARINGHOUSE_DATABASE_URL"]) as store:
        yield store


@pytest.fixture
def nile(clearinghouse: Command, remote: RemoteNode) -> RemoteNode:
    """A node of 25 records that is registered."""
    remote.fill(25)
    said = clearinghouse(
        "source", "add", "nile", "--protocol", "oai-pmh", "--base-url", remote.url, "--title", "The Nile"
    )
    assert said.code == 0
    return remote
