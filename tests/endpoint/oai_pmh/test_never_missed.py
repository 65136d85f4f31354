"""A client that comes back with the last responseDate misses nothing, whatever is written meanwhile."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalogue.run import HarvestRun
from catalogue.sets import with_parents
from catalogue.store import Store, clock
from catalogue.store.lists.feed import FeedQuery
from factories import add_source, commit, open_run, set_clock
from oai_mirror import CLASSES, SPEC, Harvester

Serve = Callable[..., Any]
SmallWrite = Callable[..., Any]


@dataclass
class World:
    """A catalogue to which anything may happen."""

    store: Store
    run: HarvestRun
    write: SmallWrite
    rng: random.Random
    seconds: int = 1_900_000_000
    step: int = 0

    def now(self, _connection: object) -> int:
        return self.seconds

    def happen(self) -> None:
        """One page of new, changed and deleted records, some of them in the set; or time passes."""
        if self.rng.random() < 0.3:
            self.seconds += self.rng.randint(1, 3)
        if self.rng.random() < 0.4:
            return
        self.step += 1
        names = [f"r{number}" for number in self.rng.sample(range(30), self.rng.randint(1, 8))]
        gone, written = names[::4], [name for n, name in enumerate(names) if n % 4]
        writes = [
            self.write(self.store, name, str(self.step), set_specs=self.rng.choice(CLASSES))
            for name in written
        ]
        ours = [f"oai:clearinghouse.localdomain:nile:{name}" for name in gone]
        known = [one for one in self.store.records.known(ours).values() if not one.deleted]
        commit(self.store, self.run, writes, tombstones=known)

    def truth(self, of_set: str) -> dict[str, str]:
        """What the catalogue holds, all of it or in a set or below it."""
        found = {}
        for entry in self.store.feed.entries(FeedQuery("oai_dc"), after=None, limit=1000):
            held = with_parents(entry.set_specs.split())
            if entry.body and (not of_set or of_set in held):
                found[entry.identifier] = entry.body.decode().partition("<dc:title>")[2].partition("<")[0]
        return found


@pytest.mark.parametrize("seed", range(4))
def test_harvests_amid_changes_end_with_the_catalogue(
    store: Store, serve: Serve, small_write: SmallWrite, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = random.Random(seed)
    add_source(store)
    world = World(store, open_run(store), small_write, rng)
    set_clock(monkeypatch, world.now)
    harvesters = [
        Harvester(serve(store, oai_page_size=size), {"metadataPrefix": "oai_dc"} | extra)
        for size, extra in (
            (rng.randint(1, 3), {}),
            (rng.randint(4, 12), {}),
            (rng.randint(2, 6), {"set": SPEC}),
            (rng.randint(2, 6), {"set": "topic"}),
            (rng.randint(1, 9), {"set": "source", "metadataPrefix": "oai_dcterms"}),
            (rng.randint(1, 9), {"set": "topic:y", "metadataPrefix": "oai_dcterms"}),
        )
    ]
    for _ in range(5):
        world.happen()
        running = [harvester.pages(rng.choice) for harvester in harvesters]
        while running:
            turn = rng.choice(running)
            if next(turn, ...) is ...:
                running.remove(turn)
            world.happen()
    for harvester in harvesters:
        list(harvester.pages(max))
        assert harvester.copy == world.truth(harvester.given.get("set", ""))


def test_a_page_that_is_being_committed_holds_the_response_date_back(
    store: Store, serve: Serve, small_write: SmallWrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer has its datestamp, but nobody can see its page yet: time passes, and a client comes."""
    add_source(store)
    run = open_run(store)
    commit(store, run, [small_write(store, "old")])
    began = int(time.time())
    offset = 0
    set_clock(monkeypatch, lambda _connection: began + offset)
    reached, go_on = threading.Event(), threading.Event()
    fulfil = clock.fulfil

    def slowly(*given: Any) -> None:
        reached.set()
        assert go_on.wait(30)
        fulfil(*given)

    monkeypatch.setattr(clock, "fulfil", slowly)
    write = small_write(store, "late")
    writer = threading.Thread(target=commit, args=(store, run, [write]))
    writer.start()
    assert reached.wait(30)
    offset = 60
    client = Harvester(serve(store), {"metadataPrefix": "oai_dc"})
    list(client.pages(max))
    assert len(client.copy) == 1
    go_on.set()
    writer.join(30)
    list(client.pages(max))
    assert [identifier.rpartition(":")[2] for identifier in client.copy] == ["old", "late"]


