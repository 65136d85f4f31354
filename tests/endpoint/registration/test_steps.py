"""The steps, page by page: filled in, forgiving, in every language, and nothing in them but text."""

from __future__ import annotations

import re

import pytest
import requests

from catalogue.people import Role
from catalogue.registration import RegistrationState, Step, Who
from catalogue.source import SourceState
from catalogue.store import Store
from endpoint.languages import LANGUAGES
from factories import add_source
from registration_desk import (
    WHO,
    Visitor,
    begun,
    checked,
    confirm,
    fill,
    letters,
    made_report,
    sent,
    serving,
    sign_in,
)

URL = "https://repository.example.ke/oai"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def key_of(visitor: Visitor) -> str:
    return visitor.path.split("/")[2]


def test_what_the_checkup_found_is_filled_in(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        visitor = begun(Visitor(at), sqlite_store, made_report(URL))
        assert "DSpace 7.6, OAI-PMH 2.0, records: 1,284, French, Arabic" in visitor.text()
        assert "The way to the thing itself" in visitor.text()  # the worst of what was found
        at_step = visitor.path.rpartition("/")[0]
        page = visitor.go(f"{at_step}/who")
        assert page.xpath("//select[@name='country']/option[@selected]/text()") == ["Kenya"]
        assert page.xpath("//input[@name='mail']/@value") == ["node@example.org"]
        page = visitor.go(f"{at_step}/what")
        assert page.xpath("//input[@name='format'][@checked]/@value") == ["iso19139"]
        assert "(suggested)keeps extents on the map" in visitor.text()
        assert [one.text_content().split()[-1] for one in page.xpath("//*[@class='boxes']/label")] == [
            "1,200", "84",
        ]  # fmt: skip
        page = visitor.go(f"{at_step}/see")
        (first, second) = page.xpath("//details[@class='record']")
        assert first.xpath(".//*[contains(@class, 'flag')]/text()") == ["The way to the thing itself"]
        assert second.xpath(".//*[contains(@class, 'flag')]") == []
        page = visitor.go(f"{at_step}/when")
        assert page.xpath("//select[@name='time_zone']/option[@selected]/text()") == ["Africa/Nairobi"]
        assert len(page.xpath("//*[@class='dues']//li")) == 3
        assert all(one.text.endswith("02:00") for one in page.xpath("//*[@class='dues']//li"))
        visitor.send(press="look", rhythm="weekly", day="fri", hour="5")
        assert len(visitor.page.xpath("//*[@class='dues']//li[contains(., 'Fri')]")) == 3
        assert sqlite_store.registrations.by_key(key_of(visitor)).answers.when is None
        assert letters(sqlite_store) == []


def test_who_registers_what_is_harvested_already_is_told_so(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        visitor = begun(Visitor(at), sqlite_store, made_report(URL))
        assert "is harvested here already" not in visitor.text()
        add_source(sqlite_store, "volta", title="The <b>Volta", base_url=f"{URL}/")
        visitor.go(visitor.path)
        assert "This address is harvested here already: The <b>Volta." in visitor.text()
        assert visitor.page.xpath("//a[contains(@href, '/nodes/volta')]")
        sqlite_store.sources.change("volta", state=SourceState.RETIRED)
        visitor.go(visitor.path)
        assert "is harvested here already" not in visitor.text()


def test_what_is_wrong_is_said_at_the_field_and_on_top(sqlite_store: Store) -> None:
    wrong = {
        Step.WHO: {"country": "XX", "organisation": " ", "person": "", "mail": "a@b@example.org"},
        Step.WHAT: {"which": "some", "set": "nobody", "title": " ", "format": "pdf"},
        Step.SEE: {"well": "no", "remark": " "},
        Step.WHEN: {"rhythm": "always", "time_zone": "../../etc/passwd"},
        Step.HEARS: {"mails": "x@example.org, nobody", "language": "tlh"},
    }
    at_fault = {
        Step.WHO: ["country", "organisation", "person", "mail"],
        Step.WHAT: ["which", "format", "title"],
        Step.SEE: ["remark"],
        Step.WHEN: ["rhythm", "time_zone"],
        Step.HEARS: ["mails", "language"],
    }
    with serving(sqlite_store) as (at, _):
        visitor = begun(Visitor(at), sqlite_store, made_report(URL))
        at_step = visitor.path.rpartition("/")[0]
        for step, values in wrong.items():
            visitor.go(f"{at_step}/{step}")
            page = visitor.send(**values)
            assert visitor.answer.status_code == 422
            links = page.xpath("//*[@id='errors']//a/@href")
            assert [one.removeprefix("#") for one in links] == at_fault[step]
            for link in links:
                assert len(page.xpath(f"//*[@id='{link[1:]}']")) == 1
                assert len(page.xpath(f"//*[@id='{link[1:]}-error']")) == 1
            assert page.xpath("//*[@id='errors']/@role") == ["alert"]
        assert visitor.page.xpath("//textarea[@name='mails']")[0].text.split() == ["x@example.org", "nobody"]
        visitor.go(f"{at_step}/send")
        assert len(visitor.page.xpath("//*[@role='alert']//li")) == 5
        assert visitor.page.xpath("//input[@name='consent']") == []
        one = sqlite_store.registrations.by_key(key_of(visitor))
        assert one.answers.missing == (Step.WHO, Step.WHAT, Step.SEE, Step.WHEN, Step.HEARS)


def test_it_is_gone_on_with_by_its_link_and_back_and_forth(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        visitor = begun(Visitor(at), sqlite_store, made_report(URL))
        link = f"/registrations/{key_of(visitor)}"
        visitor.go(f"{link}/who")
        visitor.send(**WHO)
        other = Visitor(at)  # another browser, days later
        other.go(link)
        assert other.path == f"{link}/what"
        other.send(press="back", which="some", set=["waste", "nobody"], title="Lake library")
        assert other.path == f"{link}/who"
        assert other.page.xpath("//input[@name='organisation']/@value") == ["Lake Centre"]
        visitor.go(f"{link}/what")
        assert visitor.page.xpath("//input[@name='set'][@checked]/@value") == ["waste"]
        assert visitor.page.xpath("//input[@name='title']/@value") == ["Lake library"]
        assert visitor.page.xpath("//nav[@class='steps']//li[@class='done']") != []
        assert "waste" in fill(visitor).text()
        visitor.send()
        assert visitor.wrong == ["Without this permission we may not harvest the repository."]
        visitor.send(consent="1")
        assert visitor.path == link
        visitor.go(f"{link}/who")
        assert visitor.path == link  # what was sent is not changed
        visitor.send("//form[contains(@action, 'message')]", text="Please hurry.")
        assert "Please hurry." in visitor.text()
        visitor.send("//form[contains(@action, 'withdraw')]")
        assert "You have taken it back." in visitor.text()


def test_who_goes_back_loses_nothing_of_what_will_not_do_yet(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        visitor = begun(Visitor(at), sqlite_store, made_report(URL))
        link = f"/registrations/{key_of(visitor)}"
        visitor.go(f"{link}/who")
        hostile = "<b onmouseover=alert(1)>"
        visitor.send(press="back", **(WHO | {"mail": "no mail", "person": "", "organisation": hostile}))
        assert visitor.path == f"{link}/check"
        assert letters(sqlite_store) == []
        other = Visitor(at, "fr")  # another browser, days later
        other.go(f"{link}/what")
        other.send(press="back", which="some", title="")
        assert other.path == f"{link}/who"
        assert other.page.xpath("//input[@name='mail']/@value") == ["no mail"]
        assert other.page.xpath("//input[@name='organisation']/@value") == [hostile]
        assert other.page.xpath("//select[@name='country']/option[@selected]/@value") == ["KE"]
        assert len(other.wrong) == 2
        assert other.page.xpath("//nav[@class='steps']//li[@class='done']") != []  # the check-up
        other.send(**WHO)
        assert len(letters(sqlite_store)) == 1  # that has the address confirmed
        assert (other.path, len(other.wrong)) == (f"{link}/what", 2)
        other.send(which="all", title="Lake library")
        assert other.path == f"{link}/see"
        fill(visitor)
        visitor.send(consent="1")
        assert visitor.path == link


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_step_is_in_every_language(sqlite_store: Store, tag: str) -> None:
    with serving(sqlite_store) as (at, _):
        visitor = begun(Visitor(at, tag), sqlite_store, made_report(URL))
        link = f"/registrations/{key_of(visitor)}"
        heads = set()
        for step in Step:
            page = visitor.go(f"{link}/{step}")
            assert (page.get("lang"), page.get("dir")) == (tag, LANGUAGES[tag].direction)
            heads.add(page.xpath("string(//h1)"))
            assert f"{link}/{step}?lang={tag}" in page.xpath("//nav[@class='steps']//a/@href")
            if tag != "en":
                said = visitor.text()
                assert not re.search(r"\b(Choose|Save|Name of|harvest)\b", said), said
        assert len(heads) == len(Step)
        number = sent(visitor, sqlite_store, made_report(URL + "?2"), mail=f"{tag}@example.org")
        assert sqlite_store.registrations.get(number).tongue == tag
        (letter,) = letters(sqlite_store, f"{tag}@example.org")
        assert letter.language == tag
        assert ("Good day" in letter.text) is (tag == "en")


def test_what_strangers_typed_and_sent_is_text(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        visitor = begun(Visitor(at), sqlite_store, made_report(URL, HOSTILE))
        link = f"/registrations/{key_of(visitor)}"
        fill(visitor, organisation=HOSTILE, person=HOSTILE)
        visitor.go(f"{link}/see")
        visitor.send(well="no", remark=HOSTILE)
        visitor.go(f"{link}/send")
        visitor.send(consent="1")
        visitor.send("//form[contains(@action, 'message')]", text=HOSTILE)
        number = sqlite_store.registrations.by_key(key_of(visitor)).id
        approver = sign_in(Visitor(at), sqlite_store, Role.APPROVER)
        pages = [visitor.go(link), *(approver.go(f"/dashboard/registrations{p}") for p in ("", f"/{number}"))]
        approver.send("//form[contains(@action, '/refuse')]", reason=HOSTILE)
        pages += [approver.page, visitor.go("/decisions"), visitor.go(link)]
        for page in pages:
            assert page.xpath("//script | //*[@onerror] | //img[@src='x']") == []
            assert HOSTILE in page.text_content()
        assert "script-src" not in visitor.answer.headers["Content-Security-Policy"]
        assert visitor.answer.headers["Cache-Control"] == "no-store"
        assert visitor.answer.headers["X-Robots-Tag"] == "noindex"
        assert visitor.answer.headers["Referrer-Policy"] == "same-origin"


def test_no_other_site_can_send_a_form(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        visitor = begun(Visitor(at), sqlite_store, made_report(URL))
        link = f"/registrations/{key_of(visitor)}"
        before = sqlite_store.registrations.by_key(key_of(visitor))
        paths = ["/register", *(f"{link}/{step}" for step in Step)]
        paths += [f"{link}/{act}" for act in ("message/new", "withdraw/now", "confirmation/new", "confirm/x")]
        for path in paths:
            stranger = requests.post(at + path, data=WHO | {"text": "x", "consent": "1"}, timeout=20)
            assert stranger.status_code in {403, 409}, path
            token = visitor.go(f"{link}/who").xpath("string(//input[@name='token']/@value)")
            crossed = visitor.session.post(
                at + path,
                data=WHO | {"token": token},
                headers={"Sec-Fetch-Site": "cross-site"},
                timeout=20,
            )
            assert crossed.status_code in {403, 409}, path
        assert sqlite_store.registrations.by_key(key_of(visitor)) == before


def test_nobody_is_sent_elsewhere_and_a_wrong_key_opens_nothing(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        visitor = Visitor(at)
        visitor.go("/register")
        token = visitor.page.xpath("string(//input[@name='token']/@value)")
        data = {"token": token, "url": "https://y.example.org/", "next": "//evil.example.org/"}
        answer = visitor.session.post(
            f"{at}/register?lang=//evil.example.org&next=//evil.example.org",
            data=data,
            allow_redirects=False,
            timeout=9,
        )
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/registrations/")
        for path in ("/registrations/nothing", "/registrations/nothing/who", "/registrations/%2F%2Fx/who"):
            page = visitor.go(path)
            assert visitor.answer.status_code == 404
            assert URL not in page.text_content()


def test_one_client_begins_so_many_and_may_be_shut_out(sqlite_store: Store) -> None:
    with serving(sqlite_store, registrations_per_client=2) as (at, _):
        visitor = Visitor(at)
        for number in range(2):
            begun(visitor, sqlite_store, made_report(f"{URL}?{number}"))
        visitor.go(f"/check/{checked(sqlite_store, made_report(f'{URL}?third'))}")
        visitor.send("//form[.//input[@name='check']]")
        assert (visitor.answer.status_code, int(visitor.answer.headers["Retry-After"]) > 3000) == (429, True)
    with serving(sqlite_store, registrations_per_client=0) as (at, _):
        assert Visitor(at).go("/register").xpath("//main//form") == []


def test_a_mail_is_confirmed_by_its_link_and_a_button(sqlite_store: Store) -> None:
    store = sqlite_store
    with serving(store) as (at, _):
        visitor = begun(Visitor(at), store, made_report(URL, HOSTILE))
        key = key_of(visitor)
        fill(visitor, mail="first@example.org", organisation="Buy now at spam.example.org")
        (letter,) = letters(store)
        assert (letter.to, letter.confidential) == ("first@example.org", True)
        assert "spam" not in letter.text + letter.subject
        assert HOSTILE not in letter.text
        link = re.search(r"/registrations/\S+/confirm/\S+", letter.text)
        assert link is not None
        visitor.go(link[0])
        assert not _who(store, key).is_confirmed  # looking confirms nothing
        visitor.go(f"{link[0][:-1]}x")
        visitor.send()
        assert visitor.answer.status_code == 403
        visitor.go(f"/registrations/{key}/who")
        visitor.send(mail="second@example.org")
        visitor.go(link[0])
        visitor.send()
        assert visitor.answer.status_code == 403  # that was another address
        confirm(visitor, store)
        assert _who(store, key).confirmed == "second@example.org"
        for number in range(6):
            visitor.go(f"/registrations/{key}/who")
            visitor.send(mail=f"victim{number}@example.org")
        assert len(letters(store)) == 4


def _who(store: Store, key: str) -> Who:
    who = store.registrations.by_key(key).answers.who
    assert who is not None
    return who


def test_who_has_signed_in_is_not_asked_who_he_is(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        visitor = begun(sign_in(Visitor(at), sqlite_store), sqlite_store, made_report(URL))
        visitor.go(f"/registrations/{key_of(visitor)}/who")
        assert visitor.page.xpath("//input[@name='person' or @name='mail']/@value") == [
            "Amina", "amina@example.org",
        ]  # fmt: skip
        visitor.send()
        one = sqlite_store.registrations.by_key(key_of(visitor))
        assert one.answers.who is not None
        assert one.answers.who.is_confirmed
        assert one.state is RegistrationState.DRAFT
        assert letters(sqlite_store) == []
