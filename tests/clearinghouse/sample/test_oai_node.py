from __future__ import annotations

import re
import time
import warnings
from typing import Any

import pytest
import requests
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from catalogue.namespaces import OAI, OAI_IDENTIFIER
from clearinghouse.sample.federation import Expected, Federation, expected
from clearinghouse.simulator.oai_arguments import OaiError, Selection

with warnings.catch_warnings():
    # Sickle 0.7 compiles with "invalid escape sequence" where its bytecode is not yet cached.
    warnings.simplefilter("ignore")
    from sickle import Sickle
    from sickle.iterator import OAIResponseIterator

NODES = ("nile", "steppe", "lagoon")
NS = {"o": OAI, "i": OAI_IDENTIFIER}


def canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n2", strip_text=True)


def harvest(base_url: str, **arguments: Any) -> dict[str, etree._Element]:
    """Every record of a list, by identifier, page by page over the socket."""
    sickle = Sickle(base_url, max_retries=3, default_retry_after=1, iterator=OAIResponseIterator)
    found: dict[str, etree._Element] = {}
    for page in sickle.ListRecords(ignore_deleted=False, **arguments):
        for record in etree.fromstring(page.raw.encode()).iterfind("o:ListRecords/o:record", NS):
            identifier = record.findtext("o:header/o:identifier", "", NS)
            assert identifier not in found
            found[identifier] = record
    return found


def error_code(root: etree._Element) -> str:
    found = root.find("o:error", NS)
    assert found is not None
    return found.get("code", "")


@pytest.mark.parametrize("name", NODES)
def test_sickle_reads_back_exactly_what_the_node_holds(name: str, federation: Federation) -> None:
    source = next(source for source in federation.sources() if source.id == name)
    found = harvest(source.base_url, metadataPrefix=source.metadata_prefix)
    items = {item.identifier: item for item in expected()[name]}
    assert found.keys() == items.keys()
    for identifier, item in items.items():
        _check(found[identifier], item)


def _check(record: etree._Element, item: Expected) -> None:
    header = record.find("o:header", NS)
    metadata = record.find("o:metadata", NS)
    assert header is not None
    assert header.findtext("o:datestamp", "", NS) == item.datestamp
    assert (header.get("status") == "deleted") is item.deleted
    assert (metadata is None) is item.deleted
    if metadata is not None:
        assert canonical(metadata[0]) == canonical(etree.fromstring(item.payload))


@pytest.mark.parametrize("name", NODES)
def test_payloads_stand_in_the_answer_byte_for_byte(name: str, federation: Federation) -> None:
    item = next(item for item in expected()[name] if item.payload)
    source = next(source for source in federation.sources() if source.id == name)
    answer = requests.get(
        source.base_url,
        {"verb": "GetRecord", "identifier": item.identifier, "metadataPrefix": source.metadata_prefix},
        timeout=10,
    )
    assert item.payload in answer.content


@pytest.mark.parametrize("name", NODES)
def test_the_sets_together_are_the_whole(name: str, federation: Federation) -> None:
    url = f"{federation.base_url}/{name}/oai"
    specs = [one.setSpec for one in Sickle(url).ListSets()]
    assert sorted(specs) == ["legislation", "plans", "technical"]
    parts = [set(harvest(url, metadataPrefix="oai_dc", set=spec)) for spec in specs]
    assert set.union(*parts) == {item.identifier for item in expected()[name]}
    assert sum(map(len, parts)) == len(expected()[name])


def test_from_and_until_divide_the_list_without_loss(federation: Federation) -> None:
    url = f"{federation.base_url}/nile/oai"
    before = harvest(url, metadataPrefix="oai_dc", until="2024-05-14T09:29:59Z")
    at = harvest(
        url, metadataPrefix="oai_dc", **{"from": "2024-05-14T09:30:00Z", "until": "2024-05-14T09:30:00Z"}
    )
    after = harvest(url, metadataPrefix="oai_dc", **{"from": "2024-05-14T09:30:01Z"})
    assert len(at) > 25
    assert before.keys() | at.keys() | after.keys() == {item.identifier for item in expected()["nile"]}
    assert len(before) + len(at) + len(after) == len(expected()["nile"])


def test_a_day_as_until_means_the_whole_day(federation: Federation) -> None:
    url = f"{federation.base_url}/nile/oai"
    day = harvest(url, metadataPrefix="oai_dc", **{"from": "2024-05-14", "until": "2024-05-14"})
    assert {
        item.identifier for item in expected()["nile"] if item.datestamp.startswith("2024-05-14")
    } == day.keys()


