from __future__ import annotations

import pytest

from harvester.clients.base import Item
from harvester.clients.oai_position import Position
from harvester.clients.oai_trail import advanced


@pytest.mark.parametrize(
    ("items", "token", "failing"),
    [((), "more", 3), ((), "", 0), ((Item("oai:x:1"),), "more", 0), ((Item("oai:x:1"),), "", 0)],
)
def test_what_gives_no_record_and_has_no_end_is_no_success(
    items: tuple[Item, ...], token: str, failing: int
) -> None:
    """A list whose windows begin with an empty page, and fail behind it, is not cut for ever."""
    assert advanced(Position(failing=3), items, token).failing == failing
