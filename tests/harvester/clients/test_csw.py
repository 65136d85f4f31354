from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from owslib.catalogue.csw2 import CatalogueServiceWeb
from werkzeug import Response

from catalogue.errors import (
    AnswerUnreadable,
    HttpFailure,
    ListBroken,
    ProtocolFailure,
    SourceBusy,
    SourceUnreachable,
)
from catalogue.run import Checkpoint
from csw_catalogue import ALL, CSW, GMD, NS, Catalogue, dublin_core, exception_report, identifiers, iso
from harvester.clients.csw import PAGE_SIZE


def test_describe(catalogue: Catalogue, csw: Any) -> None:
    described = csw().describe()
    assert described.repository_name == "A catalogue"
    assert described.formats == (CSW, GMD)
    assert described.incremental
    assert described.deleted_record == "no"
    catalogue.queryables = ()
    assert not csw().describe().incremental


def test_the_whole_list_as_iso(catalogue: Catalogue, csw: Any) -> None:
    pages = list(csw().pages(Checkpoint()))
    assert identifiers(pages) == ALL
    assert pages[0].items[0].payload == iso("r1").encode()
    assert pages[0].items[0].datestamp == "2026-01-02"
    assert [page.checkpoint.finished for page in pages] == [False, False, True]
    assert pages[-1].checkpoint.complete_list_size == 120
    assert pages[-1].checkpoint.response_date == "2026-11-02T10:00:00Z"
    assert not any(page.faults for page in pages)
    query = catalogue.asked[0]
    assert query.get("outputSchema") == GMD
    assert query.get("maxRecords") == str(PAGE_SIZE)
    assert query.find("csw:Query", NS).get("typeNames") == "gmd:MD_Metadata"
    assert query.findtext("csw:Query/csw:ElementSetName", None, NS) == "full"
    assert query.findtext(".//ogc:SortProperty/ogc:PropertyName", None, NS) == "apiso:Identifier"
    assert query.nsmap["apiso"] == "http://www.opengis.net/cat/csw/apiso/1.0"
    assert [asked.get("startPosition") for asked in catalogue.asked] == ["1", "51", "101"]


@pytest.mark.parametrize("prefix", ["", "oai_dc"])
def test_dublin_core_where_there_is_no_gmd_or_it_is_not_wanted(
    catalogue: Catalogue, csw: Any, prefix: str
) -> None:
    catalogue.records = [dublin_core("urn:x:1")]
    if not prefix:
        catalogue.schemas = (CSW,)
    [page] = csw(metadata_prefix=prefix).pages(Checkpoint())
    assert catalogue.asked[0].get("outputSchema") == CSW
    assert page.items[0].identifier == "urn:x:1"
    assert page.items[0].datestamp == "2026-01-02"
    assert page.items[0].payload is not None
    assert etree.fromstring(page.items[0].payload).tag == f"{{{CSW}}}Record"


def test_goes_on_from_a_checkpoint_in_a_new_client(catalogue: Catalogue, csw: Any) -> None:
    first = next(csw().pages(Checkpoint(), modified_since="2026-06-02"))
    catalogue.asked.clear()
    catalogue.paths.clear()
    catalogue.timestamp = "2027-01-01T00:00:00Z"
    rest = list(csw().pages(first.checkpoint))
    assert identifiers(rest) == ALL[PAGE_SIZE:]
    assert catalogue.paths == ["POST /csw", "POST /csw"]
    assert catalogue.asked[0].findtext(".//ogc:Literal", None, NS) == "2026-06-01"
    assert rest[-1].checkpoint.response_date == "2026-11-02T10:00:00Z"
    assert list(csw().pages(rest[-1].checkpoint)) == []


def test_modified_since(catalogue: Catalogue, csw: Any) -> None:
    list(csw().pages(Checkpoint(), modified_since="2026-10-01T00:30:00Z"))
    comparison = catalogue.asked[0].find(".//ogc:PropertyIsGreaterThanOrEqualTo", NS)
    assert comparison.findtext("ogc:PropertyName", None, NS) == "apiso:Modified"
    assert comparison.findtext("ogc:Literal", None, NS) == "2026-09-30"


def test_full_list_where_nothing_tells_what_has_changed(catalogue: Catalogue, csw: Any) -> None:
    catalogue.queryables = ("apiso:Title",)
    pages = list(csw().pages(Checkpoint(), modified_since="2026-10-01"))
    assert identifiers(pages) == ALL
    assert catalogue.asked[0].find(".//csw:Constraint", NS) is None
    assert not pages[0].faults


def test_full_list_and_a_fault_where_the_server_refuses_its_own_queryable(
    catalogue: Catalogue, csw: Any
) -> None:
    refuse = exception_report("NoApplicableCode", "no such field")
    catalogue.objection = lambda asked: refuse if asked.find(".//csw:Constraint", NS) is not None else None
    pages = list(csw().pages(Checkpoint(), modified_since="2026-10-01"))
    assert identifiers(pages) == ALL
    assert [fault.rule for page in pages for fault in page.faults] == ["csw.filter-refused"]


