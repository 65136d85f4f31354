"""What a run was the first to take is found by an index.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_records_first_run", "records", ["first_run", "id"])


def downgrade() -> None:
    op.drop_index("ix_records_first_run", "records")
