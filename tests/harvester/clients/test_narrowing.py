from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import HttpFailure, SourceUnreachable
from harvester.clients.csw_position import Position
from harvester.clients.csw_request import Query
from harvester.clients.narrowing import NEIGHBOURS, Narrowed, narrowed


class Server:
    """Gives `total` records, capped; fails where one of `broken` is on the page."""

    def __init__(self, total: int, broken: set[int], cap: int = 1000) -> None:
        self.total, self.broken, self.cap = total, broken, cap
        self.requests = 0

    def ask(self, start: int, size: int) -> list[int]:
        self.requests += 1
        page = list(range(start, min(start + min(size, self.cap), self.total + 1)))
        if self.broken & set(page):
            raise HttpFailure("no", 500)
        return page


def walk(server: Server, full: int) -> tuple[list[int], list[int]]:
    """Read a server's list to its end: what was given, and what was set aside."""
    position = Position(Query("", "", ""))
    given: list[int] = []
    aside: list[int] = []
    while position.start <= server.total:
        size = position.next_size(full)
        try:
            found = Narrowed(server.ask(position.start, size), position.start, size)
        except HttpFailure as error:
            found = narrowed(server.ask, position.start, size, last=server.total, error=error)
        aside += [where for where, _ in found.aside]
        if found.answer is None:
            break
        given += found.answer
        behind = position.behind(replace(found, answer=None), len(found.answer), found.answer[-1] + 1, full)
        assert behind.start > position.start
        position = behind
    return given, aside


@settings(max_examples=150, deadline=None)
@given(
    total=st.integers(1, 200),
    broken=st.sets(st.integers(1, 200), max_size=6),
    full=st.integers(1, 60),
    cap=st.integers(1, 60),
)
def test_every_record_is_given_or_set_aside_and_none_twice(
    total: int, broken: set[int], full: int, cap: int
) -> None:
    broken = {n for n in broken if n <= total}
    runs = any(all(n + k in broken or n + k > total for k in range(NEIGHBOURS + 1)) for n in broken)
    server = Server(total, broken, cap)
    if runs or len(broken) == total:
        return
    given, aside = walk(server, full)
    assert given == [n for n in range(1, total + 1) if n not in broken]
    assert aside == sorted(broken)


def test_one_broken_record_costs_a_handful_of_requests() -> None:
    server = Server(10_000, {5_021})
    walk(server, 50)
    assert server.requests < 10_000 / 50 + 25


def test_more_in_a_row_than_chance_would_have_it_are_the_servers_fault() -> None:
    server = Server(100, {10, 11, 12, 13, 14})
    with pytest.raises(HttpFailure):
        walk(server, 50)


def test_what_has_nothing_to_do_with_records_ends_the_search() -> None:
    def ask(start: int, size: int) -> list[int]:
        raise SourceUnreachable("gone") if size < 50 else HttpFailure("no", 500)

    with pytest.raises(SourceUnreachable):
        narrowed(ask, 1, 50, last=None, error=HttpFailure("no", 500))
