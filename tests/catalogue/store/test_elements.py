"""The record elements of the feed, and what becomes of those that the release before wrote."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from catalogue import oai_record
from catalogue import provenance as harvested
from catalogue.oai_record import Origin
from catalogue.provenance import About, chain
from catalogue.record import Record, Text
from catalogue.settings import ROOT
from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery, Position
from catalogue.store.migrations import downgrade
from catalogue.store.tables import record_sets, renditions
from factories import add_source, commit, fill, open_run, write_of

NAME = "oai:clearinghouse.localdomain:nile:"


@pytest.fixture
def filled(store: Store) -> Store:
    """Four records, one of them deleted."""
    run = fill(store, {name: Record(Text.of(name.upper())) for name in "abcd"})
    commit(store, run, [], tombstones=list(store.records.known([f"{NAME}c"]).values()))
    return store


def told(store: Store) -> list[object]:
    """A list as records, as headers, in a set, in a format rendered on demand; single records."""
    feed, everything = store.feed, FeedQuery("oai_dc")
    return [
        feed.page(everything, limit=10),
        feed.page(everything, limit=10, bodies=False),
        feed.page(FeedQuery("iso19139", store.sets.id_of("source:nile")), limit=10),
        feed.unrendered(FeedQuery("oai_dcterms"), limit=10),
        *(feed.element(f"{NAME}{name}", prefix) for name in "bc" for prefix in ("iso19139", "dcat")),
    ]


def test_records_of_before_are_told_as_those_of_today(filled: Store) -> None:
    before = told(filled)
    [step] = (ROOT / "migrations" / "versions").glob("*_elements_of_the_feed.py")
    downgrade(filled.engine, f"{int(step.name[:4]) - 1:04}")
    filled.upgrade()
    assert told(filled) == before


@pytest.mark.parametrize("begin", [None, b"<record><header><identifier>of another day"])
def test_what_the_release_before_writes_is_made_anew(filled: Store, begin: bytes | None) -> None:
    """A rendition that it inserts has nothing around it; one that it replaces, what was around the other."""
    for place, before in enumerate(told(filled)):
        with filled.engine.execution_options(writes=True).connect() as connection, connection.begin():
            changes = {"element_begin": begin, "element_end": begin, "element_datestamp": begin and 1}
            alive = renditions.c.body.is_not(None)
            connection.execute(sa.update(renditions).where(alive).values(changes))
        assert told(filled)[place] == before


def test_a_page_tells_where_it_ends(filled: Store) -> None:
    last = filled.feed.entries(FeedQuery("oai_dc"), limit=9)[-1]
    for limit, sizes in ((1, [1] * 4), (2, [2, 2]), (3, [3, 1]), (4, [4]), (5, [4])):
        pages, after, more = [], None, True
        while more:
            page = filled.feed.page(FeedQuery("oai_dc"), after=after, limit=limit, tally=True)
            assert page is not None
            pages.append(page)
            after, more = page.position, page.position is not None
        assert [page.entries for page in pages] == sizes
        assert sum(page.gone for page in pages) == 1
    after = Position(last.datestamp, last.record_id)
    assert filled.feed.page(FeedQuery("oai_dc"), after=after, limit=2) is None


def test_elements_are_put_together_as_they_are_written(filled: Store) -> None:
    """The database says what `catalogue.oai_record` does; of what is gone, too, and of what left a set."""
    [set_id] = [filled.sets.id_of("source:nile")]
    leave = sa.update(record_sets).where(record_sets.c.record_id == 2).values(member=False, datestamp=1)
    with filled.engine.execution_options(writes=True).connect() as connection, connection.begin():
        connection.execute(leave)
        c = renditions.c
        rows = connection.execute(
            sa.select(c.element_begin, c.body, c.element_end, c.datestamp)
            .where(c.prefix == "oai_dc")
            .order_by(c.record_id)
        ).all()
    elements = [
        begin + body + end if body is not None else oai_record.element_gone(begin, stamp)
        for begin, body, end, stamp in rows
    ]
    headers = [one.partition(b"<metadata>")[0].removeprefix(b"<record>") for one in elements]
    headers = [one.removesuffix(b"</record>") for one in headers]
    assert [b"deleted" in one for one in headers] == [False, False, True, False]
    page = filled.feed.page(FeedQuery("oai_dc"), limit=9)
    assert page is not None
    assert sorted(elements) == sorted(re.findall(rb"<record>.*?</record>", page.content))
    page = filled.feed.page(FeedQuery("oai_dc"), limit=9, bodies=False)
    assert page is not None
    assert sorted(headers) == sorted(re.findall(rb"<header.*?</header>", page.content))
    page = filled.feed.page(FeedQuery("oai_dc", set_id), limit=9, tally=True)
    assert page is not None
    assert page.gone == 2
    assert page.content.startswith(oai_record.element_gone(rows[1].element_begin, 1))


def test_what_stands_around_the_metadata() -> None:
    origin = Origin(
        "https://a.example.org/?x=1&y=2",
        "i<1>",
        "2020-01-02 03:04",
        "oai_dc",
        rights="https://b.example.org/",
    )
    end = oai_record.end(origin, "iso19139", 0).decode()
    assert "<baseURL>https://a.example.org/?x=1&amp;y=2</baseURL><identifier>i&lt;1&gt;</identifier>" in end
    assert 'harvestDate="1970-01-01T00:00:00Z" altered="true"' in end
    assert end.endswith('<rightsReference ref="https://b.example.org/"/></rights></about></record>')
    assert 'altered="false"' in oai_record.end(origin, "oai_dc", 0).decode()
    assert oai_record.begin("oai:x:1", 0, "a b").endswith(
        b"<setSpec>a</setSpec><setSpec>b</setSpec></header><metadata>"
    )


@pytest.mark.parametrize(
    ("repairs", "served", "altered"),
    [
        ("", "oai_dc", "false"),
        ("", "iso19139", "true"),
        # What was added stands in what we make of a record, and not in what was sent.
        ("default.language default.licence", "oai_dc", "false"),
        ("default.language", "iso19139", "true"),
        ("stray-ampersands default.language", "oai_dc", "true"),
    ],
)
def test_a_record_is_altered_where_it_is_not_as_it_was_sent(repairs: str, served: str, altered: str) -> None:
    origin = Origin("https://a.example.org/", "i", "2020-01-02", "oai_dc", repairs=repairs)
    assert f' altered="{altered}">' in oai_record.end(origin, served, 0).decode()


def test_what_we_render_is_altered_and_what_others_say_of_it_stays() -> None:
    home = About(
        (
            harvested.Origin(
                "https://home.example.org/", "oai:h:1", "2019-01-01", "urn:x", "2019-02-02", False
            ),
        )
    )
    for prefix in ("oai_dc", "iso19139"):
        origin = Origin("https://a.example.org/", "i", "2020-01-02", prefix, chain(home.origins))
        made = oai_record.altered(oai_record.end(origin, "oai_dc", 0)).decode()
        assert re.findall('altered="([a-z]+)"', made) == ["true", "false"]
    assert oai_record.altered(b"") == b""


def test_a_repaired_record_is_told_as_altered_also_where_it_is_made_anew(store: Store) -> None:
    add_source(store, "nile")
    run = open_run(store)
    made = write_of(store, Record(Text.of("A")), source_identifier="a")
    commit(store, run, [replace(made, repairs=("stray-ampersands",))])
    for _ in range(2):
        found = store.feed.element(f"{NAME}a", "oai_dc")
        assert isinstance(found, bytes)
        assert b'altered="true"' in found
        with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
            connection.execute(sa.update(renditions).values(element_datestamp=None, element_end=b"x"))
