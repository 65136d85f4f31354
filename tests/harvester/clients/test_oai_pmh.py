from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug import Request, Response

from catalogue.errors import (
    AddressRefused,
    AnswerTooLarge,
    AnswerUnreadable,
    HarvestError,
    HttpFailure,
    ListBroken,
    ProtocolFailure,
    SourceBusy,
    SourceUnreachable,
)
from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source
from harvester.clients import client_for
from harvester.clients.base import Item, Page
from harvester.clients.oai_pmh import DAY, SECONDS
from harvester.clients.oai_records import best_prefix
from harvester.http import HarvestSession, Limits

OAI = "http://www.openarchives.org/OAI/2.0/"
DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
PAYLOAD = f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}"><dc:title>{{}}</dc:title></oai_dc:dc>'


def envelope(body: str, date: str = "2026-11-02T10:00:00Z") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{OAI}"><responseDate>{date}</responseDate>'
        f"<request>http://example.org/oai</request>{body}</OAI-PMH>"
    )


def record(
    identifier: str, *, status: str = "", metadata: str | None = "", sets: tuple[str, ...] = ()
) -> str:
    specs = "".join(f"<setSpec>{spec}</setSpec>" for spec in sets)
    mark = f' status="{status}"' if status else ""
    payload = PAYLOAD.format(identifier) if metadata == "" else metadata
    rest = "" if payload is None else f"<metadata>{payload}</metadata>"
    return (
        f"<record><header{mark}><identifier>{identifier}</identifier>"
        f"<datestamp>2026-10-01</datestamp>{specs}</header>{rest}</record>"
    )


def listing(*records: str, token: str | None = None, size: str = "") -> str:
    attribute = f' completeListSize="{size}"' if size else ""
    end = "" if token is None else f"<resumptionToken{attribute}>{escape(token)}</resumptionToken>"
    return envelope(f"<ListRecords>{''.join(records)}{end}</ListRecords>")


def failure(code: str, words: str = "") -> str:
    return envelope(f'<error code="{code}">{words}</error>')


IDENTIFY = envelope(
    "<Identify><repositoryName> A node </repositoryName><granularity>{}</granularity>"
    "<deletedRecord>Persistent</deletedRecord><earliestDatestamp>2001-01-01</earliestDatestamp></Identify>"
)
FORMATS = envelope(
    "<ListMetadataFormats>"
    + "".join(
        f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><metadataNamespace>{uri}</metadataNamespace>"
        "</metadataFormat>"
        for prefix, uri in [("oai_dc", OAI_DC), ("xyz", "http://www.isotc211.org/2005/gmd")]
    )
    + "</ListMetadataFormats>"
)


class Node:
    """A server that answers by verb, token or set, and remembers what it was asked."""

    def __init__(self, httpserver: Any) -> None:
        self.answers: dict[str, str | bytes | Callable[[Request], Response]] = {}
        self.asked: list[dict[str, str]] = []
        httpserver.expect_request("/oai").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        arguments = request.args.to_dict()
        self.asked.append(arguments)
        key = arguments.get("resumptionToken") or arguments.get("set") or arguments["verb"]
        answer = self.answers[key]
        return answer(request) if callable(answer) else Response(answer, content_type="text/xml")


@pytest.fixture
def node(httpserver: Any) -> Node:
    return Node(httpserver)


def identifiers(pages: list[Page]) -> list[str]:
    return [item.identifier for page in pages for item in page.items]


def test_describe(node: Node, oai: Any) -> None:
    node.answers = {"Identify": IDENTIFY.replace("{}", SECONDS), "ListMetadataFormats": FORMATS}
    described = oai().describe()
    assert described.repository_name == "A node"
    assert described.granularity == SECONDS
    assert described.deleted_record == "persistent"
    assert described.earliest_datestamp == "2001-01-01"
    assert described.formats == ("oai_dc", "xyz")
    assert described.incremental


