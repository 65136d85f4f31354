from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import requests

from catalogue.store import Store
from endpoint.observing.pulse import Pulse

Serve = Callable[..., AbstractContextManager[str]]
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_ready_is_200(store: Store, serve: Serve) -> None:
    with serve(store) as at:
        answer = requests.get(f"{at}/ready", timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_schema_of_another_release_is_503_and_says_what_mends_it(database_url: str, serve: Serve) -> None:
    with Store(database_url) as store, serve(store) as at:
        answer = requests.get(f"{at}/ready", timeout=10)
        assert requests.get(f"{at}/health", timeout=10).json() == {"status": "ok"}
    assert answer.status_code == 503
    assert answer.json()["status"] == "out-of-date"
    assert "clearinghouse db upgrade" in answer.json()["reason"]


def test_a_database_that_is_gone_is_503_without_its_address_and_the_process_lives(serve: Serve) -> None:
    with Store("postgresql://nobody:s3cret@127.0.0.1:1/none") as store, serve(store) as at:
        answer = requests.get(f"{at}/ready", timeout=10)
        assert requests.get(f"{at}/health", timeout=10).status_code == 200
        figures = requests.get(f"{at}/metrics", timeout=10).text
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "reason": "the database does not answer"}
    assert "clearinghouse_store_up 0.0" in figures
    assert "s3cret" not in figures


def test_a_database_that_comes_back_is_ready_again(tmp_path: Path, serve: Serve) -> None:
    path = tmp_path / "store.sqlite"
    path.mkdir()
    with Store(f"sqlite:///{path}") as store, serve(store) as at:
        assert requests.get(f"{at}/ready", timeout=10).status_code == 503
        path.rmdir()
        store.upgrade()
        assert requests.get(f"{at}/ready", timeout=10).status_code == 200


def test_without_the_workers_that_are_expected_nothing_is_ready(sqlite_store: Store, serve: Serve) -> None:
    with serve(sqlite_store, ready_workers=1) as at:
        answer = requests.get(f"{at}/ready", timeout=10)
        assert (answer.status_code, answer.json()["status"]) == (503, "no-worker")
        sqlite_store.workers.beat("host:1:a", "worker", NOW)
        assert requests.get(f"{at}/ready", timeout=10).status_code == 200


def test_a_worker_whose_counter_stands_still_is_dead(sqlite_store: Store) -> None:
    clock = [0.0]
    pulse = Pulse(sqlite_store, 60.0, monotonic=lambda: clock[0])
    for worker in ("host:1:a", "host:2:b"):
        sqlite_store.workers.beat(worker, "worker", NOW)
    assert pulse.living() == 2
    for clock[0] in (30.0, 61.0):
        sqlite_store.workers.beat("host:1:a", "worker", NOW)
        living = pulse.living()
    assert living == 1
    clock[0] = 300.0  # nobody has looked meanwhile: who was still is not known
    assert pulse.living() == 2
