"""A store of random records, and clients of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from catalogue.store import Store
from csw_client import CswClient
from query_truth import Known, filled


@pytest.fixture(scope="module")
def random_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that no test changes."""
    with Store(f"sqlite:///{tmp_path_factory.mktemp('random')}/store.sqlite") as made:
        made.upgrade()
        yield made


@pytest.fixture(scope="module")
def known(random_store: Store) -> list[Known]:
    """What is in it."""
    return filled(random_store, seed=7)


@pytest.fixture
def random_csw(random_store: Store, known: list[Known]) -> CswClient:
    """A client of it."""
    return CswClient(random_store)


@pytest.fixture
def valid_csw(random_store: Store, known: list[Known], csw_schema: etree.XMLSchema) -> CswClient:
    """A client that validates each answer."""
    return CswClient(random_store, csw_schema)
