"""Public pages know who has signed in, and nobody who keeps them for others gets to see that."""

from __future__ import annotations

from catalogue.people import Role
from catalogue.record import Record, Text
from catalogue.store import Store
from factories import fill
from signing_in import COOKIE, Browser, add_person, serving

PAGES = (
    "/", "/feed", "/nodes", "/nodes/nile", "/clients", "/ogc/collections/records/items?f=html", "/ogc?f=html",
)  # fmt: skip
SIGN_IN = "//footer//a[text()='Sign in']"
DASHBOARD = "//footer//a[@href='/dashboard']"


def test_everybody_may_keep_a_page_and_who_has_signed_in_has_his_own(sqlite_store: Store) -> None:
    fill(sqlite_store, {"r1": Record(Text.of("Waste"))})
    viewer, nobody = add_person(sqlite_store, Role.VIEWER), add_person(sqlite_store)
    with serving(sqlite_store, requests_per_minute=0) as at:
        everybody = Browser(at)
        # A session that is none makes no difference.
        everybody.session.cookies.set(COOKIE, "made-up", domain="127.0.0.1", path="/")
        signed_in = Browser(at).signed_in(sqlite_store, viewer)
        of_no_role = Browser(at).signed_in(sqlite_store, nobody)
        for path in PAGES:
            page = everybody.get(path)
            kept = everybody.answer.headers
            assert page.xpath(SIGN_IN), path
            assert kept["Cache-Control"] == "public, max-age=2", path
            assert "cookie" in kept["Vary"].lower(), path
            assert "ETag" in kept, path
            page = signed_in.get(path)
            assert not page.xpath(SIGN_IN), path
            assert page.xpath(DASHBOARD), path
            assert signed_in.answer.headers["Cache-Control"] == "no-store", path
            assert "ETag" not in signed_in.answer.headers, path
            page = of_no_role.get(path)
            assert page.xpath("//footer//a[@href='/dashboard/account']"), path
            assert not page.xpath(DASHBOARD), path
        # A room has these links on top already.
        assert not signed_in.get("/dashboard/account").xpath("//footer//a[contains(@href, '/dashboard')]")
