"""`make run` as a person would: started, looked at, ended with Ctrl-C, and started again on what is there.

Uses a free port and a catalogue in a temporary folder; only the standard library, so that it does not
depend on what it tests.
"""

# A script that asserts, prints and talks to what it has started itself on loopback:
# ruff: noqa: INP001, S101, S310, S314, S607, T201

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
OAI = "{http://www.openarchives.org/OAI/2.0/}"
CSW = "{http://www.opengis.net/cat/csw/2.0.2}"
#: Records that the sample federation holds at least.
EXPECTED = 300
#: Seconds to answer at all, to harvest the sample federation, and to stop.
START, HARVEST, STOP = 60, 120, 30


def free_port() -> int:
    """A port that is free, and whose neighbours above it, for the sample nodes, are likely to be."""
    for port in range(18000, 28000, 500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise SystemExit("no free port")


def get(url: str) -> bytes:
    """The body of an answer."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def wait_for(
    what: str, seconds: float, found: Callable[[], object], process: subprocess.Popen[bytes]
) -> None:
    """Wait until `found()` is true; refused connections count as not yet."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"make run ended by itself, with {process.returncode}, before: {what}")
        try:
            if found():
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.3)
    raise SystemExit(f"not within {seconds} s: {what}")


def records(base: str, prefix: str) -> dict[str, str]:
    """Identifier -> status and datestamp of everything in the feed, page by page."""
    found: dict[str, str] = {}
    query = f"verb=ListIdentifiers&metadataPrefix={prefix}"
    while query:
        root = ET.fromstring(get(f"{base}/oai?{query}"))
        error = root.find(f"{OAI}error")
        if error is not None:
            raise SystemExit(f"{query}: {error.get('code')}: {error.text}")
        for header in root.iter(f"{OAI}header"):
            identifier = header.findtext(f"{OAI}identifier", "")
            assert identifier not in found, f"{identifier} is listed twice"
            found[identifier] = f"{header.get('status', 'alive')} {header.findtext(f'{OAI}datestamp')}"
        token = root.findtext(f".//{OAI}resumptionToken") or ""
        query = f"verb=ListIdentifiers&resumptionToken={quote(token, safe='')}" if token else ""
    return found


def check(base: str) -> dict[str, str]:
    """What a person and two kinds of clients would ask; gives everything in the feed."""
    assert b"<h1>" in get(f"{base}/")
    assert json.loads(get(f"{base}/ready"))["status"] == "ok"
    identify = ET.fromstring(get(f"{base}/oai?verb=Identify"))
    assert identify.findtext(f".//{OAI}deletedRecord") == "persistent"
    capabilities = get(f"{base}/csw?service=CSW&version=2.0.2&request=GetCapabilities")
    assert ET.fromstring(capabilities).tag == f"{CSW}Capabilities"
    dublin_core, iso = records(base, "oai_dc"), records(base, "iso19139")
    assert dublin_core == iso, "the two formats do not hold the same records"
    alive = sum(state.startswith("alive") for state in dublin_core.values())
    assert alive >= EXPECTED, f"only {alive} records"
    answer = get(
        f"{base}/csw?service=CSW&version=2.0.2&request=GetRecords&typeNames=csw:Record&resultType=results"
    )
    results = ET.fromstring(answer).find(f"{CSW}SearchResults")
    assert results is not None, answer[:500]
    assert int(results.get("numberOfRecordsMatched", "-1")) == alive, results.attrib
    shown = re.search(rb"<dt>Records</dt><dd>([\d,]+)</dd>", get(f"{base}/"))
    assert shown, "the front page does not say how many records there are"
    assert int(shown[1].replace(b",", b"")) == alive, shown[1]
    print(f"   {alive} records, {len(dublin_core) - alive} deleted, the same in OAI-PMH, CSW and on the page")
    return dublin_core


def once(base: str, environment: dict[str, str]) -> dict[str, str]:
    """Start, wait until the sample federation is harvested, check, and end as Ctrl-C does."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

        def said() -> str:
            output.seek(0)
            return output.read()

        try:
            wait_for("an answer to Identify", START, lambda: get(f"{base}/oai?verb=Identify"), process)
            print(f"   answers after {time.monotonic() - began:.1f} s")
            wait_for("everything harvested", HARVEST, lambda: "Ctrl-C ends it" in said(), process)
            print(f"   harvested after {time.monotonic() - began:.1f} s")
            found = check(base)
            began = time.monotonic()
            # To the product alone: make itself would die of a SIGINT of its own, and hide how it ended.
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            os.kill(int(children[-1]), signal.SIGINT)
            code = process.wait(STOP)
            print(f"   ended with {code} after {time.monotonic() - began:.1f} s")
            assert code == 0, f"exit code {code}"
            assert "Traceback" not in said(), "a traceback was printed"
        except BaseException:
            print(said())
            raise
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return found


def main() -> int:
    """Twice on the same catalogue: the second time nothing changes."""
    with tempfile.TemporaryDirectory(prefix="clearinghouse-") as folder:
        port = free_port()
        environment = os.environ | {
            "CLEARINGHOUSE_PORT": str(port),
            "CLEARINGHOUSE_DATABASE_URL": f"sqlite:///{folder}/catalogue.sqlite",
        }
        base = f"http://127.0.0.1:{port}"
        first = once(base, environment)
        second = once(base, environment)
    changed = {key for key in first.keys() | second.keys() if first.get(key) != second.get(key)}
    if changed:
        print(f"{len(changed)} records were not as before, for example {sorted(changed)[:3]}")
        return 1
    print("   the second start found and changed nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main())