@pytest.mark.parametrize(
    ("told", "meant"), [("YYYY-MM-DD", DAY), ("", DAY), ("day", DAY), ("yyyy-mm-ddThh:mm:ssZ", SECONDS)]
)
def test_granularity_in_odd_spellings(node: Node, oai: Any, told: str, meant: str) -> None:
    node.answers = {"Identify": IDENTIFY.replace("{}", told), "ListMetadataFormats": FORMATS}
    assert oai().describe().granularity == meant


def test_a_list_in_pages(node: Node, oai: Any) -> None:
    node.answers = {
        "ListRecords": listing(
            record("a", sets=("x", "y:z")), record("b", status="deleted", metadata=None), token="t1", size="3"
        ),
        "t1": listing(record("c"), token=""),
    }
    first, second = oai().pages(Checkpoint())
    assert first.items[0] == Item(
        "a", datestamp="2026-10-01", sets=("x", "y:z"), payload=PAYLOAD.format("a").encode()
    )
    assert first.items[1] == Item("b", datestamp="2026-10-01", deleted=True)
    assert first.checkpoint.complete_list_size == 3
    assert first.checkpoint.response_date == "2026-11-02T10:00:00Z"
    assert not first.checkpoint.finished
    assert first.size == len(node.answers["ListRecords"])
    assert second.checkpoint.finished
    assert second.checkpoint.pages == 2
    assert node.asked == [
        {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords", "resumptionToken": "t1"},
    ]


@pytest.mark.parametrize("token", ["a+b c@d&e=f%2B/é", " padded ", "x" * 3000, "<&>"])
def test_tokens_are_opaque(node: Node, oai: Any, token: str) -> None:
    node.answers = {"ListRecords": listing(record("a"), token=token), token.strip(): listing(record("b"))}
    assert identifiers(list(oai().pages(Checkpoint()))) == ["a", "b"]


def test_goes_on_from_a_checkpoint_in_a_new_client(node: Node, oai: Any) -> None:
    node.answers = {
        "ListRecords": listing(record("a"), token="t1"),
        "t1": listing(record("b"), token="t2").replace("2026-11-02T10", "2026-11-02T11"),
        "t2": listing(record("c")),
    }
    pages = oai(metadata_prefix="").pages
    node.answers["ListMetadataFormats"] = FORMATS
    first = next(pages(Checkpoint(), modified_since="2026-10-01"))
    node.asked.clear()
    rest = list(oai().pages(first.checkpoint, modified_since="2030-01-01"))
    assert identifiers(rest) == ["b", "c"]
    assert rest[-1].checkpoint.response_date == "2026-11-02T10:00:00Z"
    assert node.asked == [
        {"verb": "ListRecords", "resumptionToken": "t1"},
        {"verb": "ListRecords", "resumptionToken": "t2"},
    ]
    assert list(oai().pages(rest[-1].checkpoint)) == []


def test_several_sets_in_one_checkpoint(node: Node, oai: Any) -> None:
    node.answers = {
        "one": listing(record("a"), token="t1", size="2"),
        "t1": listing(record("b")),
        "two": failure("noRecordsMatch"),
        "three": listing(record("c")),
    }
    sets = ("one", "two", "three")
    pages = list(oai(sets=sets).pages(Checkpoint(), modified_since="2026-10-01"))
    assert identifiers(pages) == ["a", "b", "c"]
    assert [page.checkpoint.finished for page in pages] == [False, False, False, True]
    assert [asked.get("set") for asked in node.asked] == ["one", None, "two", "three"]
    assert node.asked[3]["from"] == "2026-10-01"
    node.asked.clear()
    rest = list(oai(sets=sets).pages(pages[1].checkpoint))
    assert identifiers(rest) == ["c"]
    assert node.asked[0]["from"] == "2026-10-01"
    assert pages[0].checkpoint.complete_list_size is None


@pytest.mark.parametrize(
    ("granularity", "since", "sent"),
    [
        (SECONDS, "2026-10-01T12:30:00Z", "2026-10-01T12:30:00Z"),
        (SECONDS, "2026-10-01T12:30:00+02:00", "2026-10-01T10:30:00Z"),
        (SECONDS, "2026-10-01", "2026-10-01"),
        (DAY, "2026-10-01T12:30:00Z", "2026-10-01"),
        (DAY, "2026-10-01", "2026-10-01"),
    ],
)
def test_from_in_the_sources_granularity(
    *, node: Node, oai: Any, granularity: str, since: str, sent: str
) -> None:
    node.answers = {"Identify": IDENTIFY.replace("{}", granularity), "ListRecords": listing(record("a"))}
    for known, requests in ((granularity, 1), ("", 2)):
        node.asked.clear()
        list(oai(granularity=known).pages(Checkpoint(), modified_since=since))
        assert node.asked[-1]["from"] == sent
        assert len(node.asked) == requests


def test_nothing_new_is_an_empty_list(node: Node, oai: Any) -> None:
    node.answers = {"ListRecords": failure("noRecordsMatch", "none")}
    [page] = oai().pages(Checkpoint())
    assert page.items == ()
    assert page.checkpoint.finished
    assert page.checkpoint.response_date == "2026-11-02T10:00:00Z"


def test_protocol_error_with_an_http_error(node: Node, oai: Any) -> None:
    """Servers exist that send noRecordsMatch with status 422, and badArgument with 400."""
    node.answers["ListRecords"] = lambda _: Response(failure("noRecordsMatch"), 422, content_type="text/xml")
    assert [page.items for page in oai().pages(Checkpoint())] == [()]
    node.answers["ListRecords"] = lambda _: Response(failure("badArgument", "what?"), 400)
    with pytest.raises(ProtocolFailure, match="badArgument: what"):
        list(oai().pages(Checkpoint()))


def test_http_error_with_xml_that_is_no_protocol_error(node: Node, oai: Any) -> None:
    for body in ("<html><body>down</body></html>", "<oops/>", listing(record("a"))):
        node.answers["ListRecords"] = lambda _, body=body: Response(body, 500)
        with pytest.raises(HttpFailure) as failed:
            list(oai().pages(Checkpoint()))
        assert failed.value.status == 500


@pytest.mark.parametrize(
    "code", ["badArgument", "cannotDisseminateFormat", "noSetHierarchy", "InternalException", ""]
)
def test_errors_of_the_protocol_keep_their_code(node: Node, oai: Any, code: str) -> None:
    node.answers = {"ListRecords": failure(code, "words")}
    with pytest.raises(ProtocolFailure) as failed:
        list(oai().pages(Checkpoint()))
    assert failed.value.code == (code or "error without a code")


def test_expired_token(node: Node, oai: Any) -> None:
    node.answers = {"ListRecords": listing(record("a"), token="t1"), "t1": failure("badResumptionToken")}
    pages = oai().pages(Checkpoint())
    next(pages)
    with pytest.raises(ListBroken, match="no longer knows"):
        list(pages)


def test_token_that_comes_back_at_once(node: Node, oai: Any) -> None:
    node.answers = {"ListRecords": listing(record("a"), token="t1"), "t1": listing(record("b"), token="t1")}
    pages = oai().pages(Checkpoint())
    assert identifiers([next(pages)]) == ["a"]
    last = next(pages)
    assert identifiers([last]) == ["b"]
    with pytest.raises(ListBroken, match="has handed out before"):
        list(pages)
    with pytest.raises(ListBroken, match="has handed out before"):
        list(oai().pages(last.checkpoint))
    assert [asked.get("resumptionToken") for asked in node.asked].count("t1") == 1


def test_tokens_in_a_circle(node: Node, oai: Any) -> None:
    node.answers = {
        "ListRecords": listing(record("a"), token="t1"),
        "t1": listing(record("b"), token="t2"),
        "t2": listing(record("c"), token="t1"),
    }
    pages = []
    with pytest.raises(ListBroken):
        pages.extend(oai().pages(Checkpoint()))
    tokens = [asked["resumptionToken"] for asked in node.asked if "resumptionToken" in asked]
    assert tokens == ["t1", "t2"]


def test_same_token_in_another_set_is_no_circle(node: Node, oai: Any) -> None:
    served = iter([listing(record("b")), listing(record("d"))])
    node.answers = {
        "one": listing(record("a"), token="100"),
        "two": listing(record("c"), token="100"),
        "100": lambda _: Response(next(served)),
    }
    assert identifiers(list(oai(sets=("one", "two")).pages(Checkpoint()))) == ["a", "b", "c", "d"]


def test_empty_page_in_the_middle(node: Node, oai: Any) -> None:
    node.answers = {
        "ListRecords": listing(record("a"), token="t1"),
        "t1": listing(token="t2"),
        "t2": listing(record("b")),
    }
    assert identifiers(list(oai().pages(Checkpoint()))) == ["a", "b"]


def test_empty_pages_without_end(node: Node, oai: Any) -> None:
    node.answers = {f"t{i}": listing(token=f"t{i + 1}") for i in range(20)}
    node.answers["ListRecords"] = listing(record("a"), token="t0")
    pages = oai().pages(Checkpoint())
    with pytest.raises(ListBroken, match="hold no record"):
        list(pages)
    assert len([asked for asked in node.asked if "resumptionToken" in asked]) == 10


@pytest.mark.parametrize(
    ("size", "read"),
    [("172515", 172515), ("0", 0), ("ssss", None), ("-1", None), ("9" * 40, None), ("²", None)],
)
def test_complete_list_size(node: Node, oai: Any, size: str, read: int | None) -> None:
    node.answers = {"ListRecords": listing(record("a"), token="", size=size)}
    [page] = oai().pages(Checkpoint())
    assert page.checkpoint.complete_list_size == read


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2023-03-30T16:02:12+05:45", "2023-03-30T10:17:12Z"),
        ("2023-03-30T16:02:12", "2023-03-30T16:02:12Z"),
        ("\n2023-03-30T16:02:12.5Z\n", "2023-03-30T16:02:12Z"),
        ("soon", "Date"),
        ("0001-01-01T00:00:00+14:00", "Date"),
    ],
)
def test_response_date(node: Node, oai: Any, told: str, kept: str) -> None:
    body = listing(record("a")).replace("2026-11-02T10:00:00Z", told)
    node.answers = {"ListRecords": body}
    [page] = oai().pages(Checkpoint())
    if kept == "Date":
        age = datetime.now(UTC) - datetime.fromisoformat(page.checkpoint.response_date)
        assert abs(age.total_seconds()) < 10
    else:
        assert page.checkpoint.response_date == kept


