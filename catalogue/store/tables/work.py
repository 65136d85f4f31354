"""The tables of runs, of what they did, and of the processes that work on them."""

from __future__ import annotations

import sqlalchemy as sa

from catalogue.run import OPEN_STATES, TO_THE_END, RunKind
from catalogue.store.tables.kinds import BigId, UtcDateTime, metadata

_asks = sa.text("state = 'running' AND host <> ''")

_open = sa.text("state IN ({})".format(", ".join(f"'{state}'" for state in OPEN_STATES)))

#: Of a run: it is a harvest that read its list to the end.
GOOD = sa.text(
    "kind IN ({}) AND ending IN ({})".format(
        ", ".join(f"'{kind}'" for kind in RunKind if kind.harvests),
        ", ".join(f"'{ending}'" for ending in TO_THE_END),
    )
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("ending", sa.Text),
    sa.Column("checkpoint", sa.JSON, nullable=False),
    sa.Column("listed", sa.Integer, nullable=False, default=0),
    sa.Column("new", sa.Integer, nullable=False, default=0),
    sa.Column("changed", sa.Integer, nullable=False, default=0),
    sa.Column("unchanged", sa.Integer, nullable=False, default=0),
    sa.Column("deleted", sa.Integer, nullable=False, default=0),
    sa.Column("faulty", sa.Integer, nullable=False, default=0),
    sa.Column("skipped", sa.Integer, nullable=False, default=0),
    # Deleted because a complete list had them no more; no part of `listed`.
    sa.Column("absent", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempt", sa.Integer, nullable=False, default=0),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("not_before", UtcDateTime),
    sa.Column("worker", sa.Text, nullable=False, default=""),
    sa.Column("message", sa.Text, nullable=False, default=""),
    sa.Column("requested_by", sa.Text, nullable=False, default=""),
    # The sets that were listed, with a space between them; empty: everything.
    sa.Column("scope", sa.Text, nullable=False, server_default=""),
    # The instant for which the schedule fired; two schedulers fire it once.
    sa.Column("due", sa.BigInteger),
    # The host that it asks; empty where it asks none.
    sa.Column("host", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("priority", sa.Integer, nullable=False, default=0, server_default="0"),
    # Workers that died with it since the last committed page.
    sa.Column("lapses", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("active_at", UtcDateTime),
    # Answers that it was given, and how long they took together.
    sa.Column("answers", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("answer_milliseconds", sa.BigInteger, nullable=False, default=0, server_default="0"),
    sa.UniqueConstraint("source_id", "due"),
    sa.Index("one_harvest_per_host", "host", unique=True, sqlite_where=_asks, postgresql_where=_asks),
    sa.Index("one_open_run", "source_id", unique=True, sqlite_where=_open, postgresql_where=_open),
    sa.Index(None, "source_id", "id"),
    # A source may have failed a thousand times since.
    sa.Index("ix_runs_good", "source_id", "id", sqlite_where=GOOD, postgresql_where=GOOD),
)

#: Of a run: it is open. Said as the index says it, so that open runs are found among a million by that index.
OPEN = runs.c.state.in_([sa.literal_column(f"'{state}'") for state in OPEN_STATES])

run_events = sa.Table(
    "run_events",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
)

exchanges = sa.Table(
    "exchanges",
    metadata,
    # catalogue.exchange.Exchange
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("milliseconds", sa.BigInteger, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    # Zstandard, of answers that were odd.
    sa.Column("answer", sa.LargeBinary),
)

workers = sa.Table(
    "workers",
    metadata,
    # Processes that harvest. One whose counter stands still is dead; clocks are not compared.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("beats", sa.BigInteger, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
)

write_intents = sa.Table(
    "write_intents",
    metadata,
    # A page that is about to be committed: no responseDate runs ahead of the oldest of them.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("since", sa.BigInteger, nullable=False),
)

trials = sa.Table(
    "trials",
    metadata,
    # What a trial run would have taken (catalogue.trial.Trial).
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    sa.Column("report", sa.JSON, nullable=False),
)
