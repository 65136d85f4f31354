"""What the verbs work with: the store, the settings, and what is worth keeping between requests."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from catalogue import formats
from catalogue.formats import FORMATS, RENDERED, MetadataFormat
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.lists.feed import FeedPage, FeedQuery
from endpoint.oai_pmh import on_demand
from endpoint.oai_pmh.identify import Identity
from endpoint.oai_pmh.recent import MOMENT, Recent
from endpoint.oai_pmh.remembered import MOST, Key, Pages
from endpoint.oai_pmh.resumption import Seal
from endpoint.oai_pmh.sets import SetLists

#: Prefixes of the formats that are rendered when they are asked for.
ON_DEMAND: Final = frozenset(form.prefix for form in formats.ON_DEMAND)
_OF_ALL: Final = ON_DEMAND | {form.prefix for form in RENDERED}
#: How many sizes of lists are kept.
_SIZES = 256
#: Seconds for which the earliest datestamp is kept.
_FRESH = 60


class Provider:
    """One application's OAI-PMH repository."""

    def __init__(
        self, settings: Settings, store: Store, *, compression: Iterable[str] = (), remembered: int = MOST
    ) -> None:
        self.settings = settings
        self.store = store
        self.base_url = f"{settings.public_url}/oai"
        #: With the content codings that the application honours.
        self.identity = Identity(settings, self.base_url, compression)
        #: Of sets by setSpec, as far as they have been asked for: a set has its number for ever.
        self._set_ids: dict[str, int] = {}
        moment = 0 if store.embedded else MOMENT
        self.set_lists = SetLists(store.sets, settings.sets_path, moment=moment)
        #: The base URLs of the repositories that we harvest.
        self.friends = Recent(store.sources.friends, moment)
        #: Of the lists. An answer that is older than its responseDate would miss something; one that is newer
        #: repeats something.
        self.state = Recent(store.feed.state, moment)
        #: At most so many bytes of them are remembered.
        self.pages = Pages(self.state, self._read, most=remembered)
        self._earliest: tuple[int, float] | None = None
        #: With the newest datestamp that there was when it was counted.
        self._sizes: dict[tuple[FeedQuery, int], int] = {}

    @cached_property
    def seal(self) -> Seal:
        """Signs resumptionTokens with the secret that all processes on this store share."""
        return Seal(self.store.keys.secret("resumption-token"))

    @property
    def token_life(self) -> int:
        """How long a list may be read on, in seconds."""
        return int(self.settings.token_hours * 3600)

    def earliest_datestamp(self) -> int | None:
        """A datestamp before which no list has any; None while the catalogue is empty.

        To look at the beginning of every list takes a while, and what was found there stays true: datestamps
        only ever move on. So it is looked for once a minute.
        """
        now = time.monotonic()
        if self._earliest is None or now - self._earliest[1] > _FRESH:
            found = self.store.feed.earliest_datestamp()
            self._earliest = None if found is None else (found, now)
        return self._earliest[0] if self._earliest else None

    def set_id(self, set_spec: str) -> int | None:
        """The store's number of a set; None where there is no such set."""
        found = self._set_ids.get(set_spec)
        if found is None:
            found = self.store.sets.id_of(set_spec)
            if found is not None:
                self._set_ids[set_spec] = found
        return found

    def formats(self) -> list[MetadataFormat]:
        """The formats that the repository offers: those of every record, and what else there is."""
        held = set(self.store.feed.prefixes())
        return [form for form in FORMATS if form.written or form.prefix in held]

    def offers(self, prefix: str) -> bool:
        """Whether the repository offers this format."""
        return prefix in _OF_ALL or any(form.prefix == prefix for form in self.formats())

    def _read(self, key: Key) -> FeedPage | None:
        feed, limit = self.store.feed, self.settings.oai_page_size
        if key.bodies and key.query.prefix in ON_DEMAND:
            return on_demand.page(feed, key.query, after=key.after, limit=limit)
        return feed.page(key.query, after=key.after, limit=limit, bodies=key.bodies)

    def size(self, query: FeedQuery, *, newest: int, response_date: int) -> int:
        """How many entries a list has, where this is the newest datestamp that there is.

        While that stays the newest, and once its second has passed, no list changes: then it is counted once,
        and not for every client again.
        """
        size = self._sizes.get((query, newest))
        if size is None:
            size = self.store.feed.count(query)
            if newest < response_date:
                if len(self._sizes) >= _SIZES:
                    self._sizes.clear()
                self._sizes[query, newest] = size
        return size
