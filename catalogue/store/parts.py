"""Long lists of values, cut for the database: a page of a source may be as long as the whole repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

#: Parameters of one statement: SQLite takes 32,766 as it is shipped, PostgreSQL 65,535.
LONGEST = 10_000

Value = TypeVar("Value")


def parts(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values in lists that fit into one statement each."""
    rest = iter(values)
    while part := list(islice(rest, LONGEST)):
        yield part
