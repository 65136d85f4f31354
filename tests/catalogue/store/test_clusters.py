"""Clusters in the store, on both databases: what arrives, changes and goes, and what people decide."""

from __future__ import annotations

import random
import time

import pytest
import sqlalchemy as sa

from catalogue.cluster import Copy, Match, Rule
from catalogue.errors import NoCluster, UnknownRecord
from catalogue.provenance import About, Origin
from catalogue.record import Agent, Date, Identifier, Record, Text
from catalogue.run import Checkpoint, Ending, Tally
from catalogue.store import Store
from catalogue.store.copies import clusters, settling
from catalogue.store.holdings.records import PageOfChanges
from catalogue.store.tables import cluster_members, match_keys, match_queue, matches
from factories import add_source, commit, now, open_run, write_of
from harvester.deduplication import compare
from harvester.settling import rebuild, settle

SOURCES = ("nile", "volta", "niger")


@pytest.fixture
def filled(store: Store) -> Store:
    for source in SOURCES:
        add_source(store, source, base_url=f"https://{source}.example.org/oai")
    return store


def record(doi: str = "", title: str = "Of waste", handle: str = "") -> Record:
    names = [Identifier(value, scheme) for value, scheme in ((doi, "doi"), (handle, "handle")) if value]
    return Record(Text.of(title), identifiers=tuple(names))


def put(store: Store, source: str, name: str, found: Record, **fields: object) -> str:
    """Put a record into the store; returns its identifier."""
    run = store.runs.open_run(source) or open_run(store, source)
    write = write_of(store, found, source_id=source, source_identifier=name, **fields)  # type: ignore[arg-type]
    commit(store, run, [write])
    return write.identifier


def bury(store: Store, source: str, identifier: str) -> None:
    run = store.runs.open_run(source) or open_run(store, source)
    known = store.records.known([identifier])[identifier]
    store.records.commit(PageOfChanges(run, Checkpoint(pages=2), Tally(), tombstones=[known]), now())


def groups(store: Store) -> set[frozenset[str]]:
    """The clusters, as sets of the names that sources have for their members."""
    return {frozenset(m.source_identifier for m in cluster.members) for cluster in store.clusters.page()}


def test_copies_are_found_explained_and_led(filled: Store) -> None:
    early = put(filled, "nile", "a", record("10.1234/x"))
    put(filled, "nile", "b", record("10.1234/other"))
    late = put(filled, "volta", "c", record("https://doi.org/10.1234/X"), prefix="iso19139")
    assert groups(filled) == set()
    assert settle(filled) == 3
    cluster = filled.clusters.of(early)
    assert [member.identifier for member in cluster.members] == [late, early]  # the richer format leads
    (match,) = cluster.matches
    assert (match.rule, match.score, match.values) == (Rule.DOI, 0.99, {"doi": "10.1234/x"})
    assert {match.first, match.second} == {member.record_id for member in cluster.members}
    assert filled.clusters.count() == 1
    assert settle(filled) == 0
    with pytest.raises(NoCluster):
        filled.clusters.of("oai:clearinghouse.localdomain:nile:b")
    with pytest.raises(UnknownRecord):
        filled.clusters.of("oai:clearinghouse.localdomain:nile:zzz")


def test_every_copy_is_served_as_before(filled: Store) -> None:
    one = put(filled, "nile", "a", record("10.1234/x", "The first"))
    other = put(filled, "volta", "b", record("10.1234/x", "The second"))
    before = [filled.feed.element(identifier, "oai_dc") for identifier in (one, other)]
    settle(filled)
    assert [filled.feed.element(identifier, "oai_dc") for identifier in (one, other)] == before


def test_a_cluster_falls_apart_with_what_held_it_together_and_comes_back(filled: Store) -> None:
    put(filled, "nile", "a", record("10.1234/x"))
    bridge = put(filled, "volta", "b", record("10.1234/x", handle="hdl:1721.1/2"))
    put(filled, "niger", "c", record(handle="hdl:1721.1/2"))
    settle(filled)
    assert groups(filled) == {frozenset("abc")}
    bury(filled, "volta", bridge)
    settle(filled)
    assert groups(filled) == set()
    put(filled, "volta", "b", record("10.1234/x", handle="hdl:1721.1/2"))
    settle(filled)
    assert groups(filled) == {frozenset("abc")}
    put(filled, "volta", "b", record("10.1234/x"))  # it does not say any more that it is c
    settle(filled)
    assert groups(filled) == {frozenset("ab")}


