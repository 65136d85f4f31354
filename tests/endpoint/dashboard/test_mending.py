"""What was repaired, how a problem is mended in its software, what was merged, and views of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html

from catalogue.exchange import Exchange
from catalogue.people import Role
from catalogue.run import COPIES, Ending, Fault, RunKind
from catalogue.store import Store
from catalogue.store.work.runs import add_faults
from catalogue.trial import Trial, TrialFault
from desk_catalogue import HOSTILE, keep, run_of
from factories import now
from registration_desk import checked, made_report
from signing_in import Browser, add_person, serving


@pytest.fixture
def operator(desk_store: Store) -> Iterator[Browser]:
    with serving(desk_store, base_url="http://testing") as at:
        yield Browser(at).signed_in(desk_store, add_person(desk_store, Role.OPERATOR))


def text(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


def test_a_record_as_it_was_sent_stands_beside_what_it_was_repaired_to(
    operator: Browser, desk_store: Store, made: dict[str, Any]
) -> None:
    sent = (
        b"<OAI-PMH><ListRecords><record><header><identifier>r8</identifier></header></record>"
        b"<record><header><identifier>r9</identifier></header><metadata><dc><title>Waste & oil"
        b"<script>alert(1)</script></title><date>2026</date></dc></metadata></record></ListRecords></OAI-PMH>"
    )
    read = sent[sent.rindex(b"<record>") : sent.index(b"</ListRecords>")].replace(b"&", b"&amp;")
    asked = Exchange(2, now(), "GET", "https://nile.example.org/oai", 200, 9, 5, "repaired", answer=sent)
    desk_store.exchanges.note(made["faulty"], [asked], kept=10)
    fault = Fault("oai_dc.no-title", "no title", "r9", payload_digest=keep(desk_store, read),
                  repairs=("stray-ampersands",))  # fmt: skip
    with desk_store.engine.begin() as connection:
        add_faults(connection, made["faulty"], now(), [fault])
    number = desk_store.faults.page(made["faulty"], limit=99)[-1].number
    page = operator.get(f"/dashboard/faults/{number}")
    left, right = page.xpath("//div[@class='both']/div")
    assert [text(one) for one in left.xpath(".//mark")] == ["<title>Waste & oil<script>alert(1)</script>"]
    assert [text(one) for one in right.xpath(".//mark")] == [
        "<title>Waste &amp; oil<script>alert(1)</script>"
    ]
    assert "r8" not in text(left)
    assert page.xpath("//main//script") == []
    other = operator.get(f"/dashboard/faults/{made['fault']}")
    assert other.xpath("//div[@class='both']") == []  # nothing of it was repaired


def test_a_problem_is_mended_in_the_software_of_the_node(operator: Browser, desk_store: Store) -> None:
    path = "/dashboard/problems/nile/xml.malformed"
    before = text(operator.get(path))
    assert "DSpace: correct the item" in before
    assert "OJS: correct the abstract" in before  # nobody knows which it is
    checked(desk_store, made_report("https://nile.example.org/oai"))
    after = text(operator.get(path))
    assert "DSpace: correct the item" in after
    assert "OJS:" not in after
    assert "We do not know where" in text(operator.get("/dashboard/problems/nile/oai_dc.no-title"))


def test_merged_copies_stand_in_the_way_of_the_records(
    operator: Browser, desk_store: Store, made: dict[str, Any]
) -> None:
    assert "Merged with copies" not in text(operator.get(f"/dashboard/runs/{made['good']}"))
    desk_store.runs.log(made["good"], now(), COPIES, records=3)
    strip = operator.get(f"/dashboard/runs/{made['good']}").xpath("//ol[@class='pipeline']")[0]
    assert "Merged with copies 3" in text(strip)


def test_everybody_has_views_of_his_own(operator: Browser, desk_store: Store) -> None:
    def heads(page: html.HtmlElement) -> list[str]:
        return [text(one).rstrip(" ↑↓") for one in page.xpath("//table[caption]/thead//th")]

    wide = operator.get("/dashboard?column=state&column=address&q=lena")
    assert heads(wide) == ["Node", "State", "Address"]
    assert "https://lena.example.org/oai" in text(wide)
    query = wide.xpath("string(//form[contains(@action, '/views')]/input[@name='query']/@value)")
    assert (
        operator.post("/dashboard/views", form_at="/dashboard", name=HOSTILE[:80], query=query).status_code
        == 303
    )
    operator.post("/dashboard/views", form_at="/dashboard", name="Mine", query=query, first="yes")
    assert heads(operator.get("/dashboard")) == ["Node", "State", "Address"]
    assert len(operator.get("/dashboard").xpath("//table[caption]/tbody/tr")) == 1
    assert len(operator.get("/dashboard?sort=state").xpath("//table[caption]/tbody/tr")) == 4
    (link,) = operator.get("/dashboard?sort=name").xpath("//nav//a[bdi='Mine']/@href")
    assert heads(operator.get(link)) == ["Node", "State", "Address"]
    assert "column=state&amp;column=address" in operator.answer.text  # links and orders keep the columns
    refused = operator.post("/dashboard/views", form_at="/dashboard", name=" ", query=query)
    assert "refused=SettingsError" in refused.headers["Location"]
    other = Browser(operator.at).signed_in(
        desk_store, add_person(desk_store, Role.VIEWER, mail="other@example.org")
    )
    assert "Mine" not in text(other.get("/dashboard"))
    operator.post("/dashboard/views", form_at="/dashboard", name="Mine", remove="yes")
    assert len(operator.get("/dashboard").xpath("//table[caption]/tbody/tr")) == 4


def test_a_trial_tells_what_would_be_taken(operator: Browser, desk_store: Store) -> None:
    run = run_of(desk_store, "nile", RunKind.TRIAL)
    report = made_report("https://nile.example.org/oai", HOSTILE)
    told = Trial(
        now(), now(), listed=3, taken=2, faulty=1, findings=report.findings, samples=report.samples,
        faults=(TrialFault("xml.malformed", 1, HOSTILE, (HOSTILE,)),),
    )  # fmt: skip
    desk_store.trials.put(run, told)
    desk_store.runs.end(run, Ending.NOTHING_NEW, now())
    page = operator.get(f"/dashboard/runs/{run.id}")
    assert "A trial, of which nothing is kept" in text(page)
    assert len(page.xpath("//section[@aria-labelledby='samples']/details")) == 2
    assert page.xpath("//main//script | //main//img") == []
    assert not page.xpath("//form[contains(@action, 'remap') or contains(@action, 'retry')]")
    arabic = operator.get(f"/dashboard/runs/{run.id}?lang=ar")
    assert "تجربة لا يُحتفظ بشيء منها" in text(arabic)
