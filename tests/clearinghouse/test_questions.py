"""Questions, answers, thresholds, the past: what the commands print, and end with."""

from __future__ import annotations

import io
from typing import Any

import pytest

from catalogue.question import Answer
from catalogue.run import Ending, HarvestRun, RunKind, RunState
from catalogue.settings import load_settings
from catalogue.source import SourceState
from catalogue.steering import acts
from catalogue.steering import sources as steering
from catalogue.steering.hand import Hand
from catalogue.store import Store
from clearinghouse import harvests
from factories import now
from harvester import inline
from remote_node import FOREIGN, RemoteNode, dublin_core

Command = Any
DONE, WRONG, REFUSED, HELD = 0, 2, 3, 4
WORDS = "The Nile says that 20 of its 25 records are deleted. Delete them?"


@pytest.fixture
def held(clearinghouse: Command, nile: RemoteNode) -> RemoteNode:
    """A node whose harvest a guard holds."""
    nile.now = "2026-05-01T00:00:00Z"
    assert clearinghouse("harvest", "nile").code == DONE
    nile.put(*((f"r{n:04}", None) for n in range(20)), at="2026-06-01T00:00:00Z")
    nile.now = ""
    said = clearinghouse("harvest", "nile")
    assert said.code == HELD
    assert WORDS in said.out
    return nile


def test_a_question_is_asked_and_answered(clearinghouse: Command, held: RemoteNode, database: Store) -> None:
    assert WORDS in clearinghouse("questions").out
    [asked] = clearinghouse("questions", "--json").json
    number = asked["id"]
    assert (asked["question"], asked["state"], asked["facts"]["gone"]) == (WORDS, "open", 20)
    shown = clearinghouse("question", "show", number).out
    assert WORDS in shown
    assert "r0000: Record 0 of r" in shown

    letter = clearinghouse("answer", number, "ask", "--why", "Odd", "--by", "Amina")
    assert (letter.code, letter.err.strip()) == (DONE, "The question stays open.")
    assert held.url in letter.out

    said = clearinghouse("answer", number, "apply", "--why", "They said so", "--by", "Amina", "--json")
    assert (said.code, said.json["run"]["kind"], said.json["run"]["tally"]["deleted"]) == (DONE, "answer", 20)
    assert len(database.records.of_source("nile")) == 5
    assert clearinghouse("questions", "--json").json == []
    [closed] = clearinghouse("questions", "--all", "--source", "nile", "--json").json
    assert [(d["answer"], d["decided_by"], d["why"]) for d in closed["decisions"]] == [
        ("ask", "Amina", "Odd"),
        ("apply", "Amina", "They said so"),
    ]
    assert "They said so" in clearinghouse("question", "show", number).out


def test_keeping_says_until_when(clearinghouse: Command, held: RemoteNode) -> None:
    [asked] = clearinghouse("questions", "--json").json
    said = clearinghouse("answer", asked["id"], "keep", "--why", "A mistake")
    assert said.code == DONE
    assert "not asked again until 20" in said.err
    again = clearinghouse("answer", asked["id"], "apply", "--why", "After all")
    assert (again.code, "is answered" in again.err) == (REFUSED, True)


def test_answers_that_cannot_be_given(clearinghouse: Command, held: RemoteNode, database: Store) -> None:
    [asked] = clearinghouse("questions", "--json").json
    assert clearinghouse("answer", 99, "keep", "--why", "x").code == REFUSED
    assert clearinghouse("question", "show", 99).code == REFUSED
    assert clearinghouse("answer", asked["id"], "perhaps", "--why", "x").code == WRONG
    assert clearinghouse("answer", asked["id"], "keep").code == WRONG
    database.runs.open("nile", RunKind.INCREMENTAL, now())
    assert clearinghouse("answer", asked["id"], "apply", "--why", "x").code == REFUSED
    assert [q["state"] for q in clearinghouse("questions", "--json").json] == ["open"]


def test_thresholds_of_one_source(clearinghouse: Command, nile: RemoteNode, database: Store) -> None:
    assert "guard_few" in clearinghouse("source", "guard", "nile").out
    said = clearinghouse("source", "guard", "nile", "guard-few=30", "absence_days=0.5")
    assert [line.split() for line in said.out.splitlines() if "the source" in line] == [
        ["absence_days", "0.5", "the", "source"],
        ["guard_few", "30", "the", "source"],
    ]
    assert clearinghouse("source", "show", "nile", "--json").json["guards"] == {
        "guard_few": 30,
        "absence_days": 0.5,
    }
    clearinghouse("source", "guard", "nile", "guard_few=")
    assert database.sources.get("nile").guards == {"absence_days": 0.5}
    for wrong in ("guard_few=many", "guard_few=-1", "nonsense=1", "absence_days=inf", "absence_lists=1.5"):
        assert clearinghouse("source", "guard", "nile", wrong).code == WRONG
    assert database.sources.get("nile").guards == {"absence_days": 0.5}


