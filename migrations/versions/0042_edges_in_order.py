"""Edges of boxes in order, kept behind the runs.

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "index_edged",
        sa.Column("chunk", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("known", sa.LargeBinary(), nullable=False),
        sa.Column("stale", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "index_edges",
        sa.Column("chunk", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("edge", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("least", sa.Double(), primary_key=True),
        sa.Column("block", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("index_edges")
    op.drop_table("index_edged")
