"""Rows 44 to 49 of what real servers do: redirects, certificates, compression, and who may ask how.

What a node wants is said in the settings of its source; without them the run says what is wrong.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.credentials import Secret
from catalogue.quirks import Quirks
from catalogue.run import Ending, HarvestRun, RunState
from catalogue.sealing import Sealer
from catalogue.settings import Settings, load_settings
from catalogue.steering.acts import harvest_kind
from catalogue.store import Store
from clearinghouse.simulator import faults_transport as faults
from clearinghouse.simulator.certificates import AUTHORITY, issue
from clearinghouse.simulator.nodes import SimulatedNode, Simulator
from factories import now
from harvester.doctor import examine
from harvester.inline import work_now
from harvester.pipeline import Pipeline

KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def nodes(folder: Path) -> Iterator[Simulator]:
    with Simulator(certificate=issue(folder)) as running:
        yield running


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings for loopback; the pipeline waits no longer than a node that wants a pause wants."""
    real = Pipeline.__init__

    def init(self: Pipeline, *arguments: Any, **named: Any) -> None:
        real(self, *arguments, **named, sleep=lambda wanted: time.sleep(min(wanted, faults.PAUSE)))

    monkeypatch.setattr(Pipeline, "__init__", init)
    return load_settings(
        allowed_networks=("127.0.0.0/8",), read_timeout=5.0, page_retries=2, run_retries=0, secret_key=KEY
    )


def add(nodes: Simulator, store: Store, *texts: str, tls: bool = False, **source: Any) -> SimulatedNode:
    node = nodes.add(f"n{len(nodes.nodes)}", *texts, count=60, page_size=20, seed=5)
    place = nodes.secure_url if tls else nodes.base_url
    store.sources.add(replace(nodes.source(node.name, **source), base_url=place + node.path), now())
    return node


def run_of(store: Store, settings: Settings, node: SimulatedNode) -> HarvestRun:
    for _ in range(5):
        run = work_now(store, settings, node.name, harvest_kind(store.sources.get(node.name), full=True))
        if run.state is RunState.ENDED:
            return run
    raise AssertionError(run.message)


def is_whole(store: Store, node: SimulatedNode, run: HarvestRun) -> bool:
    alive = {one.id for one in node.holding.listed() if not one.deleted}
    held = {row.source_identifier for row in store.records.of_source(node.name, limit=500)}
    return held == alive and run.ending in {Ending.COMPLETE, Ending.NOTHING_NEW} and run.tally.balanced


def tell(store: Store, node: SimulatedNode, secret: Secret) -> None:
    store.secrets.set(store.sources.get(node.name), secret, Sealer([KEY]), now())


def test_plain_http_that_leads_to_https(nodes: Simulator, sqlite_store: Store, settings: Settings) -> None:
    """Row 44; and that the address has moved is told."""
    node = add(nodes, sqlite_store, "to-https")
    run = run_of(sqlite_store, settings, node)
    assert run.ending is Ending.FAILED
    assert "certificate is not accepted" in run.message
    # What a quirk or a secret says holds at the source's own place, and this is another port of the machine.
    tls = add(nodes, sqlite_store, "to-https", tls=True, quirks=Quirks(tls_unverified=True))
    assert is_whole(sqlite_store, tls, run_of(sqlite_store, settings, tls))


def test_an_authority_that_nobody_knows(
    nodes: Simulator, sqlite_store: Store, settings: Settings, folder: Path
) -> None:
    """Row 45: it is said; the source's own authority is believed, or its certificate not looked at."""
    node = add(nodes, sqlite_store, tls=True)
    said = run_of(sqlite_store, settings, node).message
    assert "certificate is not accepted" in said
    assert "leaves out the certificates in between" in said
    report = examine(sqlite_store.sources.get(node.name).base_url, settings)
    assert "certificate" in report.why
    tell(sqlite_store, node, Secret.authority((folder / AUTHORITY).read_bytes()))
    assert is_whole(sqlite_store, node, run_of(sqlite_store, settings, node))
    assert sqlite_store.sources.get(node.name).certificate_until
    other = add(nodes, sqlite_store, tls=True, quirks=Quirks(tls_unverified=True))
    assert is_whole(sqlite_store, other, run_of(sqlite_store, settings, other))


