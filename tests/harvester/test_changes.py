"""What a page changes: whatever pages come, the store holds what a plain model of it says."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import oai_identifier
from catalogue.formats import ON_DEMAND, RENDERED
from catalogue.run import Checkpoint, Ending, Fault, HarvestRun, Tally
from catalogue.sets import source_set
from catalogue.store import Store, dialects
from catalogue.store.holdings.payloads import digest
from catalogue.store.lists.feed import FeedQuery
from factories import NAMESPACE, add_source, now, open_run
from harvester.changes import changes_of
from harvester.clients.base import Item, Page
from remote_node import FOREIGN, dcmi_terms, dublin_core, iso19139

#: (format, payload) by name.
PAYLOADS = {
    "dc": ("oai_dc", dublin_core("One")),
    "dc2": ("oai_dc", dublin_core("Two", subject="mercury")),
    "terms": ("oai_dcterms", dcmi_terms("Three")),
    "iso": ("iso19139", iso19139("Four", "own-id")),
}
IDENTIFIERS = ["a", "b", "oai:x/c d", "\u00e9", "e"]
KINDS = [*PAYLOADS, "foreign", "deleted", "no-metadata"]
#: Ours: datestamps of the tests run in steps of ten seconds and never back.
clock = itertools.count(2_000_000_000, 10)
numbers = itertools.count()


def item(identifier: str, kind: str) -> Item:
    if kind == "deleted":
        return Item(identifier, "2026-01-01", deleted=True)
    if kind == "no-metadata":
        return Item(identifier, fault=Fault("oai_pmh.no-metadata", "none", identifier))
    payload = FOREIGN if kind == "foreign" else PAYLOADS[kind][1]
    return Item(identifier, "2026-01-01", payload=payload)


@contextmanager
def at(moment: int) -> Iterator[None]:
    with patch.object(dialects, "now", lambda _: moment):
        yield


def take(store: Store, run: HarvestRun, items: list[Item], moment: int) -> Tally:
    """Commit a page under a datestamp; what became of its items."""
    found = changes_of(Page(tuple(items), Checkpoint()), run.source_id, store.records, NAMESPACE)
    with at(moment):
        store.records.commit(found.of(run, Checkpoint(pages=1)), now())
    return found.tally


@dataclass
class Kept:
    """What the model says of one record."""

    kind: str
    deleted: bool
    #: format -> (datestamp, whether it is there)
    formats: dict[str, tuple[int, bool]] = field(default_factory=dict)


class Model:
    """What a store should hold, in the plainest words."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.stamps: dict[str, int] = {}

    def page(self, items: list[tuple[str, str]], moment: int) -> Tally:
        last = {identifier: (place, kind) for place, (identifier, kind) in enumerate(items)}
        counts = dict.fromkeys(("new", "changed", "unchanged", "deleted", "faulty", "skipped"), 0)
        counts["skipped"] = len(items) - len(last)
        for identifier, (_, kind) in last.items():
            counts[self._one(identifier, kind, moment)] += 1
        return Tally(listed=len(items), **counts)

    def _one(self, identifier: str, kind: str, moment: int) -> str:
        known = self.kept.get(identifier)
        if kind in {"foreign", "no-metadata"}:
            return "faulty"
        if kind == "deleted":
            if known is None:
                return "skipped"
            if known.deleted:
                return "unchanged"
            known.deleted = True
            known.formats = dict.fromkeys(known.formats, (moment, False))
            self.stamps[identifier] = moment
            return "deleted"
        if known and not known.deleted and known.kind == kind:
            return "unchanged"
        formats = (
            {prefix: (moment if there else stamp, False) for prefix, (stamp, there) in known.formats.items()}
            if known
            else {}
        )
        present = {form.prefix for form in RENDERED} | {PAYLOADS[kind][0]}
        self.kept[identifier] = Kept(
            kind, deleted=False, formats=formats | dict.fromkeys(present, (moment, True))
        )
        self.stamps[identifier] = moment
        return "changed" if known and not known.deleted else "new"


def assert_store_is(model: Model, store: Store, source_id: str, since: int) -> None:
    ours = {
        oai_identifier.mint(NAMESPACE, source_id, identifier): kept for identifier, kept in model.kept.items()
    }
    stamps = {oai_identifier.mint(NAMESPACE, source_id, i): stamp for i, stamp in model.stamps.items()}
    set_id = store.sets.id_of(source_set(source_id))
    for prefix in ("oai_dc", "oai_dcterms", "iso19139"):
        # What is rendered on demand every record has, as it has Dublin Core.
        kept_in = "oai_dc" if prefix in {form.prefix for form in ON_DEMAND} else prefix
        expected = {i: kept.formats[kept_in] for i, kept in ours.items() if kept_in in kept.formats}
        entries = store.feed.entries(FeedQuery(prefix, from_=since), after=None, limit=1000)
        assert {e.identifier: (e.datestamp, not e.deleted) for e in entries} == expected
        for entry in entries:
            if entry.deleted:
                assert entry.body is None
            elif entry.metadata_prefix == prefix == kept_in:
                assert bytes(entry.body or b"") == PAYLOADS[ours[entry.identifier].kind][1]
            elif prefix == kept_in:
                assert b"<" in bytes(entry.body or b"")
        in_set = store.feed.entries(FeedQuery(prefix, set_id=set_id), after=None, limit=1000)
        told = {e.identifier: (e.datestamp, not e.deleted) for e in in_set}
        assert told == {i: (stamps[i], there) for i, (_, there) in expected.items()}
    alive = [kept for kept in ours.values() if not kept.deleted]
    assert store.sets.members(source_set(source_id)) == len(alive)
    digests = {digest(PAYLOADS[kept.kind][1]): PAYLOADS[kept.kind][1] for kept in ours.values()}
    assert store.payloads.get(digests) == digests
    known = store.records.known(list(ours))
    assert {i: (k.deleted, bytes(k.payload_digest or b"")) for i, k in known.items()} == {
        i: (kept.deleted, digest(PAYLOADS[kept.kind][1])) for i, kept in ours.items()
    }
    assert {row.identifier for row in store.records.of_source(source_id)} == {
        i for i, kept in ours.items() if not kept.deleted
    }


