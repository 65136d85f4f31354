"""How many requests each source was sent, and how long they took.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_requests",
        sa.Column("source_id", sa.Text(), sa.ForeignKey("sources.id"), primary_key=True),
        sa.Column("outcome", sa.Text(), primary_key=True),
        sa.Column("bound", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("source_requests")
