"""Memory that is free goes back to the system, whichever thread has had it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from catalogue import memory

#: Threads that each take a lot at a time, and keep a little of what they took last.
_PROGRAM = """
import re, sys, threading
from pathlib import Path
from catalogue import memory

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

def work(kept):
    taken = [bytearray(100_000) for _ in range(200)]
    kept.append(taken[-1])

if "share" in sys.argv:
    assert memory.share()
before, kept = resident(), []
gate = threading.Barrier(8)
threads = [threading.Thread(target=lambda: (gate.wait(), work(kept), gate.wait())) for _ in range(8)]
for one in threads:
    one.start()
for one in threads:
    one.join()
if "give_back" in sys.argv:
    memory.give_back()
print(resident() - before)
"""


def _left(*said: str) -> int:
    """Megabytes that the program still has in the end."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *said], capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout)


@pytest.mark.skipif(not memory.keep(), reason="the C library has no such settings")
def test_what_threads_have_had_and_is_free_goes_back() -> None:
    assert _left("share", "give_back") < 20
    assert _left() > 40