pages = st.lists(
    st.lists(st.tuples(st.sampled_from(IDENTIFIERS), st.sampled_from(KINDS)), max_size=8),
    min_size=1,
    max_size=6,
)


def check_pages(store: Store, listed: list[list[tuple[str, str]]]) -> None:
    source_id = f"s{next(numbers)}"
    add_source(store, source_id)
    run = open_run(store, source_id)
    model, since, total = Model(), next(clock), Tally()
    for page in listed:
        moment = next(clock)
        tally = take(store, run, [item(*one) for one in page], moment)
        assert tally == model.page(page, moment)
        assert tally.balanced
        total += tally
        run = replace(run, tally=total)
        assert_store_is(model, store, source_id, since)
    assert store.runs.get(run.id).tally == total
    faults = store.runs.faults(run.id)
    assert len(faults) == total.faulty
    for fault in faults:
        if fault.rule == "format.unknown":
            assert fault.value == "{urn:example:nobody-knows-this}thing"
            assert fault.path == "/thing"
            if fault.payload_digest is None:  # the source has deleted what we could never read
                assert (fault.source_identifier, "deleted") in itertools.chain(*listed)
            else:
                assert store.payloads.get([fault.payload_digest]) == {digest(FOREIGN): FOREIGN}
        else:
            assert fault.rule == "oai_pmh.no-metadata"
    store.runs.end(run, Ending.COMPLETE, now())


@given(listed=pages)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_pages_come_the_store_holds_what_the_model_says(
    sqlite_store: Store, listed: list[list[tuple[str, str]]]
) -> None:
    check_pages(sqlite_store, listed)


@given(listed=pages)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_on_either_database(store: Store, listed: list[list[tuple[str, str]]]) -> None:
    check_pages(store, listed)


LIVES = {
    "re-created after it was deleted": ["dc", "deleted", "dc"],
    "deleted twice": ["dc", "deleted", "deleted"],
    "another format each time": ["dc", "terms", "iso", "dc2"],
    "deleted in a format that it had once": ["terms", "dc", "deleted", "iso"],
    "faulty in between": ["dc", "foreign", "dc"],
    "never there": ["deleted", "foreign", "no-metadata"],
}


@pytest.mark.parametrize("kinds", LIVES.values(), ids=LIVES.keys())
def test_the_life_of_a_record(store: Store, kinds: list[str]) -> None:
    check_pages(store, [[("a", kind)] for kind in kinds])


def test_a_page_of_nothing_but_changes(store: Store) -> None:
    check_pages(store, [[(i, "dc") for i in IDENTIFIERS], [(i, "iso") for i in IDENTIFIERS]])


def test_what_a_page_lists_twice_counts_as_it_stands_last(sqlite_store: Store) -> None:
    check_pages(
        sqlite_store, [[("a", "dc"), ("b", "dc"), ("a", "deleted")], [("a", "deleted"), ("a", "iso")]]
    )


def test_an_unchanged_harvest_moves_nothing(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    items = [item("a", "dc"), item("b", "iso")]
    first, later = next(clock), next(clock)
    take(store, run, items, first)
    before = store.feed.entries(FeedQuery("oai_dc"), after=None, limit=10)
    assert take(store, run, items, later) == Tally(listed=2, unchanged=2)
    assert store.feed.entries(FeedQuery("oai_dc"), after=None, limit=10) == before


def test_two_sources_with_the_same_identifiers_do_not_touch_each_other(store: Store) -> None:
    for source_id in ("nile", "volta"):
        add_source(store, source_id)
        take(store, open_run(store, source_id), [item("a", "dc")], next(clock))
    volta = store.runs.open_run("volta")
    assert volta is not None
    take(store, volta, [item("a", "deleted")], next(clock))
    assert store.sets.members(source_set("nile")) == 1
    assert store.sets.members(source_set("volta")) == 0


def test_a_page_as_long_as_a_whole_repository(store: Store) -> None:
    """Some repositories have one page only; no database takes so many parameters in one statement."""
    add_source(store)
    run = open_run(store)
    gone = [Item(f"oai:example.org:{n}", deleted=True) for n in range(70_000)]
    assert take(store, run, [*gone, item("a", "dc")], next(clock)).skipped == len(gone)


def test_an_identifier_that_no_index_takes_is_a_fault(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    # PostgreSQL compresses what it can, and would take three thousand times the same letter.
    long = "".join(f"{random.Random(n).getrandbits(64):x}" for n in range(2_000))
    tally = take(store, run, [item(long, "dc"), item("b", "dc")], next(clock))
    assert tally == Tally(listed=2, new=1, faulty=1)
    [fault] = store.runs.faults(run.id)
    assert (fault.rule, fault.source_identifier) == ("identifier.too-long", long[:1000])