@pytest.mark.parametrize("refused", ["sort", "typename"])
def test_asks_in_another_way_where_one_is_refused(catalogue: Catalogue, csw: Any, refused: str) -> None:
    def object_to(asked: etree._Element) -> str | None:
        sorts = asked.find(".//ogc:SortBy", NS) is not None
        iso_type = asked.find("csw:Query", NS).get("typeNames") == "gmd:MD_Metadata"
        wrong = sorts if refused == "sort" else iso_type
        return exception_report("InvalidParameterValue", "no") if wrong else None

    catalogue.objection = object_to
    pages = list(csw().pages(Checkpoint()))
    assert identifiers(pages) == ALL
    later = catalogue.asked[-1]
    assert (later.find(".//ogc:SortBy", NS) is None) == (refused == "sort")


@pytest.mark.parametrize("status", [200, 400, 500])
def test_exception_report(catalogue: Catalogue, csw: Any, status: int) -> None:
    report = exception_report("InvalidParameterValue", "typeNames is wrong")
    catalogue.objection = lambda _: Response(report, status, content_type="text/xml")
    with pytest.raises(ProtocolFailure, match="typeNames is wrong") as failed:
        list(csw().pages(Checkpoint()))
    assert failed.value.code == "InvalidParameterValue"


@pytest.mark.parametrize("cap", [10, 7, 1])
@pytest.mark.parametrize("lie", ["asked", "one", "zero", "missing", "negative", "word"])
def test_capped_pages_and_wrong_next_records(catalogue: Catalogue, csw: Any, cap: int, lie: str) -> None:
    catalogue.records = catalogue.records[:25]
    catalogue.cap = cap
    answers = {"asked": "51", "one": "1", "zero": "0", "missing": None, "negative": "-1", "word": "next"}
    catalogue.next_record = lambda *_: answers[lie]
    pages = list(csw().pages(Checkpoint()))
    assert identifiers(pages) == ALL[:25]
    assert pages[-1].checkpoint.finished


def test_matched_that_changes_and_that_is_missing(catalogue: Catalogue, csw: Any) -> None:
    sizes = iter(["90", "200", "120"])
    catalogue.matched = lambda _: next(sizes)
    assert identifiers(list(csw().pages(Checkpoint()))) == ALL
    catalogue.matched = lambda _: None
    assert identifiers(list(csw().pages(Checkpoint()))) == ALL


def test_list_that_is_shorter_than_its_count(catalogue: Catalogue, csw: Any) -> None:
    catalogue.matched = lambda _: "500"
    pages = list(csw().pages(Checkpoint()))
    assert identifiers(pages) == ALL
    assert pages[-1].checkpoint.finished
    assert [fault.rule for fault in pages[-1].faults] == ["csw.short-list"]


def test_empty_list(catalogue: Catalogue, csw: Any) -> None:
    catalogue.records = []
    [page] = csw().pages(Checkpoint())
    assert page.items == ()
    assert page.checkpoint.finished


def test_server_that_ignores_start_position(catalogue: Catalogue, csw: Any) -> None:
    catalogue.objection = lambda asked: asked.set("startPosition", "1")
    pages = csw().pages(Checkpoint())
    assert identifiers([next(pages)]) == ALL[:PAGE_SIZE]
    with pytest.raises(ListBroken, match="the page before it again"):
        next(pages)


def test_repeated_page_after_the_end_was_told_is_the_end(catalogue: Catalogue, csw: Any) -> None:
    catalogue.records = catalogue.records[:3]
    catalogue.matched = lambda _: "9"
    catalogue.next_record = lambda *_: "0"
    catalogue.objection = lambda asked: asked.set("startPosition", "1")
    pages = list(csw().pages(Checkpoint()))
    assert identifiers(pages) == ["r1", "r2", "r3"]
    assert pages[-1].checkpoint.finished


def test_refusal_after_the_end_was_told_is_the_end(catalogue: Catalogue, csw: Any) -> None:
    catalogue.records = catalogue.records[:3]
    catalogue.matched = lambda _: "9"
    catalogue.next_record = lambda *_: "0"
    catalogue.objection = lambda asked: (
        exception_report("InvalidParameterValue", "beyond") if asked.get("startPosition") != "1" else None
    )
    pages = list(csw().pages(Checkpoint()))
    assert identifiers(pages) == ["r1", "r2", "r3"]
    assert pages[-1].checkpoint.finished


def test_pages_that_go_round(catalogue: Catalogue, csw: Any) -> None:
    catalogue.matched = lambda _: "100000"
    catalogue.objection = lambda asked: asked.set(
        "startPosition", "1" if int(asked.get("startPosition", "1")) % 100 == 1 else "51"
    )
    pages = csw().pages(Checkpoint())
    assert identifiers([next(pages), next(pages)]) == ALL[:100]
    with pytest.raises(ListBroken, match="goes round"):
        next(pages)


