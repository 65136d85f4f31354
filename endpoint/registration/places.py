"""Where an accepted registration goes: its source, its node, its organisation, and what they are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Final

from catalogue.errors import UnknownNode
from catalogue.people import Node, Organisation
from catalogue.registration import Registration, source_of
from catalogue.source import host_of
from catalogue.store.community.registrations import Place
from endpoint.deps import Services

_LONGEST: Final = 40
#: Parts of a host that name nobody.
_NOBODY: Final = frozenset(
    {"www", "oai", "repository", "repo", "catalogue", "catalog", "data", "com", "org", "net"}
)
#: How a node is named that is there, and an organisation that gets a new one.
NODE, ORGANISATION = "node:", "organisation:"


@dataclass(frozen=True, slots=True)
class Wish:
    """What an approver wants of it."""

    source_id: str
    title: str = ""
    #: `node:ID` for a node that is there, `organisation:ID` for a new one of an organisation that is there;
    #: empty: a new organisation with a new node.
    where: str = ""
    #: Whether the registrant is to look after the node.
    manager: bool = False


def placed(services: Services, one: Registration, wish: Wish) -> Place:
    """Where it goes by this wish.

    Raises:
        SettingsError: the id cannot be one, or a name cannot be shown.
        UnknownNode, UnknownOrganisation: it is to go where nothing is.
    """
    source = source_of(one, wish.source_id, title=wish.title)
    known, country = services.store.organisations, one.answers.who.country if one.answers.who else ""
    kind, _, name = wish.where.partition(":")
    if f"{kind}:" == NODE:
        return Place(replace(source, node_id=known.node(name).id))
    made = None
    if f"{kind}:" == ORGANISATION:
        owner = known.get(name).id
    elif kind:
        raise UnknownNode(f"{wish.where!r} is neither a node nor an organisation")
    else:
        taken = {organisation.id for organisation in known.all()}
        owner = free(named(one.organisation) or source.id, taken)
        made = Organisation(owner, one.organisation or source.label, country)
    node = Node(free(source.id, {node.id for node in known.nodes()}), owner, source.label[:200], country)
    return Place(replace(source, node_id=node.id), node, made)


def suggested_id(services: Services, one: Registration) -> str:
    """An id for the source: by its organisation's name, else by its host."""
    host = [part for part in host_of(one.address).split(".") if part not in _NOBODY]
    found = named(one.organisation) or named(host[0] if host else "") or "source"
    return free(found, {source.id for source in services.store.sources.all()})


def named(name: str) -> str:
    """A name as an id has it; empty where too little of it is left, as of names in other scripts."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    while len(found) > _LONGEST and "-" in found:
        found = found.rpartition("-")[0]
    return found[:_LONGEST] if sum(map(str.isalpha, found)) >= len("ab") else ""


def free(name: str, taken: Container[str]) -> str:
    """The name, or with the first number behind it that is free."""
    number = 1
    found = name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found
