"""A copy of the database, what comes back from it, and whether a database is sound."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery
from catalogue.store.tables import list_sizes, neutral_records, records, renditions
from factories import now
from remote_node import RemoteNode, dublin_core

Command = Any
DONE, FLAWED, WRONG = 0, 1, 2


def _feed(store: Store) -> dict[str, int]:
    entries = store.feed.entries(FeedQuery("oai_dc"), after=None, limit=100)
    return {entry.source_identifier: entry.datestamp for entry in entries}


def test_what_came_after_the_copy_is_harvested_again_and_told_again(
    clearinghouse: Command, environment: dict[str, str], nile: RemoteNode, tmp_path: Path
) -> None:
    """Whoever harvests us hears of all that he may have missed: its datestamp is that of its coming back."""
    assert clearinghouse("harvest", "nile").code == DONE
    copy = tmp_path / "backups" / "monday.sqlite"
    said = clearinghouse("db", "backup", copy)
    assert (said.code, said.err.startswith(f"{copy}: ")) == (DONE, True)
    nile.put(("late", dublin_core("Later")), at=now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert clearinghouse("harvest", "nile").code == DONE
    url = environment["CLEARINGHOUSE_DATABASE_URL"]
    with Store(url) as store:
        before = _feed(store)
    path = Path(url.removeprefix("sqlite:///"))
    for name in path.parent.glob(f"{path.name}*"):
        name.unlink()
    shutil.copy(copy, path)
    assert clearinghouse("db", "check", "--thorough").code == DONE
    with Store(url) as store:
        assert set(before) - set(_feed(store)) == {"late"}
    assert clearinghouse("harvest", "nile").code == DONE
    with Store(url) as store:
        after = _feed(store)
    assert set(after) == set(before)
    assert after.pop("late") >= before.pop("late")
    assert after == before


def test_a_file_that_is_there_stays(clearinghouse: Command, tmp_path: Path) -> None:
    (tmp_path / "dear").touch()
    said = clearinghouse("db", "backup", tmp_path / "dear")
    assert said.code == WRONG
    assert "there is a file" in said.err


def test_a_sound_database(clearinghouse: Command, nile: RemoteNode) -> None:
    clearinghouse("harvest", "nile")
    said = clearinghouse("db", "check")
    assert (said.code, said.out) == (DONE, "")
    assert said.err.startswith("Sound: pages, references, ")
    assert clearinghouse("db", "check", "--thorough", "--json").json["checks"][-2:] == ["spoilt", "kept"]


_ONE = sa.select(records.c.id).order_by(records.c.id).limit(1).scalar_subquery()


@pytest.mark.parametrize(
    ("check", "damage"),
    [
        ("unread", sa.delete(neutral_records).where(neutral_records.c.record_id == _ONE)),
        ("unrendered", sa.delete(renditions).where(renditions.c.record_id == _ONE)),
    ],
)
def test_a_remap_mends_what_it_is_said_to(
    clearinghouse: Command, database: Store, nile: RemoteNode, check: str, damage: Any
) -> None:
    assert nile.records
    clearinghouse("harvest", "nile")
    with database.engine.begin() as connection:
        connection.execute(damage)
    told = clearinghouse("db", "check", "--json")
    assert (told.code, told.json["flaws"][0]["check"]) == (FLAWED, check)
    assert told.json["flaws"][0]["mended_by"] == "clearinghouse remap SOURCE"
    assert clearinghouse("remap", "nile").code == DONE
    assert clearinghouse("db", "check", "--mend").code == DONE


def test_a_remap_goes_past_what_is_lost(clearinghouse: Command, database: Store, nile: RemoteNode) -> None:
    assert nile.records
    clearinghouse("harvest", "nile")
    with database.engine.begin() as connection:
        connection.execute(sa.update(records).where(records.c.id == _ONE).values(payload_digest=b"\0" * 20))
    remapped = clearinghouse("remap", "nile", "--json")
    assert (remapped.code, remapped.json[0]["tally"]["skipped"]) == (DONE, 1)
    assert clearinghouse("harvest", "nile", "--full").code == DONE
    assert clearinghouse("db", "check").code == DONE


@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_wrong_is_told_with_what_mends_it(
    clearinghouse: Command,
    database: Store,
    nile: RemoteNode,
    *,
    as_json: bool,
) -> None:
    clearinghouse("harvest", "nile")
    with database.engine.begin() as connection:
        connection.execute(sa.delete(list_sizes))
        connection.execute(sa.update(records).values(payload_digest=b"\0" * 20))
    said = clearinghouse("db", "check", *(["--json"] if as_json else []))
    assert said.code == FLAWED
    if as_json:
        sizes = {one["check"]: one for one in said.json["flaws"]}["sizes"]
        assert sizes["mended_by"] == "clearinghouse db check --mend"
        assert {one["check"]: one["found"] for one in said.json["flaws"]}["payloads"] == 25
    else:
        assert "25 records have lost what was fetched" in said.out
        assert "clearinghouse harvest SOURCE --full" in said.out
    mended = clearinghouse("db", "check", "--mend", "--json")
    assert (mended.code, [one["check"] for one in mended.json["flaws"]]) == (FLAWED, ["payloads"])
    assert clearinghouse("harvest", "nile", "--full").code == DONE
    assert clearinghouse("db", "check").code == DONE


def test_what_is_in_it_and_for_how_long(clearinghouse: Command, nile: RemoteNode) -> None:
    assert nile.records
    clearinghouse("harvest", "nile")
    told = {one["what"]: one for one in clearinghouse("db", "sizes", "--json").json}
    assert (told["faults"]["days"], told["log"]["days"], told["records"]["days"]) == (90, 730, None)
    assert told["payloads"]["rows"] == 25
    said = clearinghouse("db", "sizes").out
    assert all(what in said for what in told)
    assert "730 days" in said
    tidied = clearinghouse("db", "tidy")
    assert (tidied.code, "0 faults and 0 lines of the log" in tidied.err.replace("\n", " ")) == (DONE, True)
