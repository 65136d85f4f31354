"""Registrations.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "registrations",
        sa.Column("id", number, primary_key=True),
        sa.Column("key_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("checkup_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("sent_at", moment),
        sa.Column("decided_at", moment),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("confirmations", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON()),
        sa.Column("trial", sa.JSON()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seconded_by", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), sa.ForeignKey("sources.id", name="fk_registrations_source_id")),
        sa.Column("claimed_at", moment),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.UniqueConstraint("key_digest", name="uq_registrations_key_digest"),
    )
    op.create_index("ix_registrations_state_sent_at", "registrations", ["state", "sent_at"])
    op.create_index("ix_registrations_client_created_at", "registrations", ["client", "created_at"])
    op.create_index("ix_registrations_mail_created_at", "registrations", ["mail", "created_at"])
    op.create_index("ix_registrations_decided_at", "registrations", ["decided_at"])
    op.create_table(
        "registration_events",
        sa.Column("id", number, primary_key=True),
        sa.Column(
            "registration_id",
            number,
            sa.ForeignKey(
                "registrations.id", name="fk_registration_events_registration_id", ondelete="CASCADE"
            ),
            nullable=False,
            index=True,
        ),
        sa.Column("at", moment, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("registration_events")
    op.drop_table("registrations")
