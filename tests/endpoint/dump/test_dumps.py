from __future__ import annotations

import fcntl
import hashlib
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import zstandard
from lxml import etree

from catalogue.errors import DumpBusy
from catalogue.oai_record import utc
from catalogue.record import Record, Text, from_json
from catalogue.settings import Settings
from catalogue.store import Store
from endpoint.dump.index import Dump, read_index
from endpoint.dump.writer import due_kind, write_dump
from factories import commit, fill, write_of

Serving = Callable[[Store], AbstractContextManager[str]]
OAI = "{http://www.openarchives.org/OAI/2.0/}"
DOCS = Path(__file__).resolve().parents[3] / "docs/dumps.md"


def records(*names: str, title: str = "Waste") -> dict[str, Record]:
    return {name: Record(Text.of(f"{title} {name}")) for name in names}


def unpacked(settings: Settings, dump: Dump, name: str) -> bytes:
    packed = (Path(settings.dump_folder) / dump.name / name).read_bytes()
    with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
        return reader.read()


def lines(settings: Settings, dump: Dump) -> dict[str, dict[str, object]]:
    found = [json.loads(line) for line in unpacked(settings, dump, "records.ndjson.zst").splitlines()]
    return {str(one["source"]["identifier"]): one for one in found}


def written(settings: Settings, store: Store, kind: str | None = None) -> Dump:
    made = write_dump(settings, store, kind)  # type: ignore[arg-type] - a literal
    assert made is not None
    return made


def delete(store: Store, name: str) -> None:
    run = store.runs.open_run("nile")
    assert run is not None
    (row,) = [row for row in store.records.of_source("nile") if row.source_identifier == name]
    known = store.records.known([row.identifier])
    commit(store, run, [], tombstones=list(known.values()))


def test_a_full_dump_holds_every_record_in_every_format(store: Store, settings: Settings) -> None:
    fill(store, records("a", "b", "c"))
    delete(store, "b")
    dump = written(settings, store)
    assert (dump.kind, dump.since) == ("full", "")
    assert [(file.format, file.records, file.deleted) for file in dump.files] == [
        ("oai_dc", 3, 1),
        ("iso19139", 3, 1),
        ("json", 3, 1),
    ]
    found = lines(settings, dump)
    assert {name: one["deleted"] for name, one in found.items()} == {"a": False, "b": True, "c": False}
    assert from_json(json.dumps(found["a"]["record"]).encode()) == records("a")["a"]
    assert "record" not in found["b"]
    root = etree.fromstring(unpacked(settings, dump, "oai_dc.xml.zst"))
    assert root.tag == f"{OAI}OAI-PMH"
    assert [one.get("status", "") for one in root.iter(f"{OAI}header")].count("deleted") == 1
    assert len(root.findall(f"{OAI}ListRecords/{OAI}record")) == 3


@pytest.mark.corpus
def test_its_xml_is_a_valid_answer(
    sqlite_store: Store, settings: Settings, oai_pmh_schema: etree.XMLSchema
) -> None:
    fill(sqlite_store, records("a", "b"))
    full = written(settings, sqlite_store)
    nothing = written(settings, sqlite_store, "delta")
    for dump in (full, nothing):
        oai_pmh_schema.assertValid(etree.fromstring(unpacked(settings, dump, "oai_dc.xml.zst")))


def test_sizes_and_checksums_are_those_of_the_files(sqlite_store: Store, settings: Settings) -> None:
    fill(sqlite_store, records("a"))
    dump = written(settings, sqlite_store)
    folder = Path(settings.dump_folder) / dump.name
    for file in dump.files:
        packed = (folder / file.name).read_bytes()
        assert (len(packed), hashlib.sha256(packed).hexdigest()) == (file.bytes, file.sha256)
        assert len(unpacked(settings, dump, file.name)) == file.uncompressed
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    assert read_index(Path(settings.dump_folder)) == (dump,)


def test_a_delta_tells_what_has_changed_and_nothing_is_left_out(store: Store, settings: Settings) -> None:
    fill(store, records("a", "b", "c"))
    full = written(settings, store)
    _wait_for_the_next_second(store)
    fill(store, records("c", "d", title="New waste"))
    delete(store, "a")
    delta = written(settings, store)
    assert (delta.kind, delta.since) == ("delta", full.until)
    found = lines(settings, delta)
    assert {"a", "c", "d"} <= set(found)
    assert found["a"]["deleted"] is True
    assert found["d"]["record"]["title"] == {"values": [["und", "New waste d"]]}  # type: ignore[index] - JSON
    quiet = written(settings, store)
    assert quiet.since == delta.until


def _wait_for_the_next_second(store: Store) -> None:
    begun = store.feed.response_date()
    while store.feed.response_date() == begun:
        pass


def test_a_full_dump_in_between_does_not_break_the_row_of_deltas(
    sqlite_store: Store, settings: Settings
) -> None:
    fill(sqlite_store, records("a"))
    for kind in (None, None, "full", None):
        written(settings, sqlite_store, kind)
    dumps = read_index(Path(settings.dump_folder))
    assert [dump.kind for dump in dumps] == ["full", "delta", "delta", "full", "delta"]
    assert [dumps[n].since for n in (1, 2, 4)] == [dumps[n].until for n in (0, 1, 2)]


