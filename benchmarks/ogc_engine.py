"""What the OGC's own engine makes of our CSW: ets-csw202, run by TEAM Engine.

    .venv/bin/python benchmarks/ogc_engine.py --class-path PATH --base FOLDER [--corpus FOLDER]
        [--database URL] [--write]

Needs Java, and the engine as docs/conformance.md says how it is built: its classes and the libraries that
they need are the class path; the base has its `resources` and the suite's `scripts/csw20`. Fills a database
with the suite's reference records, serves it by `clearinghouse serve`, and lets the engine test that.
Prints what came of each test that did not pass, and how many did; ends with 1 where not all of them.
`--write` writes the table.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from catalogue.store import Store
from csw_reference import load_reference_records
from csw_suites import PAGE

CORPUS = Path(
    os.environ.get("CLEARINGHOUSE_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus"
)
BEGIN, END = "<!-- ogc-engine: benchmarks/ogc_engine.py -->", "<!-- end of ogc-engine -->"
_SUITE = "csw:csw-2.0.2-compliance-suite-auto"
#: A test that tests nothing but others has no number.
_RESULT = re.compile(r"Test csw:csw-2\.0\.2-(\w+)-tc([\d.]+) (Passed|Failed.*|\w+)$", re.MULTILINE)
_SECONDS = 60


@contextmanager
def served(database: str) -> Iterator[str]:
    """The address of our CSW over a database, as the product serves it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    settings = {"DATABASE_URL": database, "PORT": str(port), "BASE_URL": address}
    environment = os.environ | {f"CLEARINGHOUSE_{name}": value for name, value in settings.items()}
    with subprocess.Popen(
        [sys.executable, "-m", "clearinghouse", "serve"], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(port)
            yield f"{address}/csw"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + _SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def tested(address: str, class_path: str, base: Path) -> dict[str, str]:
    """What came of each test of the suite, by operation and number."""
    scripts = base / "scripts" / "csw20"
    classes = os.pathsep.join((class_path, str(base / "resources"), str(scripts / "resources")))
    command = [
        "java", "-cp", classes, f"-DTE_BASE={base}", "com.occamlab.te.Test",
        f"-source={scripts / 'ctl' / 'main-auto.xml'}", f"-suite={_SUITE}",
        f"@capabilities.url={address}?service=CSW&request=GetCapabilities&version=2.0.2",
    ]  # fmt: skip
    # The engine ends by writing a report in RDF, for which it may lack a library: what it printed is there.
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return {f"{operation} {number}": result for operation, number, result in _RESULT.findall(said)}


def table(results: dict[str, str]) -> str:
    """How many tests of each operation passed."""
    lines = ["| operation | tests | passed |", "|---|---|---|"]
    for operation in dict.fromkeys(name.partition(" ")[0] for name in results):
        found = [result for name, result in results.items() if name.startswith(f"{operation} ")]
        lines.append(f"| {operation} | {len(found)} | {found.count('Passed')} |")
    every = list(results.values())
    return "\n".join([*lines, f"| together | {len(every)} | {every.count('Passed')} |"])


def main() -> int:
    """Fill, serve, test, print, and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--class-path", required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--database", default="", help="an empty database; SQLite where none is named")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = given.database or f"sqlite:///{folder}/store.sqlite"
        with Store(database) as store:
            store.upgrade()
            load_reference_records(store, given.corpus / "suites" / "ets-csw202" / "data")
        with served(database) as address:
            results = tested(address, given.class_path, given.base)
    for name, result in results.items():
        if result != "Passed":
            print(f"{name}: {result}")
    told = table(results)
    print(told)
    if given.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return not results or any(result != "Passed" for result in results.values())


if __name__ == "__main__":
    sys.exit(main())
