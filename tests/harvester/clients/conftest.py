from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from catalogue.source import Protocol, Source
from csw_catalogue import Catalogue
from harvester.clients import client_for
from harvester.clients.base import Client
from harvester.http import HarvestSession, Limits

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
LIMITS = Limits(connect_timeout=2.0, read_timeout=5.0, answer_deadline=20.0, answer_limit=5_000_000)

MakeClient = Callable[..., Client]


@pytest.fixture
def session() -> Iterator[HarvestSession]:
    with HarvestSession(user_agent="Tests/1", limits=LIMITS, networks=LOOPBACK) as session:
        yield session


@pytest.fixture
def oai(session: HarvestSession, httpserver: Any) -> MakeClient:
    """A new OAI-PMH client for the test's server: nothing is left of an earlier one but checkpoints."""

    def make(**changes: Any) -> Client:
        fields = {
            "metadata_prefix": "oai_dc",
            "granularity": "YYYY-MM-DD",
            "base_url": httpserver.url_for("/oai"),
            **changes,
        }
        return client_for(Source(id="node", protocol=Protocol.OAI_PMH, **fields), session)

    return make


@pytest.fixture
def csw(session: HarvestSession, httpserver: Any) -> MakeClient:
    """A new CSW client for the test's server."""

    def make(**changes: Any) -> Client:
        fields = {"base_url": httpserver.url_for("/csw"), **changes}
        return client_for(Source(id="node", protocol=Protocol.CSW, **fields), session)

    return make


@pytest.fixture
def catalogue(httpserver: Any) -> Catalogue:
    """A CSW at /csw of the test's server."""
    return Catalogue(httpserver)
