"""What the identifiers of each source begin with.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

#: Records that are looked at together, and beginnings of one source, as `holdings.beginnings` had them.
_PART, _MOST = 5000, 100


def upgrade() -> None:
    table = op.create_table(
        "beginnings",
        sa.Column(
            "source_id",
            sa.Text(),
            sa.ForeignKey("sources.id", name="fk_beginnings_source_id"),
            primary_key=True,
        ),
        sa.Column("beginning", sa.Text(), primary_key=True),
    )
    found: dict[str, set[str]] = {}
    statement = sa.text(
        "SELECT id, source_id, source_identifier FROM records WHERE id > :after ORDER BY id LIMIT :part"
    )
    after = 0
    while rows := op.get_bind().execute(statement, {"after": after, "part": _PART}).all():
        after = rows[-1][0]
        for _, source, identifier in rows:
            known = found.setdefault(source, set())
            if len(known) < _MOST:
                known |= {identifier[: at + 1] for sign in ":/=" if (at := identifier.rfind(sign)) >= 0}
    for source, known in found.items():
        op.bulk_insert(table, [{"source_id": source, "beginning": one} for one in sorted(known)[:_MOST]])


def downgrade() -> None:
    op.drop_table("beginnings")
