"""The budgets of the house, and what no file of it may say. See CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("catalogue", "harvester", "endpoint", "clearinghouse")
BROAD_HANDLERS = 3
#: Written apart, so that this file does not say it either.
FORBIDDEN = (
    re.compile(r"/wor" + r"k/\w"),
    re.compile(
        "py" + r"pi\.(?:org|python\.org)|files\.python" + "hosted|registry" + r"\.npmjs", re.IGNORECASE
    ),
    re.compile(r"\bTO" + r"DO\b|\bFIX" + r"ME\b|\bXX" + r"X\b"),
)


def tracked() -> list[Path]:
    """Every file that is part of the project."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@cache
def nodes(path: Path) -> tuple[Any, ...]:
    """The syntax tree of a module, flat; the module itself comes first."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_names_a_registry_or_a_machine_or_leaves_work_for_later() -> None:
    said = []
    for path in tracked():
        try:
            content = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        said += [f"{relative(path)}: {found[0]}" for rule in FORBIDDEN if (found := rule.search(content))]
    assert said == []


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {relative(path): len(path.read_text().splitlines()) for path in modules()}
    assert {name: n for name, n in lengths.items() if n > 400} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = []
    for path in modules():
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 50:
                    long.append(f"{relative(path)}:{node.lineno} {node.name}: {length}")
    assert long == []


def test_broad_handlers_are_few() -> None:
    broad = []
    for path in modules():
        for node in nodes(path):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else ""
                reraised = isinstance(node.body[-1], ast.Raise)
                if (caught in {"", "Exception"} or "BaseException" in caught) and not reraised:
                    broad.append(f"{relative(path)}:{node.lineno}")
    assert len(broad) <= BROAD_HANDLERS, broad


def test_no_module_has_a_name_that_says_nothing() -> None:
    banned = {"utils", "helpers", "common", "core", "manager", "handler", "data", "info"}
    assert [relative(path) for path in modules() if {path.stem, path.parent.name} & banned] == []


def test_every_module_says_what_it_is() -> None:
    assert [relative(path) for path in modules() if not ast.get_docstring(nodes(path)[0])] == []


@cache
def imported(path: Path) -> frozenset[str]:
    """The packages that a module imports from."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return frozenset(found)


@pytest.mark.parametrize(
    ("library", "doors"),
    [
        ("sqlalchemy", ("catalogue/store/", "migrations/")),
        ("alembic", ("catalogue/store/", "migrations/")),
        ("apscheduler", ("harvester/schedule.py",)),
        ("dbos", ("harvester/jobs.py",)),
        ("sickle", ("harvester/clients/",)),
        ("owslib", ("harvester/clients/",)),
        ("psycopg", ()),
    ],
)
def test_each_library_comes_in_by_one_door(library: str, doors: tuple[str, ...]) -> None:
    importers = {relative(path) for path in modules() if library in imported(path)}
    assert [name for name in sorted(importers) if not name.startswith(doors or "-")] == []