def test_what_is_older_than_the_full_dumps_that_are_kept_goes(
    sqlite_store: Store, settings: Settings
) -> None:
    fill(sqlite_store, records("a"))
    made = [written(settings, sqlite_store, kind).name for kind in ("full", "delta", "full", "delta", "full")]
    folder = Path(settings.dump_folder)
    left = [dump.name for dump in read_index(folder)]
    assert [dump.kind for dump in read_index(folder)] == ["full", "delta", "delta", "full"]
    assert left[0] == made[2]
    assert sorted(one.name for one in folder.iterdir() if one.is_dir()) == sorted(left)


@pytest.mark.parametrize(("days", "kind"), [(1, "delta"), (8, "full")])
def test_a_full_dump_is_due_where_the_last_is_old(days: int, kind: str) -> None:
    now = datetime(2026, 3, 9, tzinfo=UTC)
    until = utc(int((now - timedelta(days=days)).timestamp()))
    assert due_kind((Dump("x", "full", "", until, ()),), now, 7) == kind
    assert due_kind((), now, 7) == "full"


def test_two_do_not_write_at_once_and_what_a_killed_one_left_is_swept_away(
    sqlite_store: Store, settings: Settings
) -> None:
    fill(sqlite_store, records("a"))
    folder = Path(settings.dump_folder)
    (folder / ".writing").mkdir(parents=True)
    (folder / ".writing/oai_dc.xml.zst").write_bytes(b"half of it")
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DumpBusy):
            write_dump(settings, sqlite_store)
    dump = written(settings, sqlite_store)
    assert not (folder / ".writing").exists()
    assert len(lines(settings, dump)) == 1


def test_a_dump_that_fails_is_not_in_the_index(
    sqlite_store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_store, records("a"))

    def broken(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("endpoint.dump.archive.Archive.write", broken)
    with pytest.raises(OSError, match="no space"):
        write_dump(settings, sqlite_store)
    assert read_index(Path(settings.dump_folder)) == ()
    monkeypatch.undo()
    assert written(settings, sqlite_store).kind == "full"


def test_dumps_are_served_whole_and_in_ranges(
    sqlite_store: Store, settings: Settings, serving: Serving
) -> None:
    fill(sqlite_store, records("a", "b"))
    with serving(sqlite_store) as at:
        assert requests.get(f"{at}/dump/index.json", timeout=10).json()["dumps"] == []
        assert "None has been written yet" in requests.get(f"{at}/dump/", timeout=10).text
        dump = written(settings, sqlite_store)
        index = requests.get(f"{at}/dump/index.json", timeout=10).json()
        (listed,) = index["dumps"]
        assert listed == json.loads(json.dumps(asdict(dump)))
        file = dump.files[0]
        address = f"{at}/dump/{dump.name}/{file.name}"
        whole = requests.get(address, timeout=10)
        assert hashlib.sha256(whole.content).hexdigest() == file.sha256
        part = requests.get(address, headers={"Range": "bytes=10-19"}, timeout=10)
        assert (part.status_code, part.content) == (206, whole.content[10:20])
        assert requests.head(address, timeout=10).headers["Content-Length"] == str(file.bytes)
        assert file.sha256 in requests.get(f"{at}/dump/", timeout=10).text


@pytest.mark.parametrize(
    "path",
    [
        "x/oai_dc.xml.zst",
        "{name}/..%2Findex.json",
        "{name}/.lock",
        "..%2F..%2Fetc/passwd",
        "{name}/index.json",
    ],
)
def test_nothing_else_in_the_folder_is_served(
    sqlite_store: Store, settings: Settings, serving: Serving, path: str
) -> None:
    fill(sqlite_store, records("a"))
    dump = written(settings, sqlite_store)
    with serving(sqlite_store) as at:
        assert requests.get(f"{at}/dump/{path.format(name=dump.name)}", timeout=10).status_code == 404


def _mirrored(file: Path) -> dict[str, str | None]:
    with sqlite3.connect(file) as copy:
        found = copy.execute("SELECT identifier, line FROM records").fetchall()
    copy.close()
    return {name: line and json.loads(line)["record"]["title"]["values"][0][1] for name, line in found}


def test_the_mirror_of_the_documentation_stays_in_step(
    sqlite_store: Store, settings: Settings, serving: Serving, tmp_path: Path
) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert len([line for line in script.splitlines() if line.strip()]) <= 30
    mirror, copy = tmp_path / "mirror.py", tmp_path / "copy.sqlite"
    mirror.write_text(script)
    store = sqlite_store

    def night(kind: str | None = None) -> dict[str, str | None]:
        written(settings, store, kind)
        subprocess.run([sys.executable, str(mirror), at, str(copy)], check=True, timeout=60)
        return {name.rpartition(":")[2]: title for name, title in _mirrored(copy).items()}

    with serving(store) as at:
        fill(store, records("a", "b"))
        assert night() == {"a": "Waste a", "b": "Waste b"}
        fill(store, records("b", "c", title="New"))
        assert night() == {"a": "Waste a", "b": "New b", "c": "New c"}
        delete(store, "a")
        assert night("full") == {"a": None, "b": "New b", "c": "New c"}
        written(settings, store)  # nights on which the mirror does not come
        for _ in range(2):
            fill(store, records("d"))
            written(settings, store, "full")
            written(settings, store)
        delete(store, "b")
        assert night() == {"a": None, "b": None, "c": "New c", "d": "Waste d"}


def test_writes_of_one_run_are_told_once(sqlite_store: Store, settings: Settings) -> None:
    run = fill(sqlite_store, records("a"))
    commit(
        sqlite_store, run, [write_of(sqlite_store, records("a", title="Other")["a"], source_identifier="a")]
    )
    assert len(lines(settings, written(settings, sqlite_store))) == 1
