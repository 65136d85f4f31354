"""Organisations and their nodes in the store, and which node a source belongs to."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from catalogue.errors import (
    NodeExists,
    OrganisationExists,
    StillInUse,
    UnknownNode,
    UnknownOrganisation,
    UnknownSource,
)
from catalogue.people import Node, Organisation
from catalogue.store.community.audit import note_on
from catalogue.store.engine import reading, writing
from catalogue.store.tables import node_managers, nodes, organisations, sources, subscriptions


class Organisations:
    """Organisations, and the nodes that they have. Every change is in the audit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, organisation: Organisation, by: str, now: datetime) -> None:
        """Add an organisation.

        Raises:
            OrganisationExists: there is one with this id.
        """
        row = asdict(organisation)
        try:
            with writing(self._engine) as connection:
                connection.execute(sa.insert(organisations).values(row | {"created_at": now}))
                note_on(connection, by, "add", f"organisation:{organisation.id}", row, now)
        except IntegrityError as error:
            raise OrganisationExists(f"there is an organisation {organisation.id!r} already") from error

    def get(self, organisation_id: str) -> Organisation:
        """The organisation with this id.

        Raises:
            UnknownOrganisation: there is none.
        """
        with reading(self._engine) as connection:
            return _organisation(connection, organisation_id)

    def all(self) -> list[Organisation]:
        """Every organisation, by name."""
        c = organisations.c
        statement = sa.select(c.id, c.name, c.country, c.url).order_by(c.name, c.id)
        with reading(self._engine) as connection:
            return [Organisation(*row) for row in connection.execute(statement)]

    def change(self, organisation: Organisation, by: str, now: datetime) -> None:
        """Put this in the place of the organisation with its id.

        Raises:
            UnknownOrganisation: there is none.
        """
        with writing(self._engine) as connection:
            before = asdict(_organisation(connection, organisation.id))
            after = asdict(organisation)
            statement = sa.update(organisations).where(organisations.c.id == organisation.id)
            connection.execute(statement.values(after))
            note_on(connection, by, "change", f"organisation:{organisation.id}", _told(before, after), now)

    def remove(self, organisation_id: str, by: str, now: datetime) -> None:
        """Remove an organisation without nodes.

        Raises:
            UnknownOrganisation: there is none.
            StillInUse: it has nodes.
        """
        try:
            with writing(self._engine) as connection:
                before = asdict(_organisation(connection, organisation_id))
                connection.execute(sa.delete(organisations).where(organisations.c.id == organisation_id))
                note_on(connection, by, "remove", f"organisation:{organisation_id}", before, now)
        except IntegrityError as error:
            raise StillInUse(f"{organisation_id!r} has nodes") from error

    def add_node(self, node: Node, by: str, now: datetime) -> None:
        """Add a node.

        Raises:
            UnknownOrganisation: there is none whose node it could be.
            NodeExists: there is one with this id.
        """
        row = asdict(node)
        try:
            with writing(self._engine) as connection:
                _organisation(connection, node.organisation_id)
                connection.execute(sa.insert(nodes).values(row | {"created_at": now}))
                note_on(connection, by, "add", f"node:{node.id}", row, now)
        except IntegrityError as error:
            raise NodeExists(f"there is a node {node.id!r} already") from error

    def node(self, node_id: str) -> Node:
        """The node with this id.

        Raises:
            UnknownNode: there is none.
        """
        with reading(self._engine) as connection:
            return _node(connection, node_id)

    def nodes(self, organisation_id: str = "") -> list[Node]:
        """Every node, or those of one organisation, by name."""
        c = nodes.c
        statement = sa.select(c.id, c.organisation_id, c.name, c.country).order_by(c.name, c.id)
        if organisation_id:
            statement = statement.where(c.organisation_id == organisation_id)
        with reading(self._engine) as connection:
            return [Node(*row) for row in connection.execute(statement)]

    def change_node(self, node: Node, by: str, now: datetime) -> None:
        """Put this in the place of the node with its id.

        Raises:
            UnknownNode: there is none.
            UnknownOrganisation: there is none whose node it could be.
        """
        with writing(self._engine) as connection:
            before, after = asdict(_node(connection, node.id)), asdict(node)
            _organisation(connection, node.organisation_id)
            connection.execute(sa.update(nodes).where(nodes.c.id == node.id).values(after))
            note_on(connection, by, "change", f"node:{node.id}", _told(before, after), now)

    def remove_node(self, node_id: str, by: str, now: datetime) -> None:
        """Remove a node without sources; nobody manages it any more.

        Raises:
            UnknownNode: there is none.
            StillInUse: it has sources.
        """
        try:
            with writing(self._engine) as connection:
                before = asdict(_node(connection, node_id))
                for table in (node_managers, subscriptions):
                    connection.execute(sa.delete(table).where(table.c.node_id == node_id))
                connection.execute(sa.delete(nodes).where(nodes.c.id == node_id))
                note_on(connection, by, "remove", f"node:{node_id}", before, now)
        except IntegrityError as error:
            raise StillInUse(f"{node_id!r} has sources") from error

    def sources_of(self, node_id: str) -> list[str]:
        """The ids of a node's sources."""
        statement = sa.select(sources.c.id).where(sources.c.node_id == node_id).order_by(sources.c.id)
        with reading(self._engine) as connection:
            return list(connection.execute(statement).scalars())

    def node_of(self, source_id: str) -> str:
        """The id of the node that a source belongs to; empty: to none.

        Raises:
            UnknownSource: there is no such source.
        """
        with reading(self._engine) as connection:
            return _node_of(connection, source_id)

    def give_source(self, source_id: str, node_id: str, by: str, now: datetime) -> None:
        """Give a source to a node; to none where the id is empty.

        Raises:
            UnknownSource: there is no such source.
            UnknownNode: there is no such node.
        """
        with writing(self._engine) as connection:
            before = _node_of(connection, source_id)
            if node_id:
                _node(connection, node_id)
            statement = sa.update(sources).where(sources.c.id == source_id)
            connection.execute(statement.values(node_id=node_id or None))
            told = {"node_id": [before, node_id]}
            note_on(connection, by, "change", f"source:{source_id}", told, now)


def _told(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What became different: field by field, what it was and what it is."""
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}


def _organisation(connection: Connection, organisation_id: str) -> Organisation:
    c = organisations.c
    statement = sa.select(c.id, c.name, c.country, c.url).where(c.id == organisation_id)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise UnknownOrganisation(f"there is no organisation {organisation_id!r}")
    return Organisation(*row)


def _node(connection: Connection, node_id: str) -> Node:
    c = nodes.c
    statement = sa.select(c.id, c.organisation_id, c.name, c.country).where(c.id == node_id)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise UnknownNode(f"there is no node {node_id!r}")
    return Node(*row)


def _node_of(connection: Connection, source_id: str) -> str:
    row = connection.execute(sa.select(sources.c.node_id).where(sources.c.id == source_id)).one_or_none()
    if row is None:
        raise UnknownSource(f"there is no source {source_id!r}")
    return row.node_id or ""
