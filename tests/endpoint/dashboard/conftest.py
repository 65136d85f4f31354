"""A catalogue that the operators' pages show: made once, and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.store import Store
from desk_catalogue import fill_desk


@pytest.fixture(scope="session")
def desk_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A database file, and the numbers of what is in it."""
    path = tmp_path_factory.mktemp("desk") / "desk.sqlite3"
    with Store(f"sqlite:///{path}") as store:
        store.upgrade()
        made = fill_desk(store)
    return path, made


@pytest.fixture
def made(desk_file: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    """The numbers of what is in the store."""
    return desk_file[1]


@pytest.fixture
def desk_store(desk_file: tuple[Path, dict[str, Any]], tmp_path: Path) -> Iterator[Store]:
    """A store of one's own with all that in it."""
    copy = tmp_path / "desk.sqlite3"
    shutil.copy(desk_file[0], copy)
    with Store(f"sqlite:///{copy}") as store:
        yield store
