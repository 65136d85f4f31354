"""The main job, end to end: harvest the sample federation, and read it back with other people's clients."""

from __future__ import annotations

import io
import socket
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import requests
from lxml import etree

from catalogue import oai_identifier
from catalogue.formats import ON_DEMAND
from catalogue.run import Ending
from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from clearinghouse import harvests
from clearinghouse.sample.federation import Expected, Federation, expected
from clearinghouse.serving import web_server
from factories import assert_sound

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Sickle's sources hold invalid escape sequences
    from sickle import Sickle

OAI = "{http://www.openarchives.org/OAI/2.0/}"
GMD = "http://www.isotc211.org/2005/gmd"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(database_url: str) -> Settings:
    return load_settings(
        database_url=database_url, port=free_port(), allowed_networks=("127.0.0.0/8",), oai_page_size=37
    )


@pytest.fixture
def harvested(settings: Settings) -> Iterator[Store]:
    """The sample federation, harvested, and served at `settings.public_url`."""
    with Store(settings.database_url) as store, Federation(port=0) as federation:
        store.upgrade()
        for source in federation.sources():
            store.sources.add(source, datetime.now(UTC))
        runs = harvests.harvest(settings, store, ["all"])
        assert {run.source_id: run.ending for run in runs} == {
            "andes": Ending.COMPLETE,
            "lagoon": Ending.COMPLETE,
            "nile": Ending.COMPLETE,
            "steppe": Ending.COMPLETE_WITH_FAULTS,
        }
        assert all(run.tally.balanced for run in runs)
        with web_server(settings, store):
            yield store


def ours(settings: Settings, source_id: str, item: Expected) -> str:
    return oai_identifier.mint(settings.repository_identifier, source_id, item.identifier)


def canonical(element: bytes) -> bytes:
    """Exclusive C14N, without the white space between elements, which Sickle drops."""
    made = io.BytesIO()
    parser = etree.XMLParser(remove_blank_text=True)
    etree.ElementTree(etree.fromstring(element, parser)).write_c14n(made, exclusive=True)
    return made.getvalue()


def live(items: tuple[Expected, ...]) -> list[Expected]:
    return [item for item in items if not item.deleted and not item.fault]


def test_everything_comes_back_as_the_nodes_hold_it(settings: Settings, harvested: Store) -> None:
    held = expected()
    by_identifier = {
        ours(settings, source, item): item for source, items in held.items() for item in live(items)
    }
    check_faults(harvested, held)
    check_with_sickle(settings, held, by_identifier)
    check_sets_with_sickle(settings, held)
    check_with_owslib(settings, held, by_identifier)
    check_second_harvest_changes_nothing(settings, harvested)
    assert_sound(harvested)


def check_faults(store: Store, held: dict[str, tuple[Expected, ...]]) -> None:
    for run in store.runs.newest():
        found = {fault.source_identifier for fault in store.runs.faults(run.id)}
        assert found == {item.identifier for item in held[run.source_id] if item.fault}


def check_with_sickle(
    settings: Settings, held: dict[str, tuple[Expected, ...]], by_identifier: dict[str, Expected]
) -> None:
    """Every record in both formats; the native one is what the node sent."""
    sickle = Sickle(f"{settings.public_url}/oai")
    for prefix in ("oai_dc", "iso19139"):
        records = {r.header.identifier: r for r in sickle.ListRecords(metadataPrefix=prefix)}
        alive = {i: r for i, r in records.items() if not r.deleted}
        assert alive.keys() == by_identifier.keys()
        natives = {"oai_dc": ("nile", "steppe"), "iso19139": ("andes",)}[prefix]
        for source in natives:
            for item in live(held[source]):
                metadata = alive[ours(settings, source, item)].xml.find(f"{OAI}metadata")
                assert canonical(etree.tostring(metadata[0])) == canonical(item.payload)
                assert alive[ours(settings, source, item)].header.setSpecs == [f"source:{source}"]
    for form in ON_DEMAND:
        every = {r.header.identifier for r in sickle.ListRecords(metadataPrefix=form.prefix) if not r.deleted}
        assert every == by_identifier.keys(), form.prefix
    for source in ("nile", "andes", "lagoon"):
        item = live(held[source])[0]
        prefix = {"nile": "oai_dc", "andes": "iso19139", "lagoon": "oai_dcterms"}[source]
        query = {"verb": "GetRecord", "metadataPrefix": prefix, "identifier": ours(settings, source, item)}
        answer = requests.get(f"{settings.public_url}/oai?{urlencode(query)}", timeout=10)
        assert item.payload in answer.content, "byte for byte"


def check_sets_with_sickle(settings: Settings, held: dict[str, tuple[Expected, ...]]) -> None:
    sickle = Sickle(f"{settings.public_url}/oai")
    sets = {s.setSpec for s in sickle.ListSets()}
    for source, items in held.items():
        assert f"source:{source}" in sets
        listed = sickle.ListIdentifiers(metadataPrefix="oai_dc", set=f"source:{source}")
        assert {h.identifier for h in listed if not h.deleted} == {
            ours(settings, source, i) for i in live(items)
        }


def check_with_owslib(
    settings: Settings, held: dict[str, tuple[Expected, ...]], by_identifier: dict[str, Expected]
) -> None:
    from owslib.csw import CatalogueServiceWeb
    from owslib.fes import PropertyIsEqualTo

    csw = CatalogueServiceWeb(f"{settings.public_url}/csw", version="2.0.2")
    native = {item.identifier: item for item in live(held["andes"])}
    found: dict[str, bytes] = {}
    start = 1
    while start:
        csw.getrecords2(
            typenames="gmd:MD_Metadata", outputschema=GMD, esn="full", startposition=start, maxrecords=60
        )
        assert csw.results["matches"] == len(by_identifier)
        found |= {identifier: record.xml for identifier, record in csw.records.items()}
        start = csw.results["nextrecord"]
    assert len(found) == len(by_identifier)
    for identifier, item in native.items():
        assert canonical(found[identifier]) == canonical(item.payload)

    wanted = next(iter(native))
    csw.getrecordbyid([wanted], outputschema=GMD, esn="full")
    assert canonical(csw.records[wanted].xml) == canonical(native[wanted].payload)
    csw.getrecords2(constraints=[PropertyIsEqualTo("dc:identifier", wanted)], esn="full")
    assert list(csw.records) == [wanted]


def check_second_harvest_changes_nothing(settings: Settings, store: Store) -> None:
    sickle = Sickle(f"{settings.public_url}/oai")
    before = {(h.identifier, h.datestamp) for h in sickle.ListIdentifiers(metadataPrefix="oai_dc")}
    with Federation(port=0) as federation:
        for source in federation.sources():
            store.sources.change(source.id, base_url=source.base_url)
        runs = harvests.harvest(settings, store, ["all"], full=True)
    for run in runs:
        assert run.tally.new == run.tally.changed == run.tally.deleted == 0
    after = {(h.identifier, h.datestamp) for h in sickle.ListIdentifiers(metadataPrefix="oai_dc")}
    assert after == before