@pytest.mark.corpus
@pytest.mark.parametrize("name", NODES)
@pytest.mark.parametrize(
    "arguments",
    [
        {"verb": "Identify"},
        {"verb": "ListSets"},
        {"verb": "ListMetadataFormats"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
        {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords", "resumptionToken": "oai_dc////25"},
        {"verb": "ListRecords", "metadataPrefix": "mods"},
        {"verb": "Nonsense", "x": '<&"'},
    ],
    ids=lambda arguments: "-".join(arguments.values()),
)
def test_answers_are_schema_valid(
    name: str, arguments: dict[str, str], federation: Federation, oai_pmh_schema: etree.XMLSchema
) -> None:
    url = f"{federation.base_url}/{name}/oai"
    answer = requests.get(url, arguments, timeout=10)
    if answer.status_code == 503:
        answer = requests.get(url, arguments, timeout=10)
    assert oai_pmh_schema.validate(etree.fromstring(answer.content)), oai_pmh_schema.error_log


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "identify"}, "badVerb"),
        ({"verb": "Identify", "x": "1"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "mods"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "soon"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-02-30"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2025-01-01", "until": "2024-01-01"},
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2030-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "films"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "oai_dc////99999"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "x", "set": "plans"}, "badArgument"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:none"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "ListMetadataFormats", "identifier": "oai:none"}, "idDoesNotExist"),
    ],
)
def test_errors_have_the_codes_of_the_protocol(
    arguments: dict[str, str], code: str, federation: Federation
) -> None:
    url = f"{federation.base_url}/nile/oai"
    for answer in (requests.get(url, arguments, timeout=10), requests.post(url, arguments, timeout=10)):
        assert answer.status_code == 200
        assert error_code(etree.fromstring(answer.content)) == code


def test_an_argument_given_twice_is_refused(federation: Federation) -> None:
    answer = requests.get(
        f"{federation.base_url}/nile/oai?verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc",
        timeout=10,
    )
    assert error_code(etree.fromstring(answer.content)) == "badArgument"


def test_post_and_get_give_the_same_list(federation: Federation) -> None:
    url, arguments = f"{federation.base_url}/lagoon/oai", {"verb": "ListIdentifiers", "metadataPrefix": "qdc"}
    got, posted = requests.get(url, arguments, timeout=10), requests.post(url, arguments, timeout=10)
    date = re.compile(rb"<responseDate>.*?</responseDate>")
    assert date.sub(b"", got.content) == date.sub(b"", posted.content)


def test_identify_says_what_the_nodes_do(federation: Federation) -> None:
    nile = Sickle(f"{federation.base_url}/nile/oai").Identify()
    steppe = Sickle(f"{federation.base_url}/steppe/oai").Identify()
    assert (nile.granularity, nile.deletedRecord) == ("YYYY-MM-DDThh:mm:ssZ", "persistent")
    assert (steppe.granularity, steppe.deletedRecord) == ("YYYY-MM-DD", "transient")
    assert nile.baseURL == f"{federation.base_url}/nile/oai"
    assert nile.earliestDatestamp == min(item.datestamp for item in expected()["nile"])


def test_the_badly_behaved_node_refuses_its_second_page_once() -> None:
    with Federation(port=0) as fresh:
        url = f"{fresh.base_url}/steppe/oai"
        arguments = {"verb": "ListRecords", "resumptionToken": "oai_dc////25"}
        first = requests.get(url, arguments, timeout=10)
        assert (first.status_code, first.headers["Retry-After"]) == (503, "1")
        assert requests.get(url, arguments, timeout=10).status_code == 200
        assert requests.get(url, arguments, timeout=10).status_code == 200


def test_a_patient_client_gets_past_the_refusal() -> None:
    with Federation(port=0) as fresh:
        begin = time.monotonic()
        found = harvest(f"{fresh.base_url}/steppe/oai", metadataPrefix="oai_dc")
        assert time.monotonic() - begin >= 1
    assert len(found) == len(expected()["steppe"])


def test_the_badly_behaved_node_takes_days_only(federation: Federation) -> None:
    answer = requests.get(
        f"{federation.base_url}/steppe/oai",
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-01-01T00:00:00Z"},
        timeout=10,
    )
    assert error_code(etree.fromstring(answer.content)) == "badArgument"


def test_the_badly_behaved_node_has_its_broken_records(federation: Federation) -> None:
    found = harvest(f"{federation.base_url}/steppe/oai", metadataPrefix="oai_dc")
    broken = {item.identifier for item in expected()["steppe"] if item.fault}
    texts = [etree.tostring(found[identifier], encoding="unicode") for identifier in sorted(broken)]
    assert "2019-13-45" in texts[0]
    assert "<dc:title" not in texts[0]
    assert "card-catalogue" in texts[1]
    whole = "".join(etree.tostring(record, encoding="unicode") for record in found.values())
    for habit in ("&lt;p&gt;", "<dc:language>ru_RU<", "<dc:language>Russian<", "T06:12:44Z<"):
        assert habit in whole


@given(
    st.builds(
        Selection,
        prefix=st.sampled_from(["oai_dc", "qdc"]),
        from_=st.sampled_from(["", "2024-01-01", "2024-01-01T00:00:00Z"]),
        until=st.sampled_from(["", "2024-12-31"]),
        set_spec=st.sampled_from(["", "plans"]),
    ),
    st.integers(0, 10**6),
)
def test_a_token_brings_back_its_selection(wanted: Selection, offset: int) -> None:
    again = Selection.from_token(wanted.token(offset))
    assert (again.prefix, again.from_, again.until, again.set_spec) == (
        wanted.prefix,
        wanted.from_,
        wanted.until,
        wanted.set_spec,
    )
    assert again.offset == offset


@given(st.text())
def test_any_other_token_is_refused(token: str) -> None:
    assume(token.count("/") != 4 or not token.rpartition("/")[2].isdigit())
    with pytest.raises(OaiError) as refused:
        Selection.from_token(token)
    assert refused.value.code == "badResumptionToken"
