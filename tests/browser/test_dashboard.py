"""Operators at work, in a real browser, with real harvests: a failing node, a guard and its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from catalogue.people import Person, Role
from catalogue.run import Ending, RunKind
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from desk_catalogue import fill_desk
from endpoint.auth import passwords
from factories import now
from harvester.inline import work_now
from remote_node import RemoteNode, dublin_core, running
from signing_in import COOKIE, add_person, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

SETTINGS = load_settings(
    allowed_networks=("127.0.0.0/8",), page_retries=0, run_retries=0, connect_timeout=2.0, read_timeout=5.0
)
PASSWORD = "seven quiet herons"


def add(store: Store, source_id: str, url: str, title: str) -> None:
    source = Source(source_id, Protocol.OAI_PMH, url, title=title, metadata_prefix="oai_dc")
    store.sources.add(source, now())


def sign_in(page: Page, at: str) -> None:
    """Through the form, as people do: the dashboard asks for it."""
    page.goto(f"{at}/dashboard")
    page.fill("input[name=mail]", "sara@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard")


def press(page: Page, act: str) -> None:
    """The button of an act, by the keyboard."""
    page.focus(f"form[action*='/{act}'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=**")


def harvest(page: Page, store: Store, at: str, source_id: str) -> Ending | None:
    """Ask for a harvest on the page of a node; a worker does it."""
    page.goto(f"{at}/dashboard/sources/{source_id}")
    press(page, "harvest")
    run = store.runs.open_run(source_id)
    assert run is not None
    assert run.requested_by == "sara@example.org"
    return work_now(store, SETTINGS, source_id, run.kind).ending


@contextmanager
def desk(store: Store) -> Iterator[str]:
    person = add_person(store, Role.OPERATOR, mail="sara@example.org")
    store.people.set_password(person.id, passwords.hashed(PASSWORD), "test", datetime.now(UTC))
    with serving(store, requests_per_minute=0) as at:
        yield at


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["en", "ar"])
def test_a_failing_node_and_a_guards_question(
    sqlite_store: Store,
    page_in: Callable[..., Page],
    faults_of: Callable[[Page], list[str]],
    tag: str,
) -> None:
    store, page = sqlite_store, page_in(tag)
    with running(RemoteNode(now="2026-02-01T00:00:00Z")) as node, desk(store) as at:
        node.put(*((f"r{n}", dublin_core(f"Waste {n}")) for n in range(12)), at="2026-01-01T00:00:00Z")
        add(store, "delta", node.url, "Delta Library")
        add(store, "lena", "http://127.0.0.1:9/oai", "Lena Archive")
        sign_in(page, at)
        assert page.get_attribute("html", "dir") == ("rtl" if tag == "ar" else "ltr")

        # A node that does not answer fails; twice in a row, and somebody has to look.
        for _ in range(2):
            assert harvest(page, store, at, "lena") is Ending.FAILED
        page.goto(f"{at}/dashboard")
        needs = page.locator("ul.needs > li")
        assert needs.count() == 1
        assert "Lena Archive" in needs.first.inner_text()
        needs.first.locator("a.act").click()
        assert "127.0.0.1" in page.locator(".sentence").inner_text()

        # A node that suddenly says that nearly all is deleted is held, and asked about.
        assert harvest(page, store, at, "delta") is Ending.COMPLETE
        node.now = "2026-07-01T00:00:00Z"
        node.put(*((f"r{n}", None) for n in range(11)), at="2026-06-01T00:00:00Z")
        assert harvest(page, store, at, "delta") is Ending.HELD
        page.goto(f"{at}/dashboard")
        first = page.locator("ul.needs > li").first
        assert "Delta Library" in first.inner_text()
        first.locator("a.act").click()
        assert faults_of(page) == []
        assert page.locator("article.question").inner_text().count("11") >= 1

        # By the keyboard alone: choose, say why, send.
        page.focus("input[name=answer][value=apply]")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("They told us.")
        page.keyboard.press("Enter")
        page.wait_for_url("**done=decided**")
        assert page.locator("[role=status]").first.inner_text().strip()
        assert work_now(store, SETTINGS, "delta", RunKind.ANSWER).tally.deleted == 11
        page.goto(f"{at}/dashboard")
        assert [one for one in needs.all_inner_texts() if "Delta" in one] == []
        page.goto("about:blank")  # what listens keeps its server from ending
        (decision,) = store.questions.newest(source_id="delta", open_only=False)[0].decisions
        assert (decision.decided_by, decision.why) == ("sara@example.org", "They told us.")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, list[str]]]:
    """A catalogue with everything that pages show: its address, a session, and the pages."""
    path = tmp_path_factory.mktemp("shown") / "shown.sqlite3"
    with Store(f"sqlite:///{path}") as store:
        store.upgrade()
        made = fill_desk(store)
        run = store.runs.open("plata", RunKind.FULL, now())
        store.runs.claim(run.id, "test:1:a", now())
        person = add_person(store, Role.OPERATOR)
        with serving(store, requests_per_minute=0) as at:
            yield at, session(store, person), paths(made, run.id, store)


def session(store: Store, person: Person) -> str:
    return store.sessions.begin(person.id, datetime.now(UTC), by="test")


def paths(made: dict[str, Any], open_run: int, store: Store) -> list[str]:
    record = store.records.of_source("nile", limit=1)[0].id
    tabs = ("overview", "problems", "runs", "records", "settings")
    return [
        "/dashboard",
        *(f"/dashboard/sources/nile?tab={tab}" for tab in tabs),
        f"/dashboard/runs/{made['faulty']}",
        f"/dashboard/runs/{made['held']}",
        f"/dashboard/runs/{open_run}",
        f"/dashboard/runs/{made['faulty']}/records/{record}",
        f"/dashboard/faults/{made['fault']}",
        "/dashboard/problems/nile/oai_dc.no-title",
    ]


@pytest.mark.parametrize(("tag", "width"), [("en", 320), ("ar", 1280)])
def test_no_page_shuts_anybody_out(
    shown: tuple[str, str, list[str]],
    page_in: Callable[..., Page],
    faults_of: Callable[[Page], list[str]],
    tag: str,
    width: int,
) -> None:
    at, secret, pages = shown
    page = page_in(tag, width)
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": at}])
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in pages if tag == "en" else pages[::3]:
        page.goto(at + path)
        assert faults_of(page) == [], path
    # Hostile titles are text: none of them has run.
    assert said == []


def test_what_goes_on_is_shown_as_it_goes_on_and_can_be_held_still(
    shown: tuple[str, str, list[str]], page_in: Callable[..., Page]
) -> None:
    at, secret, _ = shown
    page = page_in("en")
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": at}])
    page.goto(f"{at}/dashboard")
    button = page.locator("[data-live-pause]")
    assert button.is_visible()
    page.evaluate("document.querySelector('[data-live-list]').textContent = ''")
    page.reload()
    page.wait_for_selector("[data-live-list] a")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    # Without script the same page has the same list, and no button that does nothing.
    plain = page_in("en", script=False)
    plain.context.add_cookies([{"name": COOKIE, "value": secret, "url": at}])
    plain.goto(f"{at}/dashboard")
    assert plain.locator("[data-live-list] a").inner_text() == "Plata Data"
    assert not plain.locator("[data-live-pause]").is_visible()


def test_everything_can_be_reached_by_the_keyboard(
    shown: tuple[str, str, list[str]], page_in: Callable[..., Page]
) -> None:
    at, secret, _ = shown
    page = page_in("en")
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": at}])
    page.goto(f"{at}/dashboard")
    wanted = page.locator(
        "a[href]:visible, button:visible, input:not([type=hidden]):visible, summary:visible"
    ).count()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(wanted + 20):
        reached.add(
            page.evaluate(
                "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')]"
                ".indexOf(document.activeElement)"
            )
        )
        page.keyboard.press("Tab")
    assert len(reached - {-1}) == wanted


def test_the_first_page_is_light(shown: tuple[str, str, list[str]], page_in: Callable[..., Page]) -> None:
    at, secret, _ = shown
    page = page_in("en")
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": at}])
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    page.goto(f"{at}/dashboard")
    assert 2_000 < sum(sizes) < 200_000