def test_odd_items_are_faults(node: Node, oai: Any) -> None:
    node.answers = {
        "ListRecords": listing(
            "<record/>",
            "<record><header><datestamp>x</datestamp></header><metadata><a/></metadata></record>",
            record("c", metadata=None),
            record("d", metadata="  <!-- nothing --> "),
            record("e", status=" Deleted "),
            record("f"),
        )
    }
    [page] = oai().pages(Checkpoint())
    rules = [item.fault.rule if item.fault else "" for item in page.items]
    assert rules == [
        "oai_pmh.no-identifier",
        "oai_pmh.no-identifier",
        "oai_pmh.no-metadata",
        "oai_pmh.no-metadata",
        "",
        "",
    ]
    assert [item.deleted for item in page.items][4:] == [True, False]
    assert [item.payload is None for item in page.items] == [True] * 5 + [False]


def test_error_and_token_inside_a_payload_are_not_the_protocols(node: Node, oai: Any) -> None:
    inside = '<x><error code="badArgument"/><resumptionToken>no</resumptionToken></x>'
    node.answers = {"ListRecords": listing(record("a", metadata=inside))}
    [page] = oai().pages(Checkpoint())
    assert page.items[0].payload == f'<x xmlns="{OAI}">{inside[3:]}'.encode()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<!DOCTYPE html><html><body>Please log in</body></html>", "not XML.*Please log in"),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", "root element"),
        ("", "the answer is empty"),
        ("   ", "the answer is empty"),
        ("Internal error", "not XML.*Internal error"),
        (listing(record("a"), record("b"))[:-60], "cut off"),
        (listing(record("a"), record("b"))[:300], "not well-formed|cut off"),
        (listing(record("a")).replace("</dc:title>", ""), "not well-formed"),
        (listing(record("a<br>b")), "not well-formed"),
        ("<oai:OAI-PMH xmlns:oai='urn:x'/>", "not an OAI-PMH answer"),
        (envelope("<ListIdentifiers/>"), "neither ListRecords nor an error"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "DOCTYPE"),
        ('<?xml version="1.0" encoding="x-none"?><a/>', "encoding"),
    ],
)
def test_what_is_no_answer(node: Node, oai: Any, body: str, words: str) -> None:
    node.answers = {"ListRecords": body}
    with pytest.raises(AnswerUnreadable, match=words):
        list(oai().pages(Checkpoint()))


