"""What becomes of every real record of the corpus: read, refused and why, and how many renditions are valid.

    .venv/bin/python benchmarks/corpus_report.py

Says so and ends where the corpus is absent (`tests/conftest.py` tells where it is looked for).
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from catalogue.errors import UnreadableRecord
from catalogue.formats import FORMATS
from catalogue.record import Record
from catalogue.rendering import csw_record, render
from harvester.mapping.registry import read

ROOT = Path(__file__).resolve().parents[1]
#: Formats with an XML Schema; of DCAT there is none.
WRITTEN = tuple(form.prefix for form in FORMATS if form.written and form.prefix != "dcat")
DATESTAMP = "2026-01-02T03:04:05Z"


def test_fixtures() -> ModuleType:
    """tests/conftest.py, which knows the corpus and the schemas."""
    spec = importlib.util.spec_from_file_location("corpus_fixtures", ROOT / "tests" / "conftest.py")
    if spec is None or spec.loader is None:
        sys.exit("tests/conftest.py is not here")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def renditions(record: Record) -> list[tuple[str, str, bytes]]:
    """(schema, name, bytes) of all that we make of a record."""
    marks = {"identifier": "oai:clearinghouse.example.org:node:1", "datestamp": DATESTAMP}
    made = [(prefix, prefix, render(record, prefix, **marks)) for prefix in WRITTEN]
    for element_set in ("brief", "summary", "full"):
        written = csw_record.write(record, element_set=element_set, **marks)
        made.append(("csw", f"csw:Record {element_set}", written))
    return made


def main() -> None:
    """Print the tables."""
    fixtures = test_fixtures()
    if not fixtures.CORPUS.is_dir():
        sys.exit(f"no corpus at {fixtures.CORPUS}")
    read_as: Counter[tuple[str, str]] = Counter()
    refused: Counter[tuple[str, str]] = Counter()
    valid: Counter[tuple[str, bool]] = Counter()
    for name, payload in fixtures.payloads():
        folder = name.partition("/")[0]
        try:
            known, record = read(payload)
        except UnreadableRecord as refusal:
            refused[folder, refusal.rule] += 1
            continue
        read_as[folder, known.prefix] += 1
        for schema, label, rendition in renditions(record):
            valid[label, fixtures.load_schema(schema).validate(etree.fromstring(rendition))] += 1
    for title, counts in (("read", read_as), ("refused", refused)):
        print(title)
        for (folder, what), count in sorted(counts.items()):
            print(f"  {folder:<10}{what:<24}{count:>6}")
        print(f"  {'all':<34}{sum(counts.values()):>6}")
    print("renditions      valid   not")
    for label in dict.fromkeys(label for label, _ in valid):
        print(f"  {label:<18}{valid[label, True]:>6}{valid[label, False]:>6}")


if __name__ == "__main__":
    main()
