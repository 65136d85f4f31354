"""Hours of the day in which a source must not be asked, and what is assumed of its records.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("quiet_hours", sa.Text(), nullable=False, server_default=""))
    op.add_column("sources", sa.Column("defaults", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("sources", "defaults")
    op.drop_column("sources", "quiet_hours")
