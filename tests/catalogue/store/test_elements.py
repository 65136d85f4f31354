"""The record elements of the feed, and what becomes of those that the release before wrote."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from catalogue import oai_record
from catalogue.oai_record import Origin
from catalogue.record import Record, Text
from catalogue.settings import ROOT
from catalogue.store import Store
from catalogue.store.feed import FeedQuery
from catalogue.store.migrations import downgrade
from catalogue.store.tables import renditions
from factories import commit, fill

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
    pages, after = [], None
    while page := filled.feed.page(FeedQuery("oai_dc"), after=after, limit=2):
        pages.append((page.entries, page.more))
        after = page.position
    assert pages == [(2, True), (2, False)]
    assert filled.feed.page(FeedQuery("oai_dc"), after=after, limit=2) is None


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
