"""A node to harvest, a source that points to it, and the settings under which it may be harvested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from catalogue.run import HarvestRun, RunKind
from catalogue.settings import Settings, load_settings
from catalogue.source import Protocol, Source
from catalogue.steering.acts import harvest_kind
from catalogue.store import Store
from factories import now
from harvester.inline import work_now
from remote_node import RemoteNode, running

Harvest = Callable[..., HarvestRun]


@pytest.fixture
def remote() -> Iterator[RemoteNode]:
    """An OAI-PMH node on loopback, empty."""
    with running(RemoteNode()) as node:
        yield node


@pytest.fixture
def lenient() -> Settings:
    """Settings that allow loopback."""
    return load_settings(allowed_networks=("127.0.0.0/8",), connect_timeout=2.0, read_timeout=5.0)


def add_remote(store: Store, node: RemoteNode, source_id: str = "nile", **fields: Any) -> Source:
    """Register the node as a source."""
    source = Source(source_id, Protocol.OAI_PMH, node.url, metadata_prefix="oai_dc", **fields)
    store.sources.add(source, now())
    return source


@pytest.fixture
def register() -> Callable[..., Source]:
    """Registers a node as a source."""
    return add_remote


@pytest.fixture
def harvest(lenient: Settings) -> Harvest:
    """Harvests a source as the command line does: all of it at first, then what has changed."""

    def run(store: Store, source_id: str = "nile", *, full: bool = False, **more: Any) -> HarvestRun:
        kind = more.pop("kind", None) or harvest_kind(store.sources.get(source_id), full=full)
        assert isinstance(kind, RunKind)
        return work_now(store, more.pop("settings", lenient), source_id, kind, **more)

    return run