def test_what_was_split_stays_split_and_what_was_joined_joined(filled: Store) -> None:
    pairs = list(zip(SOURCES, "abc", strict=True))
    names = {name: put(filled, source, name, record("10.1234/x")) for source, name in pairs}
    loner = put(filled, "nile", "d", record("10.1234/d"))
    settle(filled)
    was = filled.clusters.split(names["b"], now(), by="Awa")
    assert {member.source_identifier for member in was.members} == set("abc")
    assert groups(filled) == {frozenset("ac")}
    joined = filled.clusters.join([loner, names["b"]], now())
    assert {member.source_identifier for member in joined.members} == set("bd")
    # All of it is harvested again, changed, deleted and harvested again, and rebuilt.
    for source, name in pairs:
        put(filled, source, name, record("10.1234/x", "Of other waste"))
    bury(filled, "nile", loner)
    settle(filled)
    assert groups(filled) == {frozenset("ac")}
    put(filled, "nile", "d", record("10.1234/d"))
    settle(filled)
    assert groups(filled) == {frozenset("ac"), frozenset("bd")}
    assert rebuild(filled) == 4
    assert groups(filled) == {frozenset("ac"), frozenset("bd")}
    (decided,) = [d for d in filled.clusters.of(names["a"]).decisions if names["a"] in (d.first, d.second)]
    assert (decided.together, decided.by) == (False, "Awa")
    # To join takes back what was split.
    filled.clusters.join([names["a"], names["b"]], now())
    assert groups(filled) == {frozenset("abcd")}


def test_a_key_that_many_records_have_tells_nothing_until_they_are_few_again(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "COMMON", 3)
    names = [put(filled, "nile", f"r{n}", record("10.1234/x", f"Of waste {n}")) for n in range(3)]
    settle(filled)
    assert groups(filled) == {frozenset({"r0", "r1", "r2"})}
    put(filled, "volta", "r3", record("10.1234/x"))
    put(filled, "niger", "r4", record("10.1234/x"))
    settle(filled)
    assert groups(filled) == set()
    bury(filled, "nile", names[0])
    settle(filled)
    assert groups(filled) == set()
    bury(filled, "nile", names[1])
    settle(filled)
    assert groups(filled) == {frozenset({"r2", "r3", "r4"})}


def test_provenance_of_an_aggregated_record(filled: Store) -> None:
    put(filled, "nile", "rec 1", record(title="One"))
    origin = Origin("https://nile.example.org/oai", "rec 1", "2026-01-01", "urn:x", "2026-01-02T00:00:00Z")
    origin_of_a_uri = Origin(
        "https://nile.example.org/oai", "rec&1", "2026-01-01", "urn:x", "2026-01-02T00:00:00Z"
    )
    put(filled, "nile", "rec&1", record(title="Two"))
    put(filled, "volta", "x", record(title="Three"), about=About((origin,)))
    agg = put(filled, "volta", "y", record(title="Four"), about=About((origin_of_a_uri,)))
    settle(filled)
    cluster = filled.clusters.of(agg)
    assert [member.source_identifier for member in cluster.members] == ["rec&1", "y"]
    assert cluster.matches[0].rule is Rule.PROVENANCE
    # A chain with an identifier that is no URI is not repeated, so it tells nothing.
    assert groups(filled) == {frozenset({"rec&1", "y"})}


