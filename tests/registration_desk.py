"""A browser, as far as forms go, that registers a repository; and what serves it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
import uvicorn
from lxml import html

from catalogue import registering
from catalogue.checkup import (
    Checkup,
    Facts,
    Finding,
    Grade,
    Hit,
    Interface,
    Outcome,
    Sample,
    Software,
    Stage,
)
from catalogue.mail import Mail
from catalogue.people import Role
from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from catalogue.store.desk.checkups import Allowance
from catalogue.trial import Trial
from endpoint.app import create_app
from signing_in import COOKIE, add_person


@contextmanager
def serving(store: Store, **given: Any) -> Iterator[tuple[str, Settings]]:
    settings = load_settings(**({"allowed_networks": ("127.0.0.0/8",), "read_timeout": 2.0} | given))
    server = uvicorn.Server(uvicorn.Config(create_app(settings, store), port=0, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", settings
    finally:
        server.should_exit = True
        thread.join()


class Visitor:
    """Reads pages, fills in their forms as they stand, and sends them."""

    def __init__(self, at: str, lang: str = "en") -> None:
        self.at, self.lang, self.session = at, lang, requests.Session()
        self.answer: requests.Response
        self.page: html.HtmlElement

    def go(self, path: str) -> html.HtmlElement:
        """Read a page, and follow where it leads."""
        query = {} if "lang=" in path else {"lang": self.lang}
        return self._read(self.session.get(self.at + path, params=query, timeout=20))

    def _read(self, answer: requests.Response) -> html.HtmlElement:
        self.answer = answer
        self.page = html.fromstring(answer.text)
        return self.page

    @property
    def path(self) -> str:
        return self.answer.url.removeprefix(self.at).partition("?")[0]

    def fields(self, form: html.HtmlElement) -> list[tuple[str, str]]:
        """What a browser would send of a form as it stands, without its buttons."""
        return [(name, value) for name, value in form.form_values() if value is not None]

    def send(
        self, form_at: str = "//form[contains(@class, 'asking')]", /, press: str = "", **values: Any
    ) -> html.HtmlElement:
        """Send a form of the page with some fields filled in anew; a list stands for several boxes."""
        (form,) = self.page.xpath(form_at)
        kept = [(name, value) for name, value in self.fields(form) if name not in values]
        for name, value in values.items():
            several = value if isinstance(value, list) else [value]
            kept += [(name, str(one)) for one in several if one is not None]
        if press:
            kept.append((press, "1"))
        target = form.get("action") or self.answer.url
        where = target if target.startswith("http") else self.at + target
        return self._read(self.session.post(where, data=kept, timeout=20))

    @property
    def wrong(self) -> list[str]:
        """What the summary on top says, field by field."""
        return [one.text_content().strip() for one in self.page.xpath("//*[@id='errors']//li")]

    def text(self) -> str:
        return " ".join(self.page.text_content().split())


def sign_in(visitor: Visitor, store: Store, *roles: Role, mail: str = "amina@example.org") -> Visitor:
    """Let the visitor be somebody with these roles."""
    person = add_person(store, *roles, mail=mail)
    secret = store.sessions.begin(person.id, datetime.now(UTC), by="password")
    visitor.session.cookies.set(COOKIE, secret, domain="127.0.0.1", path="/")
    return visitor


def letters(store: Store, to: str = "") -> list[Mail]:
    """The letters that were posted, in their order."""
    posted = reversed(store.outbox.newest())
    return [one.mail for one in posted if not to or one.mail.to == to]


def made_report(url: str, text: str = "A small node", **facts: Any) -> Checkup:
    """The report of a check-up that found an OAI-PMH repository."""
    now = datetime.now(UTC)
    told = {
        "name": text,
        "contacts": ("node@example.org",),
        "formats": ("oai_dc", "iso19139"),
        "chosen_format": "iso19139",
        "sets": {"pops": f"{text} on POPs", "waste": ""},
        "set_counts": {"pops": 1200, "waste": 84},
        "records": 1284,
        "languages": ("fr", "ar"),
    }
    return Checkup(
        url,
        now,
        now,
        Stage.ENDED,
        Outcome.COMPLETE,
        examined=Interface("oai-pmh", url, "2.0"),
        software=Software("dspace", "DSpace", "7.6"),
        facts=Facts(**(told | facts)),
        findings=(
            Finding("link", "missing", Grade.PROBLEM, {"count": "2", "of": "9"}, ("oai:x:1",)),
            Finding("title", "good", Grade.GOOD, {"of": "9"}),
        ),
        samples=(
            Sample(
                "oai:x:1", "2026-01-01", f"<dc>{text}</dc>", "oai_dc", (("title", text),), Hit(text), "<x/>"
            ),
            Sample("oai:x:2", "2026-01-01", text, fault=text),
        ),
    )


def checked(store: Store, report: Checkup) -> str:
    """A check-up that has ended with this report; returns its id."""
    now = datetime.now(UTC)
    host = urlsplit(report.address).hostname or ""
    made = store.checkups.ask(report.address, host, client="x", now=now, allowance=Allowance(999, 999))
    claim = store.checkups.claim(now, stale_after=timedelta(minutes=1))
    assert claim is not None
    store.checkups.finish(claim, report, now)
    return made


def begun(visitor: Visitor, store: Store, report: Checkup) -> Visitor:
    """Press the button on a finished check-up."""
    visitor.go(f"/check/{checked(store, report)}")
    visitor.send("//form[@action][.//input[@name='check']]")
    assert visitor.path.endswith("/check"), visitor.text()
    return visitor


def sent(visitor: Visitor, store: Store, report: Checkup, **who: str) -> int:
    """A registration that is sent and confirmed; returns its number."""
    begun(visitor, store, report)
    fill(visitor, **who)
    visitor.send(consent="1")
    key = visitor.path.rpartition("/")[2]
    confirm(visitor, store)
    return store.registrations.by_key(key).id


def tried(store: Store, number: int, trial: Trial | None = None) -> None:
    """Its trial harvest is done."""
    now = datetime.now(UTC)
    claim = store.registrations.claim(now, stale_after=timedelta(minutes=1))
    assert claim is not None
    assert claim.id == number
    made = trial or Trial(now, now, listed=9, taken=8, faulty=1)
    store.registrations.change(number, lambda one: registering.tried(one, made, now), now)


#: What a registrant types; everything else is filled in.
WHO = {
    "kind": "centre",
    "country": "KE",
    "organisation": "Lake Centre",
    "person": "Wanjiru",
    "mail": "wanjiru@example.org",
}


def filled_in(visitor: Visitor, url: str, worker: Callable[[], object], **who: str) -> Visitor:
    """Register an address up to the last step, with as little as has to be typed."""
    visitor.go("/register")
    visitor.send("//form[@class='ask']", url=url)
    worker()
    return fill(visitor, **who)


def fill(visitor: Visitor, **who: str) -> Visitor:
    """Go through the steps with as little typed as is needed, up to the last one."""
    visitor.go(f"{visitor.path.rpartition('/')[0]}/who")
    visitor.send(**(WHO | who))
    for step in ("what", "see", "when", "hears"):
        assert visitor.path.endswith(step), visitor.wrong
        visitor.send()
    assert visitor.path.endswith("send"), visitor.wrong
    return visitor


def confirm(visitor: Visitor, store: Store) -> Visitor:
    """Open the link in the last letter that asks for it, and press the button."""
    letter = next(one for one in reversed(letters(store)) if "/confirm/" in one.text)
    link = next(line for line in letter.text.splitlines() if "/confirm/" in line)
    visitor.go(urlsplit(link).path)
    visitor.send()
    return visitor
