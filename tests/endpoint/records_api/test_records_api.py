"""OGC API - Records: what is found, how one goes on, in which forms, and what is refused."""

from __future__ import annotations

from collections import Counter

import pytest
from lxml import etree

from catalogue.query import AnyText, Compare, Extent, Like, Operator, Relation, SortKey, Wildcard
from catalogue.store import Store
from endpoint.records_api import conformance
from endpoint.records_api.properties import FACETS
from query_truth import in_order, matching
from records_client import ROOT, Held, RecordsClient

ITEMS = "/collections/records/items"


def names(held: Held, numbers: list[int]) -> list[str]:
    by_number = {one.number: one.identifier for one in held.known}
    return [by_number[number] for number in numbers]


def test_the_way_from_the_landing_page_to_a_record(client: RecordsClient, held: Held) -> None:
    landing = client.get()
    assert landing.media_type == "application/json"
    assert landing.json["title"] == "Example Catalogue"
    assert client.get(landing.link("conformance")).json["conformsTo"] == conformance.classes()
    collections = client.get(landing.link("data"))
    assert [one["id"] for one in collections.json["collections"]] == [
        "records", "convention", "convention:basel", "source", "source:nile",
    ]  # fmt: skip
    first = client.get(collections.json["collections"][0]["links"][0]["href"])
    items = client.get(first.link("items"))
    assert items.media_type == "application/geo+json"
    assert items.json["numberMatched"] == len(held.known) + 2
    assert items.json["numberReturned"] == len(items.ids) == 10
    record = client.get(items.json["features"][0]["links"][0]["href"])
    assert record.json["id"] == items.ids[0]
    assert record.link("collection") == f"{ROOT}/ogc/collections/records"


def test_conformance_is_what_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    cql2 = "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json"
    assert cql2 in conformance.classes()
    monkeypatch.delitem(conformance.FILTER_LANGUAGES, "cql2-json")
    assert cql2 not in conformance.classes()


def test_a_list_tells_its_most_frequent_values(client: RecordsClient, held: Held) -> None:
    answer = client.get(ITEMS, facets="type,formats", filter="title LIKE '%lead%'", limit="1").json
    found = matching(held.known, Like("title", (Wildcard.MANY, "lead", Wildcard.MANY)))
    counts = Counter(v for one in held.known if one.number in found for v in one.values("type"))
    facet = answer["facets"]["type"]
    assert (facet["type"], facet["property"]) == ("term", "type")
    assert {one["value"]: one["count"] for one in facet["buckets"]} == counts
    assert len(counts) > 1
    assert list(answer["facets"]) == ["type", "formats"]
    assert "facets" not in client.get(ITEMS).json
    for wrong in ("description", "nothing", ",".join(FACETS[:11])):
        refused = client.get(ITEMS, facets=wrong)
        assert (refused.status, refused.json["parameter"]) == (400, "facets")


def test_a_list_is_walked_to_its_end_in_any_order(client: RecordsClient, held: Held) -> None:
    every = [*names(held, [one.number for one in held.known]), held.rich, held.nasty]
    assert client.walk(limit="7") == every
    ordered = client.walk(limit="7", sortby="-issued,title", source="")
    assert sorted(ordered) == sorted(client.walk(limit="100", source=""))
    keys = [SortKey("issued", descending=True), SortKey("title")]
    known = [
        name for name in client.walk(limit="7", sortby="-issued,title") if name not in {held.rich, held.nasty}
    ]
    assert known == names(held, in_order(held.known, keys))


def test_pages_are_stable_while_the_catalogue_changes(store: Store) -> None:
    import factories
    from catalogue.record import Record, Text

    run = factories.fill(store, {f"r{n}": Record(Text.of(f"T {n:02}")) for n in range(9)})
    client = RecordsClient(store)
    first = client.items(limit="3", sortby="title")
    factories.commit(store, run, [], tombstones=list(store.records.known([first.ids[0]]).values()))
    factories.fill(store, {"early": Record(Text.of("A"))})
    second = client.get(first.link("next"))
    assert [one["properties"]["title"] for one in second.json["features"]] == ["T 03", "T 04", "T 05"]
    assert second.json["numberMatched"] == 9


