"""Pages and the style sheet of the feed, in all languages, over a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import requests
import uvicorn
from lxml import etree, html

from catalogue.record import Record, Text
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app
from endpoint.languages import LANGUAGES
from factories import fill

HOSTILE = "<script>alert(1)</script> & 'quotes'"
PAGES = ("/feed", "/dump/", "/clients", "/check", "/oai/browse?verb=Identify")


@pytest.fixture
def at(sqlite_store: Store, tmp_path: object) -> Iterator[str]:
    records = {f"r{n}": Record(Text.of(f"Waste {n}", "en")) for n in range(12)}
    records["x"] = Record(Text.of(HOSTILE), alternative_titles=(Text.of("نفايات", "ar"),))
    fill(sqlite_store, records)
    settings = load_settings(
        oai_page_size=10, base_url="http://testing/catalogue", dump_folder=f"{tmp_path}/dump"
    )
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings, sqlite_store), port=0, log_config=None, ws="none")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def read(address: str, language: str = "") -> html.HtmlElement:
    answer = requests.get(address, headers={"Accept-Language": language} if language else {}, timeout=20)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    return html.fromstring(answer.text)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_page_is_in_every_language(at: str, path: str, tag: str) -> None:
    page = read(at + path, language=f"{tag};q=0.9, de")
    assert (page.get("lang"), page.get("dir")) == (tag, LANGUAGES[tag].direction)
    assert page.xpath("string(//h1)").strip()


def test_a_language_that_was_chosen_stays_chosen(at: str) -> None:
    page = read(f"{at}/feed?lang=ar", language="fr")
    assert page.get("lang") == "ar"
    assert "/catalogue/dump/?lang=ar" in page.xpath("//nav/a/@href")
    assert {one.get("href") for one in page.xpath("//footer/nav/a")} == {f"?lang={tag}" for tag in LANGUAGES}
    walked = read(f"{at}/oai/browse?verb=ListRecords&metadataPrefix=oai_dc&lang=ar", language="fr")
    assert walked.get("dir") == "rtl"
    assert walked.xpath("string(//a[@rel='next']/@href)").endswith("&lang=ar")


def test_who_comes_to_look_for_something_asks_on_the_first_page(at: str) -> None:
    [form] = read(f"{at}/?lang=fr").xpath("//form[@role='search']")
    asked = {one.get("name"): one.get("value") or "waste 7" for one in form.inputs if one.get("name")}
    address = form.action.partition("?")[0].replace("/catalogue", at, 1)
    answer = requests.get(address, asked, headers={"Accept": "text/html"}, timeout=20)
    found = html.fromstring(answer.text)
    assert found.get("lang") == "fr"
    assert [text.strip() for text in found.xpath("//main//h2//text()") if "7" in text] == ["Waste 7"]


def test_the_feed_page_has_live_counts_and_addresses_to_copy(at: str) -> None:
    page = read(f"{at}/feed")
    addresses = [code.text for code in page.xpath("//code")]
    assert "http://testing/catalogue/oai" in addresses
    assert "http://testing/catalogue/oai?verb=ListRecords&metadataPrefix=iso19139" in addresses
    assert "http://testing/catalogue/oai?verb=ListRecords&metadataPrefix=oai_dc&set=source:nile" in addresses
    (row,) = page.xpath("//section[@aria-labelledby='sets']//tbody/tr[th/code='set=source:nile']")
    assert [cell.text_content().strip() for cell in row.xpath("td[@class='number']")] == ["13", "0"]


def test_every_answer_names_the_style_sheet_and_the_style_sheet_is_one(at: str) -> None:
    for verb in ("Identify", "Nonsense"):
        document = etree.fromstring(requests.get(f"{at}/oai?verb={verb}", timeout=10).content)
        instruction = document.getprevious()
        assert instruction is not None
        assert instruction.get("href") == "/catalogue/oai/stylesheet.xsl"
    for tag in LANGUAGES:
        found = requests.get(f"{at}/oai/stylesheet.xsl", headers={"Accept-Language": tag}, timeout=10)
        assert found.headers["Content-Type"].startswith("text/xsl")
        etree.XSLT(etree.fromstring(found.content))


def _walk(at: str, path: str) -> Iterator[html.HtmlElement]:
    while path:
        page = read(at + path)
        yield page
        path = page.xpath("string(//a[@rel='next']/@href)").removeprefix("/catalogue")


def test_a_list_can_be_walked_to_its_end_in_the_browser(at: str) -> None:
    pages = list(_walk(at, "/oai/browse?verb=ListRecords&metadataPrefix=oai_dc"))
    titles = [title for page in pages for title in page.xpath("//article//tr[th='Title']/td/bdi/text()")]
    assert len(pages) == 2
    assert len([title for title in titles if title.startswith("Waste")]) == 12
    assert HOSTILE in titles
    assert all(page.xpath("//script") == [] for page in pages)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("verb=Nonsense", "badVerb"),
        ("verb=ListRecords&metadataPrefix=none", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=1999-01-01", "noRecordsMatch"),
        ("verb=ListSets", "source:nile"),
        ("verb=ListMetadataFormats", "iso19139"),
        ("verb=ListRecords&metadataPrefix=iso19139", "gmd:MD_Metadata"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc", "oai:clearinghouse.localdomain:nile:r1"),
        ('verb="><script>alert(1)</script>', "badVerb"),
    ],
)
def test_every_answer_can_be_shown(at: str, query: str, said: str) -> None:
    page = read(f"{at}/oai/browse?{query}")
    assert said in page.text_content()
    assert page.xpath("//script") == []
