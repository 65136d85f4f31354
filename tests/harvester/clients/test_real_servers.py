"""What real servers do: each row a fault of the simulator, harvested and compared with the right answer.

The rows are explained in docs/real-servers.md. A case names the faults, what the run's log must say, and
which records may be missing: everything else that the node holds must be in the store, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.quirks import Quirks
from catalogue.run import Ending, HarvestRun, RunKind, RunState, Tally
from catalogue.settings import Settings, load_settings
from catalogue.steering.acts import harvest_kind
from catalogue.store import Store
from clearinghouse.simulator import faults_limits, faults_transport
from clearinghouse.simulator.holding import Entry
from clearinghouse.simulator.nodes import SimulatedNode, Simulator, drawn
from clearinghouse.simulator.registry import faults, switches
from clearinghouse.simulator.switches import Fault
from factories import now
from harvester import inline
from harvester.inline import work_now
from harvester.pipeline import Pipeline

DOCS = Path(__file__).resolve().parents[3] / "docs"
SEED = 5
COUNT, PAGE = 120, 20


@dataclass(frozen=True)
class Case:
    """A way to misbehave, and what must come of it."""

    faults: str
    #: Events of the run's log, some of them at least; with "-" before: none of them.
    log: str = ""
    ending: Ending = Ending.COMPLETE
    #: Those of the faults whose marked records cannot be had.
    lost: str = ""
    #: Repairs that are marked on some record.
    repairs: str = ""
    holding: dict[str, Any] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)
    #: What the run says that failed.
    message: str = ""


BROKEN = Ending.COMPLETE_WITH_FAULTS
DAYS = {"granularity": "YYYY-MM-DD"}
CASES = [
    Case("token-expires", "list-taken-up"),
    Case("token-dies", "list-taken-up"),
    Case("token-dies", "list-taken-up", holding=DAYS),
    Case("fails-for-a-while", "page-failed"),
    Case("token-repeats", "list-taken-up"),
    Case("token-repeats", "list-taken-up", holding=DAYS),
    Case("token-cycle", "list-taken-up"),
    Case("token-dies size-missing", "list-cut -list-taken-up"),
    Case("token-repeats size-missing", "list-cut -list-taken-up", holding=DAYS),
    Case("token-cycle size-missing", "list-cut -list-taken-up"),
    Case("token-dies size-wrong", "list-cut -list-taken-up"),
    Case("token-at-end", "token-at-end"),
    Case("token-at-end-refused", "token-at-end"),
    Case("token-at-end-refused", "token-at-end", holding={"count": 113}),
    Case("token-at-end-no-match", "token-at-end"),
    Case("token-at-end-refused size-missing", "list-cut end-unsure", BROKEN),
    Case("token-at-end-refused size-missing", "end-unsure -list-cut", BROKEN, holding={"count": 113}),
    Case("token-at-end-refused size-missing", "list-cut end-unsure", BROKEN, holding={"count": 33}),
    Case("pages-vary", "-list-cut -end-unsure"),
    Case("pages-vary size-missing token-expires@34", "list-cut -end-unsure"),
    Case("pages-vary size-missing token-dies", "list-cut"),
    Case("bad-records=0.2 token-expires", "list-taken-up", BROKEN, lost="bad-records"),
    Case("bad-records=0.2 token-cycle", "list-taken-up", BROKEN, lost="bad-records"),
    Case("record-fails token-dies", "list-cut one-by-one", BROKEN, lost="record-fails"),
    Case("empty-pages", "empty-page"),
    Case("empty-run", "list-taken-up"),
    Case("empty-run token-drops-range", "list-taken-up"),
    Case("empty-run", "empty-page -list-cut", source={"quirks": Quirks(most_empty_pages=20)}),
    Case("no-end-token", "-list-cut"),
    Case("end-token-always", "-list-cut"),
    Case("never-ends", "list-wraps"),
    Case("never-ends", "list-wraps", holding={"count": 113}),
    Case("never-ends cut-off-at-record=0.05", "one-by-one", BROKEN, lost="cut-off-at-record"),
    Case("never-ends size-missing record-fails=0.05", "list-wraps one-by-one", BROKEN, lost="record-fails"),
    Case("token-cycle record-fails-in-lists", "one-by-one"),
    Case("size-wrong", "size-wrong -list-cut"),
    Case("size-changes", "size-wrong -list-cut"),
    Case("cursor-pages", "cursor-wrong"),
    Case("cursor-nonsense", "cursor-wrong"),
    Case("token-special", "-list-cut"),
    Case("token-encoded", "token-verbatim -list-cut"),
    Case("token-encoded", "-token-verbatim -list-cut", source={"quirks": Quirks(token_verbatim=True)}),
    Case("token-long", "-list-cut"),
    Case("token-long post-refused", "list-taken-up"),
    Case("token-wants-prefix", "prefix-with-token -list-cut"),
    Case("token-wants-prefix", "-prefix-with-token", source={"quirks": Quirks(token_with_prefix=True)}),
    Case("refuses-prefix", "prefix-refused"),
    Case("refuses-prefix record-fails-in-lists", "prefix-refused one-by-one"),
    Case("refuses-prefix", "-prefix-refused", source={"quirks": Quirks(omit_prefix=True)}),
    Case("ignores-dates", "-list-cut"),
    Case("ignores-dates token-dies", ending=Ending.FAILED, message="does not heed from and until"),
    Case("same-datestamp token-dies", ending=Ending.FAILED, message="parts of the list cannot be had"),
    Case("token-dies", ending=Ending.FAILED, message="no longer", source={"quirks": Quirks(whole_list=True)}),
    Case("token-expires", "list-restarted", source={"quirks": Quirks(whole_list=True)}),
    Case("token-dies", "-list-cut", source={"quirks": Quirks(window_days=200)}),
    Case(
        "token-dies day-range-broken",
        "-list-cut",
        source={"quirks": Quirks(window_days=200, force_days=True, window_overlap=True)},
    ),
    # Days enough that some lie where windows meet.
    Case("mixed-datestamps=1 token-dies", "list-cut", holding={"count": 2500, "page_size": 100}),
    Case("forgets-deletions"),
    Case("token-drops-range token-dies@60", "list-cut"),
    Case("record-fails", "one-by-one", BROKEN, lost="record-fails"),
    Case("record-fails", "one-by-one", BROKEN, lost="record-fails", holding=DAYS),
    Case("record-fails-in-lists", "one-by-one"),
    Case("busy", "page-failed"),
    Case("too-many=0.5", "page-failed"),
    Case("breaks-off=0.5", "page-failed"),
    Case("slow-deep", "list-cut"),
    Case("slow-identify", "undescribed page-failed"),
    Case("slow-identify", "undescribed", holding=DAYS),
    Case("slow-identify record-fails", "undescribed one-by-one", BROKEN, lost="record-fails"),
    Case("slow-identify", "-undescribed", source={"quirks": Quirks(undescribed=True)}),
    Case("odd-error", "page-failed"),
    Case("errors-with-status token-at-end-no-match", "token-at-end"),
    Case("control-characters", "page-repaired", repairs="illegal-characters"),
    Case("character-references", "page-repaired", repairs="character-references"),
    Case("invalid-utf8", "page-repaired", repairs="invalid-utf8"),
    Case("stray-ampersands", "page-repaired", repairs="stray-ampersands"),
    Case("stray-less-than", "page-repaired", repairs="stray-less-than"),
    Case("unclosed-tags", "one-by-one", BROKEN, lost="unclosed-tags"),
    Case(
        "unclosed-tags",
        "one-by-one page-repaired",
        repairs="recovered",
        source={"quirks": Quirks(accept_recovered=True)},
    ),
    Case("declaration-inside", "page-repaired"),
    Case("wrong-encoding", "page-repaired", repairs="wrong-encoding"),
    Case("no-charset", "-page-repaired"),
    Case("text-before", "page-repaired"),
    Case("text-before no-charset", "page-repaired"),
    Case("text-after", "page-repaired"),
    Case("cut-off", "page-failed -page-repaired"),
    Case("cut-off-at-record=0.05", "one-by-one -page-repaired", BROKEN, lost="cut-off-at-record"),
    Case("prefixed-envelope"),
    Case("outer-namespaces"),
    Case("nested-metadata"),
    Case("html-in-text", "-page-repaired"),
    Case("html-page", "page-failed"),
    Case("refuses-seconds token-dies", "seconds-refused"),
    Case("refuses-seconds token-dies", "-seconds-refused", source={"quirks": Quirks(force_days=True)}),
    Case("days-misdeclared token-dies", "list-cut -seconds-refused"),
    Case("days-misdeclared day-range-broken token-dies", "until-falls-short"),
    Case("mixed-datestamps token-dies", "list-cut datestamps-mixed"),
    Case("days-misdeclared", "-datestamps-mixed"),
    Case("mixed-range-fails token-dies", "list-taken-up -page-failed"),
    Case("mixed-range-fails mixed-datestamps earliest-lies record-fails-in-lists", "one-by-one"),
    Case("earliest-lies"),
    Case("earliest-lies record-fails-in-lists", "range-refused one-by-one", holding={"count": 220}),
    Case("unordered token-dies", "list-cut"),
    Case("clock-ahead", "clock-wrong"),
    Case("clock-behind", "clock-wrong"),
    Case("clock-nonsense", "-clock-wrong"),
    Case("future-datestamps token-dies", "datestamp-in-future list-taken-up"),
    Case("same-datestamp"),
    Case("same-datestamp record-fails-in-lists=1", "one-by-one"),
    Case("record-fails-in-lists=1", "one-by-one"),
    Case("loaded-at-once token-dies size-missing", "list-cut"),
    Case("loaded-at-once record-fails", "one-by-one", BROKEN, lost="record-fails"),
    Case("expiration-without-zone"),
    Case("duplicates"),
    Case("pages-overlap", "-list-cut"),
    Case("still-deleted"),
    Case("bad-records", "", BROKEN, lost="bad-records"),
    Case("no-metadata", "", BROKEN, lost="no-metadata"),
]


@pytest.fixture(scope="module")
def nodes() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings for loopback; nothing sleeps between two requests."""
    real = Pipeline.__init__

    def init(self: Pipeline, *arguments: Any, **named: Any) -> None:
        real(self, *arguments, **named, sleep=lambda _: None)

    monkeypatch.setattr(Pipeline, "__init__", init)
    # A run that is put aside is given back at once, and gone on with by `run_of`.
    monkeypatch.setattr(inline, "PATIENCE", 0.0)
    return load_settings(allowed_networks=("127.0.0.0/8",), read_timeout=2.0, page_retries=3)