def test_a_certificate_that_has_ended(sqlite_store: Store, settings: Settings, tmp_path: Path) -> None:
    with Simulator(certificate=issue(tmp_path, days=-3)) as nodes:
        node = add(nodes, sqlite_store, tls=True)
        tell(sqlite_store, node, Secret.authority((tmp_path / AUTHORITY).read_bytes()))
        assert "expired" in run_of(sqlite_store, settings, node).message


@pytest.mark.parametrize(
    "texts",
    [
        ("baseurl-elsewhere",),
        ("bare-address-fails",),
        ("gzip-only",),
        ("gzip-unsaid",),
        ("gzip-claimed",),
        ("baseurl-elsewhere", "gzip-unsaid", "bare-address-fails", "token-special"),
    ],
    ids=" ".join,
)
def test_what_needs_no_setting(
    nodes: Simulator, sqlite_store: Store, settings: Settings, texts: tuple[str, ...]
) -> None:
    """Rows 46 to 48: what Identify says of the address is not asked, nor the bare one; gzip as it comes."""
    node = add(nodes, sqlite_store, *texts)
    assert is_whole(sqlite_store, node, run_of(sqlite_store, settings, node))


def test_https_that_leads_to_plain_http(nodes: Simulator, sqlite_store: Store, settings: Settings) -> None:
    """Row 46: what it says is public, and its secrets are not sent there."""
    node = add(nodes, sqlite_store, "to-http", tls=True, quirks=Quirks(tls_unverified=True))
    assert is_whole(sqlite_store, node, run_of(sqlite_store, settings, node))


@pytest.mark.parametrize("text", ["bare-address-fails", "baseurl-elsewhere", "gzip-only"])
def test_the_doctor_is_not_put_off(
    nodes: Simulator, sqlite_store: Store, settings: Settings, text: str
) -> None:
    """Row 47: a check that refuses what works in a browser is worse than none."""
    node = add(nodes, sqlite_store, text)
    report = examine(sqlite_store.sources.get(node.name).base_url, settings)
    assert report.examined is not None, report.why
    assert report.examined.protocol == "oai-pmh"


@pytest.mark.parametrize(
    ("text", "quirks", "why"),
    [
        ("wants-user-agent", {"user_agent": "Mozilla/5.0 (compatible; Clearinghouse)"}, "403"),
        ("wants-header", {"headers": f"{faults.HEADER}: {faults.VALUE}"}, "403"),
        ("wants-password", {"secrets_over_http": True}, "401"),
    ],
)
def test_what_a_node_wants_of_those_who_ask(
    nodes: Simulator, sqlite_store: Store, settings: Settings, text: str, quirks: dict[str, Any], why: str
) -> None:
    """Row 49: without it the run says why it failed; with it everything is had."""
    node = add(nodes, sqlite_store, text)
    run = run_of(sqlite_store, settings, node)
    assert run.ending is Ending.FAILED
    assert why in run.message
    sqlite_store.sources.change(node.name, quirks=Quirks(**quirks))
    if text == "wants-password":
        tell(sqlite_store, node, Secret.basic(faults.USER, faults.PASSWORD))
    assert is_whole(sqlite_store, node, run_of(sqlite_store, settings, node))
    assert faults.PASSWORD not in str([event.detail for event in sqlite_store.runs.events(run.id)])


@pytest.mark.parametrize("quirks", [Quirks(), Quirks(host_pause=2 * faults.PAUSE)], ids=["told", "known"])
def test_a_node_that_wants_a_pause(
    nodes: Simulator, sqlite_store: Store, settings: Settings, quirks: Quirks
) -> None:
    """Row 49: it says so by 429, and is asked again; with the quirk it never has to."""
    node = add(nodes, sqlite_store, "rate-limited", quirks=quirks)
    run = run_of(sqlite_store, settings.model_copy(update={"page_retries": 30}), node)
    assert is_whole(sqlite_store, node, run)
    failed = [event for event in sqlite_store.runs.events(run.id) if event.event == "page-failed"]
    assert bool(failed) == (not quirks.host_pause)
