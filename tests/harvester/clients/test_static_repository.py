from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from werkzeug import Request, Response

from catalogue.errors import AnswerUnreadable, HttpFailure, ListBroken
from catalogue.quirks import Quirks
from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source
from harvester.clients import client_for
from harvester.clients.base import Client, Page
from harvester.http import HarvestSession
from static_repository import GMD, OAI, document


class File:
    """The file on its server, and how often it was sent."""

    def __init__(self, httpserver: Any) -> None:
        self.body = document(250)
        self.sent = 0
        self.etag = '"1"'
        self.status = 200
        httpserver.expect_request("/repository.xml").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        if self.etag and request.headers.get("If-None-Match") == self.etag:
            return Response(status=304, headers={"ETag": self.etag})
        self.sent += 1
        headers = {"ETag": self.etag} if self.etag else {}
        return Response(self.body, self.status, headers, content_type="text/xml")


@pytest.fixture
def file(httpserver: Any) -> File:
    return File(httpserver)


@pytest.fixture
def client(session: HarvestSession, httpserver: Any) -> Any:
    def make(**fields: Any) -> Client:
        source = Source("x", Protocol.OAI_STATIC, httpserver.url_for("/repository.xml"), **fields)
        return client_for(source, session)

    return make


def identifiers(pages: list[Page]) -> list[str]:
    return [item.identifier for page in pages for item in page.items]


ALL = [f"oai:x.example.org:{n}" for n in range(250)]


def test_describe(file: File, client: Any) -> None:
    described = client().describe()
    assert described.repository_name == "A small centre"
    assert described.granularity == "YYYY-MM-DD"
    assert described.deleted_record == "no"
    assert described.formats == ("oai_dc",)


def test_the_file_is_read_once_and_comes_in_pages(file: File, client: Any) -> None:
    one = client()
    one.describe()
    pages = list(one.pages(Checkpoint()))
    assert identifiers(pages) == ALL
    assert [len(page.items) for page in pages] == [100, 100, 50]
    assert pages[0].items[0].payload.startswith(b"<oai_dc:dc")
    assert pages[0].items[0].datestamp == "2026-01-02"
    assert pages[-1].checkpoint.finished
    assert pages[-1].checkpoint.complete_list_size == 250
    assert file.sent == 1


def test_goes_on_in_another_process(file: File, client: Any) -> None:
    first = next(client().pages(Checkpoint()))
    rest = list(client().pages(first.checkpoint))
    assert identifiers([first, *rest]) == ALL
    assert list(client().pages(rest[-1].checkpoint)) == []


def test_another_version_of_the_file_meanwhile_begins_the_list_again(file: File, client: Any) -> None:
    first = next(client().pages(Checkpoint()))
    file.body, file.etag = document(251), '"2"'
    with pytest.raises(ListBroken, match="changed"):
        list(client().pages(first.checkpoint))


@pytest.mark.parametrize("etag", ['"1"', ""])
def test_a_file_that_has_not_changed_is_no_empty_list(
    file: File, client: Any, session: HarvestSession, etag: str
) -> None:
    file.etag = etag
    list(client().pages(Checkpoint()))
    session.validators._known = dict(session.validators.noted)
    again = client(repository_name="A small centre")
    assert again.describe().repository_name == "A small centre"
    [page] = again.pages(Checkpoint())
    assert page.items == ()
    assert page.checkpoint.finished
    assert [note.event for note in page.notes] == ["not-modified"]
    assert page.checkpoint.complete_list_size is None


def test_the_richest_format_or_the_one_that_was_asked_for(file: File, client: Any) -> None:
    iso = (
        "<oai:record><oai:header><oai:identifier>g1</oai:identifier><oai:datestamp>2026-01-02</oai:datestamp>"
        f'</oai:header><oai:metadata><g:MD_Metadata xmlns:g="{GMD}"/></oai:metadata></oai:record>'
    )
    file.body = document(2, more=f'<ListRecords metadataPrefix="iso19139">{iso}</ListRecords>')
    assert identifiers(list(client().pages(Checkpoint()))) == ["g1"]
    assert identifiers(list(client(metadata_prefix="oai_dc").pages(Checkpoint()))) == ALL[:2]
    with pytest.raises(AnswerUnreadable, match="mods"):
        list(client(metadata_prefix="mods").pages(Checkpoint()))


def test_an_empty_repository(file: File, client: Any) -> None:
    file.body = document(0)
    [page] = client().pages(Checkpoint())
    assert page.items == ()
    assert page.checkpoint.complete_list_size == 0


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>404</body></html>",
        "",
        document(3)[:900],
        f'<OAI-PMH xmlns="{OAI}"/>',
        '<!DOCTYPE x [<!ENTITY a "b">]><Repository>&a;</Repository>',
    ],
)
def test_what_is_no_static_repository(file: File, client: Any, body: str) -> None:
    file.body = body
    with pytest.raises(AnswerUnreadable):
        client().describe()
    with pytest.raises(AnswerUnreadable):
        list(client().pages(Checkpoint()))


def test_gone(file: File, client: Any) -> None:
    file.status = 404
    file.body = "no"
    with pytest.raises(HttpFailure):
        client().describe()


def test_a_file_that_is_not_well_formed_is_repaired_in_the_open(
    file: File, session: HarvestSession, httpserver: Any
) -> None:
    file.body = document(150).replace("</dc:title>", " R&D</dc:title>", 1)
    source = Source("nile", Protocol.OAI_STATIC, httpserver.url_for("/repository.xml"))
    first, second = client_for(source, session).pages(Checkpoint())
    assert [item.repairs for item in first.items if item.repairs] == [("stray-ampersands",)]
    assert not any(item.repairs for item in second.items)
    assert [note.event for note in first.notes] == ["page-repaired"]
    assert [answer for _, answer in first.set_aside] == [file.body.encode()]
    assert (second.notes, second.set_aside) == ((), ())


def test_a_guess_is_taken_of_a_file_that_no_repair_mends(
    file: File, session: HarvestSession, httpserver: Any
) -> None:
    file.body = document(3).replace("</dc:title>", "<b>and<i>more</b></i></dc:title>", 1)
    source = Source("nile", Protocol.OAI_STATIC, httpserver.url_for("/repository.xml"))
    with pytest.raises(AnswerUnreadable):
        list(client_for(source, session).pages(Checkpoint()))
    guessing = replace(source, quirks=Quirks(accept_recovered=True))
    [page] = client_for(guessing, session).pages(Checkpoint())
    assert [(item.identifier, item.repairs) for item in page.items] == [
        (ALL[0], ("recovered",)),
        (ALL[1], ()),
        (ALL[2], ()),
    ]
    assert [answer for _, answer in page.set_aside] == [file.body.encode()]
