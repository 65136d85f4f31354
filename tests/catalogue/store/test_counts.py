"""A list has as many entries as are counted, however they are counted."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.record import Record, Text
from catalogue.store import Store, dialects
from catalogue.store.lists.feed import FeedQuery
from factories import add_source, commit, open_run, write_of

BEGAN = 1_900_000_000
#: Several on one day, some on the next.
MOMENTS = [*range(BEGAN, BEGAN + 3), *range(BEGAN + 24 * 60 * 60, BEGAN + 24 * 60 * 60 + 3)]


DAY = 24 * 60 * 60


@pytest.mark.parametrize("few", [1, 5, 20_000])
def test_a_list_is_as_long_as_it_is_counted(store: Store, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Whether few entries are counted one by one, or what is outside is taken from all there are."""
    monkeypatch.setattr("catalogue.store.lists.feed._FEW", few)
    add_source(store)
    run = open_run(store)
    for step in range(6):
        monkeypatch.setattr(dialects, "now", lambda _connection, step=step: MOMENTS[step])
        writes = [
            write_of(
                store,
                Record(Text.of(f"{number} {step}")),
                source_identifier=f"r{number}",
                set_specs=("x",) if (number + step) % 3 else (),
            )
            for number in range(step, step + 4)
        ]
        commit(store, run, writes)
    ours = ["oai:clearinghouse.localdomain:nile:r2"]
    commit(store, run, [], tombstones=list(store.records.known(ours).values()))
    moments: list[Any] = [None, BEGAN - 5, *MOMENTS, BEGAN + DAY + 50]
    if few == 1:
        store.feed.count_anew()
    for prefix in ("oai_dc", "iso19139", "oai_dcterms"):
        for set_id in (None, store.sets.id_of("x")):
            for from_ in moments:
                for until in moments:
                    query = FeedQuery(prefix, set_id, from_, until)
                    listed = store.feed.entries(query, after=None, limit=100, bodies=False)
                    assert store.feed.count(query) == len(listed), query
