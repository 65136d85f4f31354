"""Which test of ours shows each assertion of the OGC's suites: read from the tests' names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "conformance" / "csw"
_OLDER, _NEWER = _FOLDER / "test_ets_csw202.py", _FOLDER / "test_ets_cat30.py"
_OPERATIONS = ("GetCapabilities", "DescribeRecord", "GetRecords", "GetRecordById")
_NUMBERED = re.compile(r"test_([a-z]+)_(\d+_\d+)(?:_and_(\d+_\d+))?_([a-z].*)")
BEGIN, END = "<!-- csw-assertions: benchmarks/csw_conformance.py -->", "<!-- end of the assertions -->"


def _tests(file: Path) -> list[str]:
    made = ast.parse(file.read_text(encoding="utf-8"))
    return [found.name for found in made.body if isinstance(found, ast.FunctionDef)]


def shown() -> dict[str, str]:
    """Assertion -> our test: `GetRecords 5.1` of ets-csw202, `getBriefRecordById` of ets-cat30."""
    names = {name.lower(): name for name in _OPERATIONS}
    found: dict[str, str] = {}
    for test in _tests(_OLDER):
        numbered = _NUMBERED.fullmatch(test)
        if numbered is not None:
            for number in filter(None, numbered.group(2, 3)):
                found[f"{names[numbered[1]]} {number.replace('_', '.')}"] = test
    newer = (test for test in _tests(_NEWER) if re.match(r"test_[a-z]+[A-Z]", test))
    return found | {test.removeprefix("test_"): test for test in newer}


def wanted(corpus: Path) -> set[str]:
    """What the suites assert, by the same names."""
    older = (corpus / "suites" / "ets-csw202" / "assertions.tsv").read_text(encoding="utf-8")
    newer = (corpus / "suites" / "ets-cat30" / "assertions.tsv").read_text(encoding="utf-8")
    numbered = re.findall(r"\tcsw:csw-2\.0\.2-(\w+)-tc([\d.]+)\t", older)
    return {f"{operation} {number}" for operation, number in numbered} | {
        line.split("\t")[1] for line in newer.splitlines()[1:] if line
    }


def table() -> str:
    """What docs/conformance.md has of the assertions."""
    by_test: dict[str, list[str]] = {}
    for assertion, test in shown().items():
        by_test.setdefault(test, []).append(assertion)
    lines = ["| assertion | our test |", "|---|---|"]
    lines += [f"| {', '.join(names)} | `{test}` |" for test, names in by_test.items()]
    return "\n".join(lines)
