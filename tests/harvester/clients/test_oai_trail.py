from __future__ import annotations

import pytest

from catalogue.quirks import Quirks
from catalogue.source import Protocol, Source
from harvester.clients.base import Item
from harvester.clients.oai_position import Position
from harvester.clients.oai_requests import Requests
from harvester.clients.oai_singles import Singles
from harvester.clients.oai_trail import advanced
from harvester.clients.oai_ways import Ways
from harvester.http import HarvestSession


@pytest.mark.parametrize(
    ("items", "token", "failing"),
    [((), "more", 3), ((), "", 0), ((Item("oai:x:1"),), "more", 0), ((Item("oai:x:1"),), "", 0)],
)
def test_what_gives_no_record_and_has_no_end_is_no_success(
    items: tuple[Item, ...], token: str, failing: int
) -> None:
    """A list whose windows begin with an empty page, and fail behind it, is not cut for ever."""
    assert advanced(Position(failing=3), items, token).failing == failing


def test_identifiers_that_go_round_over_empty_pages_are_not_read_for_ever(session: HarvestSession) -> None:
    source = Source("n", Protocol.OAI_PMH, "http://127.0.0.1/oai", quirks=Quirks(most_empty_pages=4))
    requests = Requests(source, session)
    singles = Singles(requests, Ways(source, requests))
    position = Position(single=True)
    for number in range(4):
        assert not position.broken
        position = singles._behind(position, (), 0, f"token-{number % 2}")
    assert position.broken.startswith("4 pages")
