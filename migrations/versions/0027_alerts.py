"""Alerts, subscriptions to them, and calls of webhooks; how long answers of a run took, when secrets end.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", _number(), primary_key=True),
        sa.Column("source_id", sa.Text(), sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("seen_at", _moment(), nullable=False),
        sa.Column("closed_at", _moment()),
        sa.Column("snoozed_until", _moment()),
        sa.Column("snoozed_by", sa.Text(), nullable=False),
        sa.Column("snoozed_why", sa.Text(), nullable=False),
    )
    op.create_index("ix_alerts_closed_at", "alerts", ["closed_at"])
    op.create_index("ix_alerts_source_id_id", "alerts", ["source_id", "id"])
    op.create_index(
        "one_open_alert",
        "alerts",
        ["source_id", "rule"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", _number(), primary_key=True),
        sa.Column("person_id", _number(), sa.ForeignKey("people.id")),
        sa.Column("node_id", sa.Text(), sa.ForeignKey("nodes.id")),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("next_at", _moment(), nullable=False),
        sa.Column("muted_until", _moment()),
        sa.Column("confirmed_at", _moment()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
    )
    op.create_index("ix_subscriptions_person_id", "subscriptions", ["person_id"])
    op.create_index("ix_subscriptions_node_id", "subscriptions", ["node_id"])


def _told() -> None:
    cascade = {"ondelete": "CASCADE"}
    op.create_table(
        "tellings",
        sa.Column(
            "subscription_id",
            _number(),
            sa.ForeignKey("subscriptions.id", **cascade),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column(
            "alert_id",
            _number(),
            sa.ForeignKey("alerts.id", **cascade),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
    )
    op.create_index("ix_tellings_alert_id", "tellings", ["alert_id"])
    op.create_table(
        "calls",
        sa.Column("id", _number(), primary_key=True),
        sa.Column("subscription_id", _number(), sa.ForeignKey("subscriptions.id", **cascade), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False, unique=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("put_at", _moment(), nullable=False),
        sa.Column("not_before", _moment(), nullable=False),
        sa.Column("taken_at", _moment()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", _moment()),
        sa.Column("error", sa.Text(), nullable=False),
    )
    op.create_index("ix_calls_subscription_id", "calls", ["subscription_id"])
    op.create_index("ix_calls_state_not_before", "calls", ["state", "not_before"])


def upgrade() -> None:
    _alerts()
    _subscriptions()
    _told()
    op.add_column("runs", sa.Column("answers", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "runs", sa.Column("answer_milliseconds", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column("source_secrets", sa.Column("ends_at", _moment()))


def downgrade() -> None:
    op.drop_column("source_secrets", "ends_at")
    op.drop_column("runs", "answer_milliseconds")
    op.drop_column("runs", "answers")
    for table in ("calls", "tellings", "subscriptions", "alerts"):
        op.drop_table(table)
