"""A store is sound, and says what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from catalogue.oai_identifier import mint
from catalogue.query import Compare, Operator, RecordQuery
from catalogue.record import Record, Text
from catalogue.store import Store
from catalogue.store.lists.kept import packed
from catalogue.store.soundness import CHECKS, THOROUGH
from catalogue.store.tables import (
    index_entries,
    kept_renditions,
    list_sizes,
    neutral_records,
    payloads,
    records,
    renditions,
)
from factories import NAMESPACE, commit, fill, set_clock

CHANGED: Final = mint(NAMESPACE, "nile", "a")
DELETED: Final = mint(NAMESPACE, "nile", "b")


@pytest.fixture
def used(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with records that were written, changed and deleted; some wait for the index."""
    run = fill(store, {name: Record(Text.of(f"Lindane {name}")) for name in "abcd"})
    commit(store, run, [], tombstones=list(store.records.known([DELETED]).values()))
    store.index.take_in()
    fill(store, {name: Record(Text.of(f"Endosulfan {name}")) for name in "ae"})
    set_clock(monkeypatch, lambda _connection: 1_900_000_000)
    while store.kept.go_on("oai_datacite", limit=100):
        pass
    monkeypatch.undo()
    return store


def _wrong(store: Store) -> dict[str, tuple[int, tuple[str, ...]]]:
    found = dict(store.flaws(thorough=True))
    assert set(found) == CHECKS.keys() | THOROUGH.keys()
    return {name: (flaw.found, flaw.examples) for name, flaw in found.items() if flaw is not None}


def test_what_is_written_page_by_page_is_sound(used: Store) -> None:
    assert _wrong(used) == {}
    used.mend()
    assert _wrong(used) == {}


_ID = sa.select(records.c.id).where(records.c.identifier == CHANGED).scalar_subquery()
_GONE = sa.select(records.c.id).where(records.c.identifier == DELETED).scalar_subquery()

BROKEN: dict[str, tuple[Any, str]] = {
    "unread": (sa.delete(neutral_records).where(neutral_records.c.record_id == _ID), CHANGED),
    "unrendered": (
        sa.update(renditions)
        .where(renditions.c.record_id == _ID, renditions.c.prefix == "oai_dc")
        .values(body=None),
        CHANGED,
    ),
    "undead": (sa.update(renditions).where(renditions.c.record_id == _GONE).values(body=b"<x/>"), DELETED),
    "misdated": (
        sa.update(records).where(records.c.id == _ID).values(datestamp=records.c.datestamp + 900),
        CHANGED,
    ),
    "payloads": (
        sa.update(records).where(records.c.id == _ID).values(payload_digest=b"\1" * 20),
        CHANGED,
    ),
    "sizes": (sa.update(list_sizes).where(list_sizes.c.set_id == 0).values(entries=90), "all records of"),
    "spoilt": (sa.update(payloads).values(size=payloads.c.size + 1), ""),
    "kept": (
        sa.update(kept_renditions)
        .where(kept_renditions.c.record_id == _ID)
        .values(body=packed(b"<x/>", "oai_datacite")),
        CHANGED,
    ),
}


@pytest.mark.parametrize("check", BROKEN)
def test_what_is_broken_is_told_by_the_check_for_it_alone(used: Store, check: str) -> None:
    statement, example = BROKEN[check]
    with used.engine.begin() as connection:
        connection.execute(statement)
    assert set(wrong := _wrong(used)) == {check}
    assert example in wrong[check][1][0]


def test_what_no_search_finds_is_found_by_the_next_after_mending(used: Store) -> None:
    used.index.take_in()
    with used.engine.begin() as connection:
        connection.execute(sa.delete(index_entries).where(index_entries.c.record_id == _ID))
    assert _wrong(used) == {"index": (1, (CHANGED,))}
    used.mend()
    assert _wrong(used) == {}
    assert used.search.count(RecordQuery()) == 4
    assert used.search.count(RecordQuery(where=Compare("title", Operator.EQUAL, "Lindane c"))) == 1


def test_sizes_are_mended(used: Store) -> None:
    with used.engine.begin() as connection:
        connection.execute(sa.delete(list_sizes))
    assert set(_wrong(used)) == {"sizes"}
    used.mend()
    assert _wrong(used) == {}


@pytest.mark.parametrize(
    "body", [packed(b"<x/>", "oai_datacite"), b"not even packed"], ids=["other", "nothing"]
)
def test_what_is_kept_and_wrong_is_forgotten(used: Store, body: bytes) -> None:
    of = kept_renditions.c.record_id == _ID
    with used.engine.begin() as connection:
        connection.execute(sa.update(kept_renditions).where(of).values(body=body))
    assert _wrong(used) == {"kept": (1, (CHANGED,))}
    used.mend()
    assert set(_wrong(used)) == {"kept"}
    used.mend(thorough=True)
    assert _wrong(used) == {}
    with used.engine.connect() as connection:
        assert not connection.execute(sa.select(kept_renditions).where(of)).all()
        assert connection.execute(sa.select(kept_renditions)).all()


def test_a_row_that_names_none_is_told_where_the_database_lets_it_be(used: Store) -> None:
    if not used.embedded:
        pytest.skip("PostgreSQL lets there be none")
    with used.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(
            "INSERT INTO boxes (record_id, west, south, east, north) VALUES (999, 0, 0, 1, 1)"
        )
    assert set(_wrong(used)) == {"references"}


def test_a_page_of_the_file_that_is_damaged_is_told(used: Store) -> None:
    path = used.engine.url.database
    if not used.embedded or path is None:
        pytest.skip("PostgreSQL has files of its own")
    with used.engine.connect() as connection:
        root = "SELECT rootpage FROM sqlite_schema WHERE name = 'ix_records_source'"
        page = connection.exec_driver_sql(root).scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    used.close()
    with Path(path).open("r+b") as file:
        file.seek(page * size - 200)
        file.write(bytes(200))
    assert "pages" in _wrong(used)
