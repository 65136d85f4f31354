"""Our client at our own endpoint: neither shares code with the other, and both hold to the standard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import ASGIApp

import factories
from catalogue import oai_identifier
from catalogue.quirks import Quirks
from catalogue.record import Record, Text
from catalogue.run import Checkpoint
from catalogue.settings import load_settings
from catalogue.store import Store
from catalogue.xml import parse
from clearinghouse.simulator.server import Server
from csw_catalogue import identifiers
from csw_client import csw_app

COUNT = 120
RECORDS = {f"item-{n}": Record(title=Text.of(f"Inventory {n}", "en")) for n in range(COUNT)}


class Endpoint(Server):
    """Serves /csw over a store."""

    def __init__(self, store: Store) -> None:
        super().__init__(0, "endpoint")
        self._store = store

    def app(self) -> ASGIApp:
        """The endpoint, which advertises its own address."""
        return csw_app(self._store, load_settings(base_url=self.base_url, repository_name="Ours"))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Store(f"sqlite:///{tmp_path_factory.mktemp('own')}/store.sqlite") as store:
        store.upgrade()
        factories.fill(store, RECORDS)
        with Endpoint(store) as endpoint:
            yield f"{endpoint.base_url}/csw"


EVERYTHING = sorted(oai_identifier.mint(factories.NAMESPACE, "nile", name) for name in RECORDS)


@pytest.mark.parametrize("prefix", ["iso19139", "oai_dc", ""])
@pytest.mark.parametrize("method", ["get", "post"])
def test_everything_is_had_once(address: str, csw: Any, method: str, prefix: str) -> None:
    client = csw(base_url=address, metadata_prefix=prefix, quirks=Quirks(csw_method=method))
    described = client.describe()
    assert described.repository_name == "Ours"
    assert described.incremental
    pages = list(client.pages(Checkpoint()))
    assert sorted(identifiers(pages)) == EVERYTHING
    assert not any(page.faults or page.notes for page in pages)
    assert pages[-1].checkpoint.complete_list_size == COUNT
    root = parse(pages[0].items[0].payload)
    assert root.tag.endswith("}Record" if prefix == "oai_dc" else "}MD_Metadata")


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_has_changed(address: str, csw: Any, method: str) -> None:
    client = csw(base_url=address, quirks=Quirks(csw_method=method))
    [page] = client.pages(Checkpoint(), modified_since="2199-01-01T00:00:00Z")
    assert (page.items, page.faults, page.notes) == ((), (), ())
