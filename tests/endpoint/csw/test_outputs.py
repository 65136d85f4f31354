"""Every output schema of both versions: what comes is valid, and is the record that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from lxml import etree

import factories
from catalogue import namespaces as ns
from catalogue.formats import DCAT, ISO19115_3, ISO19139, OAI_DC
from catalogue.record import Identifier, Record, Text
from catalogue.store import Store
from csw_client import CswClient
from endpoint.csw import outputs
from query_truth import Known

#: outputSchema -> the root's local name, and what validates it; DCAT and Atom have no XML Schema.
SCHEMAS = {
    ISO19139.namespace: ("MD_Metadata", "iso19139"),
    ISO19115_3.namespace: ("MD_Metadata", "iso19115-3"),
    ns.DATACITE: ("resource", "datacite"),
    DCAT.namespace: ("RDF", ""),
    OAI_DC.namespace: ("dc", "oai_dc"),
    ns.ATOM: ("entry", ""),
}


def test_all_are_told_of() -> None:
    assert set(SCHEMAS) == set(outputs.SCHEMAS)


@pytest.mark.parametrize("version", ["2.0.2", "3.0.0"])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_records_in_each(
    random_csw: CswClient,
    known: list[Known],
    xsd: Callable[[str], etree.XMLSchema],
    schema: str,
    version: str,
) -> None:
    root, validator = SCHEMAS[schema]
    url = (
        f"service=CSW&version={version}&request=GetRecords&typeNames=csw:Record&resultType=results"
        f"&elementSetName=summary&maxRecords=4&outputSchema={schema.replace('#', '%23')}"
        "&outputFormat=application/xml"
    )
    if version == "3.0.0" and schema == ns.ATOM:
        url = url.replace("&outputFormat=application/xml", "")
    answer = random_csw.get(url)
    if answer.kind == "feed":
        records = answer.all("atom:entry")
    else:
        results = answer.root.xpath("*[local-name()='SearchResults']")[0]
        assert results.get("recordSchema") == schema
        assert results.get("elementSet") == ("summary" if root == "MD_Metadata" else "full")
        records = list(results)
    assert len(records) == 4
    for one, record in zip(known, records, strict=False):
        assert etree.QName(record).localname == root
        # Dublin Core knows the identifiers of the thing, not of the record.
        name = one.record.title.default if root == "dc" else one.identifier
        assert name in "".join(record.itertext()) + etree.tostring(record).decode()
        if validator:
            xsd(validator).assertValid(etree.fromstring(etree.tostring(record)))


@pytest.mark.parametrize("schema", [ISO19139.namespace, ISO19115_3.namespace])
def test_what_a_node_sent_in_a_format_comes_back_in_it(sqlite_store: Store, schema: str) -> None:
    prefix = {ISO19139.namespace: "iso19139", ISO19115_3.namespace: "iso19115-3"}[schema]
    sent = f'<MD_Metadata xmlns="{schema}"><!-- as it came --></MD_Metadata>'.encode()
    factories.add_source(sqlite_store)
    run = factories.open_run(sqlite_store)
    record = Record(title=Text.of("A plan"), identifiers=(Identifier("x-1"),))
    write = factories.write_of(sqlite_store, record, source_identifier="one")
    write.renditions[prefix] = sent
    factories.commit(sqlite_store, run, [write])
    csw = CswClient(sqlite_store)
    url = f"service=CSW&request=GetRecordById&elementSetName=full&outputSchema={schema}&id={write.identifier}"
    for version in ("2.0.2", "3.0.0"):
        assert sent in csw.get(f"{url}&version={version}").content


def test_answers_in_json(random_csw: CswClient, known: list[Known]) -> None:
    url = "service=CSW&version=3.0.0&outputFormat=application/json&request="
    found = random_csw.fetch(f"{url}GetRecords&typeNames=Record&maxRecords=3&elementSetName=brief")
    assert found.content_type == "application/json"
    answer = json.loads(found.content)["csw30:GetRecordsResponse"]
    assert answer["@xmlns:csw30"] == ns.CSW30
    results = answer["csw30:SearchResults"]
    assert results["@numberOfRecordsReturned"] == "3"
    assert [one["dc:identifier"] for one in results["csw30:BriefRecord"]] == [k.identifier for k in known[:3]]
    one = json.loads(random_csw.fetch(f"{url}GetRecordById&id={known[0].identifier}").content)
    assert one["csw30:SummaryRecord"]["dc:identifier"] == known[0].identifier
    domain = json.loads(random_csw.fetch(f"{url}GetDomain&parameterName=GetRecords.version").content)
    values = domain["csw30:GetDomainResponse"]["csw30:DomainValues"]["csw30:ListOfValues"]["csw30:Value"]
    assert values == ["3.0.0", "2.0.2"]
    capabilities = "service=CSW&acceptVersions=3.0.0&request=GetCapabilities&acceptFormats=application/json"
    assert "csw30:Capabilities" in json.loads(random_csw.fetch(capabilities).content)