def test_entity_bomb(node: Node, oai: Any) -> None:
    levels = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(12))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "x">{levels}]><OAI-PMH xmlns="{OAI}">&e12;</OAI-PMH>'
    )
    node.answers = {"ListRecords": bomb}
    with pytest.raises(AnswerUnreadable):
        list(oai().pages(Checkpoint()))


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252"])
def test_encodings(node: Node, oai: Any, encoding: str) -> None:
    body = listing(record("café")).replace("UTF-8", encoding)
    node.answers = {"ListRecords": body.encode(encoding)}
    [page] = oai().pages(Checkpoint())
    assert page.items[0].identifier == "café"
    assert page.items[0].payload == PAYLOAD.format("café").encode()


def test_byte_order_mark(node: Node, oai: Any) -> None:
    node.answers = {"ListRecords": listing(record("é")).encode("utf-8-sig")}
    [page] = oai().pages(Checkpoint())
    assert page.items[0].payload == PAYLOAD.format("é").encode()


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8"])
def test_charset_of_the_content_type_where_nothing_is_declared(node: Node, oai: Any, charset: str) -> None:
    body = listing(record("é")).partition("?>")[2].encode(charset)
    node.answers = {"ListRecords": lambda _: Response(body, content_type="text/xml; charset=iso-8859-1")}
    [page] = oai().pages(Checkpoint())
    assert page.items[0].identifier == "é"


