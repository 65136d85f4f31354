"""The tables. What must be unique is unique here; what must not happen twice cannot.

`records` holds one slim row for each item (an OAI item: one thing in a source, in all its formats).
What is long stands beside it: the bytes as fetched in `payloads`, the neutral record in
`neutral_records`, the formats that the feed serves in `renditions`.

Datestamps are ours, in whole seconds since 1970-01-01T00:00:00Z: see `catalogue.store.clock`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

from catalogue.run import OPEN_STATES, TO_THE_END, RunKind


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware datetime in UTC, on databases that keep zones and on those that do not."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; naive for SQLite, which would keep the offset as text."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if dialect.name == "sqlite" else found.astimezone(UTC)


#: SQLite numbers rows by itself only where the key is an INTEGER.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Text that sorts by code points on every database, as Python does; on PostgreSQL, LIKE 'x%' can use an
#: index in no other collation.
Comparable = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("protocol", sa.Text, nullable=False),
    sa.Column("base_url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("metadata_prefix", sa.Text, nullable=False),
    sa.Column("sets", sa.JSON, nullable=False),
    sa.Column("schedule", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False, server_default=""),
    sa.Column("missed", sa.Text, nullable=False, server_default="make-up"),
    sa.Column("scheduled_at", UtcDateTime),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("harvested_until", sa.Text, nullable=False),
    sa.Column("repository_name", sa.Text, nullable=False),
    sa.Column("granularity", sa.Text, nullable=False),
    sa.Column("deleted_record", sa.Text, nullable=False),
    # Quirks.to_json: those that are not as by default.
    sa.Column("quirks", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("certificate_until", sa.Text, nullable=False, server_default=""),
    # Thresholds of guards that are not as in the settings.
    sa.Column("guards", sa.JSON, nullable=False, server_default="{}"),
    # When the whole list was last read to its end.
    sa.Column("listed_at", UtcDateTime),
    # The first run from which on `record_versions` is complete.
    sa.Column("history_from", sa.BigInteger, nullable=False, server_default="0"),
    # The node that it belongs to (catalogue.store.people_tables).
    sa.Column("node_id", sa.ForeignKey("nodes.id"), index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

_asks = sa.text("state = 'running' AND host <> ''")
_open = sa.text("state IN ({})".format(", ".join(f"'{state}'" for state in OPEN_STATES)))

#: Of a run: it is a harvest that read its list to the end.
GOOD = sa.text(
    "kind IN ({}) AND ending IN ({})".format(
        ", ".join(f"'{kind}'" for kind in RunKind if kind.fetches),
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
    sa.UniqueConstraint("source_id", "due"),
    sa.Index("one_harvest_per_host", "host", unique=True, sqlite_where=_asks, postgresql_where=_asks),
    sa.Index("one_open_run", "source_id", unique=True, sqlite_where=_open, postgresql_where=_open),
    sa.Index(None, "source_id", "id"),
    # A source may have failed a thousand times since.
    sa.Index("ix_runs_good", "source_id", "id", sqlite_where=GOOD, postgresql_where=GOOD),
)

#: Of a run: it is open. Said as the index says it, so that open runs are found among a million by that index.
OPEN = runs.c.state.in_([sa.literal_column(f"'{state}'") for state in OPEN_STATES])

payloads = sa.Table(
    "payloads",
    metadata,
    # BLAKE2b-160 of the bytes as fetched.
    sa.Column("digest", sa.LargeBinary(20), primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    # Zstandard.
    sa.Column("body", sa.LargeBinary, nullable=False),
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False),
    # Ours: oai:<namespace>:<source>:<their identifier>; made from the next by `identifiers`.
    sa.Column("identifier", sa.Text, nullable=False, unique=True),
    sa.Column("source_identifier", sa.Text, nullable=False),
    sa.Column("source_datestamp", sa.Text, nullable=False),
    # The format in which the source gave it.
    sa.Column("metadata_prefix", sa.Text, nullable=False),
    sa.Column("payload_digest", sa.LargeBinary(20)),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("datestamp", sa.BigInteger, nullable=False),
    # When this item first became visible.
    sa.Column("first_datestamp", sa.BigInteger, nullable=False),
    # What the header says: setSpecs with a space between them.
    sa.Column("set_specs", sa.Text, nullable=False),
    sa.Column("changed_run", sa.BigInteger, nullable=False),
    sa.Column("seen_run", sa.BigInteger, nullable=False),
    # The run that first took it; 0 where that was before runs were noted here.
    sa.Column("first_run", sa.BigInteger, nullable=False, server_default="0"),
    # gmd:fileIdentifier of the iso19139 rendition: the identifier that CSW gives out.
    sa.Column("file_identifier", sa.Text, nullable=False),
    # What the source said about the record (catalogue.provenance): the bytes, among the payloads; the
    # originDescriptions that ours is given to hold; the address of the statement of rights.
    sa.Column("about_digest", sa.LargeBinary(20)),
    sa.Column("origins", sa.Text, nullable=False, server_default=""),
    sa.Column("metadata_rights", sa.Text, nullable=False, server_default=""),
    # Names of the repairs that the answer needed in which it came, with a space between them.
    sa.Column("repairs", sa.Text, nullable=False, server_default=""),
    # For lists and for sorting; empty where the record has none.
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("modified", sa.Text, nullable=False),
    sa.Index(None, "file_identifier"),
    # What is counted and paged through when a query has no condition.
    sa.Index("ix_records_live", "deleted", "id"),
    # Page by page through one source, and what a complete list of it lacks. `seen_run` is not in it: every
    # record of every harvest would move in the index.
    sa.Index("ix_records_source", "source_id", "deleted", "id"),
)

record_versions = sa.Table(
    "record_versions",
    metadata,
    # What a record was before a run changed it; the state before the first such run is that after the run
    # before. New records have no row: `records.first_run` says it.
    sa.Column("run_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("payload_digest", sa.LargeBinary(20)),
    sa.Column("source_datestamp", sa.Text, nullable=False),
    sa.Column("about_digest", sa.LargeBinary(20)),
    sa.Column("repairs", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_record_versions_record", "record_id", "run_id"),
    sqlite_with_rowid=False,
)

absences = sa.Table(
    "absences",
    metadata,
    # Records that the newest complete lists of their source lack.
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    sa.Column("source_id", sa.Text, nullable=False, index=True),
    # When a complete list lacked it first, in how many it has been lacking in a row, and in which last.
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("lists", sa.Integer, nullable=False),
    sa.Column("last_run", sa.BigInteger, nullable=False),
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

neutral_records = sa.Table(
    "neutral_records",
    metadata,
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    # Every text of the record, normalised: what AnyText is compared with. It stands first, so that
    # reading it does not read what comes behind.
    sa.Column("search_text", Comparable, nullable=False),
    # catalogue.record.to_json
    sa.Column("body", sa.LargeBinary, nullable=False),
)

renditions = sa.Table(
    "renditions",
    metadata,
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    sa.Column("prefix", sa.Text, primary_key=True),
    # The record's datestamp again: the keyset index of every list of this format.
    sa.Column("datestamp", sa.BigInteger, nullable=False),
    # One element in UTF-8; NULL once the record is deleted, so that every list in which it was tells it.
    sa.Column("body", sa.LargeBinary),
    # What stands before it and behind it in the feed (catalogue.oai_record), made for this datestamp: where
    # `datestamp` is another, it is not of this release's making, and made anew when it is asked for.
    sa.Column("element_begin", sa.LargeBinary),
    sa.Column("element_end", sa.LargeBinary),
    sa.Column("element_datestamp", sa.BigInteger),
    sa.Index("ix_renditions_list", "prefix", "datestamp", "record_id"),
)

sets = sa.Table(
    "sets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("set_spec", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
)

record_sets = sa.Table(
    "record_sets",
    metadata,
    sa.Column("set_id", sa.ForeignKey("sets.id"), primary_key=True, autoincrement=False),
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    sa.Column("datestamp", sa.BigInteger, nullable=False),
    # False once the record has left the set: the set's list tells it as deleted, for ever.
    sa.Column("member", sa.Boolean, nullable=False),
    # `member` rides along, so that a page of a set's list reads the index alone.
    sa.Index("ix_record_sets_list", "set_id", "datestamp", "record_id", "member"),
    sqlite_with_rowid=False,
)

record_values = sa.Table(
    "record_values",
    metadata,
    # Values of the queryables: what filters compare, one row a value. No foreign key: some fifteen
    # rows a record are written in the record's own transaction, and checking each again costs dearly.
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", Comparable, nullable=False),
    # The value normalised (queryables.normalise); NULL where that changes nothing.
    sa.Column("folded", Comparable),
    # Of a text the first 60 characters, normalised: short enough for every index. Of a date the instant
    # at which its period begins (queryables.key_of).
    sa.Column("key", Comparable, nullable=False),
    sa.Index("ix_record_values_key", "name", "key", "record_id"),
    sqlite_with_rowid=False,
)

boxes = sa.Table(
    "boxes",
    metadata,
    # A box over the antimeridian is two rows.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("record_id", sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("west", sa.Double, nullable=False),
    sa.Column("south", sa.Double, nullable=False),
    sa.Column("east", sa.Double, nullable=False),
    sa.Column("north", sa.Double, nullable=False),
    # How wide it is (catalogue.store.extents.SCALES).
    sa.Column("scale", sa.Integer, nullable=False, server_default="9"),
    # All that a search asks for stands in the index. Boxes that are about as wide and meet another all begin
    # within a narrow strip.
    sa.Index("ix_boxes_scale", "scale", "west", "east", "south", "north", "record_id"),
)

index_terms = sa.Table(
    "index_terms",
    metadata,
    # What records are known by (catalogue.store.index.terms): words, whose name is empty, and values of
    # queryables. Terms come and never go; their numbers rise.
    sa.Column("id", BigId, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("value", Comparable, nullable=False),
    # As in record_values; the key is how every text begins, or the instant.
    sa.Column("folded", Comparable),
    sa.Column("key", Comparable, nullable=False),
    # Records that have it; not kept of words.
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Index("ix_index_terms_key", "name", "key"),
)

index_postings = sa.Table(
    "index_postings",
    metadata,
    # Which records of a chunk have a term (catalogue.store.index.postings).
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("term_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

index_titles = sa.Table(
    "index_titles",
    metadata,
    # How the titles of a chunk's records begin, in order.
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", Comparable, primary_key=True),
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

index_entries = sa.Table(
    "index_entries",
    metadata,
    # The terms under which the index has a record: numbers of four bytes.
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("terms", sa.LargeBinary, nullable=False),
)

index_queue = sa.Table(
    "index_queue",
    metadata,
    # Records that were written or deleted since the index took them in: those of a page in a row, numbers of
    # eight bytes. A query looks at them themselves.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("records", sa.LargeBinary, nullable=False),
)

index_state = sa.Table(
    "index_state",
    metadata,
    # One row: how often the index has changed.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("generation", sa.BigInteger, nullable=False),
)

match_queue = sa.Table(
    "match_queue",
    metadata,
    # Records that were written or deleted, until they are compared with others (catalogue.store.settling).
    # Each entry is taken out by its own number: one that comes meanwhile is never lost.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("record_id", BigId, nullable=False),
    # What they can be found by: numbers of eight bytes, none for a record that was deleted.
    sa.Column("keys", sa.LargeBinary, nullable=False),
)

match_keys = sa.Table(
    "match_keys",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sa.Index("ix_match_keys_record", "record_id", "key"),
    sqlite_with_rowid=False,
)

matches = sa.Table(
    "matches",
    metadata,
    # Two records taken for copies of one thing, the smaller number first, and why (catalogue.cluster.Match).
    sa.Column("first_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("second_id", BigId, primary_key=True, autoincrement=False, index=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("compared", sa.JSON, nullable=False),
)

cluster_members = sa.Table(
    "cluster_members",
    metadata,
    # Records that have copies; one that has none is not here. A cluster is named after its member with the
    # smallest number.
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("cluster_id", BigId, nullable=False),
    # The one that stands for all.
    sa.Column("lead", sa.Boolean, nullable=False),
    sa.Index(None, "cluster_id"),
)

cluster_decisions = sa.Table(
    "cluster_decisions",
    metadata,
    # What people decided of two records, by identifiers of ours, the smaller first: it survives all else.
    sa.Column("first", Comparable, primary_key=True),
    sa.Column("second", Comparable, primary_key=True, index=True),
    sa.Column("together", sa.Boolean, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
)

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

workers = sa.Table(
    "workers",
    metadata,
    # Processes that harvest. One whose counter stands still is dead; clocks are not compared.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("beats", sa.BigInteger, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
)

pauses = sa.Table(
    "pauses",
    metadata,
    # What is paused: `all` harvesting, as long as there is such a row.
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

write_intents = sa.Table(
    "write_intents",
    metadata,
    # A page that is about to be committed: no responseDate runs ahead of the oldest of them.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("since", sa.BigInteger, nullable=False),
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

source_secrets = sa.Table(
    "source_secrets",
    metadata,
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    # catalogue.credentials.SecretKind
    sa.Column("kind", sa.Text, primary_key=True),
    # By catalogue.sealing: of no use without a key that is not in the database.
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("set_at", UtcDateTime, nullable=False),
)

validators = sa.Table(
    "validators",
    metadata,
    # Which version of a document a run has seen (catalogue.exchange.Validator).
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    # Digest of the document's address, which may hold a key.
    sa.Column("key", sa.LargeBinary(20), primary_key=True),
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("last_modified", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary(20), nullable=False),
)

keys = sa.Table(
    "keys",
    metadata,
    # Secrets made by the catalogue itself, shared by its processes.
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
)

checkups = sa.Table(
    "checkups",
    metadata,
    # Check-ups that somebody asked for (catalogue.checkup.AskedCheckup); the id cannot be guessed.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    # Tells clients apart, and says nothing of them.
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False, index=True),
    # When a worker took it last, and how often one did.
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    # Checkup.to_json, as far as it is.
    sa.Column("report", sa.JSON(none_as_null=True)),
    sa.Index(None, "client", "asked_at"),
    sa.Index(None, "host", "asked_at"),
)

clients = sa.Table(
    "clients",
    metadata,
    # Who harvests us: an address and a user agent.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("user_agent", sa.Text, nullable=False),
    sa.Column("first_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("address", "user_agent"),
)

visits = sa.Table(
    "visits",
    metadata,
    # What a client did on one day, counted.
    sa.Column("client_id", sa.ForeignKey("clients.id"), primary_key=True, autoincrement=False),
    # Days since 1970-01-01, UTC.
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("verb", sa.Text, primary_key=True),
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("set_spec", sa.Text, primary_key=True),
    # The code of the protocol's error; empty where there was none.
    sa.Column("error", sa.Text, primary_key=True),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("records", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    # Lists whose first page was sent, and whose last.
    sa.Column("begun", sa.Integer, nullable=False),
    sa.Column("ended", sa.Integer, nullable=False),
    sa.Index(None, "day"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    # Letters that are to be sent (catalogue.mail.Mail), and what became of them.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("unsubscribe", sa.Text, nullable=False),
    sa.Column("confidential", sa.Boolean, nullable=False),
    sa.Column("about", sa.Text, nullable=False, index=True),
    # A letter that has such a name is sent once.
    sa.Column("once", sa.Text, unique=True),
    sa.Column("message_key", sa.Text, nullable=False),
    # catalogue.store.outbox.MailState
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("put_at", UtcDateTime, nullable=False),
    sa.Column("not_before", UtcDateTime, nullable=False),
    # When a worker took it last, and how often one did.
    sa.Column("taken_at", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    # Why the last attempt failed.
    sa.Column("error", sa.Text, nullable=False),
    sa.Index(None, "state", "not_before"),
)

source_requests = sa.Table(
    "source_requests",
    metadata,
    # How many requests each source was sent, ever: by what came of them and how long they took
    # (catalogue.exchange.Outcome, BOUNDS).
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    sa.Column("outcome", sa.Text, primary_key=True),
    sa.Column("bound", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sa.Column("milliseconds", sa.BigInteger, nullable=False),
)
