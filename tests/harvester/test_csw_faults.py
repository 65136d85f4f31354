"""Simulated catalogues: in each way that they can misbehave all is had, or it is said what is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue import oai_identifier
from catalogue.errors import MalformedXml
from catalogue.quirks import Quirks
from catalogue.run import Ending, RunKind
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.xml import parse
from clearinghouse.simulator.nodes import SimulatedCatalogue, Simulator
from clearinghouse.simulator.registry import csw_faults, csw_switches
from factories import now

ROOT = Path(__file__).resolve().parents[2]
COUNT = 230
#: Faults that cost records, and say so.
LOSING = {"record-fails", "record-report", "record-breaks-xml", "unclosed-tags"}
#: Faults by which a list seems shorter than its server says: nobody can tell that it is not.
SHORT = {"matched-changes", "matched-too-many", "duplicates", "hidden-page"}
#: Faults by which nothing but the first page can be had.
HOPELESS = {"page-repeats"}
#: In which nothing is left.
EMPTY = "goes-empty"
NAMES = [fault.name for fault in csw_faults() if fault.name != EMPTY]


@pytest.fixture
def nodes() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def begun(nodes: Simulator, store: Store, *faults: str, **fields: Any) -> SimulatedCatalogue:
    node = nodes.add_csw("nile", *faults, count=COUNT, seed=1, slowness=1.5)
    store.sources.add(nodes.source("nile", **fields), now())
    return node


def held(store: Store, node: SimulatedCatalogue) -> set[str]:
    """Which of the node's records the store has."""
    ours = {
        oai_identifier.mint("clearinghouse.localdomain", "nile", one.id): one.id for one in node.node.listed()
    }
    known = store.records.known(list(ours))
    return {ours[name] for name, one in known.items() if not one.deleted}


@pytest.mark.parametrize("name", NAMES)
def test_each_fault_is_survived(
    nodes: Simulator, sqlite_store: Store, harvest: Any, lenient: Settings, name: str
) -> None:
    node = begun(nodes, sqlite_store, name)
    settings = lenient.model_copy(update={"read_timeout": 0.4, "page_retries": 2})
    run = harvest(sqlite_store, settings=settings)
    everything = {one.id for one in node.node.listed()}
    [switch] = csw_switches([name], 1)
    if name in HOPELESS:
        assert run.ending is Ending.FAILED
        assert "again" in run.message or "round" in run.message
        return
    lost = {one for one in everything if name in LOSING and switch.marks(one)}
    assert held(sqlite_store, node) == everything - lost
    assert {
        fault.source_identifier for fault in sqlite_store.runs.faults(run.id) if fault.source_identifier
    } == lost
    in_doubt = bool(lost) or name in SHORT
    assert run.ending is (Ending.COMPLETE_WITH_FAULTS if in_doubt else Ending.COMPLETE)
    assert bool(run.message) == in_doubt
    assert run.tally.faulty == len(lost)
    assert not lost or 0 < len(lost) < 30
    assert node.node.asked < COUNT


def test_a_catalogue_that_is_empty_of_a_sudden_is_asked_about(
    nodes: Simulator, sqlite_store: Store, harvest: Any, lenient: Settings
) -> None:
    settings = lenient.model_copy(update={"absence_lists": 1, "absence_days": 0.0})
    node = begun(nodes, sqlite_store)
    harvest(sqlite_store, settings=settings)
    everything = held(sqlite_store, node)
    node.misbehave(EMPTY)
    run = harvest(sqlite_store, settings=settings, full=True)
    assert (run.ending, run.message.partition(" listed ")[2]) == (
        Ending.HELD,
        f"nothing where {len(everything)} records were known. Delete all {len(everything)}?",
    )
    assert held(sqlite_store, node) == everything
    node.misbehave()
    assert harvest(sqlite_store, settings=settings, full=True).tally.unchanged == len(everything)
    assert held(sqlite_store, node) == everything


def test_what_changes_is_not_missed_although_a_clock_is_ahead(
    nodes: Simulator, sqlite_store: Store, harvest: Any
) -> None:
    """That of the source; and ours, by which nothing was harvested before an hour that has not come."""
    node = begun(nodes, sqlite_store, "clock-ahead")
    first = harvest(sqlite_store)
    assert "clock-wrong" in {event.event for event in sqlite_store.runs.events(first.id)}
    assert sqlite_store.sources.get("nile").harvested_until <= f"{now():%Y-%m-%dT%H:%M:%SZ}"
    one = node.node.listed()[3].id
    node.holding.change(one, datestamp=f"{now():%Y-%m-%dT%H:%M:%SZ}", payload="<dc:title>New</dc:title>")
    run = harvest(sqlite_store)
    assert (run.kind, run.tally.changed) == (RunKind.INCREMENTAL, 1)
    sqlite_store.sources.change("nile", harvested_until="2099-01-01T00:00:00Z", deleted_record="persistent")
    run = harvest(sqlite_store)
    assert (run.kind, run.tally.listed) == (RunKind.FULL, len(node.node.listed()))
    assert "clock-wrong" in {event.event for event in sqlite_store.runs.events(run.id)}
    assert sqlite_store.sources.get("nile").harvested_until <= f"{now():%Y-%m-%dT%H:%M:%SZ}"


REPAIRED = {
    "control-characters": "illegal-characters",
    "character-references": "character-references",
    "invalid-utf8": "invalid-utf8",
    "stray-ampersands": "stray-ampersands",
    "stray-less-than": "stray-less-than",
    "wrong-encoding": "wrong-encoding",
}