def test_writers_and_a_client_at_the_same_time(store: Store, serve: Serve, small_write: SmallWrite) -> None:
    """Two writers write as fast as they can, for three seconds; a client harvests all the while."""
    until = time.monotonic() + 3
    failures: list[BaseException] = []

    def write(source_id: str) -> None:
        try:
            run, rng, step = open_run(store, source_id), random.Random(source_id), 0
            while time.monotonic() < until:
                step += 1
                names = [f"r{n}" for n in rng.sample(range(80), 5)]
                pages = [small_write(store, name, str(step), source_id=source_id) for name in names]
                ours = [f"oai:clearinghouse.localdomain:{source_id}:r{rng.randrange(80)}"]
                gone = [k for k in store.records.known(ours).values() if k.identifier[-3:] not in names]
                clean = [k for k in gone if k.identifier not in {w.identifier for w in pages}]
                commit(store, run, pages, tombstones=clean)
        except BaseException as error:
            failures.append(error)
            raise

    for source_id in ("one", "two"):
        add_source(store, source_id)
    writers = [threading.Thread(target=write, args=(source_id,)) for source_id in ("one", "two")]
    clients = [Harvester(serve(store, oai_page_size=7), {"metadataPrefix": "oai_dc"}) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        list(clients[0].pages(min))
        list(clients[1].pages(max))
    for writer in writers:
        writer.join()
    assert not failures
    for client in clients:
        list(client.pages(max))
        held = {
            entry.identifier: entry.body.decode().partition("<dc:title>")[2].partition("<")[0]
            for entry in store.feed.entries(FeedQuery("oai_dc"), after=None, limit=1000)
            if entry.body
        }
        assert client.copy == held
        assert held


WRITER = """
import random, sys
sys.path[:0] = [{root!r}, {tests!r}]
from catalogue.record import Record, Text
from catalogue.store import Store
from factories import commit, open_run, write_of
source_id, url, seed = sys.argv[1:]
rng = random.Random(seed)
with Store(url) as store:
    run = open_run(store, source_id)
    print("ready", flush=True)
    sys.stdin.readline()
    for step in range(20):
        names = ["r%d" % n for n in rng.sample(range(60), 6)]
        ours = ["oai:clearinghouse.localdomain:%s:%s" % (source_id, name) for name in names[:2]]
        gone = [known for known in store.records.known(ours).values() if not known.deleted]
        writes = [
            write_of(
                store, Record(Text.of("%s %d" % (name, step))), source_id=source_id, source_identifier=name,
                set_specs=rng.choice([(), ("topic:x",), ("topic:y",)]),
            )
            for name in names[2:]
        ]
        commit(store, run, writes, tombstones=gone)
"""


def test_writers_in_processes_of_their_own(store: Store, serve: Serve) -> None:
    """Three processes write, delete, re-classify; clients harvest by list, set and format all the while."""
    root = Path(__file__).resolve().parents[3]
    code = WRITER.format(root=str(root), tests=str(root / "tests"))
    url = store.engine.url.render_as_string(hide_password=False)
    writers = []
    for source_id in ("one", "two", "three"):
        add_source(store, source_id)
        command = [sys.executable, "-c", code, source_id, url, source_id]
        writers.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        writer.stdout.close()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.close()
    clients = [
        Harvester(serve(store, oai_page_size=size), {"metadataPrefix": prefix} | extra)
        for size, prefix, extra in (
            (7, "oai_dc", {}),
            (20, "oai_dcterms", {}),
            (5, "oai_dc", {"set": "topic:x"}),
            (9, "oai_dc", {"set": "topic"}),
        )
    ]
    visits = 0
    while any(writer.poll() is None for writer in writers):
        for client in clients:
            list(client.pages(min if visits % 2 else max))
        visits += 1
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert visits
    entries = store.feed.entries(FeedQuery("oai_dc"), after=None, limit=1000)
    for client in clients:
        list(client.pages(max))
        spec = client.given.get("set", "")
        held = {
            entry.identifier: entry.body.decode().partition("<dc:title>")[2].partition("<")[0]
            for entry in entries
            if entry.body and (not spec or spec in with_parents(entry.set_specs.split()))
        }
        assert client.copy == held
        assert held
