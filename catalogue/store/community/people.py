"""People in the store: who there is, which roles they have, and how they sign in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from catalogue.errors import LastOperator, PersonExists, UnknownNode, UnknownPerson
from catalogue.people import Person, Role, known_by, mail_address, person_name
from catalogue.store import dialects
from catalogue.store.community.audit import note_on
from catalogue.store.engine import reading, writing
from catalogue.store.tables import (
    identities,
    node_managers,
    nodes,
    people,
    person_roles,
    sessions,
    sign_in_links,
    subscriptions,
    tokens,
    views,
)


class People:
    """Everybody who may sign in. Every change is in the audit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, name: str, mail: str, by: str, now: datetime, *, language: str = "") -> Person:
        """Add somebody, who has no role yet and cannot sign in yet.

        Raises:
            SettingsError: the name or the mail address is none.
            PersonExists: somebody has this mail address.
        """
        row = {"name": person_name(name), "mail": mail_address(mail), "language": language}
        try:
            with writing(self._engine) as connection:
                statement = sa.insert(people).values(row | {"password": "", "added_at": now})
                made = connection.execute(statement.returning(people.c.id)).scalar_one()
                note_on(connection, by, "add", f"person:{made}", row, now)
        except IntegrityError as error:
            raise PersonExists(f"{row['mail']} is known already") from error
        return self.get(made)

    def get(self, person_id: int) -> Person:
        """The person with this number.

        Raises:
            UnknownPerson: there is none, or no more.
        """
        with reading(self._engine) as connection:
            return person_on(connection, person_id)

    def by_mail(self, mail: str) -> Person:
        """The person with this mail address.

        Raises:
            UnknownPerson: there is none.
        """
        c = people.c
        wanted = sa.select(c.id).where(c.mail == known_by(mail), c.removed_at.is_(None))
        with reading(self._engine) as connection:
            found = connection.execute(wanted).scalar()
            if found is None:
                raise UnknownPerson(f"nobody here has the mail address {mail.strip()[:80]!r}")
            return person_on(connection, found)

    def all(self) -> list[Person]:
        """Everybody, by name."""
        c = people.c
        statement = sa.select(people).where(c.removed_at.is_(None)).order_by(c.name, c.id)
        with reading(self._engine) as connection:
            return _persons(connection, connection.execute(statement).all())

    def managers_of(self, node_id: str) -> list[Person]:
        """Who manages a node, by name."""
        c = people.c
        statement = (
            sa.select(people)
            .join(node_managers, node_managers.c.person_id == c.id)
            .where(node_managers.c.node_id == node_id, c.removed_at.is_(None))
            .order_by(c.name, c.id)
        )
        with reading(self._engine) as connection:
            return _persons(connection, connection.execute(statement).all())

    def change(self, person: Person, by: str, now: datetime) -> Person:
        """Put name, mail address and language of this person in the place of those that are known.

        Raises:
            SettingsError: the name or the mail address is none.
            UnknownPerson: there is nobody with this number.
            PersonExists: somebody else has this mail address.
        """
        after = {
            "name": person_name(person.name),
            "mail": mail_address(person.mail),
            "language": person.language,
        }
        try:
            with writing(self._engine) as connection:
                before = person_on(connection, person.id)
                told = {
                    name: [getattr(before, name), value]
                    for name, value in after.items()
                    if getattr(before, name) != value
                }
                if told:
                    connection.execute(sa.update(people).where(people.c.id == person.id).values(after))
                    note_on(connection, by, "change", f"person:{person.id}", told, now)
        except IntegrityError as error:
            raise PersonExists(f"{after['mail']} is known already") from error
        return self.get(person.id)

    def give(self, person_id: int, role: Role, by: str, now: datetime, *, node_id: str = "") -> Person:
        """Give somebody a role; that of a node manager at a node.

        Raises:
            UnknownPerson: there is nobody with this number.
            UnknownNode: there is no such node, or none was named for a node manager.
        """
        with writing(self._engine) as connection:
            person_on(connection, person_id)
            if role is Role.NODE_MANAGER:
                if connection.execute(sa.select(nodes.c.id).where(nodes.c.id == node_id)).scalar() is None:
                    raise UnknownNode(f"there is no node {node_id!r}")
                row: dict[str, Any] = {"person_id": person_id, "node_id": node_id}
                dialects.insert_missing(connection, node_managers, [row])
            else:
                row = {"person_id": person_id, "role": role}
                dialects.insert_missing(connection, person_roles, [row])
            note_on(connection, by, "give-role", f"person:{person_id}", _role(role, node_id), now)
        return self.get(person_id)

    def take(self, person_id: int, role: Role, by: str, now: datetime, *, node_id: str = "") -> Person:
        """Take a role from somebody; that of a node manager at one node, or at all of them.

        Raises:
            UnknownPerson: there is nobody with this number.
            LastOperator: nobody could administer anything any more.
        """
        with writing(self._engine) as connection:
            person_on(connection, person_id)
            if role is Role.NODE_MANAGER:
                c = node_managers.c
                statement = sa.delete(node_managers).where(c.person_id == person_id)
                connection.execute(statement.where(c.node_id == node_id) if node_id else statement)
            else:
                r = person_roles.c
                connection.execute(
                    sa.delete(person_roles).where(r.person_id == person_id, r.role == role.value)
                )
                _require_an_operator(connection, role is Role.OPERATOR)
            note_on(connection, by, "take-role", f"person:{person_id}", _role(role, node_id), now)
        return self.get(person_id)

    def remove(self, person_id: int, by: str, now: datetime) -> None:
        """Let somebody sign in no more: roles, sessions, tokens and links end; what was done stays noted.

        Raises:
            UnknownPerson: there is nobody with this number.
            LastOperator: nobody could administer anything any more.
        """
        with writing(self._engine) as connection:
            gone = person_on(connection, person_id)
            for table in (person_roles, node_managers, sessions, sign_in_links, tokens, identities, views):
                connection.execute(sa.delete(table).where(table.c.person_id == person_id))
            _require_an_operator(connection, Role.OPERATOR in gone.roles)
            statement = sa.update(people).where(people.c.id == person_id)
            connection.execute(statement.values(removed_at=now, password=""))
            connection.execute(sa.delete(subscriptions).where(subscriptions.c.person_id == person_id))
            note_on(connection, by, "remove", f"person:{person_id}", {"mail": gone.mail}, now)

    def by_identity(self, issuer: str, subject: str) -> Person | None:
        """Who is this at that issuer; None: nobody of whom it is known."""
        c = identities.c
        wanted = sa.select(c.person_id).where(c.issuer == issuer, c.subject == subject)
        with reading(self._engine) as connection:
            found = connection.execute(wanted).scalar()
            return person_on(connection, found) if found is not None else None

    def link_identity(  # noqa: PLR0917 - one for each column
        self, person_id: int, issuer: str, subject: str, by: str, now: datetime
    ) -> None:
        """Remember that somebody is this at that issuer, whatever the mail address becomes.

        Raises:
            UnknownPerson: there is nobody with this number.
        """
        row = {"issuer": issuer, "subject": subject, "person_id": person_id, "linked_at": now}
        with writing(self._engine) as connection:
            person_on(connection, person_id)
            dialects.insert_missing(connection, identities, [row])
            told = {"issuer": issuer, "subject": subject}
            note_on(connection, by, "link-identity", f"person:{person_id}", told, now)

    def password_of(self, mail: str) -> tuple[int, str]:
        """The number of a person and the hash of the password; 0 and nothing where there is none."""
        c = people.c
        statement = sa.select(c.id, c.password).where(
            c.mail == known_by(mail), c.removed_at.is_(None), c.password != ""
        )
        with reading(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
        return (row.id, row.password) if row is not None else (0, "")

    def set_password(
        self, person_id: int, hashed: str, by: str, now: datetime, *, but: int | None = None
    ) -> None:
        """Set the hash of a password; sessions and links from before end, but this session.

        Raises:
            UnknownPerson: there is nobody with this number.
        """
        with writing(self._engine) as connection:
            person_on(connection, person_id)
            connection.execute(sa.update(people).where(people.c.id == person_id).values(password=hashed))
            connection.execute(sa.delete(sign_in_links).where(sign_in_links.c.person_id == person_id))
            ended = sa.delete(sessions).where(sessions.c.person_id == person_id)
            connection.execute(ended.where(sessions.c.id != but) if but is not None else ended)
            note_on(connection, by, "set-password", f"person:{person_id}", {}, now)

    def rehash(self, person_id: int, hashed: str) -> None:
        """Keep the same password under a stronger hash."""
        with writing(self._engine) as connection:
            connection.execute(sa.update(people).where(people.c.id == person_id).values(password=hashed))


def _role(role: Role, node_id: str) -> dict[str, str]:
    return {"role": role.value} | ({"node": node_id} if node_id else {})


def _require_an_operator(connection: Connection, had_one: bool) -> None:  # noqa: FBT001 - one word
    """Somebody must be left who can administer, where somebody could before."""
    left = sa.select(sa.func.count()).where(person_roles.c.role == Role.OPERATOR.value)
    if had_one and not connection.execute(left).scalar_one():
        raise LastOperator("this is the last operator: give the role to somebody else first")


def person_on(connection: Connection, person_id: int) -> Person:
    """The person with this number, in a transaction of the caller's.

    Raises:
        UnknownPerson: there is none, or no more.
    """
    c = people.c
    row = connection.execute(sa.select(people).where(c.id == person_id, c.removed_at.is_(None))).one_or_none()
    if row is None:
        raise UnknownPerson(f"there is nobody with the number {person_id}")
    return _persons(connection, [row])[0]


def _persons(connection: Connection, rows: Iterable[Row[Any]]) -> list[Person]:
    found = list(rows)
    one = found[0].id if len(found) == 1 else None
    roles = _by_person(connection, person_roles, person_roles.c.role, one)
    managed = _by_person(connection, node_managers, node_managers.c.node_id, one)
    return [
        Person(
            row.id,
            row.name,
            row.mail,
            row.language,
            frozenset(map(Role, roles.get(row.id, ())))
            | ({Role.NODE_MANAGER} if row.id in managed else frozenset()),
            frozenset(managed.get(row.id, ())),
            bool(row.password),
            row.added_at,
            row.seen_at,
        )
        for row in found
    ]


def _by_person(
    connection: Connection, table: sa.Table, column: sa.Column[Any], person_id: int | None
) -> dict[int, list[str]]:
    statement = sa.select(table.c.person_id, column)
    if person_id is not None:
        statement = statement.where(table.c.person_id == person_id)
    found: dict[int, list[str]] = {}
    for number, value in connection.execute(statement):
        found.setdefault(number, []).append(value)
    return found
