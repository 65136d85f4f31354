"""What was written and said with nodes.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "correspondence",
        sa.Column("id", number, primary_key=True),
        sa.Column(
            "source_id",
            sa.Text(),
            sa.ForeignKey("sources.id", name="fk_correspondence_source_id"),
            nullable=False,
        ),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("noted_at", moment, nullable=False),
        sa.Column("manner", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("ix_correspondence_source_id_at", "correspondence", ["source_id", "at"])


def downgrade() -> None:
    op.drop_table("correspondence")
