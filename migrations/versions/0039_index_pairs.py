"""Pairs of words that follow each other, kept behind the runs.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "index_paired",
        sa.Column("chunk", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("paired", sa.LargeBinary(), nullable=False),
        sa.Column("stale", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "index_pairs",
        sa.Column("chunk", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("first_id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("second_id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("index_pairs")
    op.drop_table("index_paired")
