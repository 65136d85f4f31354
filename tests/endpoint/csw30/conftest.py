"""A store of random records, and a client that validates each answer against the schemas of CSW 3.0.0."""

from __future__ import annotations

from collections.abc import Callable, Iterator

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
def csw30(random_store: Store, known: list[Known], xsd: Callable[[str], etree.XMLSchema]) -> CswClient:
    """A client of it."""
    return CswClient(random_store, xsd("csw30"))