def add(
    nodes: Simulator, store: Store, *texts: str, source: dict[str, Any] | None = None, **holding: Any
) -> SimulatedNode:
    """A node, registered."""
    name = f"n{len(nodes.nodes)}"
    node = nodes.add(
        name, *texts, slowness=5.0, **{"count": COUNT, "page_size": PAGE, "seed": SEED, **holding}
    )
    store.sources.add(nodes.source(name, **(source or {})), now())
    return node


def run_of(store: Store, node: SimulatedNode, settings: Settings, *, full: bool = False) -> HarvestRun:
    """Harvest, from retry to retry, until the run has ended."""
    for _ in range(10):
        run = work_now(store, settings, node.name, harvest_kind(store.sources.get(node.name), full=full))
        if run.state is RunState.ENDED:
            return run
    raise AssertionError(run.message)


def one_page(store: Store, node: SimulatedNode, settings: Settings, pages: int) -> HarvestRun:
    """Work on the run for one page more than there are, and give it back."""
    seen = [pages]
    return work_now(
        store,
        settings,
        node.name,
        RunKind.FULL,
        on_page=lambda run: seen.append(run.checkpoint.pages),
        should_stop=lambda: max(seen) > pages,
    )


def held(store: Store, node: SimulatedNode) -> list[str]:
    return sorted(row.source_identifier for row in store.records.of_source(node.name, limit=10_000))


