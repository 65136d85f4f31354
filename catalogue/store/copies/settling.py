"""Settling: what has changed since is compared with what it shares a key with, and clusters follow.

A page writes down which records it changed (`match_queue`), in its own transaction. Settling takes
thousands of them at once, right after: keys come in no order, and to put those of one page into their index
costs nearly as much as to put those of fifty there. It runs in a transaction of its own, one at a time; one
that is killed leaves the queue as it was.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from catalogue.cluster import Copy, Decision, Match, Member, Rule, between_sources, gathered, in_order
from catalogue.provenance import harvests
from catalogue.record import from_json
from catalogue.store import dialects, statements
from catalogue.store.tables import (
    cluster_decisions,
    cluster_members,
    match_keys,
    match_queue,
    matches,
    neutral_records,
    records,
    sources,
)

#: A key that more records have tells nothing: a portal's address, a title that every node uses.
COMMON = 50
#: Pairs whose records are in memory at once: a record takes some ten kilobytes there.
SIDE_BY_SIDE = 1000
#: Under this name one transaction at a time changes clusters.
ALONE = "clusters"

Compare = Callable[[Copy, Copy], Match | None]
Keys = dict[int, set[int]]


def packed(keys: Collection[int]) -> bytes:
    """Keys as the queue has them."""
    return struct.pack(f"{len(keys)}q", *keys)


def unpacked(keys: bytes) -> set[int]:
    """What `packed` packed."""
    return set(struct.unpack(f"{len(keys) // 8}q", keys))


def enqueue(connection: Connection, changed: Iterable[tuple[int, Collection[int]]]) -> None:
    """Write down, inside a transaction, which records have changed, and their keys now."""
    rows = [(number, packed(keys)) for number, keys in changed]
    dialects.write_rows(connection, match_queue, ("record_id", "keys"), rows)


def settle(connection: Connection, compare: Compare, *, limit: int, wait: bool = True) -> int:
    """Take up to `limit` entries of the queue; how many there were. Without `wait`, none beside another."""
    if not dialects.alone(connection, ALONE, wait=wait):
        return 0
    entries = statements.rows_on(connection, _QUEUE, limit=limit)
    if not entries:
        return 0
    # Where one record is there twice, what was written last counts.
    wanted = {number: unpacked(keys) for _, number, keys in entries}
    before = _keys_of(connection, wanted)
    _replace_keys(connection, before, wanted)
    numbers, stirred = _counted(connection, before, wanted)
    seeds = _forget_matches(connection, {*before, *stirred})
    touched = {**wanted, **(_keys_of(connection, stirred - set(wanted)) if stirred else {})}
    seeds |= _match(connection, touched, numbers, compare)
    regroup(connection, seeds | _decided(connection, wanted))
    dialects.delete_of(connection, match_queue, match_queue.c.id, [entry[0] for entry in entries])
    return len(entries)


#: What waits, what came first before the rest.
_QUEUE = sa.select(match_queue).order_by(match_queue.c.id).limit(sa.bindparam("limit", type_=sa.Integer()))
_KEYS = sa.select(match_keys.c.record_id, match_keys.c.key)
_HOLDERS = sa.select(match_keys.c.key, match_keys.c.record_id)
_SOURCES = sa.select(records.c.id, records.c.source_id)


@cache
def _counts(dialect: Dialect) -> sa.Select[Any]:
    listed = dialects.listed_as(dialect, "keys")
    first: sa.Select[Any] = (
        sa.select(sa.literal_column("1"))
        .where(match_keys.c.key == listed.c.value)
        .limit(sa.bindparam("enough", type_=sa.Integer()))
        .correlate(listed)
    )
    count = sa.select(sa.func.count()).select_from(first.subquery()).scalar_subquery()
    return sa.select(listed.c.value, count)


def _one_of(connection: Connection, numbers: Iterable[int]) -> sa.Select[tuple[int]]:
    return sa.select(dialects.listed(connection, numbers).c.value)


def _keys_of(connection: Connection, record_ids: Iterable[int]) -> Keys:
    found: Keys = defaultdict(set)
    for number, key in dialects.rows_of(connection, _KEYS, match_keys.c.record_id, record_ids):
        found[number].add(key)
    return dict(found)


def _replace_keys(connection: Connection, before: Keys, wanted: Keys) -> None:
    gone = [(key, number) for number, keys in before.items() for key in keys - wanted[number]]
    come = [(key, n) for n, keys in wanted.items() for key in keys.difference(before.get(n, ()))]
    for key, number in gone:
        connection.execute(
            sa.delete(match_keys).where(match_keys.c.key == key, match_keys.c.record_id == number)
        )
    come.sort()
    dialects.write_rows(connection, match_keys, ("key", "record_id"), come)


def _counted(connection: Connection, before: Keys, wanted: Keys) -> tuple[dict[int, int], set[int]]:
    """How many records have each of these keys now, no further than it takes to know that it is common.

    And the records of keys that have become common, or are it no more: all of them are compared anew.
    """
    come, gone = Counter(chain(*wanted.values())), Counter(chain(*before.values()))
    enough = COMMON + 1 + max(come.values(), default=0)
    numbers = _count(connection, sorted(come.keys() | gone.keys()), enough)
    # Nearly all are rare, and were even more so: only of others it is asked what they were.
    crossed = [
        key
        for key in {*gone, *(key for key, number in numbers.items() if number > COMMON)}
        if (numbers[key] > COMMON) != (numbers[key] - come[key] + gone[key] > COMMON)
    ]
    return numbers, {number for _, number in _holders(connection, crossed)}


def _count(connection: Connection, keys: Collection[int], enough: int) -> dict[int, int]:
    found = statements.rows_on(
        connection, _counts(connection.dialect), keys=dialects.as_list(connection, keys), enough=enough
    )
    return dict(found)


def _holders(connection: Connection, keys: Collection[int]) -> list[tuple[int, int]]:
    if not keys:
        return []
    return dialects.rows_of(connection, _HOLDERS, match_keys.c.key, keys)


def _match(connection: Connection, touched: Keys, counted: Mapping[int, int], compare: Compare) -> set[int]:
    """Compare these records with those that they share a key with; the records that match."""
    others = set().union(*touched.values()).difference(counted)
    numbers = {**counted, **(_count(connection, sorted(others), COMMON + 1) if others else {})}
    together: dict[int, list[int]] = defaultdict(list)
    for key, number in _holders(connection, [k for k, count in numbers.items() if 1 < count <= COMMON]):
        together[key].append(number)
    found = list(_compared(connection, _pairs(connection, together, touched), touched, compare))
    rows = [
        {
            "first_id": m.first,
            "second_id": m.second,
            "rule": str(m.rule),
            "score": m.score,
            "compared": dict(m.values),
        }
        for m in found
    ]
    if rows:
        connection.execute(sa.insert(matches), rows)
    return {number for match in found for number in (match.first, match.second)}


def _compared(
    connection: Connection, pairs: Collection[tuple[int, int]], touched: Keys, compare: Compare
) -> Iterator[Match]:
    """Those of the pairs that match. What one is compared with stands together."""
    ordered = sorted(pairs, key=lambda pair: (pair[1] if pair[1] in touched else pair[0], pair))
    for begin in range(0, len(ordered), SIDE_BY_SIDE):
        some = ordered[begin : begin + SIDE_BY_SIDE]
        copies = _copies(connection, {number for pair in some for number in pair})
        for one, other in some:
            if one in copies and other in copies and (match := compare(copies[one], copies[other])):
                yield match


def _pairs(connection: Connection, together: Mapping[int, list[int]], touched: Keys) -> set[tuple[int, int]]:
    """The pairs that share a key, one of them touched; of the same source only where the key allows it."""
    named = set[int]().union(*[holders for key, holders in together.items() if between_sources(key)])
    source = dict(dialects.rows_of(connection, _SOURCES, records.c.id, named)) if named else {}
    found = set()
    for key, holders in together.items():
        apart = between_sources(key)
        if apart and len(set(map(source.get, holders))) == 1:
            continue
        for pair in combinations(sorted(holders), 2):
            if apart and source.get(pair[0]) == source.get(pair[1]):
                continue
            if pair[0] in touched or pair[1] in touched:
                found.add(pair)
    return found


def _forget_matches(connection: Connection, touched: Collection[int]) -> set[int]:
    """Forget the matches of these records; the records at their ends."""
    ends: set[int] = set()
    if not touched:
        return ends
    for one in (matches.c.first_id, matches.c.second_id):
        statement = sa.delete(matches).where(one.in_(_one_of(connection, touched)))
        for row in connection.execute(statement.returning(matches.c.first_id, matches.c.second_id)):
            ends.update(row)
    return ends


def _decided(connection: Connection, touched: Iterable[int]) -> set[int]:
    """Those of the records that people have decided something of."""
    if connection.execute(sa.select(cluster_decisions.c.first).limit(1)).first() is None:
        return set()  # as a rule; then nobody has to be looked for
    named = sa.select(cluster_decisions.c.first).union(sa.select(cluster_decisions.c.second))
    statement = sa.select(records.c.id).where(
        records.c.id.in_(_one_of(connection, touched)), records.c.identifier.in_(named)
    )
    return set(connection.execute(statement).scalars())


_MEMBER = (
    sa.select(
        records.c.id,
        records.c.identifier,
        records.c.source_id,
        records.c.source_identifier,
        sources.c.base_url,
        records.c.metadata_prefix,
        records.c.first_datestamp,
        records.c.title,
        records.c.origins,
    )
    .join(sources, sources.c.id == records.c.source_id)
    .where(sa.not_(records.c.deleted))
)


def member(row: Any) -> Member:
    """A member from a row that begins as `_MEMBER` does."""
    number, identifier, source_id, source_identifier, base_url, prefix, first_datestamp, title = row[:8]
    return Member(
        record_id=number,
        identifier=identifier,
        source_id=source_id,
        source_identifier=source_identifier,
        base_url=base_url,
        metadata_prefix=prefix,
        first_datestamp=first_datestamp,
        title=title,
        origins=harvests(row.origins),
    )


def members_of(connection: Connection, record_ids: Iterable[int]) -> dict[int, Member]:
    """These records as clusters see them, as far as they are there."""
    statement = _MEMBER.where(records.c.id.in_(_one_of(connection, record_ids)))
    return {row.id: member(row) for row in connection.execute(statement)}


def copies_after(connection: Connection, after: int, limit: int) -> list[Copy]:
    """The records behind a number, with what they say."""
    statement = (
        _MEMBER.add_columns(neutral_records.c.body)
        .join(neutral_records, neutral_records.c.record_id == records.c.id)
        .where(records.c.id > after)
        .order_by(records.c.id)
        .limit(limit)
    )
    return [Copy(member(row), from_json(row.body)) for row in connection.execute(statement)]


def _copies(connection: Connection, record_ids: Iterable[int]) -> dict[int, Copy]:
    statement = (
        _MEMBER.add_columns(neutral_records.c.body)
        .join(neutral_records, neutral_records.c.record_id == records.c.id)
        .where(records.c.id.in_(_one_of(connection, record_ids)))
    )
    return {row.id: Copy(member(row), from_json(row.body)) for row in connection.execute(statement)}


def matches_of(connection: Connection, record_ids: Collection[int]) -> list[Match]:
    """The matches at whose ends these records are."""
    ours = _one_of(connection, record_ids)
    halves = (sa.select(matches).where(one.in_(ours)) for one in (matches.c.first_id, matches.c.second_id))
    rows = {(r.first_id, r.second_id): r for half in halves for r in connection.execute(half)}
    return [
        Match(r.first_id, r.second_id, Rule(r.rule), r.score, r.compared) for _, r in sorted(rows.items())
    ]


def decisions_of(connection: Connection, identifiers: Collection[str]) -> list[Decision]:
    """What was decided of these records, by their identifiers."""
    c = cluster_decisions.c
    statement = sa.select(cluster_decisions).where(
        sa.or_(c.first.in_(identifiers), c.second.in_(identifiers))
    )
    return [Decision(*row) for row in connection.execute(statement.order_by(c.first, c.second))]


def regroup(connection: Connection, seeds: Iterable[int]) -> None:
    """Compute the clusters of these records anew, and of all that hang together with them."""
    found, decisions, members = _whole(connection, set(seeds))
    if not found:
        return
    connection.execute(
        sa.delete(cluster_members).where(cluster_members.c.record_id.in_(_one_of(connection, found)))
    )
    rows = []
    for group in gathered(members, matches_of(connection, found), decisions):
        ordered = in_order(members[number] for number in group)
        rows += [(number, min(group), number == ordered[0].record_id) for number in sorted(group)]
    dialects.write_rows(connection, cluster_members, ("record_id", "cluster_id", "lead"), rows)


def _whole(connection: Connection, seeds: set[int]) -> tuple[set[int], list[Decision], dict[int, Member]]:
    """Everything that matches and decisions lead to from these records."""
    found: set[int] = set()
    members: dict[int, Member] = {}
    decisions: dict[tuple[str, str], Decision] = {}
    frontier = seeds
    while frontier:
        found |= frontier
        fresh = members_of(connection, frontier)
        members |= fresh
        ends = {n for match in matches_of(connection, frontier) for n in (match.first, match.second)}
        named = decisions_of(connection, [one.identifier for one in fresh.values()])
        decisions |= {(decision.first, decision.second): decision for decision in named}
        joined = {
            name for decision in named if decision.together for name in (decision.first, decision.second)
        }
        if joined:
            statement = sa.select(records.c.id).where(records.c.identifier.in_(joined))
            ends |= set(connection.execute(statement).scalars())
        frontier = ends - found
    return found, list(decisions.values()), members