@pytest.mark.parametrize(
    ("pairs", "where"),
    [
        ({"q": "lead"}, AnyText(("lead",))),
        ({"bbox": "0,-90,20,0.5"}, Extent(Relation.INTERSECTS, 0, -90, 20, 0.5)),
        ({"bbox": "0,-90,5,20,0.5,9"}, Extent(Relation.INTERSECTS, 0, -90, 20, 0.5)),
        ({"bbox": "170,-90,-170,90"}, Extent(Relation.INTERSECTS, 170, -90, -170, 90)),
        (
            {"bbox": "-90,0,0.5,20", "bbox_crs": "http://www.opengis.net/def/crs/EPSG/0/4326"},
            Extent(Relation.INTERSECTS, 0, -90, 20, 0.5),
        ),
        (
            {"bbox": "-1000,-10000000,2200000,60000", "bbox_crs": "EPSG:3857"},
            Extent(Relation.INTERSECTS, -0.1, -66, 19, 0.53),
        ),
        ({"title": "lead"}, Compare("title", Operator.EQUAL, "lead")),
        ({"issued": "2003"}, Compare("issued", Operator.EQUAL, "2003")),
        ({"type": "DATASET"}, Compare("type", Operator.EQUAL, "dataset", match_case=False)),
        ({"filter": "issued > DATE('2003-01-01')"}, Compare("issued", Operator.GREATER, "2003-01-01")),
        (
            {"filter": '{"op":"=","args":[{"property":"type"},"Text"]}', "filter_lang": "cql2-json"},
            Compare("type", Operator.EQUAL, "Text"),
        ),
    ],
)  # fmt: skip
def test_parameters_find_what_plain_python_finds(
    client: RecordsClient, held: Held, pairs: dict[str, str], where: object
) -> None:
    answer = client.items(limit="100", **pairs)
    assert answer.status == 200, answer.content
    expected = names(held, matching(held.known, where))
    assert [name for name in answer.ids if name not in {held.rich, held.nasty}] == expected
    assert answer.json["numberMatched"] == len(answer.ids)


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ({"q": "Lead in soil"}, True),
        ({"q": "nothing, LEAD   in"}, True),
        ({"q": "soil lead"}, False),
        ({"ids": "x,RICH"}, True),
        ({"externalIds": "10.1234/abc"}, True),
        ({"externalIds": "doi:10.1234/abc"}, True),
        ({"externalIds": "isbn:10.1234/abc"}, False),
        ({"datetime": "2002-01-01"}, True),
        ({"datetime": "2000-01-01/2001-02-03"}, True),
        ({"datetime": "../2001-02-02"}, False),
        ({"datetime": "2024-01-01T00:00:00Z/.."}, False),
        ({"datetime": "/2001-02-03T12:00:00Z"}, True),
        ({"filter": "S_WITHIN(geometry, BBOX(-170,-90,170,90))"}, False),
        ({"filter": "T_DURING(issued, INTERVAL('2003-01-01','2003-12-31'))"}, True),
        ({"filter": "id = 'RICH'"}, True),
        ({"filter": "CASEI(keywords) = CASEI('LEAD')"}, True),
    ],
)
def test_parameters_of_the_standard(
    client: RecordsClient,
    held: Held,
    pairs: dict[str, str],
    found: bool,  # noqa: FBT001
) -> None:
    sent = {name: value.replace("RICH", held.rich) for name, value in pairs.items()}
    answer = client.items(limit="100", **sent)
    assert answer.status == 200, answer.content
    assert (held.rich in answer.ids) is found


