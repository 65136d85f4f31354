"""Problems of single records go through runs, and people may accept them.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalogue.store.tables import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

#: What runs have met so far, each as far as nothing newer was met of the same record.
_MET = """
INSERT INTO problems (source_id, source_identifier, rule, fault_id, first_run, last_run, since)
SELECT runs.source_id, faults.source_identifier, faults.rule, max(faults.id), min(runs.id), max(runs.id),
    min(faults.at)
FROM faults JOIN runs ON runs.id = faults.run_id
WHERE runs.kind IN ('full', 'incremental', 'remap') AND runs.state = 'ended'
GROUP BY runs.source_id, faults.source_identifier, faults.rule
"""
_READ_SINCE = """
UPDATE problems SET ended_run = last_run WHERE (source_id, source_identifier, rule) IN (
    SELECT p.source_id, p.source_identifier, p.rule FROM records r CROSS JOIN problems p
    WHERE p.source_id = r.source_id AND p.source_identifier = r.source_identifier
    AND r.seen_run > p.last_run)
"""
_LISTED_NO_MORE = """
UPDATE problems SET ended_run = last_run WHERE ended_run IS NULL AND last_run < (
    SELECT max(runs.id) FROM runs WHERE runs.source_id = problems.source_id AND runs.kind = 'full'
    AND runs.ending IN ('complete', 'complete-with-faults', 'nothing-new', 'held'))
"""


_GOOD = sa.text(
    "kind IN ('full', 'incremental')"
    " AND ending IN ('complete', 'complete-with-faults', 'nothing-new', 'held')"
)


def upgrade() -> None:
    op.create_table(
        "problems",
        sa.Column("source_id", sa.Text(), sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("source_identifier", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("fault_id", sa.BigInteger(), nullable=False),
        sa.Column("first_run", sa.BigInteger(), nullable=False),
        sa.Column("last_run", sa.BigInteger(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("ended_run", sa.BigInteger()),
        sa.PrimaryKeyConstraint("source_id", "source_identifier", "rule"),
    )
    op.create_index("ix_problems_open", "problems", ["source_id", "ended_run", "rule"])
    op.create_table(
        "accepted_problems",
        sa.Column("source_id", sa.Text(), sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "rule"),
    )
    op.create_index("ix_runs_good", "runs", ["source_id", "id"], sqlite_where=_GOOD, postgresql_where=_GOOD)
    for step in (_MET, _READ_SINCE, _LISTED_NO_MORE):
        op.execute(step)


def downgrade() -> None:
    op.drop_index("ix_runs_good", "runs")
    op.drop_table("accepted_problems")
    op.drop_index("ix_problems_open", "problems")
    op.drop_table("problems")
