"""The tables of what the catalogue owes others: check-ups, letters, visits of clients, its own keys."""

from __future__ import annotations

import sqlalchemy as sa

from catalogue.store.tables.kinds import BigId, UtcDateTime, metadata

keys = sa.Table(
    "keys",
    metadata,
    # Secrets made by the catalogue itself, shared by its processes.
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
)

checkups = sa.Table(
    "checkups",
    metadata,
    # Check-ups that somebody asked for (catalogue.checkup.AskedCheckup); the id cannot be guessed.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    # Tells clients apart, and says nothing of them.
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False, index=True),
    # When a worker took it last, and how often one did.
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    # Checkup.to_json, as far as it is.
    sa.Column("report", sa.JSON(none_as_null=True)),
    sa.Index(None, "client", "asked_at"),
    sa.Index(None, "host", "asked_at"),
)

clients = sa.Table(
    "clients",
    metadata,
    # Who harvests us: an address and a user agent.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("user_agent", sa.Text, nullable=False),
    sa.Column("first_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("address", "user_agent"),
)

visits = sa.Table(
    "visits",
    metadata,
    # What a client did on one day, counted.
    sa.Column("client_id", sa.ForeignKey("clients.id"), primary_key=True, autoincrement=False),
    # Days since 1970-01-01, UTC.
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("verb", sa.Text, primary_key=True),
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("set_spec", sa.Text, primary_key=True),
    # The code of the protocol's error; empty where there was none.
    sa.Column("error", sa.Text, primary_key=True),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("records", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    # Lists whose first page was sent, and whose last.
    sa.Column("begun", sa.Integer, nullable=False),
    sa.Column("ended", sa.Integer, nullable=False),
    sa.Index(None, "day"),
)

correspondence = sa.Table(
    "correspondence",
    metadata,
    # What was written and said with whoever is behind a source, as people noted it.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("noted_at", UtcDateTime, nullable=False),
    # catalogue.store.desk.correspondence.Manner
    sa.Column("manner", sa.Text, nullable=False),
    sa.Column("other", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index(None, "source_id", "at"),
)

digests = sa.Table(
    "digests",
    metadata,
    # Monthly letters that are written: of which node (catalogue.participants), about which month (`2026-11`).
    sa.Column("node_id", sa.Text, primary_key=True),
    sa.Column("month", sa.Text, primary_key=True),
    sa.Column("put_at", UtcDateTime, nullable=False),
)

digest_readers = sa.Table(
    "digest_readers",
    metadata,
    # SHA-256 of what the link holds by which somebody ends them.
    sa.Column("digest", sa.LargeBinary(32), primary_key=True),
    sa.Column("node_id", sa.Text, nullable=False, index=True),
    sa.Column("mail", sa.Text, nullable=False),
    # Since when he wants none.
    sa.Column("stopped_at", UtcDateTime),
)

outbox = sa.Table(
    "outbox",
    metadata,
    # Letters that are to be sent (catalogue.mail.Mail), and what became of them.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("unsubscribe", sa.Text, nullable=False),
    sa.Column("confidential", sa.Boolean, nullable=False),
    sa.Column("about", sa.Text, nullable=False, index=True),
    # A letter that has such a name is sent once.
    sa.Column("once", sa.Text, unique=True),
    sa.Column("message_key", sa.Text, nullable=False),
    # catalogue.store.desk.outbox.MailState
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("put_at", UtcDateTime, nullable=False),
    sa.Column("not_before", UtcDateTime, nullable=False),
    # When a worker took it last, and how often one did.
    sa.Column("taken_at", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    # Why the last attempt failed.
    sa.Column("error", sa.Text, nullable=False),
    sa.Index(None, "state", "not_before"),
)
