"""Records in every form: valid, saying the same, and harmless whatever a record says."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import msgspec
import pytest
from lxml import etree
from rdflib import Graph
from rdflib.compare import isomorphic, to_isomorphic

from catalogue import namespaces as ns
from catalogue.rendering.table import COLUMNS
from endpoint.languages import LANGUAGES
from endpoint.records_api.representations import REPRESENTATIONS, Kind
from records_client import HOSTILE, ROOT, Held, RecordsClient

ITEMS = "/collections/records/items"
FORMS = [one.name for one in REPRESENTATIONS if Kind.LIST in one.kinds]


def graph(content: bytes, form: str) -> Graph:
    return Graph().parse(data=content.decode(), format=form)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's JSON-LD
@pytest.mark.parametrize("path", [f"{ITEMS}/RICH", f"{ITEMS}/NASTY", f"{ITEMS}?limit=4"])
def test_the_forms_of_dcat_are_the_same_graph(client: RecordsClient, held: Held, path: str) -> None:
    address = path.replace("RICH", held.rich).replace("NASTY", held.nasty)
    made = {}
    for f, form in (("rdf", "xml"), ("ttl", "turtle"), ("dcat-jsonld", "json-ld")):
        made[f] = to_isomorphic(graph(client.get(address, f=f).content, form))
    assert len(made["rdf"]) > 10
    assert isomorphic(made["rdf"], made["ttl"])
    assert isomorphic(made["rdf"], made["dcat-jsonld"])


def test_a_list_without_records_is_a_list_in_every_form(client: RecordsClient) -> None:
    for f in FORMS:
        answer = client.get(f"{ITEMS}?filter=FALSE", f=f)
        assert answer.status == 200, (f, answer.content)
    assert len(graph(client.get(f"{ITEMS}?filter=FALSE&f=rdf").content, "xml")) == 0
    assert len(graph(client.get(f"{ITEMS}?filter=FALSE&f=ttl").content, "turtle")) == 0


def test_schema_org(client: RecordsClient, held: Held) -> None:
    found = client.get(f"{ITEMS}/{held.rich}?f=jsonld").json
    assert (found["@context"], found["@type"], found["@id"]) == (
        "https://schema.org/", "Dataset", "https://doi.org/10.1234/abc",
    )  # fmt: skip
    assert {"@value": "Le plomb dans le sol", "@language": "fr"} in found["name"]
    assert found["distribution"] == [
        {
            "@type": "DataDownload", "contentUrl": "https://data.example.org/lead.csv",
            "encodingFormat": "text/csv", "name": "Table",
        }
    ]  # fmt: skip
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["temporalCoverage"] == ["2003/2003-06", "2001-02-03/.."]
    assert found["includedInDataCatalog"] == {
        "@type": "DataCatalog", "name": "Example Catalogue", "url": ROOT,
    }  # fmt: skip
    listed = client.get(f"{ITEMS}?limit=100&f=jsonld").json["@graph"]
    assert found["@id"] in [one["@id"] for one in listed]


def test_cells_are_never_formulas(client: RecordsClient) -> None:
    text = client.get(f"{ITEMS}?limit=100&f=csv").content.decode()
    header, *rows = csv.reader(io.StringIO(text))
    assert tuple(header) == COLUMNS
    assert len(rows) == int(client.items().json["numberMatched"])
    numbers = {COLUMNS.index(name) for name in ("west", "south", "east", "north")}
    for row in rows:
        assert len(row) == len(COLUMNS)
        for place, cell in enumerate(row):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or (
                place in numbers and re.fullmatch(r"-?[0-9.]+", cell)
            )
    nasty = next(row for row in rows if row[0].endswith(":nasty"))
    assert nasty[COLUMNS.index("type")] == "'-1+1"


def test_references(client: RecordsClient, held: Held) -> None:
    ris = client.get(f"{ITEMS}/{held.rich}?f=ris").content.decode().split("\r\n")
    assert ris[0] == "TY  - DATA"
    assert {
        "AU  - Doe, Jane",
        "PY  - 2003",
        "DA  - 2003/05/04",
        "DO  - 10.1234/abc",
        "PB  - Example Centre",
    } < set(ris)
    assert "AB  - Where lead was found, and how much." in ris
    assert ris[-2] == "ER  - "
    every = client.get(f"{ITEMS}?limit=100&f=ris").content.decode()
    assert every.count("TY  - ") == every.count("ER  - ") == client.items().json["numberMatched"]
    bibtex = client.get(f"{ITEMS}/{held.rich}?f=bibtex").content.decode()
    assert bibtex.startswith("@misc{oai-")
    for line in ("title = {{Lead in soil}}", "author = {Doe, Jane}", "year = {2003}", "doi = {10.1234/abc}"):
        assert line in bibtex
    nasty = client.get(f"{ITEMS}/{held.nasty}?f=bibtex").content.decode()
    assert r"\&" in nasty
    assert nasty.count("{") == nasty.count("}")


def test_atom(client: RecordsClient, held: Held) -> None:
    feed = etree.fromstring(client.get(f"{ITEMS}?limit=5&f=atom").content)
    assert feed.tag == f"{{{ns.ATOM}}}feed"
    entries = feed.findall(f"{{{ns.ATOM}}}entry")
    assert [one.findtext(f"{{{ns.DC}}}identifier") for one in entries] == client.items(limit="5").ids
    onward = feed.find(f"{{{ns.ATOM}}}link[@rel='next']").get("href")
    assert client.get(onward).media_type == "application/atom+xml"
    entry = etree.fromstring(client.get(f"{ITEMS}/{held.rich}?f=atom").content)
    assert entry.find(f"{{{ns.ATOM}}}link[@rel='alternate']").attrib == {
        "rel": "alternate", "type": "text/html", "href": f"{ROOT}/ogc/collections/records/items/{held.rich}",
    }  # fmt: skip


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize(
    "path", ["", "/api", "/collections", f"{ITEMS}?q=lead", f"{ITEMS}/RICH", f"{ITEMS}/nobody"]
)
def test_every_page_is_in_every_language(client: RecordsClient, held: Held, path: str, tag: str) -> None:
    answer = client.get(path.replace("RICH", held.rich), accept="text/html", language=f"{tag};q=0.9, de")
    page = answer.page
    assert answer.media_type == "text/html"
    assert answer.status == (404 if path.endswith("nobody") else 200)
    assert (page.get("lang"), page.get("dir")) == (tag, LANGUAGES[tag].direction)
    assert page.xpath("string(//h1)").strip()
    assert len(answer.content) < 200_000
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_page_about_a_record(client: RecordsClient, held: Held) -> None:
    page = client.get(f"{ITEMS}/{held.rich}?f=html&lang=ar").page
    (title,) = page.xpath("//h1")
    assert (title.text, title.get("lang"), title.get("dir")) == ("الرصاص في التربة", "ar", "rtl")
    assert "Lead in soil" in page.xpath("//p[@class='other'][@lang='en']/text()")
    assert page.xpath("//ul[@class='originals']/li/a/@href") == [
        "https://doi.org/10.1234/abc", "https://data.example.org/lead.csv", "https://data.example.org/a?x=1&y=2",
    ]  # fmt: skip
    (data,) = page.xpath("//script[@type='application/ld+json']/text()")
    assert msgspec.json.decode(str(data)) == client.get(f"{ITEMS}/{held.rich}?f=jsonld").json
    assert page.xpath("//link[@rel='canonical']/@href") == [
        f"{ROOT}/ogc/collections/records/items/{held.rich}"
    ]
    assert f"{ROOT}/ogc/collections/records/items/{held.rich}?f=ris" in page.xpath("//a/@href")


@pytest.mark.parametrize("path", [f"{ITEMS}/NASTY", f"{ITEMS}?limit=100", f"{ITEMS}?q=%3Cscript%3Ealert(1)"])
def test_what_a_record_says_is_text_and_no_more(client: RecordsClient, held: Held, path: str) -> None:
    answer = client.get(path.replace("NASTY", held.nasty), accept="text/html")
    page = answer.page
    assert [one.get("type") for one in page.xpath("//script")] in ([], ["application/ld+json"])
    assert not page.xpath("//@onmouseover")
    web = ("http://", "https://", "/", "?", "#", "mailto:")
    assert [one for one in page.xpath("//@href") if not one.startswith(web)] == []
    assert b"<script>alert" not in answer.content
    if "limit" in path:
        assert HOSTILE in [one.text for one in page.xpath("//h2/a/bdi")]


def test_results_can_be_searched_and_walked_without_a_script(client: RecordsClient, held: Held) -> None:
    page = client.get(f"{ITEMS}?limit=25&f=html&sortby=title&lang=fr").page
    (form,) = page.xpath("//form")
    assert form.get("action") == f"{ROOT}/ogc{ITEMS}"
    sent = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    assert sent == {"q": "", "limit": "25", "sortby": "title", "lang": "fr"}
    assert form.xpath("string(.//label[@for='q'])")
    titles = page.xpath("//h2/a/@href")
    onward = page.xpath("//a[@rel='next']/@href")
    titles += client.get(onward[0]).page.xpath("//h2/a/@href")
    assert len(set(titles)) == len(held.known) + 2


def _links(page: Any, facet: str) -> dict[str, tuple[int, str]]:
    """Of a facet of a page what each value is called, how many records it leaves, and where."""
    rows = page.xpath(f"//section[@class='facets']/h3[text()='{facet}']/following-sibling::*[1]//li")
    return {
        row.xpath("string(a)"): (int(row.xpath("string(span)")), str(row.xpath("string(a/@href)")))
        for row in rows
    }


def _found(page: Any) -> int:
    return int(page.xpath("string(//p[@role='status'])").split(":")[1].split()[0])


def test_results_are_narrowed_by_links_that_tell_how_many_they_leave(
    client: RecordsClient, held: Held
) -> None:
    page = client.get(f"{ITEMS}?f=html&lang=en&limit=3&q=lead").page
    languages = _links(page, "Language")
    assert languages
    for count, address in languages.values():
        narrowed = client.get(address).page
        assert _found(narrowed) == count
        assert narrowed.xpath("//input[@name='resourceLanguages']")
        (chosen,) = narrowed.xpath("//ul[@class='chosen']/li")
        assert not _links(narrowed, "Language")
        assert _found(client.get(chosen.xpath("string(a/@href)")).page) == _found(page)
        assert "limit=3" in chosen.xpath("string(a/@href)")


def test_a_source_is_a_collection_of_its_own(client: RecordsClient, held: Held) -> None:
    page = client.get(f"{ITEMS}?f=html&lang=en&q=lead").page
    assert _links(page, "Source")
    for count, address in _links(page, "Source").values():
        narrowed = client.get(address).page
        assert "/collections/source:" in address
        assert _found(narrowed) == count
        assert not _links(narrowed, "Source")
        (chosen,) = narrowed.xpath("//ul[@class='chosen']/li")
        assert _found(client.get(chosen.xpath("string(a/@href)")).page) == _found(page)
    assert not _links(client.get("/collections/convention:basel/items?f=html").page, "Source")
