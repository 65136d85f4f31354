"""Quirks of sources.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("quirks", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("sources", "quirks")
