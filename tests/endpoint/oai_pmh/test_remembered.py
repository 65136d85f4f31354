"""Pages that are asked for again: quicker, and never another than the catalogue has."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from catalogue.store import Store, clock
from catalogue.store.lists.feed import FeedPage, FeedQuery
from endpoint.oai_pmh.provider import Provider
from endpoint.oai_pmh.remembered import Key, Pages
from endpoint.transport.deflated import Deflated
from factories import add_source, commit, open_run, set_clock

Serve = Callable[..., Any]
SmallWrite = Callable[..., Any]

FIRST = Key(FeedQuery("oai_dc"), None, bodies=True)


class Counted:
    """The pages of a store of which none is longer than three entries, and how often each was read."""

    def __init__(self, store: Store, **given: Any) -> None:
        self.feed = store.feed
        self.reads: Counter[Key] = Counter()
        self.pages = Pages(store.feed.state, self.read, **given)

    def read(self, key: Key) -> FeedPage | None:
        self.reads[key] += 1
        return self.feed.page(key.query, after=key.after, limit=3, bodies=key.bodies)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time, which stands still."""
    seconds = [1_700_000_000]
    set_clock(monkeypatch, lambda _: seconds[0])
    return seconds


def test_a_page_is_read_twice_at_most_while_nothing_changes(
    store: Store, small_write: SmallWrite, at: list[int]
) -> None:
    add_source(store)
    run = open_run(store)
    commit(store, run, [small_write(store, name) for name in "abcd"])
    found = Counted(store)
    at[0] += 1
    told = [found.pages.page(FIRST) for _ in range(5)]
    assert found.reads[FIRST] == 2
    assert len(set(told)) == 1
    commit(store, run, [small_write(store, "a", "changed")])
    later = found.pages.page(FIRST)
    assert later is not None
    assert later.entries == 3
    assert later != told[0]
    # Within the second of a change another may come, under the same datestamp.
    found.pages.page(FIRST)
    assert found.reads[FIRST] == 4
    at[0] += 1
    found.pages.page(FIRST)
    assert found.pages.page(FIRST) == later
    assert found.reads[FIRST] == 5


def test_a_page_that_is_being_committed_is_not_passed_by(
    store: Store, small_write: SmallWrite, at: list[int]
) -> None:
    """What a writer has announced within a second may become visible long after it."""
    add_source(store)
    run = open_run(store)
    commit(store, run, [small_write(store, name) for name in "ab"])
    found = Counted(store)
    intent = clock.announce(store.engine)
    at[0] += 30
    for _ in range(3):
        found.pages.page(FIRST)
    assert found.reads[FIRST] == 3
    clock.withdraw(store.engine, intent)
    for _ in range(3):
        found.pages.page(FIRST)
    assert found.reads[FIRST] == 4


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_a_page_is_what_the_catalogue_has(
    store: Store, small_write: SmallWrite, at: list[int], seed: int
) -> None:
    rng = random.Random(seed)
    add_source(store)
    run = open_run(store)
    commit(store, run, [small_write(store, str(name)) for name in range(8)])
    found, hits = Counted(store, most=6000), 0
    keys = [
        FIRST._replace(bodies=bodies, packed=packed) for bodies in (True, False) for packed in (True, False)
    ]
    keys += [FIRST._replace(query=FeedQuery("oai_dc", store.sets.id_of("source:nile")))]
    keys += [FIRST._replace(after=page.position) for page in [found.read(FIRST)] if page]
    for step in range(60):
        at[0] += rng.choice((0, 0, 0, 1, 3))
        if rng.random() < 0.15:
            names = rng.sample(range(12), rng.randint(1, 3))
            commit(store, run, [small_write(store, str(name), str(step)) for name in names])
        key = rng.choice(keys)
        before = found.reads[key]
        told, truth = (
            found.pages.page(key),
            store.feed.page(key.query, after=key.after, limit=3, bodies=key.bodies),
        )
        assert (told and tuple(told)[:3]) == (truth and (truth.content, truth.entries, truth.position))
        hits += found.reads[key] == before
    assert hits > 5


def test_no_more_is_remembered_than_there_is_room_for(
    sqlite_store: Store, small_write: SmallWrite, at: list[int]
) -> None:
    add_source(sqlite_store)
    commit(sqlite_store, open_run(sqlite_store), [small_write(sqlite_store, name) for name in "abc"])
    at[0] += 1
    page = sqlite_store.feed.page(FIRST.query, limit=3)
    assert page
    found = Counted(sqlite_store, most=2 * len(page.content))
    three = [FIRST._replace(query=FeedQuery("oai_dc", until=at[0] + number)) for number in range(3)]
    for key in three * 2:
        found.pages.page(key)
    for key in reversed(three):
        found.pages.page(key)
    # The one that nobody has asked for for the longest is forgotten.
    assert [found.reads[key] for key in three] == [3, 2, 2]


def test_an_answer_of_a_remembered_page_is_the_same_in_gzip(
    store: Store, serve: Serve, small_write: SmallWrite, at: list[int]
) -> None:
    add_source(store)
    long = [small_write(store, f"r{number}", "waste " * 2000) for number in range(12)]
    commit(store, open_run(store), long)
    at[0] += 1
    oai = serve(store, token_hours=10**6)
    plain = oai.ask("ListRecords", metadataPrefix="oai_dc")
    token = f"verb=ListRecords&resumptionToken={plain.token}".encode()
    for query, body in (
        (b"verb=ListRecords&metadataPrefix=oai_dc", plain.body),
        (token, oai.raw(token).body),
    ):
        for _ in range(4):
            coded = oai.raw(query, accept=b"gzip")
            assert coded.headers["content-encoding"] == "gzip"
            assert int(coded.headers["content-length"]) == len(coded.body)
            assert gzip.decompress(coded.body) == body
            assert oai.raw(query).body == body
    provider: Provider = oai.app.state.oai_provider
    kept = provider.pages.page(Key(FeedQuery("oai_dc"), None, bodies=True, packed=True))
    assert kept is not None
    assert isinstance(kept.content, Deflated)
