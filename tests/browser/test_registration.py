"""A technician registers a repository, and an approver accepts it, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from catalogue.people import Role
from catalogue.registration import RegistrationState
from catalogue.store import Store
from factories import now
from registration_desk import WHO, checked, letters, made_report, serving, tried
from signing_in import COOKIE, add_person

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = "<script>document.title='taken'</script><b>Lake</b>"
STEPS = ("what", "see", "when", "hears", "send")


def go_on(page: Page) -> None:
    page.click("form.asking button[type=submit]:not(.second)")


def fill_in_who(page: Page) -> None:
    page.check(f"input[name=kind][value={WHO['kind']}]")
    page.select_option("select[name=country]", WHO["country"])
    for name in ("organisation", "person", "mail"):
        page.fill(f"input[name={name}]", WHO[name])


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["en", "ar"])
def test_from_the_check_up_to_the_decision(
    sqlite_store: Store, page_in: Callable[..., Page], faults_of: Callable[[Page], list[str]], tag: str
) -> None:
    # The registrant has no script; axe, which is one, reads the same pages elsewhere.
    store, page, reading = sqlite_store, page_in(tag, 400, script=False), page_in(tag, 400)
    seen: dict[str, list[str]] = {}
    with serving(store) as (at, _):
        page.goto(f"{at}/check/{checked(store, made_report('https://lake.example.org/oai', HOSTILE))}")
        page.click("form:has(input[name=check]) button[type=submit]")
        key = urlsplit(page.url).path.split("/")[2]
        page.goto(f"{at}/registrations/{key}/who")
        assert page.get_attribute("html", "dir") == ("rtl" if tag == "ar" else "ltr")
        fill_in_who(page)
        page.fill("input[name=mail]", "nobody@nowhere")
        go_on(page)
        assert page.locator("#errors li").count() == 1
        assert page.input_value("input[name=organisation]") == WHO["organisation"]
        fill_in_who(page)
        go_on(page)
        for step in STEPS:
            reading.goto(page.url)
            seen[step] = faults_of(reading)
            assert urlsplit(page.url).path.endswith(f"/{step}"), page.inner_text("main")
            if step == "send":
                page.check("input[name=consent]")
            go_on(page)
        letter = next(one for one in reversed(letters(store)) if "/confirm/" in one.text)
        link = next(line for line in letter.text.splitlines() if "/confirm/" in line)
        page.goto(at + urlsplit(link).path)
        page.click("main form button[type=submit]")
        number = store.registrations.by_key(key).id
        tried(store, number)

        for path in ("/register", f"/registrations/{key}", "/decisions"):
            reading.goto(at + path)
            seen[path] = faults_of(reading)

        approver = page_in(tag)
        person = add_person(store, Role.APPROVER, mail="amina@example.org")
        secret = store.sessions.begin(person.id, now(), by="password")
        approver.context.add_cookies([{"name": COOKIE, "value": secret, "url": at}])
        approver.goto(f"{at}/dashboard/registrations")
        approver.click(f"main a[href*='/registrations/{number}']")
        assert "<script>" in approver.inner_text("main")
        seen["deciding"] = faults_of(approver)
        accept = approver.locator("details:has(form[action$='/accept'])")
        accept.locator("> summary").focus()
        approver.keyboard.press("Enter")
        accept.locator("input[name=source_id]").fill("lake")
        accept.locator("textarea[name=reason]").fill("It is what we look for.")
        accept.locator("p.buttons button[type=submit]").click()
        page.goto(f"{at}/decisions")
        assert "It is what we look for." in page.inner_text("main")
        assert approver.title() != "taken"
    assert {path: faults for path, faults in seen.items() if faults} == {}
    assert store.registrations.get(number).state is RegistrationState.ACCEPTED
    assert store.sources.get("lake").base_url == "https://lake.example.org/oai"