def struck(node: SimulatedNode, name: str) -> set[str]:
    """The live entries that a fault of the node strikes."""
    text = next(text for text in node.faults if re.split("[=@]", text)[0] == name)
    switch = switches([text], node.holding.seed)[0]
    return {entry.id for entry in node.holding.listed() if not entry.deleted and switch.marks(entry.id)}


def alive(node: SimulatedNode) -> list[str]:
    return sorted(entry.id for entry in node.holding.listed() if not entry.deleted)


def log_of(store: Store, run: HarvestRun) -> set[str]:
    return {event.event for event in store.runs.events(run.id)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.faults.replace(" ", "+"))
def test_a_node_that_misbehaves(case: Case, nodes: Simulator, sqlite_store: Store, patient: Settings) -> None:
    node = add(nodes, sqlite_store, *case.faults.split(), source=case.source, **case.holding)
    run = run_of(sqlite_store, node, patient)
    assert (run.ending, run.message) == (case.ending, run.message)
    if case.ending is Ending.FAILED:
        assert case.message in run.message
        assert held(sqlite_store, node) == alive(node)[: len(held(sqlite_store, node))] != []
        assert sqlite_store.sources.get(node.name).harvested_until == ""
        return
    gone = struck(node, case.lost) if case.lost else set()
    assert bool(gone) == bool(case.lost)
    assert held(sqlite_store, node) == sorted(set(alive(node)) - gone)
    assert run.tally.balanced
    assert run.tally.new == len(alive(node)) - len(gone)
    assert run.tally.faulty == len({fault.source_identifier for fault in sqlite_store.runs.faults(run.id)})
    assert run.tally.faulty == len(gone)
    assert {fault.source_identifier for fault in sqlite_store.runs.faults(run.id)} == gone
    log = log_of(sqlite_store, run)
    for event in case.log.split():
        assert (event.removeprefix("-") in log) != event.startswith("-"), log
    repaired = [row for row in sqlite_store.records.of_source(node.name, limit=10_000) if row.repairs]
    assert {row.repairs for row in repaired} == ({case.repairs} if case.repairs else set())


