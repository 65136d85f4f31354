"""Records are in the sets above theirs too: all records in the set of all sources.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MEMBERSHIPS = """
INSERT INTO record_sets (set_id, record_id, datestamp, member)
SELECT above.id, record_sets.record_id, record_sets.datestamp, record_sets.member
FROM record_sets JOIN sets ON sets.id = record_sets.set_id JOIN sets AS above ON above.set_spec = 'source'
WHERE sets.set_spec LIKE 'source:%'
"""


def upgrade() -> None:
    op.execute("INSERT INTO sets (set_spec, name) VALUES ('source', 'source')")
    op.execute(_MEMBERSHIPS)


def downgrade() -> None:
    op.execute("DELETE FROM record_sets WHERE set_id IN (SELECT id FROM sets WHERE set_spec = 'source')")
    op.execute("DELETE FROM sets WHERE set_spec = 'source'")
