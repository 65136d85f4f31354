"""Each set as a catalogue service of its own; what a service says of itself, and in which language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree
from owslib import fes
from owslib.catalogue.csw2 import CatalogueServiceWeb
from owslib.catalogue.csw3 import CatalogueServiceWeb as CatalogueServiceWeb30

import factories
from catalogue import oai_identifier
from catalogue.record import Date, Record, Subject, Text
from catalogue.store import Store
from csw_client import CswClient, get_records, serving
from records_client import RecordsClient

SPEC = "convention:stockholm"
BY_GET = "service=CSW&version=2.0.2&request="
BY_30 = "service=CSW&version=3.0.0&request="


def name(number: int) -> str:
    return oai_identifier.mint(factories.NAMESPACE, "nile", f"item-{number:02}")


def fill(store: Store) -> None:
    """Twelve records, every third of them in the set."""
    factories.add_source(store)
    run = factories.open_run(store)
    writes = []
    for number in range(1, 13):
        member = number % 3 == 0
        record = Record(
            title=Text((("en", f"Plan {number}"), ("fr", f"Programme {number}"))),
            descriptions=(Text.of("About DDT", "en"),),
            subjects=(Subject(Text.of("ddt" if member else "mercury")),),
            dates=(Date("issued", f"{2000 + number}"),),
        )
        specs = (SPEC, "source:nile") if member else ("source:nile",)
        writes.append(
            factories.write_of(store, record, source_identifier=f"item-{number:02}", set_specs=specs)
        )
    factories.commit(store, run, writes)


@pytest.fixture
def both(store: Store, xsd: Callable[[str], etree.XMLSchema]) -> tuple[CswClient, CswClient, CswClient]:
    """Clients of the whole catalogue and of the set, on each database, that validate each answer."""
    fill(store)
    return (
        CswClient(store, xsd("csw")),
        CswClient(store, xsd("csw"), f"/csw/{SPEC}"),
        CswClient(store, xsd("csw30"), f"/csw/{SPEC}"),
    )


def test_a_set_has_its_own_records(both: tuple[CswClient, CswClient, CswClient]) -> None:
    whole, virtual, newer = both
    members = [name(number) for number in (3, 6, 9, 12)]
    assert whole.query().counts[0] == 12
    assert virtual.query().identifiers == members
    assert newer.get(f"{BY_30}GetRecords&typeNames=Record").identifiers == members
    assert virtual.query(resultType="hits").counts[0] == 4
    assert virtual.cql("dc:subject = 'mercury'").counts[0] == 0
    assert virtual.cql("dct:issued > '2007'").identifiers == members[2:]
    assert virtual.cql("NOT dct:issued > '2007'").identifiers == members[:2]
    page = virtual.query(startPosition="3", maxRecords="1")
    assert (page.counts, page.identifiers) == ((4, 1, 4), members[2:3])
    ids = ",".join(map(name, (9, 1, 3)))
    assert virtual.get(f"{BY_GET}GetRecordById&id={ids}").identifiers == [name(9), name(3)]
    assert newer.get(f"{BY_30}GetRecordById&id={name(1)}").exception == ("NotFound", "id")
    assert newer.get(f"{BY_30}GetRepositoryItem&id={name(1)}").exception == ("NotFound", "id")
    found = newer.get(f"{BY_30}GetRecords&typeNames=Record&recordIds={ids}")
    assert found.identifiers == [name(3), name(9)]


def test_a_set_has_its_own_domains(both: tuple[CswClient, CswClient, CswClient]) -> None:
    whole, virtual, newer = both
    asked = "GetDomain&propertyName=dc:subject,dct:modified"
    assert whole.get(BY_GET + asked).all("//csw:Value/text()") == ["ddt", "mercury"]
    answer = virtual.get(BY_GET + asked)
    assert answer.all("//csw:Value/text()") == ["ddt"]
    assert len(answer.all("//csw:RangeOfValues")) == 1
    counted = newer.get(f"{BY_30}GetDomain&valueReference=dc:subject").all("//csw30:Value/@count")
    assert counted == ["4"]


def test_a_set_says_what_it_is(both: tuple[CswClient, CswClient, CswClient]) -> None:
    _, virtual, newer = both
    address = f"https://catalogue.example.org/csw/{SPEC}"
    told = virtual.get("service=CSW&request=GetCapabilities&language=fre")
    assert told.one("//ows:Title/text()").endswith(": Convention de Stockholm")
    assert set(map(str, told.all("//ows:Get/@xlink:href"))) == {address}
    told = newer.get(f"{BY_30}GetCapabilities", speaks="es-MX,en;q=0.5")
    assert told.one("//ows20:Title/text()").endswith(": Convenio de Estocolmo")
    assert told.all("//ows20:Languages/ows20:Language/text()") == ["ar", "zh", "en", "fr", "ru", "es"]
    described = newer.fetch(f"{BY_30}GetCapabilities&mode=opensearch").content
    assert f'template="{address}?'.encode() in described
    assert b"Stockholm Convention" in described


@pytest.mark.parametrize("path", ["/csw/convention:nothing", "/csw/records", "/csw/kind"])
def test_there_is_no_service_where_there_is_no_set(store: Store, path: str) -> None:
    fill(store)
    answer = CswClient(store, path=path).get(f"{BY_GET}GetCapabilities")
    assert answer.status == 404
    assert answer.exception == ("NoApplicableCode", "")


def test_a_set_that_no_record_is_in_is_a_service_without_records(
    store: Store, csw_schema: etree.XMLSchema
) -> None:
    fill(store)
    empty = CswClient(store, csw_schema, path="/csw/convention:rotterdam")
    assert "Rotterdam Convention" in empty.get(f"{BY_GET}GetCapabilities").one("//ows:Title/text()")
    found = empty.get(f"{BY_GET}GetRecords&typeNames=csw:Record&resultType=results&sortBy=dc:title:A")
    assert found.counts == (0, 0, 0)
    assert empty.get(f"{BY_GET}GetDomain&propertyName=dc:subject").all("//csw:Value") == []
    assert empty.get(f"{BY_GET}GetRecordById&id={name(3)}").records == []
    items = RecordsClient(store).items(catalogue="convention:rotterdam")
    assert (items.status, items.json["numberMatched"]) == (200, 0)
    assert RecordsClient(store).items(catalogue="convention:nothing").status == 404


def test_a_client_may_ask_for_one_language(both: tuple[CswClient, CswClient, CswClient]) -> None:
    whole, _, newer = both
    url = f"{BY_GET}GetRecordById&elementSetName=full&id={name(3)}"
    assert whole.get(url).all("//dc:title/text()") == ["Plan 3", "Programme 3"]
    # A header is no wish to lose the others.
    assert whole.get(url, speaks="fr").all("//dc:title/text()") == ["Plan 3", "Programme 3"]
    for language in ("fr", "fre", "FR-ca"):
        answer = whole.get(f"{url}&language={language}")
        assert answer.all("//dc:title/text()") == ["Programme 3"]
        assert answer.all("//dct:abstract/text()") == ["About DDT"]
    assert whole.get(f"{url}&language=sw").all("//dc:title/text()") == ["Plan 3"]
    by_id = f"<csw:Constraint version=\"1.1.0\"><csw:CqlText>dc:identifier = '{name(3)}'</csw:CqlText>"
    posted = get_records(f"{by_id}</csw:Constraint>")
    assert whole.post(posted, beside="language=fr").all("//dc:title/text()") == ["Programme 3"]
    atom = f"{BY_30}GetRecords&typeNames=Record&outputFormat=application/atom%2Bxml"
    feed = newer.get(f"{atom}&language=fr", valid=False)
    assert feed.one("/atom:feed/@xml:lang") == "fr"
    assert feed.all("//atom:entry/atom:title/text()")[0] == "Programme 3"


@pytest.mark.parametrize("which", [0, 2])
def test_a_client_that_has_the_document_gets_nothing_of_it(
    store: Store, both: tuple[CswClient, CswClient, CswClient], which: int
) -> None:
    client = both[which]
    url = f"{BY_30}GetCapabilities" if which else "service=CSW&request=GetCapabilities"
    whole = client.get(url)
    sequence = whole.root.get("updateSequence")
    same = client.get(f"{url}&updateSequence={sequence}")
    assert same.root.get("updateSequence") == sequence
    assert [etree.QName(one).localname for one in same.root] == ([] if which else ["Filter_Capabilities"])
    later = client.get(f"{url}&updateSequence=2999-01-01T00:00:00Z.0")
    assert later.exception == ("InvalidUpdateSequence", "")
    assert later.status == (400 if which else 200)
    for older in ("0", "2001-01-01T00:00:00Z", sequence[:-1] + ("0" if sequence[-1] != "0" else "1")):
        assert len(client.get(f"{url}&updateSequence={older}").root) == len(whole.root)


def test_inspire_has_its_section_where_it_is_wanted(store: Store) -> None:
    fill(store)
    url = "service=CSW&request=GetCapabilities&language="
    path = "//*[local-name()='ResponseLanguage']/*/text()"
    told = CswClient(store, csw_inspire=True).get(url + "fre")
    assert told.one(path) == "fre"
    assert told.all("//*[local-name()='SupportedLanguage']/*/text()") == ["eng", "fre", "spa"]
    assert [etree.QName(one).localname for one in told.all("//ows:ExtendedCapabilities/*/*")] == [
        "ResourceLocator", "ResourceType", "TemporalReference", "Conformity", "MetadataPointOfContact",
        "MetadataDate", "SpatialDataServiceType", "MandatoryKeyword", "SupportedLanguages",
        "ResponseLanguage",
    ]  # fmt: skip
    assert CswClient(store, csw_inspire=True).get(url + "rus").all(path) == []
    assert CswClient(store).get(url + "fre").all(path) == []


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("virtual")
    with Store(f"sqlite:///{folder}/store.sqlite") as store:
        store.upgrade()
        fill(store)
        with serving(store) as found:
            yield f"{found}/{SPEC}"


def test_owslib_reads_a_set(address: str) -> None:
    csw = CatalogueServiceWeb(address)
    assert csw.identification.title == "Example Catalogue: Stockholm Convention"
    csw.getrecords2(esn="full", maxrecords=3)
    assert (csw.results["matches"], csw.results["nextrecord"]) == (4, 4)
    csw.getrecords2(constraints=[fes.PropertyIsLike("csw:AnyText", "%plan 1%")])
    assert list(csw.records) == [name(12)]
    csw.getdomain("dc:subject", dtype="property")
    assert csw.results["values"] == ["ddt"]
    newer = CatalogueServiceWeb30(address)
    newer.getrecords(maxrecords=2)
    assert newer.results["matches"] == 4
