"""What is known of pairs of words is to be taken again: with it, which words are in titles.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _forget()


def downgrade() -> None:
    _forget()


def _forget() -> None:
    """Workers take it behind the runs; until then texts and titles are looked at."""
    op.execute("DELETE FROM index_paired")
    op.execute("DELETE FROM index_pairs")
