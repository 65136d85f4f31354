"""A store of random records and two that are special, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import factories
from catalogue.store import Store
from query_truth import filled
from records_client import NASTY, RICH, Held, RecordsClient


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """A store that no test changes."""
    with Store(f"sqlite:///{tmp_path_factory.mktemp('records')}/store.sqlite") as store:
        store.upgrade()
        known = filled(store, seed=11, count=40)
        run = (
            factories.open_run(store) if store.runs.open_run("nile") is None else store.runs.open_run("nile")
        )
        writes = [
            factories.write_of(
                store, RICH, source_identifier="rich", set_specs=("convention:basel",), prefix="iso19139"
            ),
            factories.write_of(store, NASTY, source_identifier="nasty"),
        ]
        factories.commit(store, run, writes)
        gone = next(
            name
            for n in range(40)
            if store.records.known([name := f"oai:{factories.NAMESPACE}:nile:item-{n}"])[name].deleted
        )
        yield Held(store, known, writes[0].identifier, writes[1].identifier, gone)


@pytest.fixture(scope="module")
def client(held: Held) -> RecordsClient:
    """A client of it."""
    return RecordsClient(held.store)