@pytest.mark.parametrize("seed", range(4))
def test_neither_order_nor_portions_of_arrival_matter(
    filled: Store, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "SIDE_BY_SIDE", 1 + seed)
    shuffler = random.Random(seed)
    texts = {"agents": (Agent("publisher", Text.of("Example Centre")),), "dates": (Date("issued", "2019"),)}
    arriving = [
        ("nile", "a", record("10.1234/1")),
        ("volta", "b", record("10.1234/1", handle="hdl:1721.1/1")),
        ("niger", "c", record(handle="hdl:1721.1/1")),
        ("nile", "d", Record(Text.of("Inventory of pesticide stockpiles in the basin"), **texts)),
        ("volta", "e", Record(Text.of("Inventory of Pesticides Stockpiles in the basin"), **texts)),
        # Nile lists one title twice: it tells nothing.
        ("nile", "f", Record(Text.of("Training manual for customs officers"), **texts)),
        ("nile", "g", Record(Text.of("Training manual for customs officers"), **texts)),
        ("niger", "h", Record(Text.of("Training manual for customs officers"), **texts)),
        ("niger", "i", record("10.1234/2")),
    ]
    shuffler.shuffle(arriving)
    for source, name, found in arriving:
        put(filled, source, name, found)
        if shuffler.random() < 0.4:
            settle(filled)
    filled.clusters.settle(compare, at_once=2)
    expected = {frozenset("abc"), frozenset("de")}
    assert groups(filled) == expected
    before = _content(filled)
    monkeypatch.undo()
    rebuild(filled)
    assert groups(filled) == expected
    assert _content(filled) == before


def test_what_takes_long_is_settled_in_short_transactions(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many nodes have the same: others write meanwhile, and are not kept waiting for minutes."""
    monkeypatch.setattr(clusters, "_LONG", 0.02)
    monkeypatch.setattr(clusters, "_FEWEST", 2)
    monkeypatch.setattr(clusters, "_BREATH", 0.0)
    for number in range(10):
        for source in SOURCES:
            put(filled, source, f"{source}-{number}", record(f"10.1234/{number}"))
    waiting = sa.select(sa.func.count()).select_from(match_queue)
    left: set[int] = set()

    def slowly(one: Copy, other: Copy) -> Match | None:
        time.sleep(0.003)
        with filled.engine.connect() as connection:
            left.add(connection.execute(waiting).scalar_one())
        return compare(one, other)

    monkeypatch.setattr(filled.clusters, "_at_once", 8)
    assert filled.clusters.settle(slowly) == 30
    assert len(left) > 6
    assert {len(group) for group in groups(filled)} == {3}


@pytest.mark.parametrize(
    ("size", "took", "then"),
    [(500, 0.1, 1000), (500, 0.5, 500), (500, 5.0, 100), (30, 60.0, 20), (5000, 0.0, 5000)],
)
def test_transactions_become_as_long_as_they_may(size: int, took: float, then: int) -> None:
    assert clusters.fitting(size, took) == then


def _content(store: Store) -> list[list[tuple[object, ...]]]:
    columns = (
        (match_keys.c.key, match_keys.c.record_id),
        (matches.c.first_id, matches.c.second_id, matches.c.rule, matches.c.score),
        (cluster_members.c.record_id, cluster_members.c.cluster_id, cluster_members.c.lead),
    )
    with store.engine.connect() as connection:
        return [sorted(map(tuple, connection.execute(sa.select(*table)))) for table in columns]


def test_what_changes_while_it_is_settled_is_settled_again(filled: Store) -> None:
    """An entry that comes after the queue was read stays in it."""
    put(filled, "nile", "a", record("10.1234/x"))
    put(filled, "volta", "b", record("10.1234/x"))
    if filled.embedded:
        pytest.skip("SQLite has one writer at a time")
    late: list[str] = []

    def meanwhile(one: object, other: object) -> None:
        if not late:
            late.append(put(filled, "niger", "c", record("10.1234/y")))

    with filled.engine.connect().execution_options(writes=True) as connection, connection.begin():
        assert settling.settle(connection, meanwhile, limit=100) == 2
    assert late
    with filled.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(match_queue)).scalar_one() == 1
    filled.clusters.settle(compare)
    assert groups(filled) == set()  # the two were taken for different ones; nothing has changed since
    rebuild(filled)
    assert groups(filled) == {frozenset("ab")}


def test_a_page_that_is_not_committed_leaves_nothing_to_settle(filled: Store) -> None:
    run = open_run(filled, "nile")
    filled.runs.cancel(run.id, now())
    write = write_of(filled, record("10.1234/x"), source_identifier="a")
    with pytest.raises(Exception, match="cancelled"):
        commit(filled, run, [write])
    assert settle(filled) == 0
    assert filled.runs.get(run.id).ending is Ending.CANCELLED