def test_every_fault_is_harvested() -> None:
    named = {re.split("[=@]", text)[0] for case in CASES for text in case.faults.split()}
    elsewhere = {"deleted-in-one-set", "many-deletions", "gives-up-a-set", "listed-late", "new-identifiers"}
    elsewhere |= {"goes-empty", "loses-most", "loses-language", "many-sets", "sets-in-a-circle"}
    # Those of the way to a node are in test_transport_faults, those without limits in test_limits.
    others = (faults_transport.__name__, faults_limits.__name__)
    way = {one.name for one in faults() if not _modules(one).isdisjoint(others)}
    assert named | elsewhere | way == {fault.name for fault in faults()}


def _modules(fault: Fault) -> set[str]:
    return {action.__module__ for action in fault.actions.values()}


def test_deletions_in_one_set_are_not_deletions(
    nodes: Simulator, sqlite_store: Store, patient: Settings
) -> None:
    """Row 41: told as deleted in the set `laws`, alive in `plans`, whichever is read last."""
    for sets in (("laws", "plans"), ("plans", "laws")):
        node = add(nodes, sqlite_store, "deleted-in-one-set=0.3", source={"sets": sets})
        both = {
            entry.id for entry in node.holding.listed() if not entry.deleted and set(entry.sets) & set(sets)
        }
        assert run_of(sqlite_store, node, patient).ending is Ending.COMPLETE
        again = run_of(sqlite_store, node, patient, full=True)
        assert (again.ending, again.tally.deleted) == (Ending.NOTHING_NEW, 0)
        assert held(sqlite_store, node) == sorted(both)


def test_deletions_that_swamp_a_list_cost_little(
    nodes: Simulator, sqlite_store: Store, patient: Settings
) -> None:
    """Row 43: tombstones of records that we never had are counted, and nothing else."""
    node = add(nodes, sqlite_store, "many-deletions", count=600, page_size=200)
    run = run_of(sqlite_store, node, patient)
    left = sorted(set(alive(node)) - struck(node, "many-deletions"))
    assert held(sqlite_store, node) == left
    assert run.tally == Tally(listed=600, new=len(left), skipped=600 - len(left))


