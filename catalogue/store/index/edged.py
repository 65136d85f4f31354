"""Where the boxes of records end, in order: what lies on this side of a line is told, to the last digit.

The edges of a chunk's boxes are put in order behind the runs, and cut into blocks. A block has, as bits, the
records of all blocks before it, then its own edges and their records: so of a chunk one block is read for
each edge, whatever is asked.
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.query import Extent, Relation
from catalogue.store import statements
from catalogue.store.index.edges import SIDES
from catalogue.store.index.postings import CHUNK, Union, with_numbers, without
from catalogue.store.tables import index_edged, index_edges

#: Edge -> its number in a block's row.
EDGES: Final[Mapping[str, int]] = {"west": 0, "south": 1, "east": 2, "north": 3}
#: Edges of a block: with it, a row fits into a page of SQLite.
_LENGTH: Final = 768
_BITS: Final = CHUNK // 8
_EDGE: Final = 10
#: Relations to a box whose edges do not count.
_STRICT: Final = frozenset({Relation.SHARES})


class Block(NamedTuple):
    """A row of a block."""

    #: Its first edge, and its place among the blocks.
    least: float
    number: int
    body: bytes


def blocks(edges: Sequence[tuple[float, int]]) -> Iterator[Block]:
    """The blocks of edges that are in order, each with the place of its record in its chunk."""
    before = bytes(_BITS)
    for number, first in enumerate(range(0, len(edges), _LENGTH)):
        values, places = zip(*edges[first : first + _LENGTH], strict=True)
        body = before + struct.pack(f"<{len(values)}d{len(places)}H", *values, *places)
        yield Block(values[0], number, body)
        before = with_numbers(before, array("H", places))


def _up_to(body: bytes, at: float, *, strict: bool) -> bytes:
    """Of a chunk and the block where they end: the records whose edge is at most so great, or less."""
    count = (len(body) - _BITS) // _EDGE
    values, places = array("d"), array("H")
    values.frombytes(body[_BITS : _BITS + 8 * count])
    places.frombytes(body[_BITS + 8 * count :])
    if sys.byteorder == "big":
        values.byteswap()
        places.byteswap()
    end = (bisect_left if strict else bisect_right)(values, at)
    return with_numbers(body[:_BITS], places[:end])


def can_tell(wanted: Extent) -> bool:
    """Whether edges in order tell of each box how it stands to this one, to which edges tell it."""
    is_solid = wanted.west < wanted.east and wanted.south < wanted.north
    return is_solid or wanted.relation not in _STRICT


def compared(connection: Connection, wanted: Extent) -> tuple[int, int]:
    """The records that stand so to the box, of those whose edges are known; and those.

    Args:
        connection: where the index is.
        wanted: a relation that edges tell, to a box that is not over the antimeridian (`can_tell`).
    """
    sides = SIDES[wanted.relation]
    strict = wanted.relation in _STRICT
    # What is at least so great is all but what is less: so of those the bound is the other way round.
    bounds = {
        edge: (getattr(wanted, other), strict if at_most else not strict) for edge, other, at_most in sides
    }
    given: dict[str, Any] = {}
    for edge, (at, is_strict) in bounds.items():
        given |= {f"{edge}_at": at, f"{edge}_strict": int(is_strict)}
    known, stale = Union(), Union()
    found = {number: Union() for number in EDGES.values()}
    for chunk, edge, body, outdated in statements.rows_on(connection, _BLOCKS, **given):
        if outdated is not None:
            known.add(chunk, body)
            stale.add(chunk, outdated)
        elif body is not None:
            at, is_strict = bounds[_NAMES[edge]]
            found[edge].add(chunk, _up_to(body, at, strict=is_strict))
    settled = without(known.bits(), stale.bits())
    having = settled
    for edge, _, at_most in sides:
        up_to = found[EDGES[edge]].bits()
        having = having & up_to if at_most else without(having, up_to)
    return having, settled


_NAMES: Final = {number: edge for edge, number in EDGES.items()}
_no_bytes = sa.cast(sa.null(), sa.LargeBinary())


def _of_edge(edge: str, number: int) -> sa.Select[Any]:
    """The block of each chunk in which what is on this side of the bound ends."""
    c, of = index_edges.c, index_edged.c.chunk
    at: sa.ColumnElement[float] = sa.bindparam(f"{edge}_at", type_=sa.Double())
    strict = sa.bindparam(f"{edge}_strict", type_=sa.Integer())
    ends = sa.or_(c.least < at, sa.and_(c.least == at, strict == 0))
    last = (
        sa.select(c.body)
        .where(c.chunk == of, c.edge == sa.literal_column(str(number)), c.least <= at, ends)
        .order_by(c.least.desc(), c.block.desc())
        .limit(sa.literal_column("1"))
        .correlate(index_edged)
        .scalar_subquery()
    )
    name: sa.Label[int] = sa.literal_column(str(number)).label("edge")
    return sa.select(of.label("chunk"), name, last.label("body"), _no_bytes.label("stale"))


#: In one statement, so that all is of one moment.
_BLOCKS: Final = sa.select(
    sa.union_all(
        sa.select(
            index_edged.c.chunk,
            sa.literal_column("-1").label("edge"),
            index_edged.c.known.label("body"),
            index_edged.c.stale.label("stale"),
        ),
        *(_of_edge(edge, number) for edge, number in EDGES.items()),
    ).subquery()
)