@pytest.mark.parametrize(
    ("path", "parameter", "said"),
    [
        (f"{ITEMS}?limit=0", "limit", "from 1 on"),
        (f"{ITEMS}?limit=many", "limit", "'many'"),
        (f"{ITEMS}?limit=%2B5", "limit", "'+5'"),
        (f"{ITEMS}?limit=1&limit=2", "limit", "twice"),
        (f"{ITEMS}?colour=red", "colour", "no parameter 'colour'"),
        (f"{ITEMS}?bbox=1,2,3", "bbox", "four numbers"),
        (f"{ITEMS}?bbox=1,2,3,x", "bbox", "'x' is no number"),
        (f"{ITEMS}?bbox=0,50,10,40", "bbox", "south is north"),
        (f"{ITEMS}?bbox=0,0,400,40", "bbox", "not in degrees"),
        (f"{ITEMS}?bbox=0,0,1,1&bbox-crs=EPSG:99999", "bbox-crs", "EPSG:99999"),
        (f"{ITEMS}?bbox-crs=urn:nothing", "bbox-crs", "urn:nothing"),
        (f"{ITEMS}?datetime=soon", "datetime", "'soon'"),
        (f"{ITEMS}?datetime=2003-02-30", "datetime", "2003-02-30"),
        (f"{ITEMS}?datetime=../..", "datetime", "one end"),
        (f"{ITEMS}?datetime=2004-01-01/2003-01-01", "datetime", "ends before"),
        (f"{ITEMS}?sortby=geometry", "sortby", "'geometry'"),
        (f"{ITEMS}?filter=title~1", "filter", "character 6"),
        (f"{ITEMS}?filter=nothing='a'", "filter", "no queryable 'nothing'"),
        (f"{ITEMS}?filter={{}}&filter-lang=cql2-json", "filter", "$"),
        (f"{ITEMS}?filter=TRUE&filter-lang=xpath", "filter-lang", "cql2-text"),
        (f"{ITEMS}?filter=TRUE&filter-crs=EPSG:99999", "filter-crs", "EPSG:99999"),
        (f"{ITEMS}?externalIds=doi:", "externalIds", "scheme alone"),
        (f"{ITEMS}?ids=", "ids", "from one to"),
        (f"{ITEMS}?cursor=x", "cursor", "none of ours"),
        (f"{ITEMS}?cursor=WzEsMV0&sortby=title", "cursor", "another list"),
        (f"{ITEMS}?cursor=WzEsMV0&offset=3", "offset", "together"),
        (f"{ITEMS}?offset=99999999", "offset", "at most"),
        (f"{ITEMS}?issued=soon", "issued", "is a date"),
        (f"{ITEMS}?q=%00", "q", "characters"),
        (f"{ITEMS}?f=pdf", "f", "geojson"),
        (f"{ITEMS}?f=iso19139", "f", "'iso19139'"),
        (f"{ITEMS}?profile=%3Cx%3E", "profile", "profile"),
        (f"{ITEMS}?language=%3Cx%3E", "language", "languages"),
        ("/collections?limit=0", "limit", "from 1 on"),
        ("/conformance?limit=1", "limit", "no parameter"),
    ],
)
def test_what_is_wrong_is_said_with_its_parameter(
    client: RecordsClient, path: str, parameter: str, said: str
) -> None:
    answer = client.get(path)
    assert (answer.status, answer.media_type) == (400, "application/problem+json")
    assert answer.json["parameter"] == parameter
    assert said in answer.json["detail"]
    assert (answer.json["status"], answer.json["title"]) == (400, "Bad Request")


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/collections/nobody", "GET", 404),
        ("/collections/nobody/items", "GET", 404),
        ("/collections/records/items/nobody", "GET", 404),
        ("/collections/convention:basel/items/NASTY", "GET", 404),
        ("/collections/records/items/GONE", "GET", 410),
        ("/collections/source:nile/items/GONE?f=native", "GET", 410),
        ("/nothing", "GET", 404),
        (ITEMS, "POST", 405),
        ("", "DELETE", 405),
        ("/nothing/at/all", "PUT", 405),
    ],
)
def test_what_is_not_there(client: RecordsClient, held: Held, path: str, method: str, status: int) -> None:
    answer = client.get(path.replace("NASTY", held.nasty).replace("GONE", held.gone), method=method)
    assert (answer.status, answer.media_type) == (status, "application/problem+json")
    assert answer.json["status"] == status


