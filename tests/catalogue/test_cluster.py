from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.cluster import Decision, Match, Member, Rule, gathered, in_order

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def member(number: int, source_id: str = "", **fields: object) -> Member:
    values: dict[str, object] = {
        "record_id": number,
        "identifier": f"oai:x:{number}",
        "source_id": source_id or f"s{number}",
        "source_identifier": str(number),
        "base_url": "https://node.example.org/oai",
        "metadata_prefix": "oai_dc",
        "first_datestamp": 100,
        "title": "T",
    }
    return Member(**(values | fields))  # type: ignore[arg-type]


def members(count: int) -> dict[int, Member]:
    return {number: member(number) for number in range(count)}


def match(first: int, second: int, rule: Rule = Rule.DOI, score: float = 1.0) -> Match:
    return Match(min(first, second), max(first, second), rule, score)


def decision(first: int, second: int, *, together: bool, after: int = 0) -> Decision:
    a, b = sorted((f"oai:x:{first}", f"oai:x:{second}"))
    return Decision(a, b, together, MOMENT + timedelta(seconds=after))


def components(numbers: int, edges: set[tuple[int, int]]) -> set[frozenset[int]]:
    """The textbook's way: whoever can be reached."""
    found = set()
    for start in range(numbers):
        reached, frontier = {start}, {start}
        while frontier:
            frontier = {b for e in edges for a, b in (e, e[::-1]) if a in frontier} - reached
            reached |= frontier
        found.add(frozenset(reached))
    return {group for group in found if len(group) > 1}


EDGES = st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda e: e[0] < e[1]), max_size=14)


@given(edges=EDGES)
@settings(max_examples=60, deadline=None)
def test_clusters_are_the_connected_components_of_the_matches(edges: set[tuple[int, int]]) -> None:
    found = gathered(members(10), [match(a, b) for a, b in edges])
    assert set(found) == components(10, edges)


@given(edges=EDGES, apart=EDGES, together=EDGES, seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_decisions_are_respected_in_whatever_order_things_come(
    edges: set[tuple[int, int]], apart: set[tuple[int, int]], together: set[tuple[int, int]], seed: int
) -> None:
    rules = list(Rule)
    found_matches = [match(a, b, rules[(a + b) % len(rules)], (a + 1) / 10) for a, b in edges]
    decisions = [decision(a, b, together=False) for a, b in apart]
    decisions += [decision(a, b, together=True, after=a * b) for a, b in together - apart]
    found = gathered(members(10), found_matches, decisions)
    shuffler = random.Random(seed)
    for _ in range(3):
        shuffler.shuffle(found_matches)
        shuffler.shuffle(decisions)
        assert set(gathered(members(10), found_matches, decisions)) == set(found)
    for group in found:
        assert not [pair for pair in apart if set(pair) <= group]
    # Nobody is in two clusters, and every cluster lies within what all links together would make.
    assert len(set().union(*found)) == sum(map(len, found)) if found else True
    most = components(10, edges | together)
    assert all(any(group <= whole for whole in most) for group in found)


def test_what_is_joined_stays_together_though_nothing_matches() -> None:
    assert gathered(members(3), [], [decision(0, 2, together=True)]) == [frozenset({0, 2})]


def test_a_chain_of_matches_does_not_undo_a_split() -> None:
    chain = [match(0, 1, Rule.DOI), match(1, 2, Rule.TITLE, 0.8)]
    assert gathered(members(3), chain, [decision(0, 2, together=False)]) == [frozenset({0, 1})]


def test_the_newest_decision_to_join_counts_first() -> None:
    decisions = [
        decision(0, 1, together=True, after=1),
        decision(1, 2, together=True, after=2),
        decision(0, 2, together=False),
    ]
    assert gathered(members(3), [], decisions) == [frozenset({1, 2})]


def test_a_title_that_a_source_uses_twice_tells_nothing() -> None:
    three = {1: member(1, "a"), 2: member(2, "a"), 3: member(3, "b"), 4: member(4, "c")}
    titles = [match(1, 3, Rule.TITLE), match(2, 3, Rule.TITLE), match(3, 4, Rule.TITLE)]
    assert gathered(three, titles) == [frozenset({3, 4})]
    assert gathered(three, [match(1, 3, Rule.DOI), match(2, 3, Rule.DOI)]) == [frozenset({1, 2, 3})]


def test_matches_with_records_that_are_not_there_are_left_out() -> None:
    assert gathered(members(2), [match(0, 7), match(1, 7)]) == []


def test_who_leads() -> None:
    home = {"source_identifier": "oai:nile.example.org:1", "base_url": "https://nile.example.org/oai"}
    aggregated = member(1, origins=(("https://nile.example.org/oai", "oai:nile.example.org:1"),))
    elsewhere = member(2, source_identifier="oai:nile.example.org:1", base_url="https://all.example.net/oai")
    at_home = member(3, **home, first_datestamp=900)
    rich = member(4, metadata_prefix="iso19139", first_datestamp=900)
    early = member(5, first_datestamp=1)
    unknown = member(6, metadata_prefix="house_format", first_datestamp=950)
    ordered = in_order([aggregated, elsewhere, unknown, early, rich, at_home])
    assert [one.record_id for one in ordered] == [3, 4, 6, 5, 2, 1]
