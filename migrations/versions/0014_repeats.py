"""Faults of one run are found by their record; what was repaired is known of earlier versions, too.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = ("record_versions", "withheld", "faults")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("repairs", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_faults_run_id_source_identifier", "faults", ["run_id", "source_identifier"])
    op.drop_index("ix_faults_run_id", "faults")


def downgrade() -> None:
    op.create_index("ix_faults_run_id", "faults", ["run_id"])
    op.drop_index("ix_faults_run_id_source_identifier", "faults")
    for table in _TABLES:
        op.drop_column(table, "repairs")