def test_prefixed_envelope_with_comments(node: Node, oai: Any) -> None:
    body = listing(record("a"), record("b"))
    for name in (
        "OAI-PMH",
        "responseDate",
        "request",
        "ListRecords",
        "record",
        "header",
        "identifier",
        "datestamp",
        "metadata",
    ):
        body = body.replace(f"<{name}", f"<oai:{name}").replace(f"</{name}", f"</oai:{name}")
    body = body.replace("xmlns=", "xmlns:oai=").replace("<oai:metadata>", "<oai:metadata><!-- <dc> -->")
    node.answers = {"ListRecords": body}
    [page] = oai().pages(Checkpoint())
    assert [item.payload for item in page.items] == [PAYLOAD.format(x).encode() for x in "ab"]


def test_marcxml(node: Node, oai: Any) -> None:
    marc = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader><record/><metadata/></record>'
    node.answers = {"ListRecords": listing(record("a", metadata=marc), record("b", metadata=marc))}
    [page] = oai().pages(Checkpoint())
    assert [item.payload for item in page.items] == [marc.encode()] * 2


def test_busy(node: Node, oai: Any) -> None:
    node.answers["ListRecords"] = lambda _: Response("", 503, {"Retry-After": "3600"})
    with pytest.raises(SourceBusy) as busy:
        list(oai().pages(Checkpoint()))
    assert busy.value.retry_after == 3600


