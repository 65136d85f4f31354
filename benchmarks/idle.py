"""What a thousand sources cost that are not due: the CPU share of a process that only keeps their schedules.

    python benchmarks/idle.py [--sources 1000] [--seconds 60] [--database postgresql://...]

`up` runs in a process of its own, with its web server, its schedule and its worker; every source is due once
a day, and not now. Its processor time is read before and after, once its start is over.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from catalogue.source import Protocol, Source
from catalogue.store import Store

ROOT = Path(__file__).resolve().parents[1]
#: Its start is over when it took less of a core than this, twice for five seconds; or after two minutes.
CALM, WINDOW, LONGEST_START = 0.08, 5.0, 120.0


def cpu_of(pid: int) -> float:
    """Processor time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_calm(pid: int) -> None:
    """Until imports, migrations and the first look at all sources are over."""
    calm, deadline = 0, time.monotonic() + LONGEST_START
    time.sleep(WINDOW)
    while calm < 2 and time.monotonic() < deadline:
        before = cpu_of(pid)
        time.sleep(WINDOW)
        calm = calm + 1 if (cpu_of(pid) - before) / WINDOW < CALM else 0


def register(url: str, count: int) -> None:
    """So many sources, due at some minute of the night between 0 and 6 in some zone: none of them now."""
    hour = (datetime.now(UTC).hour + 12) % 24
    with Store(url) as store:
        store.upgrade()
        for n in range(count):
            source = Source(
                f"node-{n}",
                Protocol.OAI_PMH,
                f"https://node-{n}.example.org/oai",
                schedule=f"{n % 60} {hour} * * *",
            )
            store.sources.add(source, datetime.now(UTC))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", default="")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = wanted.database or f"sqlite:///{folder}/idle.sqlite"
        register(url, wanted.sources)
        environment = os.environ | {
            "CLEARINGHOUSE_DATABASE_URL": url,
            "CLEARINGHOUSE_PORT": str(free_port()),
            "PYTHONPATH": str(ROOT),
        }
        with subprocess.Popen(
            [sys.executable, "-m", "clearinghouse", "up"], env=environment, stderr=subprocess.DEVNULL
        ) as process:
            try:
                wait_until_calm(process.pid)
                before, began = cpu_of(process.pid), time.monotonic()
                time.sleep(wanted.seconds)
                spent, passed = cpu_of(process.pid) - before, time.monotonic() - began
            finally:
                process.terminate()
                process.wait(60)
    print(f"{wanted.sources} sources: {spent:.2f} s of CPU in {passed:.0f} s, {spent / passed:.2%} of a core")


if __name__ == "__main__":
    main()
