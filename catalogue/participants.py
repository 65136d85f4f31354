"""Who takes part: nodes with their sources, and sources that belong to no node and stand for themselves."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from catalogue.errors import UnknownNode
from catalogue.people import Organisation
from catalogue.source import Source, SourceState
from catalogue.store import Store
from catalogue.vocabulary import vocabulary

#: Before the id of a source that belongs to no node, where another node has that id.
_SOURCE: Final = "source:"


@dataclass(frozen=True, slots=True)
class Participant:
    """A node, or a source that belongs to none."""

    #: As it stands in addresses: the node's id, or the source's.
    id: str
    name: str
    #: Those that are not retired, by id.
    sources: tuple[Source, ...]
    #: None: nobody's in particular.
    organisation: Organisation | None = None
    #: ISO 3166-1 alpha-2; empty: none, or several.
    country: str = ""
    #: The node; empty: it is a source that belongs to none.
    node_id: str = ""

    @property
    def region(self) -> str:
        """A term of the vocabulary `regions`; empty where its country is not known."""
        term = vocabulary("countries").get(self.country)
        return next(iter(term.values("region")), "") if term else ""


def participants(store: Store) -> list[Participant]:
    """Everybody who takes part: by organisation, then by name; those of no organisation last."""
    return sorted(_participants(store), key=_place)


def _place(one: Participant) -> tuple[bool, str, str, str]:
    owner = one.organisation
    return owner is None, owner.name.casefold() if owner else "", one.name.casefold(), one.id


def _participants(store: Store) -> Iterator[Participant]:
    nodes = {node.id: node for node in store.organisations.nodes()}
    organisations = {one.id: one for one in store.organisations.all()}
    of_nodes: dict[str, list[Source]] = {}
    for source in store.sources.all(SourceState.ACTIVE, SourceState.SUSPENDED):
        if source.node_id:
            of_nodes.setdefault(source.node_id, []).append(source)
        else:
            yield Participant(_free(source.id, nodes), source.label, (source,))
    for node_id, sources in of_nodes.items():
        node = nodes[node_id]
        owner = organisations[node.organisation_id]
        country = node.country or owner.country
        yield Participant(node.id, node.name, tuple(sources), owner, country, node.id)


def _free(source_id: str, nodes: Container[str]) -> str:
    return f"{_SOURCE}{source_id}" if source_id in nodes else source_id


def find(found: Iterable[Participant], name: str) -> Participant:
    """The one of this id, or whose source has it.

    Raises:
        UnknownNode: there is none.
    """
    known = list(found)
    for one in known:
        if one.id == name:
            return one
    for one in known:
        if any(source.id == name for source in one.sources):
            return one
    raise UnknownNode(f"nobody of the id {name!r} takes part")
