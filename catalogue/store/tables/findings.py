"""The tables of what was found wrong, what is asked about it, and what waits for an answer."""

from __future__ import annotations

import sqlalchemy as sa

from catalogue.store.tables.kinds import BigId, UtcDateTime, metadata

faults = sa.Table(
    "faults",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("source_identifier", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    # The payload is kept, so that a mended reader can take it without asking the source again.
    sa.Column("payload_digest", sa.LargeBinary(20)),
    sa.Column("source_datestamp", sa.Text, nullable=False),
    sa.Column("repairs", sa.Text, nullable=False, server_default=""),
    # A record that is listed twice in one run is looked for among the faults of that run.
    sa.Index(None, "run_id", "source_identifier"),
)

problems = sa.Table(
    "problems",
    metadata,
    # What is wrong with single records of a source, as of its newest runs: each time a run ends, what it met
    # begins or goes on, and what it read well has ended.
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    # Empty: it is not known which record it is.
    sa.Column("source_identifier", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, primary_key=True),
    # The newest fault that tells of it.
    sa.Column("fault_id", sa.BigInteger, nullable=False),
    sa.Column("first_run", sa.BigInteger, nullable=False),
    sa.Column("last_run", sa.BigInteger, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    # The run that found it mended; NULL: it is there.
    sa.Column("ended_run", sa.BigInteger),
    sa.Index("ix_problems_open", "source_id", "ended_run", "rule"),
)

accepted_problems = sa.Table(
    "accepted_problems",
    metadata,
    # A person said that nothing is to be done about problems of this rule, until then.
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("accepted_by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
)

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False, index=True),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("closed_at", UtcDateTime),
    sa.Index(
        "one_open_question",
        "source_id",
        "topic",
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
)

#: Of a question: it is open. Said as the index says it.
ASKED = questions.c.state == sa.literal_column("'open'")

decisions = sa.Table(
    "decisions",
    metadata,
    # What people decided, for ever: no harvest touches it.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("question_id", sa.ForeignKey("questions.id"), nullable=False, index=True),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("letter", sa.Text, nullable=False, server_default=""),
)

withheld = sa.Table(
    "withheld",
    metadata,
    # Changes that wait: for the end of their run, or for the answer to their question. One for each record:
    # what the source said last counts.
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    sa.Column("source_id", sa.Text, nullable=False, index=True),
    sa.Column("run_id", sa.BigInteger, nullable=False),
    # NULL: the run is not at its end yet, or the guards let it pass.
    sa.Column("question_id", sa.ForeignKey("questions.id"), index=True),
    sa.Column("reason", sa.Text, nullable=False),
    # What would be lost.
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("payload_digest", sa.LargeBinary(20)),
    sa.Column("source_datestamp", sa.Text, nullable=False),
    sa.Column("about_digest", sa.LargeBinary(20)),
    # A person decided to keep the record as it is until then.
    sa.Column("kept_until", UtcDateTime),
    sa.Column("repairs", sa.Text, nullable=False, server_default=""),
)
