"""Where is my record? A name in, its life out; what is for those of the source is for them alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import requests
import sqlalchemy as sa
from lxml import html
from msgspec.structs import replace

from catalogue.lives import Standing, What, life_of, names_in, seek
from catalogue.people import Action, Role
from catalogue.question import Reason
from catalogue.record import Identifier, Record, Text
from catalogue.run import Checkpoint, Ending, Fault, Tally
from catalogue.settings import load_settings
from catalogue.store import Store
from catalogue.store.holdings.records import PageOfChanges, Withheld
from catalogue.store.tables import records
from factories import add_source, commit, fill, now, open_run, write_of
from signing_in import Browser, add_node, add_person, serving, token_of

HOSTILE = "<script>alert(1)</script> \u202e Lake sediments"
NAMESPACE = load_settings().repository_identifier


def read(at: str, name: str) -> tuple[int, html.HtmlElement]:
    answer = requests.get(f"{at}/where", {"q": name}, timeout=10)
    return answer.status_code, html.fromstring(answer.content)


def three_lives(store: Store) -> None:
    """One record that is there, one that its source has deleted, one that no run could take."""
    run = fill(store, {"r1": Record(title=Text.of(HOSTILE)), "r2": Record(title=Text.of("Secret stockpile"))})
    [gone] = [one for one in store.records.of_source("nile", limit=9) if one.identifier.endswith(":r2")]
    commit(store, run, [], tombstones=list(store.records.known([gone.identifier]).values()))
    store.runs.end(run, Ending.COMPLETE, now())
    broken = open_run(store)
    fault = Fault("oai_dc.no-title", "line 7, and what stands there", "r3", "/record[3]")
    store.records.commit(
        PageOfChanges(broken, Checkpoint(pages=1, finished=True), Tally(listed=1, faulty=1), faults=[fault]),
        datetime.now(UTC),
    )
    store.runs.end(broken, Ending.COMPLETE_WITH_FAULTS, now())


def test_each_life_is_found_by_each_name(store: Store) -> None:
    three_lives(store)
    for typed, standing in (
        ("r1", Standing.LIVE),
        (f"oai:{NAMESPACE}:nile:r1", Standing.LIVE),
        ("https://nile.example.org/view?identifier=r1", Standing.LIVE),
        ("lake SEDIMENTS", Standing.LIVE),
        ("r2", Standing.DELETED),
        ("r3", Standing.SET_ASIDE),
    ):
        [found] = seek(store, NAMESPACE, typed).candidates
        assert (found.source_id, found.standing) == ("nile", standing), typed
        life = life_of(store, found)
        assert life.events
        assert life.standing is standing
    assert seek(store, NAMESPACE, "nobody has this").candidates == ()


@pytest.mark.parametrize("typed", ["", " ", "http://[", "x" * 5000, "%00", "?&=", "https://a.example/#/b"])
def test_whatever_is_typed_has_names(typed: str) -> None:
    assert all(name and len(name) <= 1000 for name in names_in(typed))


def test_everybody_reads_what_happened_and_no_more(sqlite_store: Store) -> None:
    three_lives(sqlite_store)
    with serving(sqlite_store) as at:
        status, page = read(at, "r1")
        assert status == 200
        assert page.xpath("string(//article/h2//bdi)") == HOSTILE
        assert not page.xpath("//script")
        assert "Taken over" in page.xpath("string(//tbody)")
        _, page = read(at, "r2")
        assert "Secret" not in page.text_content()
        assert "Deleted" in page.xpath("string(//tbody)")
        _, page = read(at, "r3")
        assert "oai_dc.no-title" in page.xpath("string(//tbody)")
        assert "line 7" not in page.text_content()
        status, page = read(at, "nobody")
        assert status == 404
        assert "Nothing is known of it" in page.text_content()
        status, _ = read(at, "")
        assert status == 200


def test_who_may_see_the_source_reads_why(sqlite_store: Store) -> None:
    three_lives(sqlite_store)
    viewer = add_person(sqlite_store, Role.VIEWER)
    with serving(sqlite_store) as at:
        browser = Browser(at).signed_in(sqlite_store, viewer)
        assert "line 7" in browser.get("/where?q=r3").text_content()
        assert "Secret stockpile" in browser.get("/where?q=r2").text_content()
        assert browser.answer.headers["Cache-Control"] == "no-store"


def test_what_was_mended_and_what_waits_is_for_those_of_the_source(sqlite_store: Store) -> None:
    three_lives(sqlite_store)
    [row] = sqlite_store.history.find([f"oai:{NAMESPACE}:nile:r1"], "")
    with sqlite_store.engine.begin() as connection:
        connection.execute(sa.update(records).where(records.c.id == row.id).values(repairs="stray-ampersand"))
    run = open_run(sqlite_store)
    waits = Withheld(row.id, Reason.TOMBSTONE)
    page = PageOfChanges(run, Checkpoint(pages=1), Tally(), withheld=[waits])
    sqlite_store.records.commit(page, datetime.now(UTC))
    told = ("A change of it waits", "stray-ampersand", "tombstone")
    viewer = add_person(sqlite_store, Role.VIEWER)
    add_node(sqlite_store, "delta", "nile")
    add_node(sqlite_store, "coast", organisation="other")
    theirs, foreign = (add_person(sqlite_store, nodes=[node]) for node in ("delta", "coast"))
    with serving(sqlite_store) as at:
        for person, within in ((None, False), (viewer, True), (theirs, True), (foreign, False)):
            browser = Browser(at)
            page = (browser.signed_in(sqlite_store, person) if person else browser).get("/where?q=r1")
            assert [text in page.text_content() for text in told] == [within] * 3, person
            assert ("Sign in" in page.text_content()) == (person is None)


def test_several_may_be_meant(sqlite_store: Store) -> None:
    fill(sqlite_store, {f"w{n:02}": Record(title=Text.of(f"Waste oil {n}")) for n in range(25)})
    add_source(sqlite_store, "volta")
    fill(sqlite_store, {"w03": Record(title=Text.of("Another"))}, "volta")
    with serving(sqlite_store) as at:
        _, page = read(at, "oil waste")
        assert len(page.xpath("//section[@aria-labelledby='several']//a")) == 20
        assert "There are more" in page.text_content()
        _, page = read(at, "w03")
        links = page.xpath("//section[@aria-labelledby='several']//a/@href")
        assert len(links) == 2
        titles = {
            html.fromstring(requests.get(at + link, timeout=10).content).xpath("string(//article/h2)")
            for link in links
        }
        assert titles == {"Waste oil 3", "Another"}


def test_a_doi_is_a_name_and_a_life_goes_up_and_down(store: Store) -> None:
    with_doi = Record(title=Text.of("First"), identifiers=(Identifier("https://doi.org/10.5555/ab.c"),))
    run = fill(store, {"r1": with_doi})
    [known] = store.records.known([f"oai:{NAMESPACE}:nile:r1"]).values()
    commit(store, run, [], tombstones=[known])
    store.runs.end(run, Ending.COMPLETE, now())
    again = open_run(store)
    commit(store, again, [write_of(store, with_doi, source_identifier="r1")])
    for typed in ("10.5555/ab.c", "doi:10.5555/AB.C", "https://doi.org/10.5555/ab.c"):
        [found] = seek(store, NAMESPACE, typed).candidates
        assert found.source_identifier == "r1", typed
    assert [event.what for event in life_of(store, found).events][-1] is What.LIVE_AGAIN


def test_all_languages(sqlite_store: Store) -> None:
    three_lives(sqlite_store)
    with serving(sqlite_store) as at:
        for tag in ("ar", "zh", "fr", "ru", "es"):
            answer = requests.get(f"{at}/where", {"q": "r1", "lang": tag}, timeout=10)
            page = html.fromstring(answer.content)
            assert page.get("lang") == tag
            assert "Taken over" not in page.text_content()


def test_programs_are_told_the_same_by_the_same_rules(sqlite_store: Store) -> None:
    three_lives(sqlite_store)
    viewer = add_person(sqlite_store, Role.VIEWER)
    token = token_of(sqlite_store, viewer, Action.SEE)
    with serving(sqlite_store) as at:

        def told(name: str, secret: str = "") -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {secret}"} if secret else {}
            answer = requests.get(f"{at}/api/where", {"q": name}, headers=headers, timeout=10)
            assert answer.status_code == 200, answer.text
            assert answer.headers["Cache-Control"] == "no-store"
            found: dict[str, Any] = answer.json()
            return found

        assert told("r1")["life"]["title"] == HOSTILE
        assert [event["what"] for event in told("r1")["life"]["events"]] == ["taken"]
        deleted, aside = told("r2")["life"], told("r3")["life"]["events"][0]
        assert (deleted["standing"], deleted["title"], aside["why"], aside["path"]) == ("deleted", "", "", "")
        assert aside["rule"] == "oai_dc.no-title"
        assert told("r2")["candidates"][0]["title"] == ""
        aside = told("r3", token)["life"]["events"][0]
        assert (told("r2", token)["life"]["title"], aside["path"]) == ("Secret stockpile", "/record[3]")
        assert "line 7" in aside["why"]
        assert told("nobody has this") == {"candidates": [], "more": False, "life": None}
        refused = requests.get(f"{at}/api/where?q=r1", headers={"Authorization": "Bearer no"}, timeout=10)
        assert refused.status_code == 401
        assert requests.get(f"{at}/api/where", timeout=10).status_code == 422


def test_the_last_part_of_an_identifier_is_a_name(store: Store) -> None:
    begin = "oai:repository.example.org:"
    run = fill(
        store, {f"{begin}11/{number}": Record(title=Text.of(f"Report {number}")) for number in (1, 7, 42)}
    )
    fault = Fault("oai_dc.no-title", "", f"{begin}11/43")
    commit(store, run, [], faults=[fault])
    store.runs.end(run, Ending.COMPLETE_WITH_FAULTS, now())
    add_source(store, "empty")
    fill(store, {"42": Record(title=Text.of("Another"))}, "volta")
    for typed, standing in (("11/7", Standing.LIVE), ("7", Standing.LIVE), ("11/43", Standing.SET_ASIDE)):
        [found] = seek(store, NAMESPACE, typed).candidates
        assert found.source_identifier.endswith(typed)
        assert found.standing is standing
    # Where a source has records of several repositories, their identifiers begin in several ways.
    mixed = {
        f"oai:{name}.example.org:{name}-{n}": Record(title=Text.of(name)) for name in "abc" for n in (1, 2)
    }
    fill(store, mixed | {"https://d.example.org/view?id=d-1": Record(title=Text.of("d"))}, "mixed")
    for name in ("a-1", "b-1", "b-2", "c-2", "d-1"):
        [found] = seek(store, NAMESPACE, name).candidates
        assert (found.source_id, found.source_identifier.endswith(name)) == ("mixed", True)
    # A whole identifier comes before the last part of one.
    assert [one.source_id for one in seek(store, NAMESPACE, "42").candidates] == ["volta"]
    assert seek(store, NAMESPACE, "11/4").candidates == ()


def test_what_the_registration_supplied_is_told_to_everybody(sqlite_store: Store) -> None:
    add_source(sqlite_store, "nile")
    run, marks = open_run(sqlite_store), ("stray-ampersands", "default.language", "default.country")
    record = Record(Text.of("Bare"), languages=("fr",))
    made = replace(write_of(sqlite_store, record, source_identifier="r1"), repairs=marks)
    commit(sqlite_store, run, [made])
    with serving(sqlite_store) as at:
        _, page = read(at, "r1")
        told = requests.get(f"{at}/api/where?q=r1", timeout=10).json()["life"]
        shown = html.fromstring(
            requests.get(f"{at}/ogc/collections/records/items/{made.identifier}?f=html", timeout=10).content
        )
    assert (
        page.xpath("//dt[.='Not sent by its source']/following-sibling::dd")[0]
        .text_content()
        .startswith("Language · Country")
    )
    row = " ".join(page.xpath("string(//tbody/tr)").split())
    assert "supplied by the registration of the source: Language · Country" in row
    assert "stray-ampersands" not in row
    assert "default." not in page.text_content()
    assert (told["added"], told["events"][0]["added"]) == (["language", "country"],) * 2
    assert told["events"][0]["repairs"] == []
    assert page.xpath("//h2[@id='record']/a/@href") == [
        f"/ogc/collections/records/items/{quote(made.identifier)}"
    ]
    assert page.xpath("//a[@href='/nodes/nile']")
    language = shown.xpath("//dt[.='Language']/following-sibling::dd")[0].text_content()
    assert "not sent by the source" in language
