"""What it costs to look whether anything is amiss with 1,000 sources, and to tell 100 people of it.

    .venv/bin/python benchmarks/alerts.py [--sources 1000] [--runs 100] [--people 100]

Builds a catalogue in a temporary SQLite file. Figures are CPU time of this process in milliseconds.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog

from catalogue.alerts import Rule, Wish
from catalogue.people import Role
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from catalogue.store.tables import runs
from endpoint.alerts import hearing
from endpoint.alerts.telling import Teller
from endpoint.deps import Services
from harvester.lookout import Lookout

NOW = datetime.now(UTC)


def build(store: Store, sources: int, runs_each: int) -> None:
    """Sources that are harvested daily, the last time just now."""
    store.upgrade()
    for number in range(sources):
        name = f"node-{number:04}"
        at = f"https://{name}.example.org/oai"
        long_ago = NOW - timedelta(days=400)
        source = Source(name, Protocol.OAI_PMH, at, schedule="0 3 * * *", scheduled_at=long_ago)
        store.sources.add(source, long_ago)
    with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
        for day in range(runs_each):
            begun = NOW - timedelta(days=runs_each - 1 - day)
            connection.execute(sa.insert(runs), [_run(number, begun) for number in range(sources)])


def _run(number: int, begun: datetime) -> dict[str, object]:
    return {
        "source_id": f"node-{number:04}", "kind": "incremental", "state": "ended", "ending": "complete",
        "checkpoint": {}, "listed": 100, "new": 3, "opened_at": begun, "started_at": begun,
        "ended_at": begun + timedelta(minutes=3), "answers": 9, "answer_milliseconds": 900,
    }  # fmt: skip


def measured(what: str, look: Callable[[], object]) -> None:
    """Print what one look costs."""
    begun = time.process_time()
    look()
    print(f"{what:<60} {1000 * (time.process_time() - begun):8.0f} ms")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("sources", 1000), ("runs", 100), ("people", 100)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = load_settings()
    with tempfile.TemporaryDirectory() as folder, Store(f"sqlite:///{folder}/alerts.sqlite") as store:
        build(store, given.sources, given.runs)
        lookout, services = Lookout(store, settings), Services(settings, store)
        measured(f"the first look of a worker at {given.sources} sources", lookout.look)
        for _ in range(2):
            measured("another look, nothing new", lookout.look)
        measured("a look at one source after its run", lambda: lookout.look(["node-0000"]))
        for number in range(given.people):
            person = store.people.add(f"P {number}", f"p{number}@example.org", "benchmark", NOW)
            person = store.people.give(person.id, Role.VIEWER, "benchmark", NOW)
            hearing.subscribe(services, Wish(), by="benchmark", person=person)
        teller = Teller(services)
        measured(f"a look whether {given.people} people are to be told, nothing open", teller.look)
        for number in range(0, given.sources, 5):
            store.alerts.judge(f"node-{number:04}", {Rule.FAILING: {"why": "no answer"}}, NOW)
        measured(f"telling {given.people} people of {given.sources // 5} alerts", teller.look)


if __name__ == "__main__":
    main()
