"""The first page of a list, asked for in the first way that the server understands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from catalogue.errors import (
    AddressRefused,
    AnswerUnreadable,
    HarvestError,
    HttpFailure,
    SourceUnreachable,
)
from harvester.clients.csw_answer import Results
from harvester.clients.csw_request import Query
from harvester.clients.narrowing import Narrowed, may_be_a_record, narrowed

#: GetRecords by a query, from a position on, so many records.
Get: TypeAlias = Callable[[Query, int, int], Results]
#: HTTP statuses by which a server says that it does not want to be asked so, or there.
_NOT_SO: Final = frozenset({401, 403, 404, 405, 410, 415, 501})


class Opening:
    """Tries one way to ask after the other."""

    def __init__(self, get: Get, size: int) -> None:
        self._get = get
        self._size = size
        self.failures: list[HarvestError] = []
        #: (method, address) pairs that need not be tried again.
        self._shut: set[tuple[str, str]] = set()
        #: The first way that failed for a reason that may lie in one record.
        self._doubtful: Query | None = None
        #: The first way by which no record came, although some match.
        self._empty: tuple[Query, Narrowed[Results]] | None = None

    def first_page(self, ways: Iterable[Query]) -> tuple[Query, Narrowed[Results]]:
        """The way to ask that worked, and what it gave.

        Raises:
            HarvestError: the first failure, where none did.
        """
        for query in ways:
            if (query.method, query.url) not in self._shut:
                found = self._tried(query)
                if found is not None:
                    return query, found
        if self._empty is not None:
            return self._empty
        if self._doubtful is not None:
            # The very first record may be the one that cannot be given.
            return self._doubtful, self._narrowed(self._doubtful, 1, self.failures[0])
        raise self.failures[0]

    def _tried(self, query: Query) -> Narrowed[Results] | None:
        try:
            results = self._get(query, 1, self._size)
        except HarvestError as error:
            return self._failed(query, error)
        found = Narrowed(results, 1, self._size)
        if results.elements or not results.matched:
            return found
        self._empty = self._empty or (query, found)
        return None

    def _failed(self, query: Query, error: HarvestError) -> Narrowed[Results] | None:
        """What a way gives that is understood although its page failed: narrower pages."""
        perhaps = may_be_a_record(error)
        if perhaps and self._gives_one(query):
            return self._narrowed(query, self._size, error)
        if perhaps:
            self._doubtful = self._doubtful or query
        if _is_shut(error):
            self._shut.add((query.method, query.url))
        elif not perhaps:
            raise error
        self.failures.append(error)
        return None

    def _gives_one(self, query: Query) -> bool:
        try:
            return bool(self._get(query, 1, 1).elements)
        except HarvestError:
            return False

    def _narrowed(self, query: Query, size: int, error: HarvestError) -> Narrowed[Results]:
        def get(start: int, number: int) -> Results:
            return self._get(query, start, number)

        return narrowed(get, 1, size, last=None, error=error)


def _is_shut(error: HarvestError) -> bool:
    """Whether an address does not let itself be asked by this method, whatever the question."""
    if isinstance(error, HttpFailure):
        return error.status in _NOT_SO
    return isinstance(error, AddressRefused | SourceUnreachable | AnswerUnreadable)
