"""Alerts, who wishes to hear of them, and what was told."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from catalogue.store.tables.kinds import BigId, UtcDateTime, metadata

_is_open = sa.text("state = 'open'")

alerts: Final = sa.Table(
    "alerts",
    metadata,
    # catalogue.alerts.Alert
    sa.Column("id", BigId, primary_key=True),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("closed_at", UtcDateTime, index=True),
    sa.Column("snoozed_until", UtcDateTime),
    sa.Column("snoozed_by", sa.Text, nullable=False),
    sa.Column("snoozed_why", sa.Text, nullable=False),
    sa.Index(
        "one_open_alert", "source_id", "rule", unique=True, sqlite_where=_is_open, postgresql_where=_is_open
    ),
    sa.Index(None, "source_id", "id"),
)

#: Of an alert: it is open. Said as the index says it.
ALERTING: Final = alerts.c.state == sa.literal_column("'open'")

subscriptions: Final = sa.Table(
    "subscriptions",
    metadata,
    # catalogue.alerts.Subscription. A person's, about all that he may see or about one node; or a node's.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), index=True),
    sa.Column("node_id", sa.ForeignKey("nodes.id"), index=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    # Names of rules with a space between them; empty: all.
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("pace", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    # When digests go out (catalogue.digest_clock): NULL is as by default.
    sa.Column("hour", sa.Integer),
    sa.Column("weekday", sa.Text),
    sa.Column("time_zone", sa.Text),
    # What signs what a webhook is sent, by catalogue.sealing.
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("muted_until", UtcDateTime),
    sa.Column("confirmed_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
)

tellings: Final = sa.Table(
    "tellings",
    metadata,
    # What a subscription was told of an alert last (catalogue.alerts.Telling).
    sa.Column(
        "subscription_id",
        sa.ForeignKey("subscriptions.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column(
        "alert_id",
        sa.ForeignKey("alerts.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

calls: Final = sa.Table(
    "calls",
    metadata,
    # What webhooks are to be sent, and what became of it (catalogue.store.alerting.calls.Call).
    sa.Column("id", BigId, primary_key=True),
    sa.Column(
        "subscription_id",
        sa.ForeignKey("subscriptions.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    # Its receiver knows by this what it has had already.
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("body", sa.Text, nullable=False),
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
