"""Things that many tests need made: records, and stores with records in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from catalogue import oai_identifier
from catalogue.provenance import NOTHING, About
from catalogue.record import Record
from catalogue.run import Checkpoint, HarvestRun, RunKind, Tally
from catalogue.sets import source_set
from catalogue.source import Protocol, Source
from catalogue.store import Store, dialects, statements
from catalogue.store.holdings.payloads import digest
from catalogue.store.holdings.records import PageOfChanges, Write
from catalogue.values import search_text_of, values_of
from endpoint.oai_pmh import provider
from harvester.deduplication import keys_of

NAMESPACE = "clearinghouse.localdomain"


def now() -> datetime:
    return datetime.now(UTC)


def set_clock(monkeypatch: pytest.MonkeyPatch, told: Callable[[Any], int]) -> None:
    """Let the store's clock be another, which is asked with a connection or an engine; it has no moments."""
    monkeypatch.setattr(provider, "MOMENT", 0)
    monkeypatch.setattr(dialects, "now", told)
    monkeypatch.setattr(
        dialects, "at", lambda engine, query: (told(engine), statements.rows(engine, query)[0])
    )


def add_source(store: Store, source_id: str = "nile", **fields: Any) -> Source:
    """Register a source that nobody will ever harvest."""
    source = Source(
        source_id, Protocol.OAI_PMH, fields.pop("base_url", f"https://{source_id}.example.org/oai"), **fields
    )
    store.sources.add(source, now())
    return source


def open_run(store: Store, source_id: str = "nile") -> HarvestRun:
    """A claimed run for the source."""
    run = store.runs.open(source_id, RunKind.FULL, now())
    return store.runs.claim(run.id, "test:1:a", now())


def write_of(
    store: Store,
    record: Record,
    *,
    source_id: str = "nile",
    source_identifier: str,
    prefix: str = "oai_dc",
    native: bytes | None = None,
    renditions: Mapping[str, bytes] | None = None,
    set_specs: tuple[str, ...] = (),
    datestamp: str = "2026-01-01T00:00:00Z",
    about: About = NOTHING,
) -> Write:
    """What the pipeline would make of an item, whose native form is our own rendering unless given."""
    identifier = oai_identifier.mint(NAMESPACE, source_id, source_identifier)
    from catalogue.rendering import render

    made = dict(renditions or {})
    for form in ("oai_dc", "iso19139"):
        if form not in made:
            made[form] = render(record, form, identifier=identifier, datestamp=datestamp)
    payload = native or made[prefix]
    made[prefix] = payload
    values = values_of(record, identifier=identifier)
    return Write(
        known=store.records.known([identifier]).get(identifier),
        identifier=identifier,
        source_identifier=source_identifier,
        source_datestamp=datestamp,
        metadata_prefix=prefix,
        payload=payload,
        payload_digest=digest(payload),
        record=record,
        renditions=made,
        set_specs=(source_set(source_id), *set_specs),
        file_identifier=identifier,
        values=values,
        search_text=search_text_of(values),
        about=about,
        match_keys=keys_of(
            record,
            source_identifier=source_identifier,
            origins=[(origin.base_url, origin.identifier) for origin in about.origins],
        ),
    )


def commit(store: Store, run: HarvestRun, writes: Iterable[Write], **page: object) -> None:
    """Commit a page of these writes under the run."""
    changes = PageOfChanges(run, Checkpoint(pages=1), Tally(), writes=list(writes), **page)  # type: ignore[arg-type] - fields of the page
    store.records.commit(changes, now())


def assert_sound(store: Store) -> None:
    """What one table says of another is true, and every payload is what was fetched."""
    assert [flaw for _, flaw in store.flaws(thorough=True) if flaw is not None] == []


def fill(store: Store, records: Mapping[str, Record], source_id: str = "nile") -> HarvestRun:
    """Put records (by source identifier) into the store under a source, which is made if need be."""
    if source_id not in {source.id for source in store.sources.all()}:
        add_source(store, source_id)
    run = store.runs.open_run(source_id) or open_run(store, source_id)
    commit(
        store,
        run,
        [write_of(store, r, source_id=source_id, source_identifier=i) for i, r in records.items()],
    )
    return run


def number_from(store: Store, number: int) -> None:
    """Have the numbers of the records go on behind this one: those of two chunks meet."""
    with store.engine.begin() as connection:
        if store.embedded:
            connection.execute(
                sa.text(
                    "INSERT INTO records (id, source_id, identifier, source_identifier, source_datestamp,"
                    " metadata_prefix, deleted, datestamp, first_datestamp, set_specs, changed_run, seen_run,"
                    " file_identifier, title, type, language, modified)"
                    " VALUES (:id, 'nile', '-', '', '', '', true, 0, 0, '', 0, 0, '', '', '', '', '')"
                ),
                {"id": number},
            )
        else:
            connection.execute(sa.text("SELECT setval('records_id_seq', :id)"), {"id": number})
