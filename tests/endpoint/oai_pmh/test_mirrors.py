"""Whatever happens to a catalogue, and whenever clients come: their copies end as the catalogue is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from catalogue.sets import with_parents
from catalogue.store import Store
from catalogue.store.tables import index_state, list_sizes, metadata
from factories import add_source, commit, open_run, set_clock
from oai_mirror import CLASSES, Harvester

Serve = Callable[..., Any]
SmallWrite = Callable[..., Any]
NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=5, unique=True)
#: What clients ask for: format, set.
LISTS = (
    ("oai_dc", ""),
    ("oai_dcterms", ""),
    ("mods", ""),
    ("oai_dc", "topic:x"),
    ("oai_dcterms", "topic"),
    ("mods", "topic:y"),
)
MODS = b'<mods xmlns="http://www.loc.gov/mods/v3"><note>%b</note></mods>'
BEGIN = 1_900_000_000


class Mirrors(RuleBasedStateMachine):
    """A catalogue, what it ought to hold, and clients that keep copies of its lists."""

    def __init__(self, url: str, serve: Serve, write: SmallWrite, clock: list[int]) -> None:
        super().__init__()
        self.store, self.serve, self.write, self.clock = Store(url), serve, write, clock
        #: Name -> (text, classes, whether it is in MODS, too); and what that was before each step.
        self.held: dict[str, tuple[str, tuple[str, ...], bool]] = {}
        self.past: list[dict[str, tuple[str, tuple[str, ...], bool]]] = []
        self.walks: dict[int, Iterator[None]] = {}
        self.steps = 0

    @initialize(size=st.integers(1, 4))
    def begin(self, size: int) -> None:
        self.clock[0] = BEGIN
        with self.store.engine.execution_options(writes=True).connect() as connection, connection.begin():
            for table in reversed(metadata.sorted_tables):
                if table is not index_state:  # its one row is the schema's
                    connection.execute(table.delete())
        add_source(self.store)
        self.run = open_run(self.store)
        # So that there is MODS to be asked for.
        self.put({"z": ("0", CLASSES[-1], True)}, set())
        oai = self.serve(self.store, oai_page_size=size, token_hours=10**6)
        self.clients = [
            Harvester(oai, {"metadataPrefix": prefix} | ({"set": of} if of else {})) for prefix, of in LISTS
        ]

    def put(self, records: dict[str, tuple[str, tuple[str, ...], bool]], gone: set[str]) -> None:
        """One page of the catalogue's: these records, and those no more."""
        self.past.append(dict(self.held))
        writes = []
        for name, (text, classes, mods) in records.items():
            made = self.write(self.store, name, text, set_specs=classes)
            if mods:
                made.renditions["mods"] = MODS % f"{name} {text}".encode()
            writes.append(made)
        ours = [f"oai:clearinghouse.localdomain:nile:{name}" for name in gone]
        commit(self.store, self.run, writes, tombstones=list(self.store.records.known(ours).values()))
        self.held = {name: one for name, one in self.held.items() if name not in gone} | records

    @rule(names=NAMES, classes=st.sampled_from(CLASSES), mods=st.booleans())
    def change(self, names: list[str], classes: tuple[str, ...], mods: bool) -> None:  # noqa: FBT001 - as Hypothesis gives it
        """New records, and records that change, join sets or leave them, gain a format or lose it."""
        self.steps += 1
        self.put({name: (str(self.steps), classes, mods) for name in names}, set())

    @rule(names=NAMES, classes=st.sampled_from(CLASSES))
    def classify_anew(self, names: list[str], classes: tuple[str, ...]) -> None:
        """The same records in other sets."""
        known = {name: self.held[name] for name in names if name in self.held}
        self.put({name: (text, classes, mods) for name, (text, _, mods) in known.items()}, set())

    @rule(names=NAMES)
    def delete(self, names: list[str]) -> None:
        self.put({}, {name for name in names if name in self.held})

    @rule(back=st.integers(1, 4))
    def roll_back(self, back: int) -> None:
        """The catalogue as it was some steps ago."""
        if len(self.past) >= back:
            then = self.past[-back]
            changed = {name: one for name, one in then.items() if self.held.get(name) != one}
            self.put(changed, set(self.held) - set(then))

    @rule(limit=st.integers(1, 4))
    def keep(self, limit: int) -> None:
        """The chore behind the runs makes what clients may ask for."""
        self.store.kept.go_on("oai_dcterms", limit=limit)

    @rule(seconds=st.integers(1, 3) | st.just(86_400))
    def wait(self, seconds: int) -> None:
        self.clock[0] += seconds

    @rule(number=st.integers(0, len(LISTS) - 1), choose=st.sampled_from([min, max]))
    def read_on(self, number: int, choose: Callable[[list[str]], str]) -> None:
        """A client reads one page: the next of its list, or the first of what has changed since its last."""
        walk = self.walks.pop(number, None) or self.clients[number].pages(choose)
        if next(walk, ...) is None:
            self.walks[number] = walk

    def teardown(self) -> None:
        """Everyone reads on to the end, and comes back once more."""
        for walk in self.walks.values():
            list(walk)
        for client, (prefix, of) in zip(self.clients, LISTS, strict=True):
            list(client.pages(max))
            copies = {
                name.rpartition(":")[2]: title.rpartition(" ")[2] for name, title in client.copy.items()
            }
            assert copies == {
                name: text
                for name, (text, classes, mods) in self.held.items()
                if (prefix != "mods" or mods) and (not of or of in with_parents(classes))
            }
        kept = self.sizes()
        self.store.feed.count_anew()
        assert kept == self.sizes()
        self.store.close()

    def sizes(self) -> dict[tuple[int, int], int]:
        """How many entries each list has of each day."""
        c = list_sizes.c
        summed = sa.select(c.set_id, c.day, sa.func.sum(c.entries)).group_by(c.set_id, c.day)
        with self.store.engine.connect() as connection:
            return {(row[0], row[1]): int(row[2]) for row in connection.execute(summed) if row[2]}


@pytest.mark.parametrize(("database", "examples"), [("sqlite_url", 5), ("postgres_url", 1)])
def test_copies_end_as_the_catalogue_is(
    request: pytest.FixtureRequest,
    serve: Serve,
    small_write: SmallWrite,
    monkeypatch: pytest.MonkeyPatch,
    database: str,
    examples: int,
) -> None:
    clock = [BEGIN]
    set_clock(monkeypatch, lambda _connection: clock[0])
    url = request.getfixturevalue(database)
    with Store(url) as store:
        store.upgrade()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Mirrors(url, serve, small_write, clock),
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
