"""Renditions that are kept behind the run.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "kept_renditions",
        sa.Column(
            "record_id",
            number,
            sa.ForeignKey("records.id", name="fk_kept_renditions_record_id"),
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("datestamp", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "prefix", name="pk_kept_renditions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "keepings",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("datestamp", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name="pk_keepings"),
    )


def downgrade() -> None:
    op.drop_table("keepings")
    op.drop_table("kept_renditions")
