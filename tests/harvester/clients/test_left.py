"""A request that is left because its process ends says nothing of the source, and nothing follows from it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from catalogue.errors import AnswerUnreadable, RequestLeft
from catalogue.source import Protocol, Source
from harvester.clients.csw_records import set_aside
from harvester.clients.csw_request import Query
from harvester.clients.oai_position import Position
from harvester.clients.oai_requests import Requests
from harvester.clients.oai_ways import Ways
from harvester.http import HarvestSession, deadline

BROKEN = AnswerUnreadable("a page is broken")


@pytest.fixture
def silent(session: HarvestSession, httpserver: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a node that has stopped answering, while its run is cancelled."""
    monkeypatch.setattr(deadline, "_GRACE", 0.1)
    monkeypatch.setattr(deadline, "_LOOK", 0.05)
    httpserver.expect_request("/node").respond_with_handler(lambda _request: time.sleep(1))
    session.leave_when(lambda: True)
    return str(httpserver.url_for("/node"))


def test_no_record_is_set_aside_without_its_identifier(session: HarvestSession, silent: str) -> None:
    with pytest.raises(RequestLeft):
        set_aside(session, Query(silent, "", "csw:Record"), 7, BROKEN)


def test_no_page_of_a_list_is_read_in_another_way(session: HarvestSession, silent: str) -> None:
    source = Source("nile", Protocol.OAI_PMH, silent, granularity="YYYY-MM-DDThh:mm:ssZ")
    ways = Ways(source, Requests(source, session))
    with pytest.raises(RequestLeft):
        ways.require_life(BROKEN)
    with pytest.raises(RequestLeft):
        ways.around(Position(prefix="oai_dc", windows=(("", ""),)), BROKEN)
