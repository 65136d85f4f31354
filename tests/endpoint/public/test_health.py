from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import requests

from catalogue.store import Store

Serve = Callable[..., AbstractContextManager[str]]


def test_healthy_is_200(store: Store, serve: Serve) -> None:
    with serve(store) as at:
        answer = requests.get(f"{at}/health", timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_schema_of_another_release_is_503_and_says_what_mends_it(database_url: str, serve: Serve) -> None:
    with Store(database_url) as store, serve(store) as at:
        answer = requests.get(f"{at}/health", timeout=10)
    assert answer.status_code == 503
    assert answer.json()["status"] == "out-of-date"
    assert "clearinghouse db upgrade" in answer.json()["reason"]


def test_a_database_that_is_gone_is_503_without_its_address(serve: Serve) -> None:
    with Store("postgresql://nobody:s3cret@127.0.0.1:1/none") as store, serve(store) as at:
        answer = requests.get(f"{at}/health", timeout=10)
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "reason": "the database does not answer"}


def test_a_database_that_comes_back_is_healthy_again(tmp_path: Path, serve: Serve) -> None:
    path = tmp_path / "store.sqlite"
    path.mkdir()
    with Store(f"sqlite:///{path}") as store, serve(store) as at:
        assert requests.get(f"{at}/health", timeout=10).status_code == 503
        path.rmdir()
        store.upgrade()
        assert requests.get(f"{at}/health", timeout=10).status_code == 200
