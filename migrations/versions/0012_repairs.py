"""What had to be repaired before a record could be read.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("records", sa.Column("repairs", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("records", "repairs")
