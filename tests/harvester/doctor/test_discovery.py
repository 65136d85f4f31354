"""From a home page to what can be harvested, over real sockets; and what is refused, in words."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from catalogue.checkup import Answered, Checkup, Outcome, Stage
from catalogue.errors import CheckupOver
from catalogue.settings import Settings
from clearinghouse.simulator.nodes import Simulator
from harvester.doctor import examine
from remote_node import Mishap, RemoteNode, busy, running

OAI = "http://www.openarchives.org/OAI/2.0/"


def oai(request: Request) -> Response:
    body = '<error code="badVerb">x</error>'
    if request.args.get("verb") == "Identify":
        body = "<Identify><repositoryName>A &lt;script&gt; node</repositoryName></Identify>"
    text = f'<OAI-PMH xmlns="{OAI}"><responseDate>2026-01-01T00:00:00Z</responseDate>{body}</OAI-PMH>'
    return Response(text, content_type="text/xml")


def html(text: str) -> Response:
    return Response(f"<!doctype html><html><body>{text}</body></html>", content_type="text/html")


def tried(report: Checkup) -> dict[str, Answered]:
    return {re.sub(r"https?://[^/]*", "", one.url) or "/": one.answered for one in report.tried}


@pytest.fixture
def site(httpserver: HTTPServer) -> HTTPServer:
    return httpserver


def test_a_link_on_a_home_page_leads_to_the_interface(site: HTTPServer, doctor_settings: Settings) -> None:
    site.expect_request("/").respond_with_response(html('<a href="/hidden/oai?verb=Identify">machines</a>'))
    site.expect_request("/hidden/oai").respond_with_handler(oai)
    report = examine(site.url_for("/"), doctor_settings)
    assert report.examined is not None
    assert (report.examined.protocol, report.examined.base_url) == ("oai-pmh", site.url_for("/hidden/oai"))
    assert tried(report) == {"/": Answered.PAGE, "/hidden/oai": Answered.FOUND}
    assert report.facts.name == "A <script> node"


def test_well_known_places_are_tried_where_a_page_links_to_nothing(
    site: HTTPServer, doctor_settings: Settings
) -> None:
    site.expect_request("/").respond_with_response(html("Welcome"))
    site.expect_request("/cgi/oai2").respond_with_handler(oai)
    report = examine(site.url_for("/"), doctor_settings)
    assert report.examined is not None
    assert report.examined.base_url == site.url_for("/cgi/oai2")
    assert report.software is not None
    assert report.software.id == "eprints"
    assert tried(report)["/oai/request"] is Answered.NOT_FOUND


def test_redirects_are_followed_and_a_wrong_path_does_not_stop_it(
    site: HTTPServer, doctor_settings: Settings
) -> None:
    site.expect_request("/oai/request").respond_with_handler(oai)
    site.expect_request("/moved").respond_with_response(
        Response(status=301, headers={"Location": "/oai/request"})
    )
    assert examine(site.url_for("/no/such/page"), doctor_settings).examined is not None
    report = examine(site.url_for("/moved"), doctor_settings)
    assert report.examined is not None
    assert report.examined.base_url == site.url_for("/oai/request")
    assert next(one.result for one in report.findings if one.check == "https") == "moved"


def test_a_folder_of_files_and_a_data_json_are_found(site: HTTPServer, doctor_settings: Settings) -> None:
    listing = '<html><head><title>Index of /iso</title></head><body><a href="a.xml">a</a></body></html>'
    site.expect_request("/iso/").respond_with_data(listing, content_type="text/html")
    record = '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>Waste</title></dc>'
    site.expect_request("/iso/a.xml").respond_with_data(record, content_type="text/xml")
    report = examine(site.url_for("/iso/"), doctor_settings)
    assert report.examined is not None
    assert report.examined.protocol == "files"
    assert [one.hit and one.hit.title for one in report.samples] == ["Waste"]
    site.expect_request("/data.json").respond_with_json(
        {"title": "Open data", "dataset": [{"identifier": "1", "title": "Waste", "description": "x"}]}
    )
    report = examine(site.url_for("/data.json"), doctor_settings)
    assert report.examined is not None
    assert (report.examined.protocol, report.facts.records) == ("data-json", 1)


def test_where_there_is_nothing_that_is_said(site: HTTPServer, doctor_settings: Settings) -> None:
    site.expect_request("/").respond_with_response(html("Welcome"))
    report = examine(site.url_for("/"), doctor_settings)
    assert (report.outcome, report.stage, report.findings) == (Outcome.NOTHING_FOUND, Stage.ENDED, ())
    assert 20 < len(report.tried) <= 40


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://0x7f000001/"]
)
def test_private_addresses_are_refused_and_nothing_is_told_of_them(
    doctor_settings: Settings, address: str
) -> None:
    closed = doctor_settings.model_copy(update={"allowed_networks": ()})
    report = examine(address, closed)
    assert (report.outcome, report.why, report.requests) == (Outcome.REFUSED, "", 1)
    assert [one.answered for one in report.tried] == [Answered.REFUSED]
    assert report.tried[0].why == ""


def test_a_link_into_a_private_network_is_refused_too(site: HTTPServer, doctor_settings: Settings) -> None:
    site.expect_request("/").respond_with_response(html('<a href="http://10.1.2.3/oai?verb=Identify">x</a>'))
    report = examine(site.url_for("/"), doctor_settings)
    assert next(one for one in report.tried if "10.1.2.3" in one.url).answered is Answered.REFUSED


def test_no_answer_and_no_address(doctor_settings: Settings) -> None:
    assert examine("http://127.0.0.1:1/", doctor_settings).outcome is Outcome.UNREACHABLE
    assert examine("not an address", doctor_settings).outcome is Outcome.NO_ADDRESS


def test_the_budget_ends_it_and_keeps_what_was_found(simulator: Simulator, doctor_settings: Settings) -> None:
    node = simulator.add("budget", count=100, page_size=10)
    few = doctor_settings.model_copy(update={"check_requests": 10})
    report = examine(simulator.base_url + node.path, few)
    assert (report.outcome, report.requests) == (Outcome.PARTIAL, 10)
    assert report.facts.records is None or report.facts.records == 100
    assert len(report.findings) > 10


def test_it_is_told_as_it_goes_on_and_stops_when_asked(
    simulator: Simulator, doctor_settings: Settings
) -> None:
    node = simulator.add("live", count=30, page_size=10)
    told: list[Checkup] = []
    address = simulator.base_url + node.path
    report = examine(address, doctor_settings, on_progress=told.append)
    assert list(dict.fromkeys(one.stage for one in told)) == [
        Stage.LOOKING, Stage.ASKING, Stage.SAMPLING, Stage.ENDED,
    ]  # fmt: skip
    assert told[-1] == report
    assert replace(told[0], tried=()) != report
    begun = time.monotonic()
    with pytest.raises(CheckupOver) as stopped:
        examine(address, doctor_settings, should_stop=lambda: time.monotonic() > begun)
    assert stopped.value.stopped


def once(mishap: Mishap) -> Mishap:
    """It happens the first time, and then no more."""
    left = [mishap]
    return lambda handler: left.pop()(handler) if left else False


def test_a_node_that_is_busy_for_a_moment_is_asked_once_more(doctor_settings: Settings) -> None:
    node = RemoteNode(page_size=5)
    node.fill(12)
    node.always = once(busy("0"))
    with running(node):
        report = examine(node.url, doctor_settings)
    results = {one.check: one.result for one in report.findings}
    assert (results["list"], results["resumption"], results["busy"]) == ("good", "good", "turned-away")
    assert report.facts.records == 12