def test_pages_that_forget_the_set_bring_nothing_foreign(
    nodes: Simulator, sqlite_store: Store, patient: Settings
) -> None:
    """Row 13: what later pages list beyond the set is counted, and not taken."""
    node = add(nodes, sqlite_store, "token-drops-range", source={"sets": ("laws",)})
    run = run_of(sqlite_store, node, patient)
    foreign = {entry.id for entry in node.holding.listed() if entry.sets != ("laws",)}
    assert not foreign & set(held(sqlite_store, node))
    assert run.tally.skipped > 0
    assert run.tally.balanced


@pytest.mark.parametrize("sets", [("training",), ("laws", "training", "plans")])
def test_a_set_that_is_not_there_is_no_success(
    nodes: Simulator, sqlite_store: Store, patient: Settings, sets: tuple[str, ...]
) -> None:
    """Row 22: a set that was given up is answered by noRecordsMatch; the others are taken all the same.

    What the store had of that set stays: that nothing came is no word of it.
    """
    node = add(nodes, sqlite_store, source={"sets": sets})
    assert run_of(sqlite_store, node, patient).ending is Ending.COMPLETE
    before = held(sqlite_store, node)
    node.misbehave("gives-up-a-set")
    run = run_of(sqlite_store, node, patient, full=True)
    assert run.ending is Ending.FAILED
    assert "no set 'training'" in run.message
    assert held(sqlite_store, node) == before
    wanted = {
        entry.id for entry in node.holding.listed() if not entry.deleted and set(entry.sets) & set(sets)
    }
    assert held(sqlite_store, node) == sorted(wanted)


def test_a_set_is_looked_for_among_thousands(
    nodes: Simulator, sqlite_store: Store, patient: Settings
) -> None:
    """Row 22: it is there, on the last of 31 pages, and holds nothing just now; or it is not."""
    node = add(nodes, sqlite_store, "many-sets", source={"sets": ("training",)})
    assert run_of(sqlite_store, node, patient).ending is Ending.COMPLETE
    node.misbehave("many-sets", "goes-empty")
    assert run_of(sqlite_store, node, patient, full=True).ending is Ending.HELD
    node.misbehave("many-sets", "gives-up-a-set")
    run = run_of(sqlite_store, node, patient, full=True)
    assert (run.ending, "no set 'training'" in run.message) == (Ending.FAILED, True)
    # Of a list of sets that goes round nothing follows.
    node.misbehave("sets-in-a-circle", "gives-up-a-set")
    assert run_of(sqlite_store, node, patient, full=True).ending is Ending.HELD


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        ("goes-empty", "listed nothing where 118 records were known. Delete all 118?"),
        ("loses-most", "records where 118 were known. Delete the other "),
        ("many-deletions", "of its 118 records are deleted. Delete them?"),
        ("loses-language", "118 of 118 records"),
        ("bad-records", "could not be taken, where 0.0% is usual"),
    ],
)
def test_what_guards_ask_about(
    nodes: Simulator, sqlite_store: Store, patient: Settings, fault: str, asked: str
) -> None:
    """Rows 40 and 43, and what else a person is asked before it is done; a node that mends it settles it."""
    settings = patient.model_copy(update={"absence_lists": 1, "absence_days": 0.0})
    node = add(nodes, sqlite_store, deleted_record="no")
    run_of(sqlite_store, node, settings)
    before = held(sqlite_store, node)
    node.misbehave(fault)
    if fault == "loses-language":  # a record is looked at where it has changed
        for one in node.holding.listed():
            node.holding.change(one.id, datestamp=f"{now():%Y-%m-%dT%H:%M:%SZ}")
    run = run_of(sqlite_store, node, settings, full=True)
    assert run.ending is Ending.HELD
    assert asked in run.message
    assert set(before) <= set(held(sqlite_store, node))
    node.misbehave()
    assert run_of(sqlite_store, node, settings, full=True).ending in {Ending.COMPLETE, Ending.NOTHING_NEW}
    assert sqlite_store.questions.newest() == []
    assert held(sqlite_store, node) == before


