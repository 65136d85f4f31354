"""When the digests of each subscription go out.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("hour", sa.Integer()))
    op.add_column("subscriptions", sa.Column("weekday", sa.Text()))
    op.add_column("subscriptions", sa.Column("time_zone", sa.Text()))


def downgrade() -> None:
    op.drop_column("subscriptions", "time_zone")
    op.drop_column("subscriptions", "weekday")
    op.drop_column("subscriptions", "hour")
