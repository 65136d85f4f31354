"""How long the operators' dashboard takes with 1,000 sources that have had 1,000 runs each.

    .venv/bin/python benchmarks/dashboard.py [--sources 1000] [--runs 1000] [--database URL]

Builds a catalogue (in a temporary SQLite file unless a database is named), and asks the application for the
page as a browser does. Figures are CPU time of this process in milliseconds, the least of several rounds, and
beside them wall-clock time; with PostgreSQL the database's own work is in the latter only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from catalogue.people import Role
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from catalogue.store.tables import problems, questions, runs
from endpoint.app import create_app

NOW = datetime.now(UTC)
ROUNDS = 5


def build(store: Store, sources: int, runs_each: int) -> None:
    """Sources with schedules of their own, each with its runs: one in 50 fails, one in 40 is held or open."""
    store.upgrade()
    for number in range(sources):
        name = f"node-{number:04}"
        source = Source(
            name, Protocol.OAI_PMH, f"https://{name}.example.org/oai", title=f"Node {number}",
            schedule=f"{number % 60} {number % 24} * * *", time_zone="Africa/Nairobi" if number % 3 else "",
        )  # fmt: skip
        store.sources.add(source, NOW - timedelta(days=runs_each + 1))
    checkpoint = {"position": {}, "pages": 13, "response_date": "2026-01-01T00:00:00Z", "finished": True}
    with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
        for day in range(runs_each):
            at = NOW - timedelta(days=runs_each - day)
            rows = [_run(number, day, at, checkpoint) for number in range(sources)]
            connection.execute(sa.insert(runs), rows)
        newest = dict(
            connection.execute(
                sa.select(runs.c.source_id, sa.func.max(runs.c.id)).group_by(runs.c.source_id)
            ).all()
        )
        _open_some(connection, newest, checkpoint)
    if not store.embedded:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))


def _run(number: int, day: int, at: datetime, checkpoint: dict[str, object]) -> dict[str, object]:
    failed = (number % 50 == 7) or (number + day) % 97 == 0
    return {
        "source_id": f"node-{number:04}", "kind": "incremental", "state": "ended",
        "ending": "failed" if failed else "nothing-new" if day % 2 else "complete",
        "checkpoint": checkpoint, "opened_at": at, "started_at": at, "ended_at": at + timedelta(minutes=2),
        "listed": 40, "new": 20, "changed": 10, "unchanged": 8, "faulty": 2, "requested_by": "schedule",
        "due": int(at.timestamp()) + number,
    }  # fmt: skip


def _open_some(connection: sa.Connection, newest: dict[str, int], checkpoint: dict[str, object]) -> None:
    for number, (name, run_id) in enumerate(sorted(newest.items())):
        if number % 40 == 3:
            state = ("queued", "running", "retry")[number % 3]
            row = _run(number, 0, NOW, checkpoint) | {
                "state": state,
                "ending": None,
                "ended_at": None,
                "due": None,
            }
            connection.execute(sa.insert(runs), [row])
        if number % 40 == 5:
            facts = {"gone": 90, "known": 100, "listed": 10}
            row = {"source_id": name, "run_id": run_id, "topic": "deletions", "state": "open", "facts": facts,
                   "asked_at": NOW}  # fmt: skip
            connection.execute(sa.insert(questions), [row])
        connection.execute(
            sa.insert(problems),
            [
                {"source_id": name, "source_identifier": f"r{n}", "rule": "xml.malformed", "fault_id": 1,
                 "first_run": run_id, "last_run": run_id, "since": NOW, "ended_run": None}
                for n in range(number % 20)
            ] or [{"source_id": name, "source_identifier": "x", "rule": "xml.malformed", "fault_id": 1,
                   "first_run": run_id, "last_run": run_id, "since": NOW, "ended_run": run_id}],
        )  # fmt: skip


def measured(work: Callable[[], object]) -> dict[str, float]:
    """CPU and wall-clock time of the best of some rounds, in milliseconds."""
    work()
    cpu, wall = [], []
    for _ in range(ROUNDS):
        began, clock = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - began)
        wall.append(time.perf_counter() - clock)
    return {"cpu_ms": round(min(cpu) * 1e3, 1), "wall_ms": round(min(wall) * 1e3, 1)}


def pages(store: Store) -> dict[str, dict[str, float]]:
    """The pages as an operator's browser gets them."""
    person = store.people.add("Operator", "operator@example.org", "benchmark", NOW)
    store.people.give(person.id, Role.OPERATOR, "benchmark", NOW)
    secret = store.sessions.begin(person.id, datetime.now(UTC), by="benchmark")
    app = create_app(load_settings(), store)
    cookie = f"clearinghouse-session={secret}".encode()

    def get(path: str) -> int:
        """One page, through the whole application; its length."""
        length = 0

        async def ask() -> None:
            nonlocal length
            address, _, query = path.partition("?")
            scope = {
                "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": address,
                "raw_path": address.encode(), "query_string": query.encode(), "root_path": "",
                "headers": [(b"host", b"testing"), (b"cookie", cookie)], "client": ("127.0.0.1", 1),
                "server": ("testing", 80),
            }  # fmt: skip

            async def receive() -> dict[str, object]:
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: dict[str, object]) -> None:
                nonlocal length
                if message["type"] == "http.response.start":
                    assert message["status"] == 200, message  # noqa: S101 - a figure of something else
                length += len(message.get("body", b""))  # type: ignore[arg-type] - bytes

            await app(scope, receive, send)  # type: ignore[arg-type] - as Starlette calls them

        asyncio.run(ask())
        return length

    paths = {
        "the dashboard": "/dashboard",
        "page 20, by records": "/dashboard?sort=-records&page=20",
        "those that fail": "/dashboard?state=failing",
        "a node": "/dashboard/sources/node-0000",
        "the 50 newest runs of a node": "/dashboard/sources/node-0000?tab=runs",
        "the sources for programs": "/api/sources",
    }
    return {name: measured(lambda path=path: get(path)) for name, path in paths.items()}  # type: ignore[misc]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{Path(folder) / 'dashboard.sqlite3'}"
        with Store(url) as store:
            began = time.perf_counter()
            build(store, asked.sources, asked.runs)
            print(f"built in {time.perf_counter() - began:.0f} s")
            names = [f"node-{number:04}" for number in range(min(50, asked.sources))]
            found = {
                "glances": measured(store.overview.glances),
                "sparks": measured(lambda: store.overview.sparks(names)),
                "problems": measured(lambda: store.problems.counts(names, NOW)),
            }
            found |= pages(store)
            print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
