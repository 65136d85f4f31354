"""The service: what every request to one catalogue of an application shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from catalogue.query import MAX_IDENTIFIERS, Identified, Member, Predicate, RecordQuery, all_of
from catalogue.queryables import utc
from catalogue.settings import Settings
from catalogue.store import Store
from endpoint.csw import outputs
from endpoint.csw.about import About, about
from endpoint.csw.requests import ElementSet

PATH = "/csw"


@dataclass(frozen=True, slots=True)
class Service:
    """The catalogue service of everything, or of one set."""

    store: Store
    settings: Settings
    #: Its set; empty for the whole catalogue.
    set_spec: str
    #: Language (BCP 47) -> what the set is called.
    labels: Mapping[str, str]
    #: Where it is found.
    address: str

    @classmethod
    def of(
        cls, settings: Settings, store: Store, set_spec: str = "", labels: Mapping[str, str] | None = None
    ) -> Service:
        """The service over this store, or over one of its sets."""
        place = f"{PATH}/{set_spec}" if set_spec else PATH
        return cls(store, settings, set_spec, labels or {}, settings.public_url + place)

    def about(self, language: str) -> About:
        """What it says of itself in a language."""
        return about(self.settings, self.address, self.labels, language)

    def changed(self) -> str:
        """When the catalogue was changed last; empty while there is nothing in it."""
        newest = self.store.feed.newest_datestamp()
        return "" if newest is None else utc(newest)

    def page(self, query: RecordQuery) -> tuple[int, list[int]]:
        """How many records match, and the numbers of those in the query's slice."""
        return self.store.search.page(self._within(query))

    def count(self, query: RecordQuery) -> int:
        """How many records match."""
        return self.store.search.count(self._within(query))

    def identified(self, identifiers: Sequence[str]) -> list[int]:
        """The numbers of the records that have these identifiers, in the order of the identifiers."""
        found = self.store.search.identified(identifiers)
        if not self.set_spec or not found:
            return found
        query = RecordQuery(where=Identified(tuple(identifiers)), limit=2 * MAX_IDENTIFIERS)
        members = set(self.store.search.ids(self._within(query)))
        return [number for number in found if number in members]

    def values(self, queryable: str, *, limit: int) -> list[tuple[str, int]] | None:
        """The values of a queryable, and how many records have each; None where there are more of them."""
        if self.set_spec:
            return self.store.within.values(self.set_spec, queryable, limit=limit)
        return self.store.search.values(queryable, limit=limit)

    def span(self, queryable: str) -> tuple[str, str] | None:
        """The smallest and the greatest value of a queryable."""
        if self.set_spec:
            return self.store.within.span(self.set_spec, queryable)
        return self.store.search.span(queryable)

    def written(
        self, ids: Iterable[int], output_schema: str, element_set: ElementSet, language: str = ""
    ) -> list[bytes]:
        """The records with these numbers in a schema, in this order; in one language, if one is wanted."""
        form = outputs.Form(output_schema, element_set, language)
        return outputs.written(
            self.store, list(ids), form, address=self.address, title=self.settings.repository_name
        )

    def _within(self, query: RecordQuery) -> RecordQuery:
        if not self.set_spec:
            return query
        parts: tuple[Predicate, ...] = (Member(self.set_spec),)
        return replace(query, where=all_of((*parts, query.where) if query.where else parts))