def test_record_without_identifier_is_a_fault(catalogue: Catalogue, csw: Any) -> None:
    catalogue.records = [iso("a"), iso(""), iso("c")]
    [page] = csw().pages(Checkpoint())
    assert [item.fault.rule if item.fault else item.identifier for item in page.items] == [
        "a",
        "csw.no-identifier",
        "c",
    ]
    assert page.items[1].payload is None


@pytest.mark.parametrize(
    "advertised",
    [
        "http://169.254.169.254/latest",
        "http://10.1.2.3:8080/csw",
        "http://nowhere.invalid/csw",
        "http://127.0.0.1:9/csw",
        "http://INTERFACE_HOST:INTERFACE_PORT/INTERFACE_PATH",
        "http://$HOST:$PORT$SERVLET/srv/en/csw",
        "file:///etc/passwd",
        "",
    ],
)
def test_falls_back_to_the_base_url_where_the_advertised_address_is_no_good(
    catalogue: Catalogue, csw: Any, advertised: str
) -> None:
    catalogue.post_url = advertised
    pages = list(csw().pages(Checkpoint()))
    assert identifiers(pages) == ALL
    assert catalogue.paths == ["GET /csw", "POST /csw", "POST /csw", "POST /csw"]


def test_posts_where_the_capabilities_say(catalogue: Catalogue, csw: Any, httpserver: Any) -> None:
    catalogue.post_url = httpserver.url_for("/other")
    list(
        csw(base_url=httpserver.url_for("/csw?service=CSW&request=GetCapabilities&version=2.0.2")).pages(
            Checkpoint()
        )
    )
    assert catalogue.paths == ["GET /csw", "POST /other", "POST /other", "POST /other"]


def test_stock_owslib_would_have_gone_there(catalogue: Catalogue, httpserver: Any) -> None:
    """What the session is for: OWSLib itself posts to the address that a remote document names."""
    catalogue.post_url = httpserver.url_for("/other")
    stock = CatalogueServiceWeb(httpserver.url_for("/csw"))
    stock.getrecords2(maxrecords=1)
    assert catalogue.paths[-1] == "POST /other"


def test_nothing_can_be_asked(catalogue: Catalogue, csw: Any) -> None:
    catalogue.post_url = "http://10.0.0.1/csw"
    catalogue.objection = lambda _: Response("no", 404)
    with pytest.raises(HttpFailure, match="404"):
        list(csw().pages(Checkpoint()))


def test_busy(catalogue: Catalogue, csw: Any) -> None:
    catalogue.objection = lambda _: Response("", 503, {"Retry-After": "7"})
    with pytest.raises(SourceBusy) as busy:
        list(csw().pages(Checkpoint()))
    assert busy.value.retry_after == 7
    assert len(catalogue.asked) == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<!DOCTYPE html><html>log in</html>", AnswerUnreadable),
        ("", AnswerUnreadable),
        (f'<csw:GetRecordsResponse xmlns:csw="{CSW}"/>', AnswerUnreadable),
        (f'<csw:GetRecordsResponse xmlns:csw="{CSW}"><csw:SearchResults>', AnswerUnreadable),
        (f'<csw:Acknowledgement xmlns:csw="{CSW}"/>', AnswerUnreadable),
        ("<ogc:ServiceExceptionReport xmlns:ogc='http://www.opengis.net/ogc'/>", ProtocolFailure),
        (Response("gone", 410), HttpFailure),
    ],
)
def test_what_is_no_list(catalogue: Catalogue, csw: Any, body: Any, error: type[Exception]) -> None:
    catalogue.objection = lambda _: body or Response("")
    with pytest.raises(error):
        list(csw().pages(Checkpoint()))


def test_counts_that_are_words(catalogue: Catalogue, csw: Any) -> None:
    catalogue.records = catalogue.records[:3]
    catalogue.matched = lambda _: "many"
    catalogue.next_record = lambda *_: "none"
    [page] = csw().pages(Checkpoint())
    assert identifiers([page]) == ["r1", "r2", "r3"]
    assert page.checkpoint.complete_list_size is None


@pytest.mark.parametrize("timestamp", ["2026-11-02T12:00:00+02:00", "2026-11-02T10:00:00.123456Z"])
def test_response_date(catalogue: Catalogue, csw: Any, timestamp: str) -> None:
    catalogue.timestamp = timestamp
    assert next(csw().pages(Checkpoint())).checkpoint.response_date == "2026-11-02T10:00:00Z"


def test_response_date_without_a_zone_is_the_date_header(catalogue: Catalogue, csw: Any) -> None:
    catalogue.timestamp = "2009-08-26T15:23:00"
    assert next(csw().pages(Checkpoint())).checkpoint.response_date > "2026"


def test_dead_source(csw: Any) -> None:
    with pytest.raises(SourceUnreachable):
        csw(base_url="http://127.0.0.1:9/csw").describe()