def test_an_end_that_is_guessed_deletes_nothing_and_is_asked_for_again(
    nodes: Simulator, sqlite_store: Store, patient: Settings
) -> None:
    """Row 4: pages of any length, no completeListSize, and a token that leads nowhere: the end, or not."""
    settings = patient.model_copy(update={"absence_lists": 1, "absence_days": 0.0})
    node = add(nodes, sqlite_store)
    run_of(sqlite_store, node, settings)
    everything, until = held(sqlite_store, node), sqlite_store.sources.get(node.name).harvested_until
    node.misbehave("pages-vary", "size-missing", "token-dies@1")
    run = run_of(sqlite_store, node, settings, full=True)
    assert sqlite_store.sweeps.listed(run) < run.checkpoint.known == len(everything)
    assert (run.ending, run.tally.absent) == (BROKEN, 0)
    assert run.message.startswith("some of the list may be missing: its last resumptionToken was refused")
    assert {"end-unsure", "list-not-complete"} <= log_of(sqlite_store, run)
    assert held(sqlite_store, node) == everything
    assert sqlite_store.sources.get(node.name).harvested_until == until
    node.misbehave("size-missing", "token-at-end-refused", "forgets-deletions")
    node.holding.change(everything[0], deleted=True, datestamp="2026-02-02T00:00:00Z")
    for _ in range(2):
        run = run_of(sqlite_store, node, settings, full=True)
    assert held(sqlite_store, node) == everything


@pytest.mark.parametrize(
    "clock",
    ["clock-ahead", "clock-behind", "clock-nonsense", "unordered", "same-datestamp", "slow-identify"],
)
def test_nothing_is_missed_between_two_harvests(
    nodes: Simulator, sqlite_store: Store, patient: Settings, clock: str
) -> None:
    """Rows 36, 37 and 39: the next harvest begins at the responseDate of the first page, or before."""
    node = add(nodes, sqlite_store, count=50)
    if clock != "same-datestamp":
        node.misbehave(clock)
    run_of(sqlite_store, node, patient)
    written = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    node.holding.put(Entry("oai:node.example.org:new", written), Entry("oai:node.example.org:newer", written))
    node.holding.change(alive(node)[0], deleted=True, datestamp=written)
    run = run_of(sqlite_store, node, patient)
    assert run.kind is RunKind.INCREMENTAL
    assert (run.tally.new, run.tally.deleted) == (2, 1)
    assert held(sqlite_store, node) == alive(node)


def test_a_from_that_is_refused_is_left_out(nodes: Simulator, sqlite_store: Store, patient: Settings) -> None:
    """Row 35: earliestDatestamp is when the server was set up, and what is older is refused."""
    source = {"harvested_until": "2021-06-01T00:00:00Z", "listed_at": now()}
    node = add(nodes, sqlite_store, "earliest-lies", source=source)
    run = run_of(sqlite_store, node, patient)
    assert (run.kind, run.ending) == (RunKind.INCREMENTAL, Ending.COMPLETE)
    assert "from-refused" in log_of(sqlite_store, run)
    assert held(sqlite_store, node) == alive(node)


def test_overlap_and_days_in_what_is_asked(nodes: Simulator, sqlite_store: Store, patient: Settings) -> None:
    """Rows 32 and 39: with the quirks, the very first request is as the source wants it."""
    quirks = Quirks(overlap_seconds=86400, force_days=True)
    node = add(
        nodes,
        sqlite_store,
        source={"quirks": quirks, "harvested_until": "2026-02-20T10:00:00Z", "listed_at": now()},
    )
    node.node.remember = True
    run_of(sqlite_store, node, patient)
    assert [asked["from"] for asked in node.node.asked if "from" in asked] == ["2026-02-19"]


def test_a_sample_is_enough(nodes: Simulator, sqlite_store: Store, patient: Settings) -> None:
    """Row 49: stop after so many."""
    node = add(nodes, sqlite_store, "never-ends", source={"quirks": Quirks(stop_after=30)})
    run = run_of(sqlite_store, node, patient)
    assert run.tally.listed == 2 * PAGE
    assert log_of(sqlite_store, run) == {"stopped", "list-not-complete"}


