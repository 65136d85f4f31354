"""The promise that nothing is missed, with more examples than the test suite has time for.

    .venv/bin/python benchmarks/oai_mirrors.py [EXAMPLES]

Runs the state machine of tests/endpoint/oai_pmh/test_mirrors.py - records that change, move between sets,
gain and lose formats, are deleted and come back; clients that read lists a page at a time, and come back -
so many times on SQLite, and a tenth as often on PostgreSQL. Ends with 1 where a copy is not what the
catalogue holds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_TESTS = Path(__file__).resolve().parent.parent / "tests" / "endpoint" / "oai_pmh" / "test_mirrors.py"
_FEWER = 10


class More:
    """Gives the state machine more examples."""

    def __init__(self, examples: int) -> None:
        self._examples = examples

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Whatever is parametrised by `examples` gets as many."""
        for item in items:
            given = getattr(getattr(item, "callspec", None), "params", {})
            if "examples" in given:
                fewer = _FEWER if given.get("database") == "postgres_url" else 1
                given["examples"] = max(1, self._examples // fewer)
                print(f"{item.name}: {given['examples']} examples")


def main() -> int:
    """Run them."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    options = ["-q", "-n", "0", "-p", "no:randomly", "--timeout", "0", "-s", str(_TESTS)]
    return int(pytest.main(options, plugins=[More(examples)]))


if __name__ == "__main__":
    sys.exit(main())
