"""Web-accessible folders, as Apache, nginx and IIS list them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug import Request, Response

from catalogue.errors import AnswerTooLarge, AnswerUnreadable, HttpFailure
from catalogue.quirks import Quirks
from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source
from csw_catalogue import identifiers, iso
from harvester.clients import client_for, waf
from harvester.clients.base import Client, Page
from harvester.http import HarvestSession


def rules(pages: list[Page]) -> list[str]:
    return [item.fault.rule for page in pages for item in page.items if item.fault]


APACHE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><html><head>
<title>Index of /waf</title></head>
<body><h1>Index of /waf</h1><table><tr><th><a href="?C=N;O=D">Name</a></th></tr>
<tr><td><a href="/">Parent Directory</a></td></tr>{links}</table></body></html>"""
NGINX = '<html><head><title>Index of /waf/</title></head><body><h1>Index of /waf/</h1><hr><pre>\
<a href="../">../</a>\n{links}</pre><hr></body></html>'
IIS = '<html><head><title>host - /waf/</title></head><body><pre><A HREF="/">[To Parent Directory]</A><br>\
{links}</pre></body></html>'


def apache(names: list[str], _: str) -> str:
    return APACHE.format(links="".join(f'<tr><td><a href="{n}">{n}</a></td></tr>' for n in names))


def nginx(names: list[str], _: str) -> str:
    return NGINX.format(links="".join(f'<a href="{n}">{n}</a>   02-Jan-2026 10:00  123\n' for n in names))


def iis(names: list[str], path: str) -> str:
    return IIS.format(links="".join(f'<A HREF="{path}{n}">{n}</A><br>' for n in names))


class WebFolder:
    """A tree of files below /waf/ and its listings."""

    def __init__(self, httpserver: Any) -> None:
        self.files: dict[str, bytes] = {}
        #: Links in the first listing, and in every one.
        self.extra: list[str] = []
        self.everywhere: list[str] = []
        self.style: Any = apache
        self.statuses: dict[str, int] = {}
        self.asked: list[str] = []
        self.host = httpserver.url_for("").rstrip("/")
        httpserver.expect_request("/waf", method="GET").respond_with_handler(self.answer)
        httpserver.expect_request(re.compile("/waf/.*")).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        path = request.path.removeprefix("/waf").removeprefix("/")
        if path in self.statuses:
            return Response("no", self.statuses[path])
        if path in self.files:
            etag = f'"{hash(self.files[path])}"'
            if request.headers.get("If-None-Match") == etag:
                return Response(status=304)
            self.asked.append(path)
            return Response(self.files[path], content_type="text/xml", headers={"ETag": etag})
        below = (name.removeprefix(path) for name in self.files if name.startswith(path))
        names = {name.partition("/")[0] + ("/" if "/" in name else "") for name in below}
        extra = self.extra if not path else []
        listing = self.style([*sorted(names), *extra, *self.everywhere], f"/waf/{path}")
        return Response(listing, content_type="text/html")


@pytest.fixture
def folder(httpserver: Any) -> WebFolder:
    made = WebFolder(httpserver)
    made.files = {
        "a.xml": iso("a").encode(),
        "sub/b.XML": iso("").encode(),
        "sub/deep/c.xml": iso("c").encode(),
        "z.pdf": b"%PDF",
    }
    return made


@pytest.fixture
def client(session: HarvestSession, httpserver: Any) -> Any:
    def make(path: str = "/waf/", **fields: Any) -> Client:
        return client_for(Source("w", Protocol.FILES, httpserver.url_for(path), **fields), session)

    return make


@pytest.mark.parametrize("style", [apache, nginx, iis])
@pytest.mark.parametrize("path", ["/waf/", "/waf"])
def test_listings_of_web_servers(folder: WebFolder, client: Any, style: Any, path: str) -> None:
    folder.style = style
    assert client(path).describe().incremental
    pages = list(client(path).pages(Checkpoint()))
    assert identifiers(pages) == ["a", f"{folder.host}/waf/sub/b.XML", "c"]
    assert pages[-1].checkpoint.finished
    assert pages[-1].checkpoint.response_date
    assert rules(pages) == []


