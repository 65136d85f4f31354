"""Nodes that nobody survives who sets no limits: the run ends or waits, says why, and what was had stays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from catalogue.dues import Dues
from catalogue.node_state import NodeState, state_of
from catalogue.run import Ending, HarvestRun, RunKind, RunState
from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from clearinghouse.simulator import faults_limits
from clearinghouse.simulator.nodes import SimulatedNode, Simulator
from clearinghouse.simulator.registry import faults
from factories import now
from harvester import inline
from harvester.inline import work_now
from harvester.pipeline import Pipeline

COUNT, PAGE = 60, 20


@pytest.fixture(scope="module")
def nodes() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What pipelines would have slept."""
    naps: list[float] = []
    real = Pipeline.__init__

    def init(self: Pipeline, *arguments: Any, **named: Any) -> None:
        real(self, *arguments, **named, sleep=naps.append)

    monkeypatch.setattr(Pipeline, "__init__", init)
    monkeypatch.setattr(inline, "PATIENCE", 0.0)
    return naps


@pytest.fixture
def settings() -> Settings:
    """Loopback may be harvested; an answer may be 300 kB long, and take half a second."""
    return load_settings(
        allowed_networks=("127.0.0.0/8",),
        answer_limit=300_000,
        answer_deadline=0.5,
        page_retries=1,
        run_retries=1,
    )


def harvested(nodes: Simulator, store: Store, settings: Settings) -> SimulatedNode:
    """A node of which everything was had."""
    node = nodes.add(f"n{len(nodes.nodes)}", count=COUNT, page_size=PAGE, seed=5, slowness=5.0)
    store.sources.add(nodes.source(node.name), now())
    assert work_now(store, settings, node.name, RunKind.FULL).ending is Ending.COMPLETE
    return node


def ended(store: Store, settings: Settings, node: SimulatedNode) -> HarvestRun:
    for _ in range(4):
        run = work_now(store, settings, node.name, RunKind.FULL)
        if run.state is RunState.ENDED:
            return run
    raise AssertionError(run.message)


def alive(store: Store, node: SimulatedNode) -> int:
    return sum(not row.deleted for row in store.records.of_source(node.name, limit=500))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("answer-endless", "sends more than the limit of 300000 bytes"),
        ("answer-drips", "the answer took longer than 0.5 seconds"),
        ("answer-bomb", "sends more than the limit of 300000 bytes"),
        ("entity-bomb", "document type declaration"),
        ("redirects-round", "redirects more than 5 times"),
        ("redirects-inside", "169.254.169.254: private, local and reserved addresses are not harvested"),
        ("down", "HTTP status 502"),
        ("unclosed-tags=1", "Opening and ending tag mismatch: b line 5 and dc:title, line 5, column "),
    ],
)
def test_a_node_from_which_nothing_can_be_had(
    nodes: Simulator, sqlite_store: Store, settings: Settings, waited: list[float], text: str, why: str
) -> None:
    node = harvested(nodes, sqlite_store, settings)
    before = alive(sqlite_store, node)
    node.misbehave(text)
    node.node.remember = True
    began = time.monotonic()
    run = ended(sqlite_store, settings, node)
    lists = sum(asked["verb"].startswith("List") for asked in node.node.asked)
    # Of answers without end a few are read, and not one for each second of the list.
    assert lists <= (20 if text in {"answer-endless", "answer-bomb"} else 130)
    assert (run.ending, run.tally.listed) == (Ending.FAILED, 0)
    assert why in run.message
    assert "<string>" not in run.message
    assert time.monotonic() - began < 20
    assert alive(sqlite_store, node) == before > 0
    node.misbehave()
    assert ended(sqlite_store, settings, node).ending is Ending.NOTHING_NEW


def test_a_node_whose_lists_never_come_does_not_keep_a_worker_for_hours(
    nodes: Simulator, sqlite_store: Store, settings: Settings, waited: list[float]
) -> None:
    """It says who it is, and so lives; but no part of its list comes, however small."""
    patient = settings.model_copy(update={"answer_deadline": 0.1, "read_timeout": 0.1, "page_retries": 3})
    slow = {"count": 2000, "page_size": 100, "seed": 5, "slowness": 5.0}
    node = nodes.add(f"n{len(nodes.nodes)}", "slow-deep@0", **slow)
    sqlite_store.sources.add(nodes.source(node.name), now())
    node.node.remember = True
    run = ended(sqlite_store, patient, node)
    assert run.ending is Ending.FAILED
    lists = sum(asked["verb"].startswith("List") for asked in node.node.asked)
    assert 20 < lists < 50


def test_a_node_that_is_busy_for_a_day_waits_in_the_store(
    nodes: Simulator, sqlite_store: Store, settings: Settings, waited: list[float]
) -> None:
    """Row 15: nobody sleeps over it, and it is told until when."""
    node = harvested(nodes, sqlite_store, settings)
    node.misbehave("busy-for-a-day")
    run = work_now(sqlite_store, settings, node.name, RunKind.FULL)
    assert run.state is RunState.RETRY
    assert run.not_before is not None
    assert timedelta(hours=23) < run.not_before - now() <= timedelta(days=1)
    assert waited == []
    [glance] = sqlite_store.overview.glances([node.name])
    assert state_of(Dues(0.0).facts(glance, now())) is NodeState.WAITING


def test_a_date_to_wait_until_is_understood(
    nodes: Simulator, sqlite_store: Store, settings: Settings, waited: list[float]
) -> None:
    node = harvested(nodes, sqlite_store, settings)
    node.misbehave("busy-until")
    assert ended(sqlite_store, settings, node).ending is Ending.NOTHING_NEW
    assert 0.5 <= sum(waited) <= faults_limits.A_MOMENT.total_seconds() + 1


def test_every_limit_is_tried() -> None:
    here = {one.name for one in faults() if faults_limits.__name__ in _modules(one)}
    tried = {"answer-endless", "answer-drips", "answer-bomb", "entity-bomb", "redirects-round"}
    assert here == tried | {"redirects-inside", "down", "busy-for-a-day", "busy-until"}


def _modules(fault: Any) -> set[str]:
    return {action.__module__ for action in fault.actions.values()}
