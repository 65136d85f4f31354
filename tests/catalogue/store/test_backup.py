"""A copy of the database is the database as it stood at one commit."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from catalogue.errors import SettingsError
from catalogue.query import RecordQuery
from catalogue.record import Record, Text
from catalogue.store import Store
from factories import fill

#: What each page writes: a copy has all of a page or nothing.
PAGE = 7


@contextmanager
def _written_all_the_time(store: Store) -> Iterator[None]:
    done = Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            fill(
                store, {f"r{number}-{of}": Record(Text.of(f"Chlordane {number} {of}")) for of in range(PAGE)}
            )
            number += 1

    writer = Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def test_a_copy_taken_while_others_write_is_sound_and_has_whole_pages(
    sqlite_store: Store, tmp_path: Path
) -> None:
    fill(sqlite_store, {"first": Record(Text.of("Mirex"))})
    with _written_all_the_time(sqlite_store):
        for number in range(5):
            sqlite_store.back_up(tmp_path / "copies" / f"{number}.sqlite")
    counts = []
    for number in range(5):
        with Store(f"sqlite:///{tmp_path}/copies/{number}.sqlite") as copy:
            copy.check()
            assert [flaw for _, flaw in copy.flaws(thorough=True) if flaw is not None] == []
            counts.append(copy.search.count(RecordQuery()))
    assert counts == sorted(counts)
    assert {count % PAGE for count in counts} == {1}


def test_it_is_one_file_that_only_we_may_read(sqlite_store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "one.sqlite"
    sqlite_store.back_up(target)
    assert list(target.parent.iterdir()) == [target]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_is_there_stays(sqlite_store: Store, tmp_path: Path) -> None:
    target = tmp_path / "there"
    target.write_text("dear")
    with pytest.raises(SettingsError, match="there is a file"):
        sqlite_store.back_up(target)
    assert target.read_text() == "dear"


def test_where_nothing_can_be_written_nothing_is_left(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be written"):
        sqlite_store.back_up(tmp_path / "file" / "below")
    with pytest.raises(SettingsError, match="cannot be written"):
        sqlite_store.back_up(Path("/proc/copy.sqlite"))
    assert not Path("/proc/copy.sqlite.part").exists()


def test_postgresql_is_named_what_copies_it_without_the_password(postgres_url: str, tmp_path: Path) -> None:
    with Store(postgres_url) as store, pytest.raises(SettingsError, match="pg_dump --format=custom") as told:
        store.back_up(tmp_path / "copy")
    password = store.engine.url.password
    assert not password or password not in str(told.value)
