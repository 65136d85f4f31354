"""One harvest at a time for each host, priorities, lapses, and a pause of all harvesting.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ASKS = sa.text("state = 'running' AND host <> ''")


def upgrade() -> None:
    op.add_column("runs", sa.Column("host", sa.Text(), nullable=False, server_default=""))
    op.add_column("runs", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("runs", sa.Column("lapses", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("runs", sa.Column("active_at", sa.DateTime(timezone=True)))
    op.create_index(
        "one_harvest_per_host", "runs", ["host"], unique=True, sqlite_where=_ASKS, postgresql_where=_ASKS
    )
    op.create_table(
        "pauses",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_pauses"),
    )


def downgrade() -> None:
    op.drop_table("pauses")
    op.drop_index("one_harvest_per_host", "runs")
    for column in ("active_at", "lapses", "priority", "host"):
        op.drop_column("runs", column)
