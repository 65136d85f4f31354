"""The tables. What must be unique is unique here; what must not happen twice cannot.

`records` holds one slim row for each item (an OAI item: one thing in a source, in all its formats).
What is long stands beside it: the bytes as fetched in `payloads`, the neutral record in
`neutral_records`, the formats that the feed serves in `renditions`.

Datestamps are ours, in whole seconds since 1970-01-01T00:00:00Z: see `catalogue.store.clock`.
"""

from __future__ import annotations

from catalogue.store.tables.alerting import ALERTING, alerts, calls, subscriptions, tellings
from catalogue.store.tables.community import (
    attempts,
    audit,
    identities,
    node_managers,
    nodes,
    organisations,
    people,
    person_roles,
    pings,
    sessions,
    sign_in_links,
    tokens,
    views,
)
from catalogue.store.tables.copies import cluster_decisions, cluster_members, match_keys, match_queue, matches
from catalogue.store.tables.desk import (
    checkups,
    clients,
    correspondence,
    digest_readers,
    digests,
    keys,
    outbox,
    visits,
)
from catalogue.store.tables.findings import (
    ASKED,
    accepted_problems,
    decisions,
    faults,
    problems,
    questions,
    withheld,
)
from catalogue.store.tables.holdings import (
    absences,
    boxes,
    list_sizes,
    neutral_records,
    payloads,
    record_sets,
    record_values,
    record_versions,
    records,
    renamings,
    renditions,
    sets,
)
from catalogue.store.tables.index import (
    index_entries,
    index_postings,
    index_queue,
    index_state,
    index_terms,
    index_titles,
)
from catalogue.store.tables.joining import registration_events, registrations
from catalogue.store.tables.kinds import BigId, Comparable, UtcDateTime, metadata
from catalogue.store.tables.registry import pauses, source_requests, source_secrets, sources, validators
from catalogue.store.tables.work import GOOD, OPEN, exchanges, run_events, runs, workers, write_intents

__all__ = [
    "ALERTING",
    "ASKED",
    "GOOD",
    "OPEN",
    "BigId",
    "Comparable",
    "UtcDateTime",
    "absences",
    "accepted_problems",
    "alerts",
    "attempts",
    "audit",
    "boxes",
    "calls",
    "checkups",
    "clients",
    "cluster_decisions",
    "cluster_members",
    "correspondence",
    "decisions",
    "digest_readers",
    "digests",
    "exchanges",
    "faults",
    "identities",
    "index_entries",
    "index_postings",
    "index_queue",
    "index_state",
    "index_terms",
    "index_titles",
    "keys",
    "list_sizes",
    "match_keys",
    "match_queue",
    "matches",
    "metadata",
    "neutral_records",
    "node_managers",
    "nodes",
    "organisations",
    "outbox",
    "pauses",
    "payloads",
    "people",
    "person_roles",
    "pings",
    "problems",
    "questions",
    "record_sets",
    "record_values",
    "record_versions",
    "records",
    "registration_events",
    "registrations",
    "renamings",
    "renditions",
    "run_events",
    "runs",
    "sessions",
    "sets",
    "sign_in_links",
    "source_requests",
    "source_secrets",
    "sources",
    "subscriptions",
    "tellings",
    "tokens",
    "validators",
    "views",
    "visits",
    "withheld",
    "workers",
    "write_intents",
]
