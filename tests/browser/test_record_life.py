"""A record's life, as everybody may follow it in a real browser: taken, changed, set aside, deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from catalogue.people import Role
from catalogue.run import RunKind
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from endpoint.deps import Services
from endpoint.nodes.monthly import stop_address
from factories import now
from harvester.inline import work_now
from remote_node import RemoteNode, dublin_core, running
from signing_in import COOKIE, add_node, add_person, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

SETTINGS = load_settings(
    allowed_networks=("127.0.0.0/8",), page_retries=0, run_retries=0, connect_timeout=2.0, read_timeout=5.0
)
RECORD = "oai:delta.example.org:11/7"


def life(page: Page, typed: str) -> str:
    """What the page says of the record that is found under this name."""
    page.fill("#q", typed)
    page.keyboard.press("Enter")
    page.wait_for_selector("article.whole tbody")
    return page.locator("article.whole").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["en", "ar"])
def test_a_record_from_its_node_to_its_end(
    sqlite_store: Store, page_in: Callable[..., Page], faults_of: Callable[[Page], list[str]], tag: str
) -> None:
    store, page = sqlite_store, page_in(tag)
    moments = iter(range(1, 9))

    def harvest(record: bytes | None) -> None:
        month = next(moments)
        node.put((RECORD, record), at=f"2026-0{month}-01T00:00:00Z")
        node.now = f"2026-0{month}-02T00:00:00Z"
        work_now(store, SETTINGS, "delta", RunKind.FULL)

    with running(RemoteNode(now="2026-01-01T00:00:00Z")) as node, serving(store, requests_per_minute=0) as at:
        source = Source("delta", Protocol.OAI_PMH, node.url, title="Delta Library", metadata_prefix="oai_dc")
        store.sources.add(source, now())
        add_node(store, "delta", "delta")
        harvest(dublin_core("Waste oil in the delta"))

        # From the front page to the node, to its records, to the record, and back to the node.
        page.goto(at)
        page.locator("header nav a[href*='/nodes']").click()
        assert page.get_attribute("html", "dir") == ("rtl" if tag == "ar" else "ltr")
        assert faults_of(page) == []
        page.locator("table.nodes a").click()
        assert "Node delta" in page.locator("h1").inner_text()
        assert faults_of(page) == []
        page.goto(f"{at}/ogc/collections/source:delta/items?f=html&lang={tag}")
        page.goto(at + page.locator(".results h2 a").get_attribute("href").partition("8000")[2])  # type: ignore[union-attr]
        page.locator("section[aria-labelledby=provenance] a[href*='/nodes/']").click()
        page.wait_for_url("**/nodes/delta**")

        # By the last part of its identifier, which is all that its librarian knows.
        page.locator("header nav a[href*='/where']").click()
        assert "Waste oil in the delta" in life(page, "11/7")
        assert faults_of(page) == []
        events = page.locator("article.whole tbody tr")
        assert events.count() == 1

        harvest(dublin_core("Waste oil and sludge in the delta"))
        assert "sludge" in life(page, "11/7")
        assert events.count() == 2
        harvest(dublin_core("Waste").replace(b"<dc:title>Waste</dc:title>", b""))
        life(page, "sludge delta")
        assert events.count() == 3
        assert "no-title" in events.first.inner_text()
        harvest(None)
        told = life(page, RECORD)
        assert "sludge" not in told  # the title of what was deleted is for those of its source
        assert events.count() == 4


@pytest.mark.slow
def test_pages_about_letters_can_be_used_by_everybody(
    sqlite_store: Store, page_in: Callable[..., Page], faults_of: Callable[[Page], list[str]]
) -> None:
    store = sqlite_store
    source = Source("delta", Protocol.OAI_PMH, "https://delta.example.org/oai", title="Delta Library")
    store.sources.add(source, now())
    add_node(store, "delta", "delta")
    person = add_person(store, Role.OPERATOR, mail="awa@example.org", nodes=["delta"])
    store.digests.want("delta", person.mail, now(), wanted=True)
    with serving(store, requests_per_minute=0) as at:
        link = stop_address(Services(SETTINGS, store), "delta", person.mail).partition("/digests/")[2]
        for tag, width in (("en", 360), ("ar", 1280)):
            page = page_in(tag, width)
            page.goto(f"{at}/digests/{link}")
            assert faults_of(page) == []
            page.locator("form button").click()
            assert store.digests.stopped("delta") == {"awa@example.org"}
            page.locator("form button").click()
            assert store.digests.stopped("delta") == set()
            secret = store.sessions.begin(person.id, datetime.now(UTC), by="test")
            page.context.add_cookies([{"name": COOKIE, "value": secret, "url": at}])
            for path in ("/nodes/delta/digest", "/dashboard/sources/delta?tab=correspondence"):
                page.goto(at + path)
                assert page.locator("h1").count() == 1
                assert faults_of(page) == [], path
