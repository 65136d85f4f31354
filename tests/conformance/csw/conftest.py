"""The reference records of the OGC tests in a store, and a client that validates each answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from catalogue.store import Store
from csw_client import CswClient
from csw_reference import load_reference_records


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