def test_a_record_with_but_a_day_is_found_by_the_next_harvests(
    nodes: Simulator, store: Store, patient: Settings
) -> None:
    """Row 33: it is older than any second of its day. That is kept to, though nothing like it comes again."""
    node = add(nodes, store, "mixed-datestamps", count=30)
    run_of(store, node, patient)
    assert len(store.sources.get(node.name).harvested_until) == len("2026-11-02")
    node.misbehave()
    for name in ("one", "two", "three"):
        second = run_of(store, node, patient)
        assert second.kind is RunKind.INCREMENTAL
        node.holding.put(Entry(f"oai:node.example.org:{name}", now().strftime("%Y-%m-%d")))
        run = run_of(store, node, patient)
        assert (run.kind, run.tally.new) == (RunKind.INCREMENTAL, 1)
        node.holding.change(f"oai:node.example.org:{name}", datestamp="2026-01-01")
    assert held(store, node) == alive(node)
    node.holding.put(*(replace(one, datestamp="2026-01-01T00:00:00Z") for one in node.holding.listed()))
    run_of(store, node, patient, full=True)
    assert len(store.sources.get(node.name).harvested_until) == len("2026-11-02T10:00:00Z")


@pytest.mark.parametrize("length", [len("2026-11-02"), len("2026-11-02T10:00:00Z")])
def test_records_that_are_listed_late_are_had_by_overlap(
    nodes: Simulator, sqlite_store: Store, patient: Settings, length: int
) -> None:
    """Row 39: a source that counts in days or in seconds, and is asked from some days earlier."""
    quirks = Quirks(overlap_seconds=2 * 86400)
    form = {"granularity": "YYYY-MM-DDThh:mm:ssZ"[:length], "count": 30}
    node = add(nodes, sqlite_store, "listed-late", source={"quirks": quirks}, **form)
    written = now().strftime("%Y-%m-%dT%H:%M:%SZ")[:length]
    node.holding.put(Entry("oai:node.example.org:late", written))
    run_of(sqlite_store, node, patient)
    assert "oai:node.example.org:late" not in held(sqlite_store, node)
    node.misbehave()  # a day has passed
    run = run_of(sqlite_store, node, patient)
    assert (run.kind, run.tally.new) == (RunKind.INCREMENTAL, 1)
    assert held(sqlite_store, node) == alive(node)


@pytest.mark.parametrize(
    "text", ["token-cycle", "token-repeats", "never-ends", "token-dies", "record-fails", "empty-run"]
)
def test_every_page_in_another_process(
    nodes: Simulator, sqlite_store: Store, patient: Settings, text: str
) -> None:
    """Rows 2, 3 and 7: a checkpoint holds all that is needed; what goes round is found out all the same."""
    node = add(nodes, sqlite_store, text)
    pages = 0
    for _ in range(400):
        run = one_page(sqlite_store, node, patient, pages)
        pages = run.checkpoint.pages
        if run.state is RunState.ENDED:
            break
    gone = struck(node, text) if text == "record-fails" else set()
    assert run.ending is (BROKEN if gone else Ending.COMPLETE)
    assert held(sqlite_store, node) == sorted(set(alive(node)) - gone)


def test_what_was_repaired_is_kept_as_it_was_sent(
    nodes: Simulator, sqlite_store: Store, patient: Settings
) -> None:
    node = add(nodes, sqlite_store, "control-characters=0.1")
    run = run_of(sqlite_store, node, patient)
    marked = {
        row.source_identifier for row in sqlite_store.records.of_source(node.name, limit=500) if row.repairs
    }
    assert marked == struck(node, "control-characters")
    told = [event.detail for event in sqlite_store.runs.events(run.id) if event.event == "page-repaired"]
    assert sum(detail["records"] for detail in told) == len(marked)
    digests = [bytes.fromhex(detail["answer"]) for detail in told]
    answers = sqlite_store.payloads.get(digests)
    assert len(answers) == len(told)
    assert all(b"\x0b" in answer and answer.startswith(b"<?xml") for answer in answers.values())
    remapped = work_now(sqlite_store, patient, node.name, RunKind.REMAP)
    assert remapped.ending is not Ending.FAILED
    again = {
        row.source_identifier for row in sqlite_store.records.of_source(node.name, limit=500) if row.repairs
    }
    assert again == marked


