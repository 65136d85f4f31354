"""The interface: what every request of one application shares, and the catalogues that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from urllib.parse import quote

from catalogue.query import Member, Predicate
from catalogue.sets import SOURCE_BRANCH, load_sets
from catalogue.settings import Settings
from catalogue.source import Source
from catalogue.store import Store
from endpoint.public.fresh import Fresh
from endpoint.records_api.problems import not_found

PATH: Final = "/ogc"
#: The catalogue that has every record; every other is a set, and has its setSpec for a name.
WHOLE: Final = "records"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A collection of records: the whole catalogue, or one of its sets."""

    id: str
    #: Language (BCP 47) -> what it is called.
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def set_spec(self) -> str:
        """Its set; empty for the whole catalogue."""
        return "" if self.id == WHOLE else self.id

    @property
    def scope(self) -> Predicate | None:
        """What all of its records are."""
        return Member(self.set_spec) if self.set_spec else None

    def title(self, *languages: str) -> str:
        """What it is called, in the first of these languages that there is."""
        for tag in (*languages, "en"):
            if tag in self.labels:
                return self.labels[tag]
        return next(iter(self.labels.values()), self.id)


class Api:
    """The interface over one store."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        #: What the catalogue is called.
        self.title = settings.repository_name
        #: Where pages and feeds are, and where this interface is; without a slash at the end.
        self.root = settings.public_url
        self.address = settings.public_url + PATH
        self.whole = Catalogue(WHOLE, {"en": settings.repository_name})
        self._sources = Fresh(partial(_sources, store))
        self._catalogues = Fresh(self._find_catalogues)

    def sources(self) -> Mapping[str, Source]:
        """The sources, by id."""
        return self._sources.latest()

    def catalogues(self) -> Mapping[str, Catalogue]:
        """Every catalogue by id: the whole, then the sets in the order of their specs."""
        return self._catalogues.latest()

    def known(self, name: str) -> Catalogue | None:
        """The catalogue of this name: also of a set that the feed lists and no record was ever in."""
        found = self.catalogues().get(name)
        if found is None:
            node = load_sets(self.settings.sets_path).get(name)
            found = Catalogue(name, dict(node.labels)) if node else None
        return found

    def catalogue(self, name: str) -> Catalogue:
        """The catalogue of this name.

        Raises:
            Problem: there is none.
        """
        found = self.known(name)
        if found is None:
            raise not_found(f"there is no collection {name!r}")
        return found

    def collection_address(self, catalogue: str) -> str:
        """Where a catalogue is described."""
        return f"{self.address}/collections/{quote(catalogue, safe=':')}"

    def item_address(self, identifier: str, catalogue: str = WHOLE) -> str:
        """Where a record is found: what identifies it on the web, in the whole catalogue."""
        return f"{self.collection_address(catalogue)}/items/{quote(identifier, safe=':/')}"

    def _find_catalogues(self) -> Mapping[str, Catalogue]:
        return {one.id: one for one in (self.whole, *self._sets())}

    def _sets(self) -> Iterator[Catalogue]:
        tree = load_sets(self.settings.sets_path)
        sources = {f"{SOURCE_BRANCH}:{name}": source.label for name, source in self.sources().items()}
        kept = {one.set_spec: one.name for one in self.store.sets.all()}
        for spec in sorted(kept):
            node = tree.get(spec)
            labels = dict(node.labels) if node else {}
            if not labels:
                labels = {"en": sources.get(spec) or kept[spec] or spec}
            yield Catalogue(spec, labels)


def _sources(store: Store) -> Mapping[str, Source]:
    return {source.id: source for source in store.sources.all()}
