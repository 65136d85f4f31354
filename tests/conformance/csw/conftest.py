"""The reference records of the OGC tests in a store, and a client that validates each answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

import factories
from catalogue.store import Store
from catalogue.store.payloads import digest
from catalogue.values import search_text_of, values_of
from csw_client import CswClient
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


@pytest.fixture(scope="session")
def suite(corpus: Path) -> Path:
    """The folder of ets-csw202."""
    return corpus / "suites" / "ets-csw202"


@pytest.fixture(scope="session")
def reference_store(suite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that holds the twelve reference records; no test may change it."""
    with Store(f"sqlite:///{tmp_path_factory.mktemp('reference')}/store.sqlite") as made:
        made.upgrade()
        load_reference_records(made, suite / "data")
        yield made


@pytest.fixture
def csw(reference_store: Store, csw_schema: etree.XMLSchema) -> CswClient:
    """A client of the reference records."""
    return CswClient(reference_store, csw_schema)