def test_every_page_of_any_site_may_ask(client: RecordsClient) -> None:
    assert client.get(ITEMS, method="HEAD").headers["content-type"] == "application/geo+json"
    asked = client.get(ITEMS, method="OPTIONS")
    assert (asked.status, asked.headers["access-control-allow-methods"]) == (204, "GET, HEAD, OPTIONS")
    assert client.get(ITEMS).headers["access-control-allow-origin"] == "*"
    assert client.get(f"{ITEMS}?limit=0").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/geo+json"),
        ("*/*", "application/geo+json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("text/*;q=0.9, text/turtle", "text/turtle"),
        ("application/geo+json;q=0, application/*", "application/json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ('application/ld+json;profile="http://www.w3.org/ns/dcat#"', 'application/ld+json;profile="http'),
    ],
)
def test_the_form_is_what_the_client_likes_best(client: RecordsClient, accept: str, media_type: str) -> None:
    answer = client.get(ITEMS, accept=accept)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert ("profile" in media_type) is ("profile" in answer.headers["content-type"])
    assert {"Accept", "Accept-Language"} <= {one.strip() for one in answer.headers["vary"].split(",")}


def test_a_form_that_there_is_not(client: RecordsClient) -> None:
    answer = client.get(ITEMS, accept="image/png")
    assert (answer.status, answer.media_type) == (406, "application/problem+json")
    assert "text/csv" in answer.json["detail"]


def test_each_set_is_a_catalogue_of_its_own(client: RecordsClient, held: Held) -> None:
    basel = client.get("/collections/convention:basel", language="fr")
    assert basel.json["title"].startswith("Convention de B")
    assert client.walk(catalogue="convention:basel") == [held.rich]
    item = client.get(f"/collections/convention:basel/items/{held.rich}")
    assert item.link("collection") == f"{ROOT}/ogc/collections/convention:basel"
    assert item.link("canonical") == f"{ROOT}/ogc/collections/records/items/{held.rich}"
    assert len(client.walk(catalogue="source:nile", limit="9")) == len(held.known) + 2


def test_collections_come_in_pages(client: RecordsClient) -> None:
    answer = client.get("/collections?limit=2")
    found = []
    while True:
        found += [one["id"] for one in answer.json["collections"]]
        if not answer.link("next"):
            break
        answer = client.get(answer.link("next"))
    assert found == ["records", "convention", "convention:basel", "source", "source:nile"]
    assert answer.json["numberMatched"] == 5


def test_a_record_says_what_it_is(client: RecordsClient, held: Held) -> None:
    answer = client.get(f"{ITEMS}/{held.rich}", language="fr")
    found = answer.json["properties"]
    assert found["title"] == "Le plomb dans le sol"
    assert found["language"] == {"code": "fr", "name": "French"}
    assert [one["code"] for one in found["languages"]] == ["en", "fr", "ar"]
    assert found["languages"][2]["dir"] == "rtl"
    assert answer.headers["content-language"] == "fr"
    assert found["license"] == "CC-BY-4.0"
    assert {"scheme": "doi", "value": "10.1234/abc"} in found["externalIds"]
    assert answer.json["time"] == {"interval": ["2001-02-03", "2003-06-30"]}
    assert answer.json["geometry"]["type"] == "MultiPolygon"
    assert [ring[0][0][0] for ring in answer.json["geometry"]["coordinates"]] == [170.0, -180.0, 1.0]
    assert found["contacts"][2] == {
        "name": "Ann Roe", "organization": "Example Agency", "phones": [{"value": "+4122000"}],
        "addresses": [{"city": "Geneva"}], "roles": ["pointOfContact"],
    }  # fmt: skip
    assert {"scheme": "conventions", "concepts": [{"id": "basel"}]} in found["themes"]
    assert (
        client.get(f"{ITEMS}/{held.rich}?language=de,ar;q=0.5").json["properties"]["language"]["code"] == "ar"
    )


def test_a_record_leads_to_everything_about_it(client: RecordsClient, held: Held) -> None:
    answer = client.get(f"{ITEMS}/{held.rich}")
    links = answer.json["links"]
    assert answer.link("cite-as") == "https://doi.org/10.1234/abc"
    assert answer.link("via").startswith("https://nile.example.org/oai?verb=GetRecord&metadataPrefix=")
    assert answer.link("license") == "https://creativecommons.org/licenses/by/4.0/"
    assert answer.link("enclosure") == "https://data.example.org/lead.csv"
    assert answer.link("item") == "https://data.example.org/a?x=1&y=2"
    assert not [one for one in links if one["href"].startswith("javascript")]
    for one in links:
        if one["href"].startswith(ROOT):
            followed = client.get(one["href"])
            assert followed.status == 200, one
            assert "type" not in one or followed.headers["content-type"].startswith(one["type"])
    native = client.get(f"{ITEMS}/{held.rich}?f=native")
    assert etree.fromstring(native.content).tag.endswith("MD_Metadata")


def test_signposts(client: RecordsClient, held: Held) -> None:
    header = client.get(f"{ITEMS}/{held.rich}", accept="text/html").headers["link"]
    for relation, address in (
        ("cite-as", "https://doi.org/10.1234/abc"),
        ("type", "https://schema.org/Dataset"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
        ("item", "https://data.example.org/lead.csv"),
        ("describedby", f"{ROOT}/ogc/collections/records/items/{held.rich}?f=iso19139"),
        ("linkset", f"{ROOT}/ogc/collections/records/items/{held.rich}?f=linkset"),
        ("collection", f"{ROOT}/ogc/collections/records"),
    ):
        assert f'<{address}>; rel="{relation}"' in header
    (found,) = client.get(f"{ITEMS}/{held.rich}?f=linkset").json["linkset"]
    assert found["anchor"] == f"{ROOT}/ogc/collections/records/items/{held.rich}"
    assert found["cite-as"] == [{"href": "https://doi.org/10.1234/abc"}]


def test_sitemaps_have_every_record(client: RecordsClient, held: Held) -> None:
    robots = client.get("/robots.txt").content.decode()
    index = robots.partition("Sitemap: ")[2].strip()
    locations = etree.fromstring(client.get(index).content).findall(".//{*}loc")
    assert [one.text for one in locations] == [f"{ROOT}/sitemaps/{name}.xml" for name in ("nodes", 0)]
    pages = etree.fromstring(client.get(locations[1].text).content)
    found = [one.text for one in pages.findall(".//{*}loc")]
    assert found == [f"{ROOT}/ogc/collections/records/items/{name}" for name in client.walk(limit="100")]
    assert all(one.text.endswith("Z") for one in pages.findall(".//{*}lastmod"))
    for name in ("1", "-1", "x", "9" * 30):
        assert client.get(f"/sitemaps/{name}.xml").status == 404
