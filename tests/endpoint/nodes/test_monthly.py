"""The monthly letter to a node: once, to those who look after it, in their language, until they end it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests
import sqlalchemy as sa
from lxml import html

from catalogue.checkup import Checkup, Finding, Grade, Software
from catalogue.errors import SettingsError, UnknownLink
from catalogue.people import Person, Role
from catalogue.run import Ending, Fault
from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from catalogue.store.tables import runs
from catalogue.visit import Client, Count, Visit
from desk_catalogue import HOSTILE, count, run_of
from endpoint.deps import Services
from endpoint.languages import LANGUAGES
from endpoint.nodes.board import find_out
from endpoint.nodes.month import Month, happened
from endpoint.nodes.monthly import Monthly, readers_of, written
from factories import add_source, commit, now
from signing_in import Browser, add_node, add_person, serving

#: Early in a month; what is told is the month before.
AT = datetime(2026, 11, 3, 7, tzinfo=UTC)
OCTOBER = Month.of("2026-10")


def settings(**more: object) -> Settings:
    return load_settings(base_url="https://catalogue.example.org", **more)


def october(store: Store, name: str = "Delta") -> Person:
    """A node with a manager who reads French, and a harvest in October that found faults."""
    add_source(store, "nile", title=name)
    run = run_of(store, "nile")
    faults = [Fault("oai_dc.no-title", "no title", f"r{number}") for number in range(3)]
    commit(store, run, [], faults=[*faults, Fault("xml.malformed", "cut off", "r9")])
    count(store, run, listed=30, new=20, changed=4, deleted=2, faulty=4)
    store.runs.end(run, Ending.COMPLETE_WITH_FAULTS, now())
    when = datetime(2026, 10, 20, tzinfo=UTC)
    with store.engine.begin() as connection:
        connection.execute(sa.update(runs).values(ended_at=when))
    add_node(store, "delta", "nile")
    person = add_person(store, mail="awa@example.org", nodes=["delta"])
    return store.people.change(replace(person, language="fr"), "test", now())


def test_once_for_each_node_however_many_workers(store: Store) -> None:
    october(store)
    workers = [Monthly(Services(settings(), store), now=lambda: AT) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda worker: worker.write(), workers))
    assert sum(done) == 1
    [posted] = store.outbox.newest()
    assert (posted.mail.to, posted.mail.language, posted.about) == ("awa@example.org", "fr", "node:delta")
    assert posted.mail.unsubscribe.startswith("https://catalogue.example.org/digests/")
    assert posted.mail.unsubscribe in posted.mail.text
    for said in (": 20\n", "octobre 2026", "1. ", "/nodes/delta", "Pas de titre"):
        assert said in posted.mail.text, posted.mail.text
    # The outbox forgets; that it was written is not forgotten.
    store.outbox.sent(posted, now())
    store.outbox.forget(now() + timedelta(days=1))
    assert workers[0].write() == 0
    assert Monthly(Services(settings(), store), now=lambda: datetime(2026, 12, 1, tzinfo=UTC)).write() == 0


@pytest.mark.parametrize("day", [1, 10, 11, 28])
def test_what_is_not_written_early_in_a_month_is_not_written(sqlite_store: Store, day: int) -> None:
    october(sqlite_store)
    at = AT.replace(day=day)
    assert Monthly(Services(settings(), sqlite_store), now=lambda: at).write() == (day <= 10)
    assert Monthly(Services(settings(digests=False), sqlite_store), now=lambda: AT).write() == 0


def test_nobody_is_written_to_about_nothing(sqlite_store: Store) -> None:
    add_source(sqlite_store, "nile")
    add_node(sqlite_store, "delta", "nile")
    add_person(sqlite_store, mail="awa@example.org", nodes=["delta"])
    add_source(sqlite_store, "volta")
    assert Monthly(Services(settings(), sqlite_store), now=lambda: AT).write() == 0
    assert sqlite_store.outbox.newest() == []


def test_the_letter_names_what_helps_most(store: Store) -> None:
    october(store, HOSTILE)
    again = run_of(store, "nile")
    count(store, again, listed=9)
    store.runs.end(again, Ending.FAILED, now())
    with store.engine.begin() as connection:
        when = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
        connection.execute(sa.update(runs).where(runs.c.id == again.id).values(ended_at=when))
    store.clients.add(
        {
            (Client("192.0.2.1", "a"), Visit("ListRecords", "oai_dc", "source:nile")): Count(1, 10),
            (Client("192.0.2.2", "b"), Visit("ListRecords", "oai_dc", "")): Count(1, 10),
            (Client("192.0.2.3", "c"), Visit("ListRecords", "oai_dc", "source:volta")): Count(1, 10),
            (Client("192.0.2.4", "d"), Visit("ListRecords", "oai_dc", "source:nile")): Count(1, 0),
            (Client("192.0.2.5", "e"), Visit("Identify")): Count(1, 0),
        },
        datetime(2026, 10, 5, tzinfo=UTC),
    )
    [line] = find_out(store).lines
    told = happened(store, line, OCTOBER, AT)
    sums = told.sums
    assert (sums.new, sums.changed, sums.gone, sums.good, sums.broken) == (20, 4, 2, 1, 1)
    assert told.problems == {"oai_dc.no-title": 3, "xml.malformed": 1}
    assert told.clients == 2
    report = Checkup(
        "https://nile.example.org/", AT, software=Software("dspace", "DSpace", "7.6"),
        findings=(Finding("granularity", "x", Grade.PROBLEM), Finding("title", "same", Grade.PROBLEM),
                  Finding("language", "good", Grade.GOOD)),
    )  # fmt: skip
    known = Services(settings(), store)
    text = written(known, replace(told, report=report), LANGUAGES["en"]).text
    assert text.index("1. No title (records: 3)") < text.index("2. Broken markup") < text.index("3. ")
    assert "4. " not in text
    assert "Kinds of problems that are not named here: 1" in text
    assert "1 went well, 1 broke off" in text
    assert "Harvesters that took its records from us: 2" in text
    assert "\u2068" not in text
    for tag, language in LANGUAGES.items():
        made = written(known, told, language, mail="awa@example.org")
        assert "%(" not in made.text + made.subject, tag
        assert made.text.count("/digests/") == 1


def test_of_a_month_before_the_node_or_yet_to_come_there_is_nothing_to_tell(store: Store) -> None:
    october(store)
    [line] = find_out(store).lines
    known, added = Services(settings(), store), now()
    before, coming = Month.of("2024-05"), Month(added.date().replace(day=1, year=added.year + 1))
    for month, words in ((before, "was not with us yet in May 2024"), (coming, "has not begun yet")):
        told = happened(store, line, month, added)
        assert not told.is_worth_a_letter
        for language in LANGUAGES.values():
            text = written(known, told, language).text
            assert "Node delta" in text
            assert "/nodes/delta" not in text, "no figures, and nothing to mend"
        assert words in " ".join(written(known, told, LANGUAGES["en"]).text.split())
    assert (
        "Harvests: 1 went well" in written(known, happened(store, line, OCTOBER, added), LANGUAGES["en"]).text
    )


def test_who_is_named_twice_is_written_to_once_and_who_ended_it_not_at_all(store: Store) -> None:
    october(store)
    add_person(store, mail="kofi@example.org", nodes=["delta"])
    [line] = find_out(store).lines
    assert {mail: one.tag for mail, one in readers_of(store, line).items()} == {
        "awa@example.org": "fr",
        "kofi@example.org": "en",
    }
    store.digests.want("delta", "awa@example.org", now(), wanted=False)
    assert Monthly(Services(settings(), store), now=lambda: AT).write() == 1
    assert [posted.mail.to for posted in store.outbox.newest()] == ["kofi@example.org"]
    store.digests.want("delta", "awa@example.org", now(), wanted=True)
    assert store.digests.stopped("delta") == set()
    with pytest.raises(UnknownLink):
        store.digests.find("made-up")


@pytest.mark.parametrize(("at", "before"), [("2026-01-01", "2025-12"), ("2026-03-31", "2026-02")])
def test_months_are_those_of_the_calendar(at: str, before: str) -> None:
    month = Month.before(datetime.fromisoformat(f"{at}T00:00:00+00:00"))
    assert month.key == before
    assert Month.of(before) == month
    assert month.ends.day == 1
    assert month.ends - timedelta(days=1) < datetime.fromisoformat(f"{at}T00:00:00+00:00") - timedelta(0)
    for wrong in ("", "2026", "2026-13", "yesterday", "2026-1"):
        with pytest.raises(SettingsError):
            Month.of(wrong)


@pytest.fixture
def at(sqlite_store: Store) -> Iterator[str]:
    october(sqlite_store)
    with serving(sqlite_store, requests_per_minute=0) as address:
        yield address


def test_a_link_ends_the_letters_by_a_button_and_by_one_click(sqlite_store: Store, at: str) -> None:
    link = sqlite_store.digests.link("delta", "awa@example.org")
    assert requests.get(f"{at}/digests/{link}", timeout=20).status_code == 404
    Monthly(Services(settings(), sqlite_store), now=lambda: AT).write()
    url = f"{at}/digests/{link}"
    page = html.fromstring(requests.get(url, timeout=20).content)
    assert "awa@example.org" not in page.text_content()
    assert sqlite_store.digests.stopped("delta") == set()
    # RFC 8058: no cookie, no token, this body.
    answer = requests.post(url, {"List-Unsubscribe": "One-Click"}, timeout=20)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert sqlite_store.digests.stopped("delta") == {"awa@example.org"}
    page = html.fromstring(answer.content)
    fields = {one.get("name"): one.get("value") for one in page.xpath("//form[@method='post']//input")}
    requests.post(url, fields, timeout=20)
    assert sqlite_store.digests.stopped("delta") == set()
    assert requests.post(f"{at}/digests/none", timeout=20).status_code == 404


def test_the_page_shows_the_letter_to_those_of_the_node(sqlite_store: Store, at: str) -> None:
    awa = sqlite_store.people.by_mail("awa@example.org")
    add_node(sqlite_store, "coast", organisation="other")
    viewer, foreign = add_person(sqlite_store, Role.VIEWER), add_person(sqlite_store, nodes=["coast"])
    browser = Browser(at).signed_in(sqlite_store, awa)
    page = browser.get("/nodes/delta/digest?month=2026-10&in=ru")
    letter = page.xpath("//pre")[0]
    assert (letter.get("lang"), letter.get("dir")) == ("ru", "ltr")
    assert "2026" in letter.text_content()
    assert "awa@example.org" in page.text_content()
    assert page.get("lang") == "fr"
    browser.post("/nodes/delta/digest", wanted="no")
    assert sqlite_store.digests.stopped("delta") == {"awa@example.org"}
    page = Browser(at).signed_in(sqlite_store, viewer).get("/nodes/delta/digest")
    assert "awa@example.org" not in page.text_content()
    other = Browser(at).signed_in(sqlite_store, foreign)
    other.get("/nodes/delta/digest")
    assert other.answer.status_code == 403
    nobody = Browser(at)
    nobody.get("/nodes/delta/digest")
    assert nobody.answer.status_code == 303
