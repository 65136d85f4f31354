"""Schedules on the clock of the source's own time zone; days of the week by name only.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS = 5


def upgrade() -> None:
    op.add_column("sources", sa.Column("time_zone", sa.Text(), nullable=False, server_default=""))
    op.add_column("sources", sa.Column("missed", sa.Text(), nullable=False, server_default="make-up"))
    op.add_column("sources", sa.Column("scheduled_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE sources SET scheduled_at = created_at WHERE schedule <> ''")
    sources = sa.table("sources", sa.column("id", sa.Text), sa.column("schedule", sa.Text))
    connection = op.get_bind()
    for row in connection.execute(sa.select(sources.c.id, sources.c.schedule)).all():
        named = with_named_days(row.schedule)
        if named != row.schedule:
            connection.execute(sa.update(sources).where(sources.c.id == row.id).values(schedule=named))


def downgrade() -> None:
    for column in ("scheduled_at", "missed", "time_zone"):
        op.drop_column("sources", column)


def with_named_days(schedule: str) -> str:
    """A cron expression whose days of the week are numbers, as cron counts them, with their names."""
    fields = schedule.lower().split()
    if len(fields) != _FIELDS or not re.search("[0-9]", fields[4]):
        return schedule
    days: list[str] = []
    for part in fields[4].split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin = 0 if first == "*" else _number(first)
        end = 6 if first == "*" or (step and not last) else _number(last or first)
        if begin and end == 0:
            end = 7
        days += _DAYS[begin : end + 1 : int(step or 1)]
    return " ".join([*fields[:4], ",".join(dict.fromkeys(days))])


def _number(day: str) -> int:
    return int(day) if day.isdigit() else _DAYS.index(day)
