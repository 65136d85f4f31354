"""The pages of nodes: who takes part, what it holds, how fresh; and nothing that is for some alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from lxml import etree, html

from catalogue.errors import UnknownNode
from catalogue.freshness import Freshness
from catalogue.participants import find, participants
from catalogue.people import Node, Organisation
from catalogue.record import Record, Text
from catalogue.run import Ending, Fault
from catalogue.source import SourceState
from catalogue.store import Store
from catalogue.store.registry.overview import Step
from desk_catalogue import HOSTILE, count, fill_desk, run_of
from endpoint.languages import LANGUAGES
from endpoint.nodes.badge import badge
from endpoint.nodes.board import Line, SourceLine, find_out
from endpoint.nodes.charts import trend
from factories import add_source, commit, fill, now, write_of
from signing_in import add_node, add_person, serving

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Store(f"sqlite:///{tmp_path_factory.mktemp('nodes')}/store.sqlite") as store:
        store.upgrade()
        fill_desk(store)
        store.organisations.add(
            Organisation("centre", HOSTILE, "EG", "https://centre.example.org/"), "t", now()
        )
        store.organisations.add_node(Node("delta", "centre", HOSTILE), "t", now())
        for source_id in ("nile", "volta"):
            store.organisations.give_source(source_id, "delta", "t", now())
        add_person(store, mail="secret@example.org", nodes=["delta"])
        add_source(store, "gone", title="Gone Library")
        store.sources.change("gone", state=SourceState.RETIRED)
        with serving(store, requests_per_minute=0) as address:
            yield address


def get(url: str, **query: str) -> html.HtmlElement:
    answer = requests.get(url, query, timeout=20)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.content)


def names(page: html.HtmlElement) -> list[str]:
    return [one.text_content().strip() for one in page.xpath("//tbody/tr/th//bdi")]


def test_everybody_who_takes_part_is_listed_by_organisation(at: str) -> None:
    page = get(f"{at}/nodes")
    assert names(page) == [HOSTILE, "Lena Library", "Plata Data"]
    assert [h.text_content() for h in page.xpath("//h2")] == [HOSTILE, "Of no organisation"]
    assert not page.xpath("//script")
    assert "Gone Library" not in page.text_content()
    assert "African States" in page.text_content()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "lena LIBRARY"}, ["Lena Library"]),
        ({"q": "nobody"}, []),
        ({"region": "african"}, [HOSTILE]),
        ({"fresh": "not-harvested-yet"}, ["Lena Library", "Plata Data"]),
        ({"fresh": "fresh"}, [HOSTILE]),
        ({"language": "fr"}, []),
        ({"page": "99999999999999999999"}, [HOSTILE, "Lena Library", "Plata Data"]),
        ({"fresh": "<b>", "page": "-1"}, [HOSTILE, "Lena Library", "Plata Data"]),
    ],
)
def test_one_chooses_without_script(at: str, query: dict[str, str], found: list[str]) -> None:
    page = get(f"{at}/nodes", **query)
    assert names(page) == found
    told = requests.get(f"{at}/nodes.json", query, timeout=20).json()["nodes"]
    if "fresh" not in query:
        assert [one["name"] for one in told] == found
    form = page.xpath("//form[@class='choose']")[0]
    assert form.get("method") == "get"


def test_a_page_says_what_a_node_holds_and_nothing_that_is_not_for_all(at: str) -> None:
    page = get(f"{at}/nodes/delta")
    text = page.text_content()
    assert "fresh" in text
    assert page.xpath("//svg//path[@class='trend']/@d")[0].startswith("M ")
    assert [cell.text_content() for cell in page.xpath("//section[@id='nile']//tbody//td")] == ["4"]
    links = page.xpath("//a/@href")
    assert any("set=source%3Anile" in link or "set=source:nile" in link for link in links)
    [items] = [
        link for link in links if "source%3Anile/items?f=html" in link or "source:nile/items?f=html" in link
    ]
    assert requests.get(at + items, timeout=20).status_code == 200
    for secret in ("secret@example.org", "nile.example.org", "mismatched tag", "s3cret", "r7", "A guard"):
        assert secret not in text, secret
    assert not page.xpath("//script")


def test_a_source_is_shown_with_its_node_and_what_is_unknown_is_not_there(at: str) -> None:
    moved = requests.get(f"{at}/nodes/nile?lang=fr", allow_redirects=False, timeout=20)
    assert (moved.status_code, moved.headers["Location"].partition("/nodes/")[2]) == (302, "delta?lang=fr")
    for path in ("gone", "nope", "gone.json", "nope.json", "gone/badge.svg", "%3Cscript%3E"):
        answer = requests.get(f"{at}/nodes/{path}", timeout=20)
        assert answer.status_code == 404, path
        assert "<script>" not in answer.text
    assert requests.get(f"{at}/nodes/nope.json", timeout=20).json()["status"] == 404


@pytest.mark.parametrize("tag", LANGUAGES)
def test_pages_and_badges_are_in_every_language(at: str, tag: str) -> None:
    for path in ("/nodes", "/nodes/delta", "/nodes/nope"):
        page = html.fromstring(requests.get(f"{at}{path}?lang={tag}", timeout=20).content)
        assert (page.get("lang"), page.get("dir")) == (tag, LANGUAGES[tag].direction)
        assert page.xpath("//a[contains(@href, '/nodes?lang=')]") or path == "/nodes"
    answer = requests.get(f"{at}/nodes/delta/badge.svg?lang={tag}", timeout=20)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    drawn = etree.fromstring(answer.content)
    assert drawn.get("role") == "img"
    assert drawn.findtext(f"{SVG}title") == drawn.get("aria-label")
    assert HOSTILE in drawn.get("aria-label", "")
    assert len(drawn.findall(f".//{SVG}text")) == 2


def test_a_badge_is_kept_by_whoever_shows_it(at: str) -> None:
    answer = requests.get(f"{at}/nodes/delta/badge.svg?lang=en", timeout=20)
    assert "max-age=" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = requests.get(
        f"{at}/nodes/delta/badge.svg?lang=en", headers={"If-None-Match": answer.headers["ETag"]}, timeout=20
    )
    assert (again.status_code, again.content) == (304, b"")


def test_programs_are_told_the_same(at: str) -> None:
    told = requests.get(f"{at}/nodes/delta.json", timeout=20).json()
    assert (told["records"], told["deleted"], told["region"]) == (4, 1, "african")
    assert [one["set"] for one in told["sources"]] == ["source:nile", "source:volta"]
    assert [point["records"] for point in told["sources"][0]["held"]] == [5, 4, 4]
    assert "nile.example.org" not in json.dumps(told)


def test_sitemap_front_page_and_records_lead_to_the_nodes(at: str) -> None:
    index = requests.get(f"{at}/sitemap.xml", timeout=20).text
    assert "/sitemaps/nodes.xml" in index
    pages = requests.get(f"{at}/sitemaps/nodes.xml", timeout=20).text
    assert "/nodes/delta<" in pages
    assert "/nodes/nile" in "".join(get(f"{at}/").xpath("//tbody//a/@href"))
    [first] = get(f"{at}/ogc/collections/records/items", f="html", limit="1").xpath("//h2/a/@href")
    record = get(at + "/ogc/" + first.partition("/ogc/")[2])
    assert "/nodes/nile?lang=en" in record.xpath("//section[@aria-labelledby='provenance']//a/@href")


def test_who_takes_part_is_a_node_or_a_source_of_none(store: Store) -> None:
    for source_id in ("nile", "delta", "volta", "lena"):
        add_source(store, source_id)
    add_node(store, "delta", "nile", "volta")
    add_node(store, "empty", organisation="other")
    found = {one.id: [source.id for source in one.sources] for one in participants(store)}
    # A node without sources does not take part; a source that has a node's id has another address.
    assert found == {"delta": ["nile", "volta"], "lena": ["lena"], "source:delta": ["delta"]}
    assert find(participants(store), "volta").id == "delta"
    assert find(participants(store), "delta").id == "delta"
    with pytest.raises(UnknownNode):
        find(participants(store), "empty")


def test_the_board_counts_languages_and_what_was_mended(store: Store) -> None:
    run = fill(
        store,
        {
            "r1": Record(Text.of("Déchets"), languages=("fr", "en")),
            "r2": Record(Text.of("Waste"), languages=("en-GB",)),
        },
    )
    commit(store, run, [], faults=[Fault("oai_dc.no-title", "no title", "r3")])
    count(store, run, listed=3, new=2, faulty=1)
    store.runs.end(run, Ending.COMPLETE_WITH_FAULTS, now())
    [line] = find_out(store).lines
    assert (line.languages, line.records, line.freshness) == ({"en": 2, "fr": 1}, 2, Freshness.FRESH)
    assert line.good_at is not None
    since = now() - timedelta(days=1)
    assert store.problems.mended(["nile"], since) == []
    again = run_of(store, "nile")
    commit(store, again, [write_of(store, Record(Text.of("Mended")), source_identifier="r3")])
    count(store, again, listed=3, new=1)
    store.runs.end(again, Ending.COMPLETE, now())
    [mended] = store.problems.mended(["nile"], since)
    assert (mended.rule, mended.count) == ("oai_dc.no-title", 1)
    assert store.problems.mended(["nile"], now() + timedelta(days=1)) == []
    steps = store.overview.steps("nile", 10)
    assert [(step.gained, step.lost) for step in steps] == [(2, 0), (1, 0)]
    assert store.overview.steps("nile", 1) == steps[1:]
    assert store.sets.shared("source:nile") == {"source": 3}


def test_a_trend_ends_with_what_is_held_and_begins_with_what_was_there_before() -> None:
    today = datetime(2026, 11, 28, tzinfo=UTC)
    steps = [Step(today - timedelta(days=days), gained, lost) for days, gained, lost in
             ((400, 50, 0), (200, 0, 20), (2, 3, 1))]  # fmt: skip
    found = trend(steps, 100, today)
    assert found is not None
    assert [point.records for point in found.points] == [68, 118, 98, 100, 100]
    assert (found.most, found.by_day) == (118, False)
    assert [point.records for point in found.rows] == [100, 98, 118]
    assert found.line.startswith("M 0.0 ")
    assert trend([], 7, today) is None
    day_by_day = trend([Step(today - timedelta(hours=2), 5, 0)], 5, today)
    assert day_by_day is not None
    assert day_by_day.by_day


def test_a_badge_says_every_state_in_colours_that_can_be_read(sqlite_store: Store) -> None:
    add_source(sqlite_store)
    [line] = find_out(sqlite_store).lines
    for word in Freshness:
        source = SourceLine(line.sources[0].source, word, None, 12345, 0)
        drawn = etree.fromstring(badge(Line(line.participant, (source,)), LANGUAGES["fr"]))
        for part in drawn.findall(f".//{SVG}rect[@fill]"):
            assert _contrast_to_white(str(part.get("fill"))) >= 4.5, word


def _contrast_to_white(colour: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[at : at + 2]) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
