"""What the commands do, print, and end with."""

from __future__ import annotations

import re
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from catalogue.formats import FORMATS
from catalogue.run import Ending, RunKind, RunState
from catalogue.source import SourceState
from catalogue.store import Store
from clearinghouse import output
from factories import add_source, now
from harvester import inline
from remote_node import FOREIGN, RemoteNode, busy, dublin_core, oai_error, status, then

Command = Any
DONE, FAILED, WRONG, REFUSED = 0, 1, 2, 3


def test_registering_and_listing(clearinghouse: Command) -> None:
    said = clearinghouse(
        "source", "add", "volta", "--protocol", "csw", "--base-url", "https://volta.example.org/csw",
        "--metadata-prefix", "iso19139", "--set", "a", "--set", "b", "--schedule", "0 3 * * sun",
    )  # fmt: skip
    assert (said.code, said.out) == (DONE, "")
    assert "clearinghouse harvest volta" in said.err
    [told] = clearinghouse("source", "list", "--json").json
    assert told["id"] == "volta"
    assert told["protocol"] == "csw"
    assert told["sets"] == ["a", "b"]
    assert told["schedule"] == "0 3 * * sun"
    assert told["state"] == "active"
    table = clearinghouse("source", "list").out.splitlines()
    assert table[0].split()[:3] == ["id", "protocol", "state"]
    assert "https://volta.example.org/csw" in table[1]


def test_a_source_whose_run_waits_for_the_end_of_quiet_hours_is_said_to(
    clearinghouse: Command, database: Store
) -> None:
    hour = now().hour
    add_source(database, "nile", quiet_hours=f"{hour:02d}:00-{(hour + 2) % 24:02d}:00")
    assert clearinghouse("source", "list", "--json").json[0]["stands"] == "due"
    database.runs.open("nile", RunKind.FULL, now())
    assert "quiet hours" in clearinghouse("source", "list").out
    assert clearinghouse("source", "show", "nile", "--json").json["stands"] == "quiet hours"
    [line] = [
        one
        for one in clearinghouse("source", "show", "nile").out.splitlines()
        if re.match("how it stands  +", one)
    ]
    assert re.search(rf"quiet hours until \S+ {(hour + 2) % 24:02d}:00:00 UTC$", line)


WRONG_SOURCES = {
    "id": ["Nile!", "--protocol", "csw", "--base-url", "https://example.org"],
    "id with a line break": ["nile\n", "--protocol", "csw", "--base-url", "https://example.org"],
    "protocol": ["nile", "--protocol", "gopher", "--base-url", "https://example.org"],
    "no protocol": ["nile", "--base-url", "https://example.org"],
    "address": ["nile", "--protocol", "csw", "--base-url", "example.org"],
    "address of a file": ["nile", "--protocol", "csw", "--base-url", "file:///etc/passwd"],
    "address with half a bracket": ["nile", "--protocol", "csw", "--base-url", "http://[::1/x"],
    "port": ["nile", "--protocol", "csw", "--base-url", "http://example.org:99999/"],
    "schedule": ["nile", "--protocol", "csw", "--base-url", "https://example.org", "--schedule", "daily"],
    "zone": ["nile", "--protocol", "csw", "--base-url", "https://example.org", "--time-zone", "Mars"],
}


@pytest.mark.parametrize("arguments", WRONG_SOURCES.values(), ids=WRONG_SOURCES.keys())
def test_a_source_that_could_not_be_harvested_is_not_registered(
    clearinghouse: Command, arguments: list[str]
) -> None:
    said = clearinghouse("source", "add", *arguments)
    assert (said.code, said.out) == (WRONG, "")
    assert said.err.strip()
    assert "Traceback" not in said.err
    assert clearinghouse("source", "list", "--json").json == []


