"""The reference records of the OGC tests, as a harvest would put them into a store."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

import factories
from catalogue.store import Store
from catalogue.store.holdings.payloads import digest
from catalogue.values import search_text_of, values_of
from harvester.mapping.registry import read


def load_reference_records(store: Store, folder: Path) -> None:
    """Put the reference records into the store as a harvest would, under their own identifiers."""
    factories.add_source(store)
    run = factories.open_run(store)
    writes = []
    for file in sorted(folder.glob("*.xml")):
        _, record = read(file.read_bytes())
        name = record.identifiers[0].value
        write = factories.write_of(store, record, source_identifier=name)
        values = values_of(record, identifier=name)
        writes.append(
            replace(
                write,
                file_identifier=name,
                values=values,
                search_text=search_text_of(values),
                payload=file.read_bytes(),
                payload_digest=digest(file.read_bytes()),
            )
        )
    factories.commit(store, run, writes)
