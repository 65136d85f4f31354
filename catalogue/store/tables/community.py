"""The tables of people, organisations and nodes, and of what is noted of what people did."""

from __future__ import annotations

import sqlalchemy as sa

from catalogue.store.tables.kinds import BigId, UtcDateTime, metadata

organisations = sa.Table(
    "organisations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

nodes = sa.Table(
    "nodes",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("organisation_id", sa.ForeignKey("organisations.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

_there = sa.text("removed_at IS NULL")

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    # In small letters. One person has it at a time.
    sa.Column("mail", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    # Argon2; empty: none is set.
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime),
    # Who was removed signs in no more; what he did still bears his name.
    sa.Column("removed_at", UtcDateTime),
    sa.Index("one_person_per_mail", "mail", unique=True, sqlite_where=_there, postgresql_where=_there),
)

person_roles = sa.Table(
    "person_roles",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
    sa.Column("role", sa.Text, primary_key=True),
)

node_managers = sa.Table(
    "node_managers",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
    sa.Column("node_id", sa.ForeignKey("nodes.id"), primary_key=True, index=True),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # SHA-256 of what the cookie holds.
    sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("begun_at", UtcDateTime, nullable=False),
    # Good to a minute.
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("user_agent", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
)

sign_in_links = sa.Table(
    "sign_in_links",
    metadata,
    # SHA-256 of what the link holds. The row goes when the link is used.
    sa.Column("digest", sa.LargeBinary(32), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # SHA-256 of the token.
    sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    # Actions with a space between them.
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    # Good to a minute.
    sa.Column("used_at", UtcDateTime),
    # When its owner was last told that it ends.
    sa.Column("told_at", UtcDateTime),
)

identities = sa.Table(
    "identities",
    metadata,
    # Who somebody is at an issuer of OpenID Connect: its name, and its `sub`.
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("linked_at", UtcDateTime, nullable=False),
)

pings = sa.Table(
    "pings",
    metadata,
    # A secret address by which a node asks for a harvest of its source.
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    # SHA-256 of what the link holds.
    sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("used_at", UtcDateTime),
)

attempts = sa.Table(
    "attempts",
    metadata,
    # Attempts to sign in that failed. Both tell apart, and say nothing of whom they are.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Index(None, "name", "at"),
    sa.Index(None, "client", "at"),
)

audit = sa.Table(
    "audit",
    metadata,
    # Who did what to what: never changed, never forgotten.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Index(None, "about", "id"),
    sa.Index(None, "who", "id"),
)

views = sa.Table(
    "views",
    metadata,
    # What people want to see of the table of nodes, each for himself.
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    # What stands in the address behind the question mark.
    sa.Column("query", sa.Text, nullable=False),
    # Whether it is what he sees first.
    sa.Column("first", sa.Boolean, nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
)
