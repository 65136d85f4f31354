"""Who harvests us, counted in this process and added to the store every few seconds.

What has been counted costs a request some microseconds; it is written after the answer has gone out, in
another thread, so that no harvester waits for a page that is being harvested in.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import structlog
from starlette.types import Scope

from catalogue.errors import StoreUnreachable
from catalogue.store import Store
from catalogue.visit import Client, Count, Visit
from endpoint.oai_pmh.verbs import Told
from endpoint.transport.answers import header

log = structlog.get_logger(__name__)

#: Seconds between two times that the counts are written.
_PAUSE: Final = 10.0
#: Different kinds of requests that are kept until then; what is beyond is counted as one client's.
_MOST: Final = 2000
_LONGEST_AGENT: Final = 200
_UNPRINTABLE: Final = re.compile(r"[^ -~]+")
_TOO_MANY: Final = Client("", "")

#: What is counted: a client, a verb, a format, the store's number of a set, an error.
_Key = tuple[Client, str, str, int | None, str]


def client_of(scope: Scope) -> Client:
    """The client that sent a request."""
    client = scope.get("client")
    return _client(client[0] if client else "", header(scope, b"user-agent"))


@lru_cache(1024)
def _client(address: str, agent: str) -> Client:
    return Client(address, _UNPRINTABLE.sub(" ", agent)[:_LONGEST_AGENT].strip())


class Visits:
    """Counts requests, and adds them to the store."""

    def __init__(self, store: Store, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._counts: dict[_Key, Count] = {}
        self._written = monotonic()

    def note(self, client: Client, verb: str, told: Told, *, error: str, size: int) -> None:
        """One request more."""
        count = Count(1, told.records, size, int(told.begun), int(told.ended))
        key: _Key = (client, verb, told.prefix, told.set_id, error)
        with self._lock:
            if key not in self._counts and len(self._counts) >= _MOST:
                key = (_TOO_MANY, verb, "", None, error)
            self._counts.setdefault(key, Count()).add(count)

    @property
    def due(self) -> bool:
        """Whether it is time to write."""
        return self._monotonic() - self._written > _PAUSE

    def write(self) -> None:
        """Add what has been counted to the store; where that does not answer, keep it until the next time."""
        with self._lock:
            counts, self._counts, self._written = self._counts, {}, self._monotonic()
        try:
            specs = self._store.sets.specs({key[3] for key in counts if key[3] is not None})
            found: dict[tuple[Client, Visit], Count] = {}
            for (client, verb, prefix, set_id, error), count in counts.items():
                visit = Visit(verb, prefix, specs.get(set_id, "") if set_id is not None else "", error)
                found.setdefault((client, visit), Count()).add(count)
            self._store.clients.add(found, datetime.now(UTC))
        except StoreUnreachable as unreachable:
            log.warning("visits not written", why=str(unreachable))
            with self._lock:
                for key, count in counts.items():
                    self._counts.setdefault(key, Count()).add(count)