@pytest.mark.parametrize("name", [*REPAIRED, "text-before", "text-after"])
def test_what_was_repaired_is_marked_and_kept_as_it_was_sent(
    nodes: Simulator, sqlite_store: Store, harvest: Any, name: str
) -> None:
    node = begun(nodes, sqlite_store, name)
    run = harvest(sqlite_store)
    [switch] = csw_switches([name], 1)
    struck = {one.id for one in node.node.listed() if switch.marks(one.id)} if name in REPAIRED else set()
    rows = sqlite_store.records.of_source("nile", limit=500)
    assert {row.source_identifier for row in rows if row.repairs} == struck
    assert {row.repairs for row in rows if row.repairs} == ({REPAIRED[name]} if struck else set())
    told = [event.detail for event in sqlite_store.runs.events(run.id) if event.event == "page-repaired"]
    assert told
    assert sum(detail["records"] for detail in told) == len(struck)
    answers = sqlite_store.payloads.get(bytes.fromhex(detail["answer"]) for detail in told)
    assert len(answers) == len(told)
    for answer in answers.values():
        with pytest.raises((MalformedXml, UnicodeDecodeError)):
            parse(answer)


def test_a_page_of_one_bad_record_costs_that_record_alone(
    nodes: Simulator, sqlite_store: Store, harvest: Any
) -> None:
    """What no repair mends is narrowed down to; what stands beside it is mended or taken as it is."""
    node = begun(nodes, sqlite_store, "unclosed-tags=0.01", "stray-ampersands=0.2", "soap-only")
    run = harvest(sqlite_store)
    lost_by, mended_by = csw_switches(["unclosed-tags=0.01", "stray-ampersands=0.2"], 1)
    everything = {one.id for one in node.node.listed()}
    lost = {one for one in everything if lost_by.marks(one)}
    assert held(sqlite_store, node) == everything - lost
    assert run.tally.faulty == len(lost) > 0
    rows = sqlite_store.records.of_source("nile", limit=500)
    assert {row.source_identifier for row in rows if row.repairs} == {
        one for one in everything - lost if mended_by.marks(one)
    }


def test_a_guess_may_be_better_than_nothing(nodes: Simulator, sqlite_store: Store, harvest: Any) -> None:
    node = begun(nodes, sqlite_store, "unclosed-tags=0.01", quirks=Quirks(accept_recovered=True))
    run = harvest(sqlite_store)
    [broken_by] = csw_switches(["unclosed-tags=0.01"], 1)
    everything = {one.id for one in node.node.listed()}
    assert (run.ending, held(sqlite_store, node)) == (Ending.COMPLETE, everything)
    rows = sqlite_store.records.of_source("nile", limit=500)
    marked = {row.source_identifier for row in rows if row.repairs == "recovered"}
    assert marked == {one for one in everything if broken_by.marks(one)}
    assert marked


def test_what_has_changed_is_asked_for(nodes: Simulator, sqlite_store: Store, harvest: Any) -> None:
    node = begun(nodes, sqlite_store)
    harvest(sqlite_store)
    changed = node.node.listed()[5].id
    node.holding.change(changed, datestamp="2099-01-01T00:00:00Z", payload="<dc:title>New</dc:title>")
    for faults, listed in ((), 1), (("filter-refused",), COUNT), (("filter-ignored",), COUNT):
        node.misbehave(*faults)
        run = harvest(sqlite_store)
        assert run.tally.listed == (listed if listed == 1 else len(node.node.listed()))
    assert run.ending is Ending.NOTHING_NEW


def test_faults_add_up(nodes: Simulator, sqlite_store: Store, harvest: Any, lenient: Settings) -> None:
    node = begun(
        nodes, sqlite_store, "version-3-only", "get-only", "capped", "next-record-one", "matched-changes",
        "advertises-elsewhere", "record-fails",
    )  # fmt: skip
    run = harvest(sqlite_store)
    [switch] = csw_switches(["record-fails"], 1)
    lost = {one.id for one in node.node.listed() if switch.marks(one.id)}
    assert held(sqlite_store, node) == {one.id for one in node.node.listed()} - lost
    assert run.tally.faulty == len(lost) > 0


def test_a_run_that_stops_on_every_page_gets_the_same(
    nodes: Simulator, sqlite_store: Store, harvest: Any, lenient: Settings
) -> None:
    node = begun(nodes, sqlite_store, "record-report", "capped")
    settings = lenient.model_copy(update={"slice_seconds": 0.01})
    run = harvest(sqlite_store, settings=settings)
    [switch] = csw_switches(["record-report"], 1)
    lost = {one.id for one in node.node.listed() if switch.marks(one.id)}
    assert held(sqlite_store, node) == {one.id for one in node.node.listed()} - lost
    assert run.tally.listed == len(node.node.listed())
    assert replace(run.tally, new=0, faulty=0, listed=0) == type(run.tally)()


def test_the_table_of_rows_is_that_of_the_code() -> None:
    text = (ROOT / "docs/real-servers.md").read_text(encoding="utf-8")
    page = text.partition("## Catalogue services")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (C\d|–) \| ([^|]*) \| ([^|]+) \| ([^|]*)\|$", page, re.MULTILINE)
    told = {name: set[str]() for name in (fault.name for fault in csw_faults())}
    for row, names, *_ in rows:
        for name in re.findall(r"`([a-z0-9-]+)`", names):
            told[name].add(row)
    assert told == {fault.name: {f"C{number}" for number in fault.rows} or {"–"} for fault in csw_faults()}
    assert {row for found in told.values() for row in found} == {f"C{n}" for n in range(1, 7)} | {"–"}
    code = "".join(path.read_text() for path in (ROOT / "harvester").rglob("*.py"))
    for *_, logged in rows:
        assert all(f'"{name}"' in code for name in re.findall(r"`([a-z.-]+)`", logged))
