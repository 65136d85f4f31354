"""Monthly letters to nodes.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "digests",
        sa.Column("node_id", sa.Text(), primary_key=True),
        sa.Column("month", sa.Text(), primary_key=True),
        sa.Column("put_at", moment, nullable=False),
    )
    op.create_table(
        "digest_readers",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("node_id", sa.Text(), nullable=False, index=True),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("stopped_at", moment),
    )


def downgrade() -> None:
    op.drop_table("digest_readers")
    op.drop_table("digests")
