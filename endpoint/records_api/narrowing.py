"""What a list of results can be narrowed by: the values that most of its records have, as links.

Each link is the same search with one condition more, and says how many records that leaves; what a list is
narrowed by already is told with a link that takes it off again. Everything stands in the address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.query import RecordQuery
from catalogue.sets import SOURCE_BRANCH
from catalogue.vocabulary import vocabulary
from endpoint.languages import N_, Language, name_of
from endpoint.records_api import links
from endpoint.records_api.parameters import Sent
from endpoint.records_api.properties import PROPERTIES
from endpoint.records_api.service import WHOLE, Api, Catalogue

#: Values that a facet has at most, and those of them that are seen at first.
MOST: Final = 20
SEEN: Final = 6
_SOURCE: Final = N_("Source")
#: In place of a vocabulary: values are codes of languages.
_TAGS: Final = "languages"
#: Property -> what a facet of it is called, and the vocabulary that its values are of; none: they are texts.
_FACETS: Final[Mapping[str, tuple[str, str]]] = {
    "convention": (N_("Convention"), "conventions"),
    "documentType": (N_("Kind of document"), "document_types"),
    "chemical": (N_("Chemical"), "chemicals"),
    "wasteStream": (N_("Waste stream"), "wastes"),
    "country": (N_("Country that it is about"), "countries"),
    "type": (N_("Type"), ""),
    "keywords": (N_("Subject"), ""),
    "resourceLanguages": (N_("Language"), _TAGS),
}
#: Parameters that say where in a list, and in which form, rather than what is in it.
_PLACES: Final = frozenset({"f", "lang", "cursor", "offset"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value, by which a list can be narrowed, or is."""

    label: str
    #: The language of the label; empty where nobody knows it.
    tag: str
    #: The list with it; of what is chosen, the list without it.
    address: str
    #: Records that have it; of what is chosen nothing is counted.
    count: int = 0


@dataclass(frozen=True, slots=True)
class Facet:
    """What a list can be narrowed by, the most frequent values first."""

    #: A word for translators.
    name: str
    choices: tuple[Choice, ...]


class Narrowing:
    """What one list can be narrowed by, and what it is narrowed by already."""

    def __init__(
        self, api: Api, catalogue: Catalogue, *, sent: Sent, query: RecordQuery, language: Language
    ) -> None:
        self._api = api
        self._catalogue = catalogue
        self._kept = {name: value for name, value in sent.values.items() if name not in _PLACES}
        self._query = query
        self._language = language

    def chosen(self) -> Iterator[tuple[str, Choice]]:
        """What it is narrowed by: the name of the facet, and the value with the list without it."""
        for name, (word, terms) in _FACETS.items():
            if value := self._kept.get(name, ""):
                yield word, self._choice(terms, value, self._address(without=name))
        if self._of_source:
            label = self._catalogue.title(self._language.tag)
            yield _SOURCE, Choice(label, "", self._address(catalogue=WHOLE))

    def facets(self) -> Iterator[Facet]:
        """What it can be narrowed by, where any of its records has a value."""
        for name, (word, terms) in _FACETS.items():
            if name in self._kept:
                continue
            found = self._api.store.search.facet(self._query, PROPERTIES[name], most=MOST)
            choices = (
                self._choice(terms, value, self._address(**{name: value}), count) for value, count in found
            )
            if found:
                yield Facet(word, tuple(choices))
        if sources := tuple(self._sources()):
            yield Facet(_SOURCE, sources)

    @property
    def _of_source(self) -> bool:
        return self._catalogue.id.startswith(f"{SOURCE_BRANCH}:")

    def _sources(self) -> Iterator[Choice]:
        """The sources of the whole catalogue: each is a collection of its own."""
        if self._catalogue.id != WHOLE:
            return
        known = self._api.catalogues()
        for spec, count in self._api.store.search.sets(self._query, SOURCE_BRANCH, most=MOST):
            if spec in known:
                label = known[spec].title(self._language.tag)
                yield Choice(label, "", self._address(catalogue=spec), count)

    def _choice(self, terms: str, value: str, address: str, count: int = 0) -> Choice:
        if not terms:
            return Choice(value, "", address, count)
        if terms == _TAGS:
            name = name_of(value, self._language)
            return Choice(name or value, self._language.tag if name else "", address, count)
        term = vocabulary(terms).get(value)
        labels = term.labels if term else {}
        for tag in (self._language.tag, "en"):
            if tag in labels:
                return Choice(labels[tag], tag, address, count)
        return Choice(value, "", address, count)

    def _address(self, *, catalogue: str = "", without: str = "", **more: str) -> str:
        pairs = {name: value for name, value in self._kept.items() if name != without}
        pairs |= {**more, "f": "html", "lang": self._language.tag}
        address = f"{self._api.collection_address(catalogue or self._catalogue.id)}/items"
        return links.with_query(address, **pairs)


def conditions(sent: Sent) -> dict[str, str]:
    """What a list is limited by that no facet tells: by the names of parameters."""
    told = {*_PLACES, *_FACETS, "q"}
    return {name: value for name, value in sent.values.items() if name not in told}