def test_too_large(node: Node, oai: Any) -> None:
    node.answers["ListRecords"] = lambda _: Response(b"<a>" * 1000 for _ in range(70_000))
    with pytest.raises(AnswerTooLarge):
        list(oai().pages(Checkpoint()))


def test_dead_and_private_sources(httpserver: Any) -> None:
    limits = Limits(connect_timeout=1.0)
    source = Source(id="n", protocol=Protocol.OAI_PMH, base_url=httpserver.url_for("/oai"))
    with HarvestSession(user_agent="x", limits=limits) as session, pytest.raises(AddressRefused):
        client_for(source, session).describe()
    source = Source(id="n", protocol=Protocol.OAI_PMH, base_url="http://nowhere.invalid/oai")
    with HarvestSession(user_agent="x", limits=limits) as session, pytest.raises(SourceUnreachable):
        client_for(source, session).describe()


def test_prefix_is_chosen_where_none_is_given(node: Node, oai: Any) -> None:
    node.answers = {"ListMetadataFormats": FORMATS, "ListRecords": listing(record("a"))}
    list(oai(metadata_prefix="").pages(Checkpoint()))
    assert node.asked[-1]["metadataPrefix"] == "xyz"


@pytest.mark.parametrize(
    ("offered", "best"),
    [
        ([("oai_dc", OAI_DC), ("iso19139", "x")], "iso19139"),
        ([("oai_dc", OAI_DC), ("qdc", "x"), ("marcxml", "y")], "qdc"),
        ([("marcxml", "y"), ("dcq", "http://purl.org/dc/terms/"), ("oai_dc", OAI_DC)], "dcq"),
        ([("oai_dc", OAI_DC), ("marc21", "y")], "marc21"),
        ([("oai_dc", OAI_DC), ("mets", "z"), ("x", "http://www.loc.gov/mods/v3")], "x"),
        ([("oai_dc", OAI_DC), ("oai_datacite", "z"), ("dcterms", "y")], "oai_datacite"),
        ([("iso19139", "z"), ("iso19115-3.2018", "y")], "iso19115-3.2018"),
        ([("oai_dc", OAI_DC), ("dcat_ap", "y")], "dcat_ap"),
        ([("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")], "oai_dc"),
        ([], "oai_dc"),
    ],
)
def test_best_prefix(offered: list[tuple[str, str]], best: str) -> None:
    assert best_prefix(offered) == best


@pytest.mark.parametrize("inside", [b'xmlns:dc="', b"xmlns:d", b"<dc:ti", b"<oai_dc:dc"])
def test_what_was_left_out_of_a_tag_is_marked(node: Node, oai: Any, inside: bytes) -> None:
    """Also in a declaration of a namespace, of which a payload may have more than were sent with it."""
    body = listing(record("a"), record("b"), token="").encode()
    node.answers = {"ListRecords": body.replace(inside, inside + b"\0", 1)}
    [page] = oai().pages(Checkpoint())
    assert [item.repairs for item in page.items] == [("illegal-characters",), ()]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_answers_are_named_failures(node: Node, oai: Any, data: st.DataObject) -> None:
    """Whatever bytes come: pages, or a HarvestError; what was not sent so is marked as repaired."""
    body = bytearray(listing(record("a"), record("b"), token="").encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    node.answers = {"ListRecords": bytes(body)}
    try:
        pages = list(oai().pages(Checkpoint()))
    except HarvestError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert all(
            item.payload is None or item.repairs or item.payload in bytes(body)
            for page in pages
            for item in page.items
        )