def test_only_what_is_below_on_the_same_host(folder: WebFolder, client: Any) -> None:
    folder.extra = [
        "http://other.example.org/waf/x.xml", "//other.example.org/x.xml", "/elsewhere/x.xml", "../x.xml",
        "%2e%2e/x.xml", "javascript:void(0)", "mailto:a@example.org", "a.xml?download=1", "a.xml#top", "http://[x.xml",
        "file:///etc/x.xml",
    ]  # fmt: skip
    assert len(identifiers(list(client().pages(Checkpoint())))) == 3
    assert len(folder.asked) == 3


def test_a_web_folder_is_gone_on_with_in_another_process(
    folder: WebFolder, client: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(waf, "PAGE_FILES", 2)
    folder.files = {f"{n}.xml": iso(f"r{n}").encode() for n in range(7)}
    first = next(client().pages(Checkpoint()))
    folder.asked.clear()
    folder.files["6a.xml"] = iso("new").encode()
    del folder.files["0.xml"]
    rest = list(client().pages(first.checkpoint))
    assert identifiers([first, *rest]) == [*(f"r{n}" for n in range(7)), "new"]
    assert folder.asked[0] == "2.xml"


def test_files_that_have_not_changed_are_not_read_again(
    folder: WebFolder, client: Any, session: HarvestSession
) -> None:
    list(client().pages(Checkpoint()))
    session.validators._known = dict(session.validators.noted)
    folder.files["a.xml"] = iso("a", date="2026-05-05").encode()
    folder.asked.clear()
    assert identifiers(list(client().pages(Checkpoint()))) == ["a"]
    assert folder.asked == ["a.xml"]


def test_files_and_folders_that_cannot_be_had_are_faults(folder: WebFolder, client: Any) -> None:
    folder.statuses = {"a.xml": 404, "sub/deep/": 403}
    pages = list(client().pages(Checkpoint()))
    assert rules(pages) == ["files.unreadable"]
    assert [fault.rule for page in pages for fault in page.faults] == ["files.folder-unreadable"]
    folder.statuses = {"a.xml": 500}
    with pytest.raises(HttpFailure):
        list(client().pages(Checkpoint()))


def test_links_without_end(folder: WebFolder, client: Any) -> None:
    folder.everywhere = ["again/"]
    pages = list(client().pages(Checkpoint()))
    assert len(identifiers(pages)) == 3
    assert [note.event for page in pages for note in page.notes] == ["folders-too-deep"]


def test_more_than_anybody_has(folder: WebFolder, client: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(waf, "MOST_FILES", 2)
    with pytest.raises(AnswerTooLarge, match="more than 2 files"):
        list(client().pages(Checkpoint()))


@pytest.mark.parametrize("page", ["<html><body><form>log in</form></body></html>", "", "<a", "{}"])
def test_a_page_that_is_no_listing_is_not_an_empty_folder(folder: WebFolder, client: Any, page: str) -> None:
    folder.style = lambda *_: page
    with pytest.raises(AnswerUnreadable):
        client().describe()
    with pytest.raises(AnswerUnreadable):
        list(client().pages(Checkpoint()))


def test_a_guess_is_taken_of_a_file_that_no_repair_mends(folder: WebFolder, client: Any) -> None:
    folder.files["a.xml"] = broken = iso("a").replace("2026-01-02", "<br>2026-01-02").encode()
    [page] = client().pages(Checkpoint())
    assert [item.fault.rule for item in page.items if item.fault] == ["xml.malformed"]
    [page] = client(quirks=Quirks(accept_recovered=True)).pages(Checkpoint())
    assert {item.identifier: item.repairs for item in page.items}["a"] == ("recovered",)
    assert not any(item.fault for item in page.items)
    assert [answer for _, answer in page.set_aside] == [broken]
