"""Sets: the hierarchy, who is in it, what is told of those that have left, and how sets are listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from catalogue.record import Concept
from catalogue.sets import load_sets
from catalogue.store import Store
from endpoint.oai_pmh.sets import SetLists
from factories import add_source, commit, open_run

Serve = Callable[..., Any]
SmallWrite = Callable[..., Any]
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ABOUT_DDT = (Concept("chemicals", "ddt"), Concept("document_types", "nip"), Concept("countries", "SN"))


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    """A hierarchy of three sets, as a file."""
    file = tmp_path / "sets.toml"
    file.write_text('set = [{spec = "a", label = {en = "A"}}, {spec = "b", label = {fr = "B"}}]')
    return str(file)


def classified(store: Store, small_write: SmallWrite, name: str, *concepts: Concept) -> Any:
    """A record in which these concepts were found, in the sets that follow."""
    made = small_write(store, name)
    record = msgspec.structs.replace(made.record, concepts=concepts)
    return msgspec.structs.replace(made, record=record, set_specs=load_sets().of("nile", record.concepts))


def test_a_record_is_in_the_sets_of_its_concepts_and_above(
    store: Store, serve: Serve, small_write: SmallWrite
) -> None:
    add_source(store)
    commit(
        store,
        open_run(store),
        [classified(store, small_write, "ddt", *ABOUT_DDT), classified(store, small_write, "plain")],
    )
    oai = serve(store)
    for spec in (
        "chemical:50-29-3", "chemical", "type:nip", "type", "category:implementation", "country:SN",
        "country", "region:african", "region", "library:national-plans", "library",
    ):  # fmt: skip
        assert oai.ask("ListIdentifiers", metadataPrefix="oai_dc", set=spec).identifiers == ["ddt"], spec
    for spec in ("source:nile", "source"):
        found = oai.ask("ListRecords", metadataPrefix="oai_dc", set=spec)
        assert found.identifiers == ["ddt", "plain"]
    assert found.texts("//o:record[1]//o:setSpec") == [
        "category:implementation", "chemical:50-29-3", "country:SN", "library:national-plans",
        "region:african", "source:nile", "type:nip",
    ]  # fmt: skip
    for spec in ("convention:basel", "library:legislation", "no:such:set"):
        found = oai.ask("ListRecords", metadataPrefix="oai_dc", set=spec)
        assert found.error == "noRecordsMatch"
        # One that ListSets has is there, and has no record.
        assert found.texts("o:error") == [
            "There is no such set" if spec == "no:such:set" else "There has been no record in this set so far"
        ]


def test_a_record_that_leaves_a_set_is_deleted_there_and_nowhere_else(
    store: Store, serve: Serve, small_write: SmallWrite
) -> None:
    add_source(store)
    run = open_run(store)
    commit(store, run, [classified(store, small_write, "x", *ABOUT_DDT)])
    commit(store, run, [classified(store, small_write, "x", ABOUT_DDT[0])])
    oai = serve(store)

    def told(spec: str = "") -> list[str]:
        given = {"set": spec} if spec else {}
        return list(oai.ask("ListIdentifiers", metadataPrefix="oai_dc", **given).identifiers)

    assert [told(spec) for spec in ("", "source", "chemical", "chemical:50-29-3")] == [["x"]] * 4
    assert [told(spec) for spec in ("country", "country:SN", "region:african", "library")] == [["-x"]] * 4
    commit(store, run, [classified(store, small_write, "x", *ABOUT_DDT)])
    assert [told(spec) for spec in ("", "country", "library", "chemical")] == [["x"]] * 4
    ours = "oai:clearinghouse.localdomain:nile:x"
    commit(store, run, [], tombstones=list(store.records.known([ours]).values()))
    assert [told(spec) for spec in ("", "country", "library", "chemical")] == [["-x"]] * 4


def test_every_set_is_listed_those_with_records_first(
    store: Store, serve: Serve, small_write: SmallWrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_source(store, title="Centre <1> & Sons")
    commit(store, open_run(store), [classified(store, small_write, "x", Concept("conventions", "basel"))])
    monkeypatch.setattr("endpoint.oai_pmh.sets.PAGE", 100)
    answers = list(serve(store).pages("ListSets"))
    specs = [spec for answer in answers for spec in answer.texts("//o:setSpec")]
    assert specs[:4] == ["convention", "convention:basel", "source", "source:nile"]
    assert specs[4:] == sorted(specs[4:])
    assert set(specs) == {node.spec for node in load_sets()} | {"source:nile"}
    assert len(specs) == len(set(specs))
    assert answers[0].texts("//o:setName")[3] == "Centre <1> & Sons"
    sizes = {answer.texts("//o:resumptionToken/@completeListSize")[0] for answer in answers}
    assert sizes == {str(len(specs))}
    assert [a.texts("//o:resumptionToken/@cursor")[0] for a in answers[:3]] == ["0", "100", "200"]
    assert answers[-1].token == ""


def test_a_set_that_fills_while_the_list_is_read_is_neither_lost_nor_repeated(
    sqlite_store: Store, serve: Serve, small_write: SmallWrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sqlite_store
    add_source(store)
    monkeypatch.setattr("endpoint.oai_pmh.sets.PAGE", 100)
    oai = serve(store)
    pages = oai.pages("ListSets")
    specs = next(pages).texts("//o:setSpec")
    add_source(store, "volta")
    commit(store, open_run(store), [classified(store, small_write, "x", *ABOUT_DDT)])
    for page in pages:
        specs += page.texts("//o:setSpec")
    assert sorted(specs) == sorted({node.spec for node in load_sets()} | {"source:nile"})


def test_a_list_of_sets_that_fits_has_no_token(sqlite_store: Store, serve: Serve, tiny: str) -> None:
    answer = serve(sqlite_store, sets_file=tiny).ask("ListSets")
    assert answer.texts("//o:setSpec") == ["source", "a", "b"]
    assert answer.texts("//o:setName") == ["source", "A", "B"]
    assert answer.token is None


def test_the_same_token_gives_the_same_sets(sqlite_store: Store, serve: Serve, tiny: str) -> None:
    for number in range(60):
        add_source(sqlite_store, f"s{number}")
    token = serve(sqlite_store, sets_file=tiny).ask("ListSets").token
    bodies = {
        serve(sqlite_store, sets_file=tiny).ask("ListSets", resumptionToken=token).body for _ in range(2)
    }
    assert len(bodies) == 1


def test_a_list_of_sets_is_put_together_once(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, tiny: str
) -> None:
    store, put_together, seconds = sqlite_store, [], [0.0]
    every = type(store.sets).all
    monkeypatch.setattr(type(store.sets), "all", lambda kept: put_together.append(kept) or every(kept))
    lists = SetLists(store.sets, Path(tiny), monotonic=lambda: seconds[0])

    def specs(snapshot: int | None = None) -> bytes:
        page = lists.at(snapshot).page(after=None, limit=9)
        assert page is not None
        return page.content

    add_source(store, title="First")
    before = store.sets.newest()[0]
    told = specs()
    assert specs() == told
    assert len(put_together) == 1
    add_source(store, "volta", title="Second")
    assert b"Second" in specs()
    assert specs(before) == told
    assert len(put_together) == 3
    store.sources.change("volta", title="Third")
    seconds[0] += 61
    assert b"Third" in specs()
    assert len(put_together) == 4


def test_a_changed_hierarchy_is_listed_at_once_and_what_was_stays(
    sqlite_store: Store, serve: Serve, small_write: SmallWrite, tiny: str
) -> None:
    add_source(sqlite_store)
    commit(sqlite_store, open_run(sqlite_store), [small_write(sqlite_store, "x", set_specs=("b",))])
    oai = serve(sqlite_store, sets_file=tiny)
    assert oai.ask("ListSets").texts("//o:setSpec") == ["b", "source", "source:nile", "a"]
    Path(tiny).write_text('set = [{spec = "new", label = {en = "New"}}]')
    assert oai.ask("ListSets").texts("//o:setSpec") == ["b", "source", "source:nile", "new"]
    assert oai.ask("ListIdentifiers", metadataPrefix="oai_dc", set="b").identifiers == ["x"]


def test_a_set_is_described_in_the_languages_of_its_labels(sqlite_store: Store, serve: Serve) -> None:
    described: dict[str, dict[str, str]] = {}
    for answer in serve(sqlite_store).pages("ListSets"):
        for one in answer.root.iter("{*}set"):
            titles = one.iter("{http://purl.org/dc/elements/1.1/}title")
            described[one[0].text] = {title.get(XML_LANG): title.text for title in titles}
    assert list(described["country:SN"]) == ["en", "fr", "es", "ru", "zh", "ar"]
    assert described["region:african"]["fr"] == "États d'Afrique"
    assert list(described["type:legislation"]) == ["en"]
