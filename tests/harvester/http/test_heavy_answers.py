"""Answers of 200 MB, and bombs, in a process of its own whose memory is measured."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import AnswerTooLarge, AnswerUnreadable

ROOT = Path(__file__).resolve().parents[3]
MEGA = 1024 * 1024
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
#: What fetching costs at most beyond the limit of an answer: buffers, and what a growing one has to spare.
SPARE = 12 * MEGA
FETCH = """
import json, sys
from ipaddress import ip_network
from catalogue.errors import HarvestError
from harvester.http import HarvestSession, Limits
limit = int(sys.argv[2])
session = HarvestSession(
    user_agent="x", limits=Limits(answer_limit=limit), networks=[ip_network("127.0.0.0/8")]
)
def peak():  # not ru_maxrss, which a process begins with that of its parent
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
before, said = peak(), []
for _ in range(2):
    try:
        said.append(len(session.fetch("GET", sys.argv[1]).content))
    except HarvestError as error:
        said.append(type(error).__name__)
print(json.dumps({"said": said, "grown": peak() - before}))
"""


def fetched(url: str, limit: int) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", FETCH, url, str(limit)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
        # What we hold is meant: glibc raises this threshold as it goes, and may then copy a growing buffer.
        env={**os.environ, "MALLOC_MMAP_THRESHOLD_": "131072"},
    )
    return json.loads(done.stdout)


def sends(head: bytes, part: bytes, times: int) -> Callable[[Any], None]:
    def speak(connection: Any) -> None:
        connection.sendall(head)
        for _ in range(times):
            connection.sendall(part)

    return speak


def test_200_megabytes_cost_no_more_than_the_limit(raw_server: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    url = raw_server(sends(head, b"x" * MEGA, 200))
    told = fetched(url, 32 * MEGA)
    assert told["said"] == ["AnswerTooLarge"] * 2
    assert told["grown"] < 32 * MEGA + SPARE


def test_an_answer_just_within_the_limit_is_held_once(raw_server: Any) -> None:
    size = 48 * MEGA
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size
    url = raw_server(sends(head, b"x" * MEGA, 48))
    told = fetched(url, 64 * MEGA)
    assert told["said"] == [size] * 2
    assert told["grown"] < size + SPARE


def _bomb(coding: str) -> bytes:
    """100 MB of nothing, once or twice over."""
    content = b"\0" * (100 * MEGA)
    for one in coding.split(", "):
        content = gzip.compress(content, 1) if one == "gzip" else zlib.compress(content, 1)
    return content


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip", "deflate, gzip"])
def test_bombs_cost_no_more_than_the_limit(raw_server: Any, coding: str) -> None:
    bomb = _bomb(coding)
    assert len(bomb) < MEGA // 2
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nConnection: close\r\n\r\n".encode()
    told = fetched(raw_server(sends(head + bomb, b"", 0)), 16 * MEGA)
    assert told["said"] == ["AnswerTooLarge"] * 2
    assert told["grown"] < 16 * MEGA + SPARE


def test_a_bomb_of_many_members_is_cut_too(make_session: Any, httpserver: Any) -> None:
    bomb = gzip.compress(b"\0" * MEGA) * 50
    httpserver.expect_request("/oai").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(AnswerTooLarge):
        make_session(answer_limit=2 * MEGA).fetch("GET", httpserver.url_for("/oai"))


def test_compressed_more_often_than_anybody_does(make_session: Any, httpserver: Any) -> None:
    content = b"<a/>"
    for _ in range(9):
        content = gzip.compress(content)
    httpserver.expect_request("/oai").respond_with_data(
        content, headers={"Content-Encoding": ", ".join(["gzip"] * 9)}
    )
    with pytest.raises(AnswerUnreadable, match="not compressed as its header says"):
        make_session().fetch("GET", httpserver.url_for("/oai"))
