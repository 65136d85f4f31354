"""Clusters: records of several sources that are copies of one thing.

Records that are there already are compared by `clearinghouse duplicates rebuild`.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _big_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _comparable() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "match_queue",
        sa.Column("id", _big_id(), nullable=False),
        sa.Column("record_id", _big_id(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_match_queue"),
    )
    op.create_table(
        "match_keys",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record_id", _big_id(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "record_id", name="pk_match_keys"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_match_keys_record", "match_keys", ["record_id", "key"])
    op.create_table(
        "matches",
        sa.Column("first_id", _big_id(), autoincrement=False, nullable=False),
        sa.Column("second_id", _big_id(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("compared", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_matches"),
    )
    op.create_index("ix_matches_second_id", "matches", ["second_id"])
    op.create_table(
        "cluster_members",
        sa.Column("record_id", _big_id(), autoincrement=False, nullable=False),
        sa.Column("cluster_id", _big_id(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_cluster_members"),
    )
    op.create_index("ix_cluster_members_cluster_id", "cluster_members", ["cluster_id"])
    op.create_table(
        "cluster_decisions",
        sa.Column("first", _comparable(), nullable=False),
        sa.Column("second", _comparable(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("first", "second", name="pk_cluster_decisions"),
    )
    op.create_index("ix_cluster_decisions_second", "cluster_decisions", ["second"])


def downgrade() -> None:
    for table in ("cluster_decisions", "cluster_members", "matches", "match_keys", "match_queue"):
        op.drop_table(table)