@pytest.mark.parametrize("number", range(10))
def test_several_faults_at_once(
    number: int, nodes: Simulator, sqlite_store: Store, patient: Settings
) -> None:
    """Whatever comes together: the run ends, its tally balances, and what is missing is accounted for."""
    among = [one.name for one in faults() if one.at_random and not one.name.startswith("slow-")]
    texts = drawn(number, SEED, among)
    node = add(nodes, sqlite_store, *texts)
    run = run_of(sqlite_store, node, patient)
    deleted = struck(node, "many-deletions") if "many-deletions" in texts else set()
    missing = set(alive(node)) - deleted - set(held(sqlite_store, node))
    assert run.tally.balanced
    assert set(held(sqlite_store, node)) <= set(alive(node)) - deleted
    if run.ending is not Ending.FAILED:
        assert missing == {fault.source_identifier for fault in sqlite_store.runs.faults(run.id)}


@pytest.mark.parametrize(
    ("texts", "holding", "most"),
    [
        # 21 pages, Identify and ListMetadataFormats are 23 requests.
        (("token-expires",), {}, 3),
        (("token-expires",), DAYS, 3),
        (("token-dies",), {}, 20),
        (("slow-deep",), {}, 20),
        (("record-fails=0.0005",), {}, 90),
        (("record-fails=0.0005",), DAYS, 90),
        (("record-fails=0.0005", "size-missing"), {}, 130),
        (("record-fails=0.0005", "unordered"), {}, 160),
        (("record-fails=0.0005", "loaded-at-once"), {}, 90),
        (("record-fails=0.0005", "loaded-at-once", "size-missing"), {}, 130),
    ],
    ids=str,
)
def test_what_breaks_costs_few_requests(
    nodes: Simulator, sqlite_store: Store, patient: Settings, texts: tuple[str, ...], holding: Any, most: int
) -> None:
    """Three of 2,000 records fail: they are looked for among the records of their page alone."""
    node = add(nodes, sqlite_store, *texts, count=2000, page_size=100, **holding)
    node.node.remember = True
    run = run_of(sqlite_store, node, patient)
    assert run.ending in {Ending.COMPLETE, BROKEN}
    assert len(node.node.asked) <= 23 + most


def test_tokens_that_go_to_and_fro_over_empty_pages_end_the_run(
    nodes: Simulator, sqlite_store: Store, patient: Settings
) -> None:
    """Dates are no help where the first page of a window is empty, and the next outside of it."""
    node = add(
        nodes, sqlite_store, "empty-pages", "ignores-dates", "empty-run", count=500, page_size=50, seed=16
    )
    run = run_of(sqlite_store, node, patient)
    assert run.ending is Ending.FAILED
    assert "does not heed from and until" in run.message
    assert set(held(sqlite_store, node)) < set(alive(node))
    assert run.tally.balanced


def test_the_table_of_rows_is_that_of_the_code() -> None:
    page = (DOCS / "real-servers.md").read_text(encoding="utf-8").partition("## Catalogue services")[0]
    rows = re.findall(r"^\| ([0-9, –]+) \| ([^|]*)\| ([^|]+) \| ([^|]*)\|$", page, re.MULTILINE)
    numbers = {int(number) for row, *_ in rows if row != "–" for number in row.split(", ")}
    assert numbers == set(range(1, 51))
    told = {name for _, names, *_ in rows for name in re.findall(r"`([a-z0-9-]+)`", names)}
    assert told == {one.name for one in faults()}
    events = {event for *_, log in rows for event in re.findall(r"`([a-z-]+)`", log)}
    code = "".join(path.read_text() for path in (DOCS.parent / "harvester").rglob("*.py"))
    assert {event for event in events if f'"{event}"' not in code} == set()
    for event in {event.lstrip("-") for case in CASES for event in case.log.split()} - {"list-restarted"}:
        assert event in events
