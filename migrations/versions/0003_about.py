"""What sources say about records: the chain of harvests behind them, and rights to the metadata.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("records", sa.Column("about_digest", sa.LargeBinary(20)))
    for name in ("origins", "metadata_rights"):
        op.add_column("records", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("metadata_rights", "origins", "about_digest"):
        op.drop_column("records", name)
