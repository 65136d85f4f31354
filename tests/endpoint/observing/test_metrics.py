from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from catalogue.alerts import Rule
from catalogue.errors import SettingsError
from catalogue.exchange import Outcome, bound_of, outcome_of
from catalogue.mail import Mail
from catalogue.node_state import NodeState
from catalogue.record import Record, Text
from catalogue.run import Ending
from catalogue.settings import load_settings
from catalogue.store import Store
from factories import fill, now

Serve = Callable[..., AbstractContextManager[str]]
DASHBOARD = Path(__file__).resolve().parents[3] / "docs/grafana-dashboard.json"
Figures = dict[str, dict[tuple[tuple[str, str], ...], float]]


def read(text: str) -> Figures:
    """Every sample, by its name and its labels."""
    found: Figures = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def of(figures: Figures, name: str, **labels: str) -> float:
    return figures[f"clearinghouse_{name}"][tuple(sorted(labels.items()))]


def test_the_harvests_are_told_from_the_store(store: Store, serve: Serve) -> None:
    run = fill(store, {"a": Record(title=Text.of("A")), "b": Record(title=Text.of("B"))})
    store.runs.end(run, Ending.COMPLETE, now() + timedelta(seconds=40))
    store.sources.change("nile", certificate_until="2026-12-31T00:00:00Z")
    store.runs.open("nile", run.kind, now())
    times = {(Outcome.GOOD, 0): (3, 150), (Outcome.GOOD, 2): (1, 900), (Outcome.BROKEN, 7): (1, 90_000)}
    store.exchanges.add_times("nile", times)
    store.exchanges.add_times("nile", {(Outcome.GOOD, 0): (1, 50)})
    store.outbox.put(Mail("ana@example.org", "x", "y"), now())
    store.workers.beat("host:1:a", "worker", now())
    with serve(store) as at:
        answer = requests.get(f"{at}/metrics", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    figures = read(answer.text)
    assert of(figures, "store_up") == 1
    assert of(figures, "source_records", source="nile") == 2
    assert of(figures, "runs_total", source="nile", kind="full", ending="complete") == 1
    assert of(figures, "run_duration_seconds_bucket", kind="full", le="15.0") == 0
    assert of(figures, "run_duration_seconds_bucket", kind="full", le="60.0") == 1
    assert 39 < of(figures, "run_duration_seconds_sum", kind="full") < 42
    good = {"source": "nile", "outcome": "2xx"}
    assert of(figures, "source_request_duration_seconds_bucket", le="0.1", **good) == 4
    assert of(figures, "source_request_duration_seconds_bucket", le="+Inf", **good) == 5
    assert of(figures, "source_request_duration_seconds_sum", **good) == 1.1
    assert of(figures, "source_request_duration_seconds_count", source="nile", outcome="5xx") == 1
    assert of(figures, "source_last_good_run_age_seconds", source="nile") < 10
    assert of(figures, "source_certificate_end_timestamp_seconds", source="nile") == 1798675200
    assert of(figures, "source_state", source="nile", state="due") == 1
    assert of(figures, "source_state", source="nile", state="failing") == 0
    assert of(figures, "open_runs", state="queued") == 1
    assert of(figures, "letters", state="waiting") == 1
    assert of(figures, "workers") == 1


def test_a_harvest_that_is_owed_is_told(sqlite_store: Store, serve: Serve) -> None:
    run = fill(sqlite_store, {"a": Record(title=Text.of("A"))})
    sqlite_store.runs.end(run, Ending.COMPLETE, now())
    schedule = f"0 {(now() - timedelta(hours=2)).hour} * * *"
    sqlite_store.sources.change("nile", schedule=schedule, scheduled_at=now() - timedelta(days=9))
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET opened_at = '2020-01-01 00:00:00.000000'")
    with serve(sqlite_store, schedule_jitter=0) as at:
        figures = read(requests.get(f"{at}/metrics", timeout=10).text)
    assert of(figures, "source_owed", source="nile") == 1


def test_requests_are_counted_by_route_and_not_by_address(sqlite_store: Store, serve: Serve) -> None:
    with serve(sqlite_store) as at:
        for path in ("/oai?verb=Identify", "/check/abc", "/check/def", "/nowhere/1", "/nowhere/2"):
            requests.get(at + path, timeout=10)
        requests.post(f"{at}/oai", data={"verb": "Identify"}, timeout=10)
        requests.request("PROPFIND", f"{at}/", timeout=10)
        figures = read(requests.get(f"{at}/metrics", timeout=10).text)
    assert of(figures, "http_requests_total", route="/oai", method="GET", status="200") == 1
    assert of(figures, "http_requests_total", route="/oai", method="POST", status="200") == 1
    assert of(figures, "http_requests_total", route="/check/{checkup_id}", method="GET", status="404") == 2
    assert of(figures, "http_requests_total", route="none", method="GET", status="404") == 2
    assert of(figures, "http_request_duration_seconds_count", route="/oai") == 2
    assert {dict(labels)["method"] for labels in figures["clearinghouse_http_requests_total"]} == {
        "GET",
        "POST",
        "other",
    }


def test_two_processes_tell_the_same_of_the_harvests(sqlite_store: Store, serve: Serve) -> None:
    fill(sqlite_store, {"a": Record(title=Text.of("A"))})
    with serve(sqlite_store) as one, serve(sqlite_store) as other:
        both = [read(requests.get(f"{at}/metrics", timeout=10).text) for at in (one, other)]
    names = [name for name in both[0] if "http" not in name and "age" not in name]
    assert len(names) >= 10
    assert [name for name in names if both[0][name] != both[1].get(name)] == []


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 200),
        ({}, {"X-Forwarded-For": "203.0.113.9"}, 403),
        ({}, {"Via": "1.1 proxy"}, 403),
        ({"metrics": "nobody"}, {}, 403),
        ({"metrics": "token", "metrics_token": "a-token-of-the-watch"}, {}, 403),
        (
            {"metrics": "token", "metrics_token": "a-token-of-the-watch"},
            {"Authorization": "Bearer a-token-of-the-watcx"},
            403,
        ),
        (
            {"metrics": "token", "metrics_token": "a-token-of-the-watch"},
            {"Authorization": "Bearer a-token-of-the-watch", "Via": "1.1 proxy"},
            200,
        ),
    ],
)
def test_who_may_see_the_figures(
    sqlite_store: Store, serve: Serve, settings: Any, headers: dict[str, str], status: int
) -> None:
    with serve(sqlite_store, **settings) as at:
        answer = requests.get(f"{at}/metrics", headers=headers, timeout=10)
    assert answer.status_code == status
    assert ("clearinghouse_" in answer.text) == (status == 200)


