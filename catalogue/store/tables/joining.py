"""The tables of registrations, and of what happened to them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from catalogue.store.tables.kinds import BigId, UtcDateTime, metadata

registrations: Final = sa.Table(
    "registrations",
    metadata,
    # catalogue.registration.Registration. Its reference is made of the number, and opens nothing.
    sa.Column("id", BigId, primary_key=True),
    # SHA-256 of its key: who reads the database cannot open it.
    sa.Column("key_digest", sa.LargeBinary(32), nullable=False, unique=True),
    # The key by catalogue.sealing, for letters with the link; none where no key is set.
    sa.Column("sealed_key", sa.LargeBinary),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("checkup_id", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    # Tells clients apart, and says nothing of them.
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("decided_at", UtcDateTime),
    # For lists: what the answers say of it.
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("mail", sa.Text, nullable=False),
    sa.Column("confirmed", sa.Boolean, nullable=False),
    sa.Column("confirmations", sa.Integer, nullable=False),
    sa.Column("answers", sa.JSON, nullable=False),
    # Checkup.to_json and Trial.to_json, where they are done.
    sa.Column("report", sa.JSON(none_as_null=True)),
    sa.Column("trial", sa.JSON(none_as_null=True)),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("seconded_by", sa.Text, nullable=False),
    sa.Column("source_id", sa.ForeignKey("sources.id")),
    # When a worker took its trial harvest last, and how often one did.
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Index(None, "state", "sent_at"),
    sa.Index(None, "client", "created_at"),
    sa.Index(None, "mail", "created_at"),
    sa.Index(None, "decided_at"),
)

registration_events: Final = sa.Table(
    "registration_events",
    metadata,
    # catalogue.registration.Event
    sa.Column("id", BigId, primary_key=True),
    sa.Column(
        "registration_id", sa.ForeignKey("registrations.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
