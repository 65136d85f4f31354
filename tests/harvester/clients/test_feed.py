"""Feeds: Atom and RSS, page by page; nothing is deleted because a feed lists it no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalogue.errors import AnswerUnreadable
from catalogue.quirks import Quirks
from catalogue.run import Checkpoint, Ending
from catalogue.settings import Settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from clearinghouse.simulator.feed_node import FeedNode
from clearinghouse.simulator.holding import Entry, MadeUp
from clearinghouse.simulator.nodes import SimulatedFeed, Simulator
from clearinghouse.simulator.registry import feed_faults, feed_switches
from factories import now
from harvester.clients import client_for
from harvester.clients.base import Item
from harvester.doctor import examine
from harvester.mapping.registry import read

URL = "http://127.0.0.1/feed"


@pytest.fixture
def nodes() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def begun(nodes: Simulator, store: Store, *faults: str, **fields: Any) -> SimulatedFeed:
    node = nodes.add_feed("nile", *faults, count=70, page_size=25, seed=1)
    store.sources.add(nodes.source("nile", **fields), now())
    return node


def held(store: Store) -> set[str]:
    return {row.source_identifier for row in store.records.of_source("nile", limit=500)}


def alive(node: SimulatedFeed) -> set[str]:
    return {one.id for one in node.holding.listed() if not one.deleted}


@pytest.mark.parametrize(
    "faults", [(), ("rss",), ("rss-1",), ("html-entities", "rss"), ("no-dates",), ("breaks-off",)]
)
def test_everything_of_a_feed_in_pages(
    nodes: Simulator,
    sqlite_store: Store,
    harvest: Any,
    monkeypatch: pytest.MonkeyPatch,
    faults: tuple[str, ...],
) -> None:
    node = begun(nodes, sqlite_store, *faults)
    run = harvest(sqlite_store)
    assert (run.ending, run.tally.new) == (Ending.COMPLETE, len(alive(node)))
    assert held(sqlite_store) == alive(node)
    rows = sqlite_store.records.of_source("nile", limit=500)
    assert all(row.title and (row.modified or "no-dates" in faults) for row in rows)
    assert {row.metadata_prefix for row in rows} == {"rss" if set(faults) & {"rss", "rss-1"} else "atom"}
    struck = {one.id for one in node.holding.listed() if "html-entities" in faults and _marks(one.id)}
    assert {row.source_identifier for row in rows if row.repairs} == struck & alive(node)
    assert sqlite_store.sources.get("nile").repository_name == "Simulated node nile"
    again = harvest(sqlite_store, full=True)
    assert (again.ending, again.tally.unchanged) == (Ending.NOTHING_NEW, len(alive(node)))


def _marks(identifier: str) -> bool:
    return feed_switches(["html-entities"], 1)[0].marks(identifier)


@pytest.mark.parametrize("faults", [("newest-only",), ("newest-only", "rss"), ("next-elsewhere",)])
def test_nothing_is_gone_because_a_feed_lists_it_no_more(
    nodes: Simulator, store: Store, harvest: Any, lenient: Settings, faults: tuple[str, ...]
) -> None:
    node = begun(nodes, store)
    harvest(store)
    before = held(store)
    node.misbehave(*faults)
    settings = lenient.model_copy(update={"absence_lists": 1, "absence_days": 0, "guard_few": 1000})
    for _ in range(3):
        run = harvest(store, full=True, settings=settings)
        assert (run.tally.deleted, run.tally.absent, store.questions.newest()) == (0, 0, [])
    assert "list-not-complete" in {event.event for event in store.runs.events(run.id)}
    assert held(store) == before


def test_a_feed_that_says_that_it_is_complete_is_compared(
    nodes: Simulator, sqlite_store: Store, harvest: Any, lenient: Settings
) -> None:
    node = begun(nodes, sqlite_store, "says-complete")
    harvest(sqlite_store)
    gone = min(alive(node))
    node.holding.change(gone, deleted=True)
    settings = lenient.model_copy(update={"absence_lists": 1, "absence_days": 0})
    run = harvest(sqlite_store, full=True, settings=settings)
    assert run.tally.absent == 1
    assert gone not in held(sqlite_store)


def test_what_is_told_as_deleted_is(nodes: Simulator, sqlite_store: Store, harvest: Any) -> None:
    node = begun(nodes, sqlite_store, "tells-deletions")
    harvest(sqlite_store)
    gone = min(alive(node))
    node.holding.change(gone, deleted=True)
    run = harvest(sqlite_store)
    assert run.tally.deleted == 1
    assert gone not in held(sqlite_store)


def test_a_later_harvest_asks_for_no_page_behind_what_is_old(
    nodes: Simulator, sqlite_store: Store, harvest: Any
) -> None:
    node = begun(nodes, sqlite_store)
    harvest(sqlite_store)
    asked = node.node.asked
    written = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    node.holding.put(Entry("urn:new", written))
    run = harvest(sqlite_store)
    assert run.tally.new == 1
    assert node.node.asked - asked == 2, "the page with the new one, and one of old ones"


def test_pages_that_lead_in_a_circle_end_the_run(nodes: Simulator, sqlite_store: Store, harvest: Any) -> None:
    node = begun(nodes, sqlite_store, "pages-circle")
    run = harvest(sqlite_store)
    assert run.ending is Ending.FAILED
    assert "circle" in run.message
    assert held(sqlite_store) == alive(node), "what was listed is kept"


def test_a_checkpoint_holds_all_that_is_needed(nodes: Simulator, session: Any) -> None:
    node = nodes.add_feed("nile", "rss", count=70, page_size=25, seed=1)
    source = nodes.source("nile")
    checkpoint, listed = Checkpoint(), []
    while not checkpoint.finished:
        page = next(client_for(source, session).pages(checkpoint))
        listed += [item.identifier for item in page.items]
        checkpoint = page.checkpoint
    assert sorted(listed) == sorted(alive(node))
    assert checkpoint.doubt


@pytest.mark.parametrize("faults", [(), ("rss",), ("rss-1",)])
def test_the_check_up_finds_a_feed(
    nodes: Simulator, sqlite_store: Store, lenient: Settings, faults: tuple[str, ...]
) -> None:
    begun(nodes, sqlite_store, *faults)
    report = examine(sqlite_store.sources.get("nile").base_url, lenient)
    assert report.examined is not None
    assert (report.examined.protocol, report.facts.name) == ("feed", "Simulated node nile")


def seen(*faults: str) -> list[tuple[bytes, str]]:
    node = FeedNode(MadeUp("n", count=70, page_size=25, seed=1), feed_switches(faults, 1))
    return [(call.content, call.form) for call in (node.answer(URL, number) for number in (0, 1, 2, 1))]


@pytest.mark.parametrize("name", [fault.name for fault in feed_faults()])
def test_every_fault_makes_a_difference_and_always_the_same(name: str) -> None:
    assert seen(name) != seen()
    assert seen(name) == seen(name)


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"{of_feed}><title>News</title>{entries}</feed>'
ATOM_ENTRY = "<entry{of_entry}><id>urn:{name}</id><title>Titre {name}</title></entry>"
RSS = "<rss><channel><title>News</title>{of_feed}{entries}</channel></rss>"
RSS_ITEM = "<item{of_entry}><guid>urn:{name}</guid><title>Titre {name}</title></item>"


def listed(httpserver: Any, session: Any, content: str, **quirks: Any) -> tuple[Item, ...]:
    httpserver.expect_request("/feed").respond_with_data(content, content_type="application/xml")
    source = Source("nile", Protocol.FEED, httpserver.url_for("/feed"), quirks=Quirks(**quirks))
    [page] = client_for(source, session).pages(Checkpoint())
    return page.items


@pytest.mark.parametrize(
    ("feed", "entry", "of_feed"),
    [
        (ATOM, ATOM_ENTRY, ' xml:lang="fr"'),
        (RSS, RSS_ITEM, "<language>fr</language>"),
        (RSS.replace("<channel>", '<channel xml:lang="fr">'), RSS_ITEM, "<language>en</language>"),
    ],
)
def test_an_entry_has_the_language_of_its_feed(
    httpserver: Any, session: Any, feed: str, entry: str, of_feed: str
) -> None:
    """From its element and from its payload alike, as it is read again later; its own counts first."""
    own = [("a", ""), ("b", ' xml:lang="es"'), ("c", ' xml:lang=""')]
    entries = "".join(entry.format(name=name, of_entry=told) for name, told in own)
    items = listed(httpserver, session, feed.format(of_feed=of_feed, entries=entries))
    for element in (True, False):
        found = [read(one.payload or b"", element=one.element if element else None)[1] for one in items]
        assert [one.title.default_language for one in found] == ["fr", "es", "und"]
        assert [one.languages for one in found] == [("fr",), ("es",), ()]


def test_a_feed_that_says_nothing_that_is_a_language_gives_entries_as_they_are(
    httpserver: Any, session: Any
) -> None:
    entry = RSS_ITEM.format(name="a", of_entry="")
    [item] = listed(httpserver, session, RSS.format(of_feed="<language>so so</language>", entries=entry))
    assert item.payload == entry.encode()


def test_a_guess_is_taken_of_a_feed_that_no_repair_mends(httpserver: Any, session: Any) -> None:
    entries = "".join(ATOM_ENTRY.format(name=name, of_entry="") for name in "ab")
    broken = ATOM.format(of_feed="", entries=entries.replace("Titre a", "<b>Titre<i>a</b></i>"))
    with pytest.raises(AnswerUnreadable):
        listed(httpserver, session, broken)
    items = listed(httpserver, session, broken, accept_recovered=True)
    assert [(one.identifier, one.repairs) for one in items] == [("urn:a", ("recovered",)), ("urn:b", ())]