def test_a_token_that_is_no_secret_is_refused() -> None:
    with pytest.raises(SettingsError, match="16 characters"):
        load_settings(metrics="token", metrics_token="short")


def test_bounds_of_requests() -> None:
    assert [bound_of(ms) for ms in (0, 100, 101, 60_000, 60_001)] == [0, 0, 1, 6, 7]
    assert [outcome_of(status) for status in (200, 304, 404, 503, None, 700)] == [
        "2xx",
        "3xx",
        "4xx",
        "5xx",
        "none",
        "none",
    ]


def families(text: str) -> dict[str, set[str]]:
    """Each family of ours, and the names of its samples; when a counter began nobody wants to see."""
    kinds = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    return {
        family.name: {family.name + ending for ending in kinds.get(family.type, ("",))}
        for family in text_string_to_metric_families(text)
        if family.name.startswith("clearinghouse_") and not family.name.endswith("_created")
    }


def test_the_dashboard_asks_for_figures_that_there_are_and_for_each_of_them(
    store: Store, serve: Serve
) -> None:
    run = fill(store, {"a": Record(title=Text.of("A"))})
    store.runs.end(run, Ending.COMPLETE, now())
    store.exchanges.add_times("nile", {(Outcome.GOOD, 0): (1, 50)})
    store.sources.change("nile", certificate_until="2026-12-31T00:00:00Z")
    store.alerts.judge("nile", {Rule.FAILING: {"why": "x"}}, now())
    with serve(store) as at:
        requests.get(f"{at}/", timeout=10)
        text = requests.get(f"{at}/metrics", timeout=10).text
    figures, known = read(text), families(text)
    dashboard = json.loads(DASHBOARD.read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    names = {name for expression in asked for name in re.findall(r"clearinghouse_\w+", expression)}
    assert names <= figures.keys()
    assert {family for family, samples in known.items() if not samples & names} == set(), "no panel shows it"
    states = re.findall(r'clearinghouse_source_state\{state="([a-z-]+)"\}', " ".join(asked))
    assert set(states) <= {state.key for state in NodeState}
    places = [tuple(panel["gridPos"].values()) for panel in dashboard["panels"]]
    taken = [(x + i, y + j) for x, y, w, h in places for i in range(w) for j in range(h)]
    assert len(taken) == len(set(taken)), "no panel lies on another"
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)
