"""Identifiers that sources have given their records anew.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "renamings",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("source_identifier", sa.Text(), nullable=False),
        sa.Column(
            "record_id", number, sa.ForeignKey("records.id", name="fk_renamings_record_id"), nullable=False
        ),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "source_identifier", name="pk_renamings"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_renamings_source_id_before", "renamings", ["source_id", "before"])


def downgrade() -> None:
    op.drop_table("renamings")
