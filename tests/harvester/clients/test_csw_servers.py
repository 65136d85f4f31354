"""Servers of the field: by one method only, in 3.0.0, elsewhere, unsorted, with broken records."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from lxml import etree
from werkzeug import Response

from catalogue.errors import AnswerUnreadable, HttpFailure, ProtocolFailure, SourceBusy, SourceUnreachable
from catalogue.quirks import Quirks
from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source
from csw_catalogue import (
    ALL,
    CSW,
    CSW30,
    GMD,
    NS,
    Catalogue,
    dublin_core,
    exception_report,
    identifiers,
    iso,
)
from harvester.clients import client_for, soap
from harvester.clients.base import Page
from harvester.clients.csw_answer import require_no_report
from harvester.clients.csw_capabilities import Capabilities, in_other_version
from harvester.clients.csw_request import Query, as_xml
from harvester.http import HarvestSession, Limits

Client = Any
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def faults(pages: list[Page]) -> list[str]:
    return [item.fault.rule for page in pages for item in page.items if item.fault]


def events(pages: list[Page]) -> list[str]:
    return [note.event for page in pages for note in page.notes]


@pytest.mark.parametrize("methods", [("GET",), ("POST",)])
@pytest.mark.parametrize("version", ["2.0.2", "3.0.0"])
def test_one_method_only(catalogue: Catalogue, csw: Client, methods: tuple[str, ...], version: str) -> None:
    catalogue.methods, catalogue.version = methods, version
    pages = list(csw().pages(Checkpoint(), modified_since="2026-06-02"))
    assert identifiers(pages) == ALL
    asked = catalogue.asked[-1]
    assert asked.tag == f"{{{CSW30 if version == '3.0.0' else CSW}}}GetRecords"
    assert asked.findtext(".//{*}Literal") == "2026-06-01"
    if methods == ("GET",):
        assert catalogue.pairs[-1]["version"] == version
        assert catalogue.pairs[-1]["sortBy"] == "apiso:Identifier:A"
        assert "xmlns(gmd=http://www.isotc211.org/2005/gmd)" in catalogue.pairs[-1]["namespace"]


def test_the_version_that_answers_is_the_version_that_is_asked_in(catalogue: Catalogue, csw: Client) -> None:
    """A server asked for 2.0.2 may answer with capabilities of 3.0.0, and the other way round."""
    catalogue.version = "3.0.0"
    answer = catalogue.capabilities()
    catalogue.version = "2.0.2"
    catalogue.capabilities = lambda: answer  # type: ignore[method-assign]
    catalogue.records = [dublin_core("urn:x:1").replace("<csw:", "<csw:")]
    [page] = csw(metadata_prefix="oai_dc").pages(Checkpoint())
    assert catalogue.asked[0].get("version") == "3.0.0"
    assert catalogue.asked[0].get("outputSchema") == CSW30
    assert identifiers([page]) == ["urn:x:1"]


def test_a_version_and_a_method_that_were_set(catalogue: Catalogue, csw: Client) -> None:
    quirks = Quirks(csw_version="3.0.0", csw_method="get")
    catalogue.version = "3.0.0"
    assert identifiers(list(csw(quirks=quirks).pages(Checkpoint()))) == ALL
    assert set(catalogue.paths) == {"GET /csw"}


@pytest.mark.parametrize(
    "answer", [Response("no", 500), Response("<html/>"), Response("x" * 6_000_000), Response("", 302)]
)
def test_a_version_that_cannot_be_asked_for_hides_nothing(
    session: HarvestSession, httpserver: Any, answer: Response
) -> None:
    httpserver.expect_request("/csw").respond_with_response(answer)
    known = Capabilities("2.0.2")
    assert in_other_version(known, httpserver.url_for("/csw"), session) is None
    assert in_other_version(known, "http://127.0.0.1:9/csw", session) is None, "nobody answers there"


def test_a_server_that_is_busy_is_asked_again_for_its_other_version(
    session: HarvestSession, httpserver: Any
) -> None:
    httpserver.expect_request("/csw").respond_with_response(Response("", 429, {"Retry-After": "60"}))
    with pytest.raises(SourceBusy):
        in_other_version(Capabilities("2.0.2"), httpserver.url_for("/csw"), session)


def test_lists_are_read_where_capabilities_never_come(catalogue: Catalogue, csw: Client) -> None:
    assert identifiers(list(csw(quirks=Quirks(undescribed=True)).pages(Checkpoint()))) == ALL
    assert set(catalogue.paths) == {"POST /csw"}


def test_what_stands_in_the_query_of_the_address_stays(
    catalogue: Catalogue, csw: Client, httpserver: Any
) -> None:
    catalogue.methods = ("GET",)
    catalogue.post_url = ""
    catalogue.records = catalogue.records[:2]
    address = httpserver.url_for("/csw?map=/x.map&SERVICE=CSW&Request=GetCapabilities&startPosition=7")
    assert identifiers(list(csw(base_url=address).pages(Checkpoint()))) == ["r1", "r2"]
    assert catalogue.pairs[0]["map"] == "/x.map"
    assert catalogue.pairs[0]["request"] == "GetRecords"
    assert catalogue.pairs[0]["startPosition"] == "1"
    assert "SERVICE" not in catalogue.pairs[0]


def test_an_advertised_address_elsewhere_is_told_of_and_asked_last(
    catalogue: Catalogue, csw: Client, httpserver: Any
) -> None:
    catalogue.post_url = httpserver.url_for("/other").replace("localhost", "127.0.0.1")
    pages = list(csw().pages(Checkpoint()))
    assert set(catalogue.paths) == {"GET /csw", "POST /csw"}
    assert events(pages) == ["other-host"]
    catalogue.paths.clear()
    catalogue.objection = lambda _: Response("no", 404) if catalogue.paths[-1] == "POST /csw" else None
    assert identifiers(list(csw().pages(Checkpoint()))) == ALL
    assert catalogue.paths[-1] == "POST /other"


def test_csw_record_where_gmd_is_offered_and_not_given(catalogue: Catalogue, csw: Client) -> None:
    refusal = exception_report("InvalidParameterValue", "no such schema", "outputSchema")
    catalogue.objection = lambda asked: refusal if asked.get("outputSchema") == GMD else None
    catalogue.records = [dublin_core("urn:x:1")]
    assert identifiers(list(csw().pages(Checkpoint()))) == ["urn:x:1"]
    with pytest.raises(ProtocolFailure, match="no such schema"):
        list(csw(metadata_prefix="iso19139").pages(Checkpoint()))


def test_csw_record_where_gmd_gives_counts_and_no_records(catalogue: Catalogue, csw: Client) -> None:
    def empty(asked: etree._Element) -> str | None:
        catalogue.cap = 0 if asked.get("outputSchema") == GMD else 1000
        return None

    catalogue.objection = empty
    catalogue.records = [dublin_core("urn:x:1")]
    assert identifiers(list(csw().pages(Checkpoint()))) == ["urn:x:1"]


def test_gmd_first_where_nothing_is_said_of_schemas(catalogue: Catalogue, csw: Client) -> None:
    catalogue.schemas = ()
    assert identifiers(list(csw().pages(Checkpoint()))) == ALL
    assert catalogue.asked[0].get("outputSchema") == GMD


def test_a_filter_that_cannot_be_trusted_is_not_sent(catalogue: Catalogue, csw: Client) -> None:
    client = csw(quirks=Quirks(whole_list=True))
    assert not client.describe().incremental
    [first, *_] = client.pages(Checkpoint(), modified_since="2026-10-01")
    assert not first.faults
    assert catalogue.asked[0].find(".//csw:Constraint", NS) is None


def test_unsorted_lists_are_told_of(catalogue: Catalogue, csw: Client) -> None:
    catalogue.records = catalogue.records[:3]
    refuse = exception_report("InvalidParameterValue", "no sorting")
    catalogue.objection = lambda asked: refuse if asked.find(".//ogc:SortBy", NS) is not None else None
    pages = list(csw().pages(Checkpoint()))
    assert events(pages) == ["list-unsorted"]
    catalogue.asked.clear()
    assert events(list(csw(quirks=Quirks(csw_unsorted=True)).pages(Checkpoint()))) == ["list-unsorted"]
    assert len(catalogue.asked) == 1


def test_records_that_come_twice_show_that_others_are_lost(catalogue: Catalogue, csw: Client) -> None:
    """Without an order of its own a server deals its pages out anew each time: some twice, some never."""
    catalogue.records[60:70] = catalogue.records[:10]
    pages = list(csw().pages(Checkpoint()))
    [fault] = pages[-1].faults
    assert fault.rule == "csw.short-list"
    assert "120 records match" in fault.message
    assert "110 were given; 10 came more than once" in fault.message


def test_records_removed_meanwhile_do_not_hide_others(catalogue: Catalogue, csw: Client) -> None:
    def shrink(asked: etree._Element) -> None:
        if asked.get("startPosition") == "51" and len(catalogue.records) == 120:
            del catalogue.records[:4]

    catalogue.objection = shrink
    pages = list(csw().pages(Checkpoint()))
    assert set(identifiers(pages)) == set(ALL)
    assert not pages[-1].faults
    assert "size-changed" in events(pages)


def test_pages_as_small_as_the_source_needs(catalogue: Catalogue, csw: Client) -> None:
    pages = list(csw(quirks=Quirks(page_size=20)).pages(Checkpoint()))
    assert identifiers(pages) == ALL
    assert {asked.get("maxRecords") for asked in catalogue.asked} == {"20"}
    catalogue.cap = 7
    first = next(csw().pages(Checkpoint()))
    assert events([first]) == ["page-capped"]


BREAKS: dict[str, Callable[[], Response]] = {
    "500": lambda: Response("oops", 500),
    "report": lambda: Response(exception_report("NoApplicableCode", "cannot serialise"), 200),
    "malformed": lambda: Response(f'<csw:GetRecordsResponse xmlns:csw="{CSW}"><a & b', 200),
    "too-large": lambda: Response("<x/>" + " " * 6_000_000, 200),
}


@pytest.mark.parametrize(
    ("failure", "broken"),
    [
        ("500", {1}),
        ("500", {120}),
        ("500", {50, 51}),
        ("500", {3, 60, 118}),
        ("report", {77}),
        ("malformed", {1, 77}),
        ("too-large", {77}),
    ],
)
def test_a_record_that_breaks_its_page_is_set_aside(
    catalogue: Catalogue, csw: Client, failure: str, broken: set[int]
) -> None:
    catalogue.broken, catalogue.breaks = broken, BREAKS[failure]
    pages = list(csw().pages(Checkpoint()))
    assert faults(pages) == ["csw.record-unavailable"] * len(broken)
    assert identifiers(pages) == ALL, "the broken ones too: their identifiers are in the brief element set"
    assert [item.identifier for page in pages for item in page.items if item.fault] == [
        f"r{n}" for n in sorted(broken)
    ]
    assert "page-narrowed" in events(pages)
    assert pages[-1].checkpoint.finished
    assert len(catalogue.asked) < 120


def test_the_search_for_a_broken_record_goes_on_in_another_process(catalogue: Catalogue, csw: Client) -> None:
    catalogue.broken = {40, 90}
    checkpoint, listed = Checkpoint(), []
    while not checkpoint.finished:
        page = next(csw().pages(checkpoint))
        listed += identifiers([page])
        checkpoint = page.checkpoint
    assert listed == ALL


def test_a_server_that_fails_altogether_is_not_a_list_of_broken_records(
    catalogue: Catalogue, csw: Client
) -> None:
    catalogue.broken = set(range(51, 121))
    pages = csw().pages(Checkpoint())
    assert identifiers([next(pages)]) == ALL[:50]
    with pytest.raises(HttpFailure, match="500"):
        next(pages)
    assert len(catalogue.asked) < 15


def test_no_answer_in_time_makes_pages_smaller_at_the_next_try(catalogue: Catalogue, httpserver: Any) -> None:
    def slow(asked: etree._Element) -> None:
        if asked.get("startPosition") != "1" and int(asked.get("maxRecords", "0")) > 30:
            time.sleep(0.6)

    catalogue.objection = slow
    limits = Limits(connect_timeout=2.0, read_timeout=0.4, answer_deadline=20.0)
    with HarvestSession(user_agent="Tests/1", limits=limits, networks=LOOPBACK) as session:
        client = client_for(Source("node", Protocol.CSW, httpserver.url_for("/csw")), session)
        first = next(client.pages(Checkpoint()))
        with pytest.raises(SourceUnreachable):
            list(client.pages(first.checkpoint))
        time.sleep(0.3)
        rest = list(client.pages(first.checkpoint))
    assert identifiers([first, *rest]) == ALL
    assert [asked.get("maxRecords") for asked in catalogue.asked] == ["50", "50", "25", "25", "25"]


def test_pages_of_html_are_not_narrowed_for_ever(catalogue: Catalogue, csw: Client) -> None:
    catalogue.objection = lambda _: Response("<html><body>log in</body></html>", 200)
    with pytest.raises(AnswerUnreadable):
        list(csw().pages(Checkpoint()))
    assert len(catalogue.asked) <= 12


def test_iso_19115_3_records_have_their_identifier_elsewhere(catalogue: Catalogue, csw: Client) -> None:
    mdb = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
    catalogue.schemas = (CSW, mdb)
    record = (
        f'<mdb:MD_Metadata xmlns:mdb="{mdb}" xmlns:mcc="http://standards.iso.org/iso/19115/-3/mcc/1.0"'
        ' xmlns:gco="http://standards.iso.org/iso/19115/-3/gco/1.0"><mdb:metadataIdentifier><mcc:MD_Identifier>'
        "<mcc:code><gco:CharacterString>m-1</gco:CharacterString></mcc:code><mcc:codeSpace>"
        "<gco:CharacterString>urn:uuid</gco:CharacterString></mcc:codeSpace></mcc:MD_Identifier>"
        "</mdb:metadataIdentifier></mdb:MD_Metadata>"
    )
    catalogue.records = [record]
    assert identifiers(list(csw(metadata_prefix=mdb).pages(Checkpoint()))) == ["m-1"]
    assert catalogue.asked[0].get("outputSchema") == mdb


def test_an_older_checkpoint_is_gone_on_from(catalogue: Catalogue, csw: Client, httpserver: Any) -> None:
    """As the release before wrote it: its query knew neither version nor method."""
    query = {
        "url": httpserver.url_for("/csw"),
        "output_schema": GMD,
        "typename": "gmd:MD_Metadata",
        "sort_by": "apiso:Identifier",
        "modified": "",
        "since": "",
    }
    position = {"query": query, "start": 101, "listed": 100, "empty": 0, "seen": "", "told_end": False}
    assert identifiers(list(csw().pages(Checkpoint(position=position)))) == ALL[100:]


def test_records_need_not_be_in_the_language_of_the_envelope(catalogue: Catalogue, csw: Client) -> None:
    catalogue.version = "3.0.0"
    catalogue.records = [iso("r1"), iso("r2")]
    pages = list(csw().pages(Checkpoint()))
    assert pages[0].items[0].payload == iso("r1").encode()


SOAPED = '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header/><e:Body>{}</e:Body></e:Envelope>'


NO_SCHEMA = exception_report("InvalidParameterValue", "no such schema", "outputSchema")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (f"<e:Fault><e:Reason/><e:Detail>{NO_SCHEMA}</e:Detail></e:Fault>", "InvalidParameterValue"),
        ("<e:Fault><e:Reason><e:Text>out of order</e:Text></e:Reason></e:Fault>", "soap.fault"),
        ("", "soap.empty"),
        (exception_report("NoApplicableCode", "broken", "x"), "NoApplicableCode"),
    ],
)
def test_what_fails_in_an_envelope_says_why(body: str, code: str) -> None:
    with pytest.raises(ProtocolFailure) as caught:
        require_no_report(soap.opened(etree.fromstring(SOAPED.format(body))))
    assert caught.value.code == code


def test_an_envelope_holds_the_request_as_it_is() -> None:
    document = as_xml(Query("http://x.example", CSW, "csw:Record"), 1, 10)
    inner = soap.opened(etree.fromstring(soap.wrapped(document)))
    sent, held = (
        etree.tostring(one, method="c14n", exclusive=True) for one in (etree.fromstring(document), inner)
    )
    assert sent == held
    assert soap.opened(inner) is inner