def test_when_a_source_is_harvested_is_shown_and_changed(
    clearinghouse: Command, nile: RemoteNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARINGHOUSE_SCHEDULE_JITTER", "0")
    said = clearinghouse("source", "schedule", "nile")
    assert (said.code, said.out) == (DONE, "not harvested on schedule; missed: make-up\n")
    said = clearinghouse(
        "source", "schedule", "nile", "30 2 * * sun", "--time-zone", "Asia/Kathmandu", "--missed", "skip"
    )
    assert said.code == DONE
    first, *coming = said.out.splitlines()
    assert first == "30 2 * * sun Asia/Kathmandu; missed: skip"
    assert len(coming) == 5
    assert all(line.endswith("20:45:00 UTC, Sun 02:30 Asia/Kathmandu") for line in coming)
    [told] = clearinghouse("source", "list", "--json").json
    assert told["next_due"].endswith("T20:45:00Z")
    assert told["next_due"][:10] in coming[0]
    assert "30 2 * * sun Asia/Kathmandu" in clearinghouse("source", "list").out
    assert coming[0] in clearinghouse("source", "show", "nile").out
    assert len(clearinghouse("source", "show", "nile", "--json").json["next_due"]) == 5
    clearinghouse("source", "pause", "nile")
    assert clearinghouse("source", "list", "--json").json[0]["next_due"] is None
    said = clearinghouse("source", "schedule", "nile", "0 3 * * 1")
    assert said.code == WRONG
    assert "and not one of mon, tue" in " ".join(said.err.split())
    assert clearinghouse("source", "schedule", "nile", "").out.startswith("not harvested on schedule")


def test_a_source_is_registered_once(clearinghouse: Command, nile: RemoteNode) -> None:
    said = clearinghouse("source", "add", "nile", "--protocol", "csw", "--base-url", "https://example.org")
    assert (said.code, said.err) == (REFUSED, "clearinghouse: there is a source 'nile' already\n")


def test_showing_a_source(clearinghouse: Command, nile: RemoteNode) -> None:
    assert clearinghouse("harvest", "nile").code == DONE
    shown = clearinghouse("source", "show", "nile")
    assert "The Nile" in shown.out
    assert "25 listed: 25 new" in shown.out
    told = clearinghouse("source", "show", "nile", "--json").json
    assert told["repository_name"] == "A small node"
    assert told["runs"][0]["tally"]["new"] == 25


def test_harvesting(clearinghouse: Command, nile: RemoteNode) -> None:
    nile.now = "2026-02-01T00:00:00Z"
    [run] = clearinghouse("harvest", "nile", "--json").json
    assert (run["kind"], run["ending"], run["tally"]["new"]) == ("full", "complete", 25)
    nile.put(("odd", FOREIGN), at="2026-03-01T00:00:00Z")
    [run] = clearinghouse("harvest", "nile", "--json").json
    assert (run["kind"], run["ending"]) == ("incremental", "complete-with-faults")
    assert run["fault_counts"] == {"format.unknown": 1}
    [run] = clearinghouse("harvest", "all", "--full", "--json").json
    assert (run["kind"], run["tally"]["unchanged"]) == ("full", 25)
    said = clearinghouse("harvest", "nile")
    assert said.code == DONE
    assert "incremental" in said.out


@pytest.mark.parametrize("command", ["harvest", "remap"])
def test_an_unknown_source_is_named_before_anything_is_done(
    clearinghouse: Command, nile: RemoteNode, command: str
) -> None:
    said = clearinghouse(command, "nile", "congo")
    assert (said.code, said.out, said.err) == (REFUSED, "", "clearinghouse: there is no source 'congo'\n")
    assert nile.asked == []


def test_a_harvest_that_fails(clearinghouse: Command, nile: RemoteNode) -> None:
    nile.always = status(404)
    said = clearinghouse("harvest", "nile", "--json")
    assert said.code == FAILED
    assert said.json[0]["ending"] == "failed"
    assert "404" in said.json[0]["message"]


def test_a_harvest_that_has_to_wait_long_is_left_and_taken_up_again(
    clearinghouse: Command, nile: RemoteNode
) -> None:
    nile.mishaps[4] = busy("3600")
    said = clearinghouse("harvest", "nile")
    assert said.code == FAILED
    assert "waits until" in said.out
    [run] = clearinghouse("harvest", "nile", "--json").json
    assert (run["ending"], run["tally"]["new"]) == ("complete", 25)
    assert max(nile.pages_asked().values()) == 2


def test_one_source_in_work_does_not_keep_the_others_waiting(
    clearinghouse: Command, nile: RemoteNode, database: Store
) -> None:
    elsewhere = nile.url.replace("127.0.0.1", "localhost")
    clearinghouse("source", "add", "volta", "--protocol", "oai-pmh", "--base-url", elsewhere)
    database.workers.beat("elsewhere:1:a", "worker", now())
    database.runs.open("nile", RunKind.FULL, now(), worker="elsewhere:1:a")
    said = clearinghouse("harvest", "nile", "volta", "--json")
    assert said.code == REFUSED
    assert "is being worked on by elsewhere:1:a" in said.err
    assert [(run["source_id"], run["ending"]) for run in said.json] == [("volta", "complete")]


def test_a_harvest_that_is_cancelled_meanwhile(
    clearinghouse: Command, nile: RemoteNode, database: Store
) -> None:
    nile.mishaps[4] = then(lambda: database.runs.cancel(1, now(), "by an operator"))
    said = clearinghouse("harvest", "nile", "--json")
    assert said.code == FAILED
    assert (said.json[0]["ending"], said.json[0]["message"]) == ("cancelled", "by an operator")


def test_loopback_is_refused_unless_it_is_allowed(
    clearinghouse: Command, nile: RemoteNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLEARINGHOUSE_ALLOWED_NETWORKS")
    said = clearinghouse("harvest", "nile", "--json")
    assert said.code == FAILED
    assert "127.0.0.1" in said.json[0]["message"]
    assert nile.asked == []


def test_runs_and_one_of_them(clearinghouse: Command, nile: RemoteNode) -> None:
    nile.put(("odd", FOREIGN), ("[bold]odd", FOREIGN))
    nile.mishaps[4] = status(500)
    clearinghouse("harvest", "nile")
    clearinghouse("remap", "nile")
    assert [run["kind"] for run in clearinghouse("runs", "--json").json] == ["remap", "full"]
    assert len(clearinghouse("runs", "--limit", 1, "--json").json) == 1
    assert clearinghouse("runs", "--source", "other", "--json").json == []
    assert "complete with faults" in clearinghouse("runs").out
    told = clearinghouse("run", "show", 1, "--json").json
    assert [fault["source_identifier"] for fault in told["faults"]] == ["[bold]odd", "odd"]
    assert [event["event"] for event in told["events"]] == ["page-failed"]
    shown = clearinghouse("run", "show", 1).out
    assert "format.unknown" in shown
    assert "27 listed: 25 new, 2 faulty" in shown
    assert "[bold]odd" in shown
    assert "page-failed" in shown
    said = clearinghouse("run", "show", 99)
    assert (said.code, said.err) == (REFUSED, "clearinghouse: there is no run 99\n")


def test_a_host_that_another_run_harvests_is_waited_for_and_then_left(
    clearinghouse: Command, nile: RemoteNode, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline, "PATIENCE", 0.3)
    other = nile.url.replace("http://127.0.0.1", "HTTP://127.0.0.1").replace("/oai", "/other?x=1")
    clearinghouse("source", "add", "volta", "--protocol", "oai-pmh", "--base-url", other)
    database.workers.beat("elsewhere:1:a", "worker", now())
    held = database.runs.open("volta", RunKind.FULL, now(), worker="elsewhere:1:a")
    said = clearinghouse("harvest", "nile", "--json")
    assert (said.code, said.json) == (REFUSED, [])
    assert "another run harvests 127.0.0.1 just now" in said.err
    assert nile.asked == []
    assert database.runs.newest(source_id="nile") == []
    monkeypatch.setattr(inline, "PATIENCE", 20)
    threading.Timer(0.5, lambda: database.runs.end(held, Ending.NOTHING_NEW, now())).start()
    assert clearinghouse("harvest", "nile").code == DONE


def test_cancelling(clearinghouse: Command, nile: RemoteNode, database: Store) -> None:
    run = database.runs.open("nile", RunKind.FULL, now())
    assert clearinghouse("run", "cancel", run.id, "--reason", "the node moves").code == DONE
    ended = database.runs.get(run.id)
    assert ended.ending is Ending.CANCELLED
    assert re.fullmatch(r"cancelled by \S+: the node moves", ended.message)
    [event] = database.runs.events(run.id)
    assert (event.event, event.detail) == ("cancelled", {"why": ended.message})
    assert clearinghouse("run", "cancel", run.id).code == REFUSED
    assert clearinghouse("run", "cancel", 99).code == REFUSED


def test_going_on_with_a_run_that_was_broken_off(
    clearinghouse: Command, nile: RemoteNode, database: Store
) -> None:
    nile.mishaps[5] = then(lambda: database.runs.cancel(1, now(), "by mistake"))
    assert clearinghouse("harvest", "nile").code == FAILED
    assert database.runs.get(1).checkpoint.pages == 2
    said = clearinghouse("run", "resume", 1)
    assert (said.code, said.err) == (DONE, "Run 1 goes on behind page 2.\n")
    [run] = clearinghouse("harvest", "nile", "--json").json
    assert (run["id"], run["ending"], run["tally"]["new"]) == (1, "complete", 25)
    assert nile.pages_asked().most_common(1)[0][1] == 2  # the page in hand when it was cancelled
    said = clearinghouse("run", "resume", 1)
    assert (said.code, "cannot be gone on with: it is complete" in said.err) == (REFUSED, True)
    assert clearinghouse("run", "resume", 99).code == REFUSED


def test_pausing_everything(clearinghouse: Command, nile: RemoteNode, database: Store) -> None:
    said = clearinghouse("pause-all", "--reason", "the network is mended")
    assert said.code == DONE
    assert "All harvesting is paused since" in said.err
    assert said.err.rstrip().endswith(": the network is mended")
    said = clearinghouse("harvest", "nile")
    assert (said.code, "all harvesting is paused" in said.err) == (REFUSED, True)
    assert nile.asked == []
    assert clearinghouse("remap", "nile").code == DONE
    queued = clearinghouse("harvest", "nile", "--queue")
    assert (queued.code, "is paused since" in queued.err) == (DONE, True)
    assert [run.kind for run in database.runs.due(now())] == []
    assert "is paused since" in clearinghouse("runs").err
    assert clearinghouse("resume-all").err == "Harvesting goes on.\n"
    assert clearinghouse("resume-all").err == "Harvesting was not paused.\n"
    assert [run.kind for run in database.runs.due(now())] == [RunKind.FULL]
    assert clearinghouse("harvest", "nile").code == DONE


def test_leaving_harvests_to_the_workers(clearinghouse: Command, nile: RemoteNode, database: Store) -> None:
    [told] = clearinghouse("harvest", "nile", "--queue", "--priority", "7", "--json").json
    assert (told["state"], told["priority"], told["kind"]) == ("queued", 7, "full")
    assert nile.asked == []
    said = clearinghouse("harvest", "nile", "--queue")
    assert (said.code, "has an open run already" in said.err) == (REFUSED, True)


def test_pausing_and_resuming(clearinghouse: Command, nile: RemoteNode, database: Store) -> None:
    assert clearinghouse("source", "pause", "nile").code == DONE
    assert database.sources.get("nile").state is SourceState.SUSPENDED
    said = clearinghouse("harvest", "nile")
    assert (said.code, said.err) == (REFUSED, "clearinghouse: source 'nile' is suspended\n")
    assert clearinghouse("harvest", "all", "--json").json == []
    assert clearinghouse("source", "resume", "nile").code == DONE
    assert clearinghouse("harvest", "nile").code == DONE
    assert clearinghouse("source", "pause", "congo").code == REFUSED


def test_removing(clearinghouse: Command, nile: RemoteNode, database: Store) -> None:
    clearinghouse("harvest", "nile")
    said = clearinghouse("source", "remove", "nile", "--yes")
    assert (said.code, said.out) == (DONE, "")
    assert "25 listed: 25 deleted" in said.err
    assert database.sources.get("nile").state is SourceState.RETIRED
    assert database.records.of_source("nile") == []
    assert clearinghouse("harvest", "nile").code == REFUSED
    clearinghouse("source", "resume", "nile")
    [run] = clearinghouse("harvest", "nile", "--json").json
    assert (run["kind"], run["tally"]["new"]) == ("full", 25)


@pytest.mark.parametrize("held", ["", "elsewhere:1:a"], ids=["queued", "in work"])
def test_removing_ends_a_harvest_that_is_open(
    clearinghouse: Command, nile: RemoteNode, database: Store, held: str
) -> None:
    clearinghouse("harvest", "nile")
    if held:
        database.workers.beat(held, "worker", now())
    run = database.runs.open("nile", RunKind.INCREMENTAL, now(), worker=held)
    assert clearinghouse("source", "remove", "nile", "--yes").code == DONE
    assert database.runs.get(run.id).ending is Ending.CANCELLED
    assert database.records.of_source("nile") == []


def test_removing_asks_first(
    clearinghouse: Command, nile: RemoteNode, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert clearinghouse("source", "remove", "nile").code == FAILED
    assert database.sources.get("nile").state is SourceState.ACTIVE


def test_remapping(clearinghouse: Command, nile: RemoteNode) -> None:
    clearinghouse("harvest", "nile")
    [run] = clearinghouse("remap", "--json").json
    assert (run["kind"], run["ending"], run["tally"]["unchanged"]) == ("remap", "nothing-new", 25)


def test_a_centre_without_a_server(clearinghouse: Command, tmp_path: Path, sqlite_url: str) -> None:
    said = clearinghouse("source", "add", "hand", "--protocol", "files", "--title", "By hand")
    assert "clearinghouse source upload hand FILE" in said.err
    records = tmp_path / "records"
    records.mkdir()
    for n in range(3):
        (records / f"{n}.xml").write_bytes(dublin_core(f"Record {n}"))
    (records / "read.me").write_text("hello")
    assert clearinghouse("harvest", "hand").code == FAILED
    kept = clearinghouse("source", "upload", "hand", str(records))
    assert (kept.code, "3 XML files" in kept.err) == (DONE, True)
    assert (tmp_path / "var" / "uploads" / "hand.zip").is_file()
    assert clearinghouse("harvest", "hand", "--json").json[0]["tally"]["new"] == 3


def test_what_cannot_be_uploaded(clearinghouse: Command, tmp_path: Path) -> None:
    clearinghouse("source", "add", "far", "--protocol", "files", "--base-url", "https://x.example.org/waf/")
    clearinghouse("source", "add", "hand", "--protocol", "files")
    (tmp_path / "a.xml").write_text("<a/>")
    (tmp_path / "a.txt").write_text("hello")
    for wrong, why in (
        ("far", "is harvested from https"),
        ("nobody", "no source"),
        ("hand", "neither a zip"),
    ):
        given = tmp_path / ("a.txt" if wrong == "hand" else "a.xml")
        said = clearinghouse("source", "upload", wrong, str(given))
        assert said.code in {WRONG, REFUSED}
        assert why in " ".join(said.err.split())
    said = clearinghouse("source", "upload", "hand", str(tmp_path / "gone.zip"))
    assert (said.code, "there is no file" in said.err) == (WRONG, True)
    assert clearinghouse("source", "add", "x", "--protocol", "csw").code == WRONG


def test_formats(clearinghouse: Command) -> None:
    told = {
        f["prefix"]: (f["read"], f["written"], f["stored"]) for f in clearinghouse("formats", "--json").json
    }
    assert told == {f.prefix: (f.read, f.written, f.stored) for f in FORMATS}
    assert told["oai_dc"] == (True, True, True)
    assert told["oai_dcterms"] == (True, True, False)
    assert "http://www.isotc211.org/2005/gmd" in clearinghouse("formats").out


WRONG_SETTINGS = {
    "DATABASE_URL": "mysql://localhost/x",
    "PORT": "a lot",
    "ALLOWED_NETWORKS": "everything",
    "CONFIG": "/nowhere/at/all.toml",
    "BASE_URL": "example.org",
}


@pytest.mark.parametrize(("name", "value"), WRONG_SETTINGS.items(), ids=WRONG_SETTINGS.keys())
def test_a_wrong_setting_is_named(
    clearinghouse: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CLEARINGHOUSE_{name}", value)
    said = clearinghouse("runs")
    assert (said.code, said.out) == (WRONG, "")
    assert name.lower() in said.err.lower()


@pytest.mark.parametrize("command", [["runs"], ["db", "upgrade"], ["up"], ["harvest", "all"]])
@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////dev/null/store.sqlite"])
def test_a_database_that_cannot_be_reached_is_told_in_a_line(
    clearinghouse: Command, monkeypatch: pytest.MonkeyPatch, command: list[str], url: str
) -> None:
    monkeypatch.setenv("CLEARINGHOUSE_DATABASE_URL", url)
    said = clearinghouse(*command)
    assert said.code == WRONG
    assert said.err.startswith("clearinghouse: ")


def test_postgresql_is_upgraded_only_when_told_to(
    clearinghouse: Command, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setenv("CLEARINGHOUSE_DATABASE_URL", postgres_url)
    said = clearinghouse("runs")
    assert said.code == WRONG
    assert "clearinghouse db upgrade" in said.err
    assert clearinghouse("db", "upgrade").code == DONE
    assert clearinghouse("runs", "--json").json == []


def test_settings_come_from_a_file_and_the_environment_goes_before(
    clearinghouse: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "clearinghouse.toml").write_text('database_url = "mysql://x/y"\n', encoding="utf-8")
    assert clearinghouse("runs").code == DONE
    monkeypatch.delenv("CLEARINGHOUSE_DATABASE_URL")
    assert "mysql" in clearinghouse("runs").err


def test_no_command_is_help(clearinghouse: Command) -> None:
    for arguments in ((), ("source",), ("--help",), ("harvest", "--help")):
        said = clearinghouse(*arguments)
        assert "Usage" in said.out + said.err
    assert clearinghouse("harvest").code == WRONG
    assert clearinghouse("nonsense").code == WRONG


def test_which_release_it_is(clearinghouse: Command) -> None:
    said = clearinghouse("--version")
    assert (said.code, said.out.strip()) == (DONE, f"clearinghouse {version('clearinghouse')}")


def test_progress_goes_to_standard_error(
    clearinghouse: Command, nile: RemoteNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.console import Console

    monkeypatch.setattr(output, "complaints", Console(stderr=True, force_terminal=True, width=120))
    nile.mishaps[3] = oai_error("cannotDisseminateFormat", "[/bold] is no markup of ours")
    said = clearinghouse("harvest", "nile", "--json")
    assert said.json[0]["ending"] == "failed"
    assert "nile" in said.err
    assert "[/bold] is no markup of ours" in clearinghouse("runs").out


def test_a_run_that_waits_a_little_is_waited_for(
    clearinghouse: Command, nile: RemoteNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvester.pipeline.page_pause", lambda *_: None)
    nile.mishaps[4] = busy("1")
    [run] = clearinghouse("harvest", "nile", "--json").json
    assert (run["ending"], run["attempt"]) == ("complete", 2)
    assert inline.PATIENCE >= 1


def test_as_a_process_of_its_own(process: Command, remote: RemoteNode) -> None:
    remote.put(("a", dublin_core("Ünïcode ☢")))
    added = process("source", "add", "nile", "--protocol", "oai-pmh", "--base-url", remote.url)
    assert (added.code, added.out) == (DONE, "")
    harvested = process("harvest", "nile", "--json", PYTHONIOENCODING="utf-8")
    assert harvested.json[0]["state"] == RunState.ENDED
    refused = process("harvest", "congo")
    assert (refused.code, refused.out) == (REFUSED, "")
    assert refused.err == "clearinghouse: there is no source 'congo'\n"
    wrong = process("runs", CLEARINGHOUSE_LOG_LEVEL="LOUD")
    assert wrong.code == WRONG
    assert "LOUD" in wrong.err
    assert "Traceback" not in wrong.err