def test_setting_back(
    clearinghouse: Command, nile: RemoteNode, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clearinghouse("harvest", "nile")
    nile.put(("r0001", dublin_core("Spoilt")), ("new", dublin_core("New")), at="2027-01-01T00:00:00Z")
    clearinghouse("harvest", "nile", "--full")
    first, second = (run.id for run in reversed(database.runs.newest()))
    said = clearinghouse("source", "rollback", "nile", "--to-run", first, "--dry-run")
    assert said.err.strip() == "It would be: 0 live again, 1 as they were, 1 deleted, 0 unchanged."
    dry = clearinghouse("source", "rollback", "nile", "--to-run", first, "--dry-run", "--json").json
    assert (dry["changed"], dry["deleted"]) == (1, 1)
    assert len(database.runs.newest()) == 2

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    refused = clearinghouse("source", "rollback", "nile", "--to-run", first)
    assert refused.code != DONE
    assert len(database.runs.newest()) == 2
    said = clearinghouse("source", "rollback", "nile", "--to-run", first, "--yes", "--pause", "--json")
    assert (said.code, said.json["kind"], said.json["tally"]["listed"]) == (DONE, "rollback", 2)
    assert database.sources.get("nile").state is SourceState.SUSPENDED
    assert {row.title for row in database.records.of_source("nile")} == {
        f"Record {n} of r" for n in range(25)
    }
    assert clearinghouse("source", "rollback", "nile", "--to-run", 99, "--yes").code == REFUSED
    database.runs.open("nile", RunKind.FULL, now())
    assert clearinghouse("source", "rollback", "nile", "--to-run", second, "--yes").code == REFUSED


def test_the_life_of_a_record(clearinghouse: Command, nile: RemoteNode) -> None:
    clearinghouse("harvest", "nile")
    for payload in (dublin_core("Second"), FOREIGN, None, dublin_core("Third")):
        nile.put(("r0001", payload))
        clearinghouse("harvest", "nile", "--full")
    [told] = clearinghouse("record", "r0001", "--json").json
    assert told["identifier"] == "oai:clearinghouse.localdomain:nile:r0001"
    assert (told["title"], told["state"], told["source"]) == ("Third", "live", "nile")
    assert [(c["run"], c["what"]) for c in told["changes"]] == [
        (1, "taken"), (2, "changed"), (4, "deleted"), (5, "live again"),
    ]  # fmt: skip
    assert [(f["run"], f["rule"]) for f in told["faults"]] == [(3, "format.unknown")]
    del nile.records["r0001"]
    clearinghouse("harvest", "nile", "--full")
    [told] = clearinghouse("record", told["identifier"], "--json").json
    assert told["absent"]["complete_lists"] == 1
    shown = clearinghouse("record", "r0001").out
    assert "live again" in shown
    assert "complete lists 1" in shown
    assert clearinghouse("record", "nobody").code == REFUSED


def test_what_waits_is_part_of_the_life(clearinghouse: Command, held: RemoteNode) -> None:
    [told] = clearinghouse("record", "r0003", "--json").json
    assert (told["waits"]["reason"], told["state"]) == ("tombstone", "live")
    assert "reason tombstone" in clearinghouse("record", "r0003").out


def test_a_remap_tells_what_it_would_change_and_what_it_changed(
    clearinghouse: Command, nile: RemoteNode, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harvester import ingest
    from harvester.mapping.registry import read

    nile.put(("r0001", FOREIGN))
    clearinghouse("harvest", "nile")
    assert clearinghouse("remap", "--dry-run", "--json").json[0]["changes"] == {}

    def mended(payload: bytes, metadata_prefix: str = "", **_: object) -> Any:
        if payload.startswith(b"<thing"):
            return read(dublin_core("Was foreign"), metadata_prefix)
        return read(payload.replace(b"Record 7 ", b"Record SEVEN "), metadata_prefix)

    monkeypatch.setattr(ingest, "read", mended)
    wanted = {
        "title changed": {"records": 1, "examples": ["oai:clearinghouse.localdomain:nile:r0007"]},
        "fault healed: format.unknown": {
            "records": 1,
            "examples": ["oai:clearinghouse.localdomain:nile:r0001"],
        },
    }
    dry = clearinghouse("remap", "nile", "--dry-run", "--json").json
    assert [(one["source"], one["changes"]) for one in dry] == [("nile", wanted)]
    assert "title changed" in clearinghouse("remap", "--dry-run").out
    assert len(database.records.of_source("nile")) == 24
    assert len(database.runs.newest()) == 1

    [run] = clearinghouse("remap", "nile", "--json").json
    assert database.runs.get(run["id"]).checkpoint.position["report"] == wanted
    shown = clearinghouse("run", "show", run["id"]).out
    assert "fault healed: format.unknown" in shown
    assert "oai:clearinghouse.localdomain:nile:r0007" in shown
    monkeypatch.setattr(ingest, "read", read)
    assert {"title changed", "fault met: format.unknown"} <= set(
        clearinghouse("remap", "--dry-run", "--json").json[0]["changes"]
    )


def test_tidying_says_what_was_forgotten(clearinghouse: Command, nile: RemoteNode) -> None:
    clearinghouse("harvest", "nile")
    said = clearinghouse("db", "tidy")
    assert (
        said.err.strip()
        == "Forgotten: 0 earlier states of records, 0 faults and 0 lines of the log of old runs, 0 payloads."
    )


def opened(hand: Hand, kind: str, database: Store) -> HarvestRun:
    [question] = database.questions.newest()
    if kind == "answer":
        _, run = acts.answer(hand, question.id, Answer.APPLY, why="So it is")
        assert run is not None
        return run
    if kind == "rollback":
        return acts.roll_back(hand, 1)
    return acts.trial(hand, "nile") if kind == "trial" else steering.retire(hand, "nile")


@pytest.mark.parametrize("kind", ["rollback", "answer", "trial", "retire"])
def test_what_a_worker_was_faster_with_is_not_begun_again(
    held: RemoteNode, database: Store, kind: str
) -> None:
    """A run that was opened by a command may have been done before the command comes to it."""
    settings = load_settings()
    run = opened(Hand(database, settings, "Amina"), kind, database)
    done = inline.work_on(database, settings, run)
    assert done.state is RunState.ENDED
    assert done.ending in {Ending.COMPLETE, Ending.NOTHING_NEW}
    assert harvests.work_on(settings, database, run) == done
    assert database.runs.newest()[0].id == run.id
