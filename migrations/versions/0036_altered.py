"""What the feed says of records that were repaired is made anew: that they are not as they were harvested.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    repaired = sa.text("SELECT id FROM records WHERE repairs <> ''")
    op.execute(f"UPDATE renditions SET element_datestamp = NULL WHERE record_id IN ({repaired})")  # noqa: S608 - ours


def downgrade() -> None:
    """Nothing: what is made anew serves the release before, too."""
