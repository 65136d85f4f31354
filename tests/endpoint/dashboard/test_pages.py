"""The operators' pages over the real application and a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html

from catalogue.people import Role
from catalogue.run import RunKind
from catalogue.store import Store
from desk_catalogue import HOSTILE
from signing_in import Browser, add_node, add_person, serving


@pytest.fixture
def operator(desk_store: Store) -> Iterator[Browser]:
    with serving(desk_store, base_url="http://testing") as at:
        yield Browser(at).signed_in(desk_store, add_person(desk_store, Role.OPERATOR))


TABS = ("overview", "problems", "runs", "records", "settings")


def text(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


def pages_of(made: dict[str, Any], record: int) -> list[str]:
    return [
        "/dashboard",
        *(
            f"/dashboard/sources/nile?tab={t}"
            for t in ("overview", "problems", "runs", "records", "settings")
        ),
        "/dashboard/sources/volta",
        "/dashboard/sources/plata",
        *(f"/dashboard/runs/{made[one]}" for one in ("good", "faulty", "held", "failed")),
        f"/dashboard/runs/{made['faulty']}?rule=oai_dc.no-title",
        f"/dashboard/runs/{made['faulty']}/records/{record}",
        f"/dashboard/faults/{made['fault']}",
        "/dashboard/problems/nile/xml.malformed",
        "/dashboard/problems/nile/oai_dc.no-title",
    ]


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_every_page_is_there_and_hostile_texts_are_texts(
    operator: Browser, desk_store: Store, made: dict[str, Any], tag: str
) -> None:
    record = desk_store.records.of_source("nile", limit=1)[0].id
    for path in pages_of(made, record):
        page = operator.get(path + ("&" if "?" in path else "?") + f"lang={tag}")
        assert operator.answer.status_code == 200, (path, operator.answer.text)
        assert (page.get("lang"), page.get("dir")) == (tag, "rtl" if tag == "ar" else "ltr")
        assert [one for one in page.xpath("//script") if not one.get("src", "").startswith("/static/")] == []
        assert page.xpath("//img[@onerror] | //*[@onerror]") == []
        assert "s3cret" not in operator.answer.text
        assert "49" not in page.xpath("string(//h1)")
        assert len(page.xpath("//h1")) == 1
        assert "'unsafe" not in operator.answer.headers["Content-Security-Policy"]
        assert operator.answer.headers["Cache-Control"] == "no-store"
        # Every label belongs to a field, and every region has its name.
        named = set(page.xpath("//@id"))
        assert set(page.xpath("//label/@for | //@aria-labelledby")) <= named, path
        assert len(page.xpath("//@id")) == len(named), path


def test_it_says_how_the_nodes_stand_and_what_needs_a_person(operator: Browser, made: dict[str, Any]) -> None:
    page = operator.get("/dashboard")
    assert "Up to date: 1 of 4 nodes. Need you: 3." in text(page.xpath("//p[@class='sentence']")[0])
    needs = [text(one) for one in page.xpath("//ul[@class='needs']/li")]
    assert "Volta Archive" in needs[0]
    assert "listed 10 records where 100 were known. Delete the other 90?" in needs[0]
    assert "twice in a row" in needs[1]
    assert "certificate" in needs[2]
    # One thing to do about each.
    assert [
        len(one.xpath(".//a[contains(@class, 'act')]")) for one in page.xpath("//ul[@class='needs']/li")
    ] == [1, 1, 1]
    words = {
        row.xpath("string(th//bdi)"): text(row.xpath("td")[0])
        for row in page.xpath("//table[caption]/tbody/tr")
    }
    assert {name: word.split(" ", 1)[1] for name, word in words.items()} == {
        HOSTILE: "up to date",
        "Volta Archive": "held",
        "Lena Library": "failing",
        "Plata Data": "due",
    }


def test_nodes_are_found_by_state_and_text_and_go_into_a_file(operator: Browser) -> None:
    held = operator.get("/dashboard?state=held")
    assert [text(one) for one in held.xpath("//table[caption]/tbody/tr/th//bdi")] == ["Volta Archive"]
    found = operator.get("/dashboard?q=lena+library")
    assert len(found.xpath("//table[caption]/tbody/tr")) == 1
    by_records = operator.get("/dashboard?sort=-records&q=e&page=1")
    assert by_records.xpath("//th[@aria-sort='descending']")
    operator.get("/dashboard/nodes.csv?state=failing")
    rows = operator.answer.text.splitlines()
    assert operator.answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert rows[1].startswith("lena,Lena Library,oai-pmh,https://lena.example.org/oai,failing,")
    assert len(rows) == 2


def test_a_problem_says_what_is_wrong_which_records_and_marks_the_place(
    operator: Browser, made: dict[str, Any]
) -> None:
    page = operator.get("/dashboard/problems/nile/xml.malformed")
    assert "Broken markup" in text(page.xpath("//h1")[0])
    assert "a@nile.example.org" in text(page)
    fault = operator.get(f"/dashboard/faults/{made['fault']}")
    assert [one.text for one in fault.xpath("//mark")] == ["<bad"]
    operator.get("/dashboard/problems.csv?source=nile")
    rows = operator.answer.text.splitlines()
    assert len(rows) == 4
    assert rows[1].startswith("oai_dc.no-title,")
    assert "a@nile.example.org" in rows[3]
    # A path marks a place too, whatever prefixes the record has.
    other = operator.get(f"/dashboard/faults/{made['fault'] + 2}")
    assert [one.text for one in other.xpath("//mark")] == ["<creator>Ami</creator> a@nile.example.org"]


def test_a_run_tells_what_changed_field_by_field(
    operator: Browser, desk_store: Store, made: dict[str, Any]
) -> None:
    page = operator.get(f"/dashboard/runs/{made['faulty']}")
    table = {
        text(row.xpath("th")[0]): text(row.xpath("td")[0])
        for row in page.xpath("//section[@aria-labelledby='changes']//tbody/tr")
    }
    assert table == {"Other waste": "changed", "Waste 1": "deleted"}
    (changed,) = [
        one for one in page.xpath("//section[@aria-labelledby='changes']//a/@href") if "records" in one
    ][:1]
    change = operator.get(changed)
    row = change.xpath("//section[@aria-labelledby='fields']//tbody/tr")[0]
    assert [text(one) for one in row.xpath("th | td")] == ["dc/title", "Waste 0", "Other waste"]


def test_answers_of_nodes_are_shown_as_text_and_a_bundle_holds_them(
    operator: Browser, made: dict[str, Any]
) -> None:
    operator.get(f"/dashboard/runs/{made['faulty']}/requests/1")
    assert operator.answer.headers["Content-Type"].startswith("text/plain")
    assert "sandbox" in operator.answer.headers["Content-Security-Policy"]
    operator.session.get(f"{operator.at}/dashboard/runs/{made['faulty']}/bundle.zip")
    answer = operator.session.get(f"{operator.at}/dashboard/runs/{made['faulty']}/bundle.zip", timeout=20)
    assert answer.content[:2] == b"PK"


def test_a_guards_question_is_answered_where_its_run_is(
    operator: Browser, desk_store: Store, made: dict[str, Any]
) -> None:
    page = f"/dashboard/runs/{made['held']}"
    answer = operator.post(
        f"/dashboard/questions/{made['question']}", form_at=page, answer="apply", why="They told us."
    )
    assert answer.status_code == 303
    assert "written down" in text(operator.get(answer.headers["Location"].removeprefix("http://testing")))
    question = desk_store.questions.get(made["question"])
    assert (question.decisions[-1].answer, question.decisions[-1].why) == ("apply", "They told us.")
    run = desk_store.runs.open_run("volta")
    assert run is not None
    assert run.kind is RunKind.ANSWER
    again = operator.post(
        f"/dashboard/questions/{made['question']}",
        form_at="/dashboard/sources/nile",
        answer="keep",
        why="No.",
    )
    assert "Somebody else has answered it" in text(operator.get(again.headers["Location"]))


def test_settings_are_kept_with_their_history_and_can_be_undone(operator: Browser, desk_store: Store) -> None:
    form = "/dashboard/sources/nile?tab=settings"
    answer = operator.post("/dashboard/settings/nile", form_at=form, schedule="30 2 * * mon", title="Nile")
    assert answer.status_code == 303
    source = desk_store.sources.get("nile")
    assert (source.schedule, source.title, source.time_zone) == ("30 2 * * mon", "Nile", "Africa/Cairo")
    refused = operator.post("/dashboard/settings/nile", form_at=form, schedule="at dawn")
    assert refused.status_code == 422
    assert "at dawn" in refused.text
    page = operator.get(form)
    change = page.xpath("string(//input[@name='change']/@value)")
    operator.post("/dashboard/settings/nile/undo", form_at=form, change=change)
    assert desk_store.sources.get("nile").schedule == "0 3 * * *"
    assert desk_store.sources.get("nile").title == HOSTILE
    acts = [one.act for one in desk_store.audit.newest(about="source:nile")]
    assert acts == ["settings", "settings"]


def test_what_only_operators_set_only_they_read_in_the_history(operator: Browser, desk_store: Store) -> None:
    form, sent = "/dashboard/sources/nile?tab=settings", "/dashboard/settings/nile"
    operator.post(sent, form_at=form, title="Nile", base_url="https://new.example.org/oai?key=k1")
    operator.post(sent, form_at=form, base_url="https://newer.example.org/oai?key=k2")
    assert "key=k2" in operator.get(form).text_content()
    add_node(desk_store, "delta", "nile")
    manager = add_person(desk_store, nodes=["delta"])
    page = Browser(operator.at).signed_in(desk_store, manager).get(form)
    assert "key=k" not in page.text_content()
    assert len(page.xpath("//input[@name='change']")) == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/dashboard/sources/nile/harvest", RunKind.FULL),
        ("/dashboard/sources/nile/remap", RunKind.REMAP),
        ("/dashboard/sources/nile/retry", RunKind.REMAP),
        ("/dashboard/runs/{good}/roll-back", RunKind.ROLLBACK),
    ],
)
def test_acts_open_runs_and_are_audited(
    operator: Browser, desk_store: Store, made: dict[str, Any], path: str, kind: RunKind
) -> None:
    path = path.format(**made)
    assert operator.post(path, form_at="/dashboard/sources/nile").status_code == 303
    run = desk_store.runs.open_run("nile")
    assert run is not None
    assert run.kind is kind
    assert run.requested_by.endswith("@example.org")
    assert desk_store.audit.newest(about="source:nile")[0].detail["run"] == run.id
    again = operator.post("/dashboard/sources/nile/harvest", form_at="/dashboard/sources/nile")
    assert "open run already" in text(operator.get(again.headers["Location"].removeprefix("http://testing")))
    operator.post(f"/dashboard/runs/{run.id}/cancel", form_at=f"/dashboard/runs/{run.id}")
    assert desk_store.runs.open_run("nile") is None
    resumed = operator.post(f"/dashboard/runs/{run.id}/go-on", form_at=f"/dashboard/runs/{run.id}")
    assert "done=queued" in resumed.headers["Location"]


def test_pausing_a_node_and_trying_it(operator: Browser, desk_store: Store) -> None:
    page = "/dashboard/sources/nile"
    operator.post(f"{page}/pause", form_at=page)
    assert desk_store.sources.get("nile").state == "suspended"
    assert "paused" in text(operator.get(page))
    operator.post(f"{page}/resume", form_at=page)
    assert desk_store.sources.get("nile").state == "active"
    checked = operator.post(f"{page}/check-up", form_at=page)
    assert checked.headers["Location"].startswith("/check/")
    assert desk_store.runs.open_run("nile") is None
    tried = operator.post(f"{page}/trial", form_at=page)
    run = desk_store.runs.open_run("nile")
    assert run is not None
    assert run.kind is RunKind.TRIAL
    assert f"/dashboard/runs/{run.id}" in tried.headers["Location"]
    assert operator.get(f"/dashboard/runs/{run.id}").xpath("//h1")
    assert operator.post(f"{page}/no-such-act", form_at=page).status_code == 404


def test_a_problem_can_be_accepted_for_a_while(operator: Browser, desk_store: Store) -> None:
    page = "/dashboard/problems/nile/xml.malformed"
    operator.post(page, why="They know.", days="30")
    assert "accepted" in text(operator.get("/dashboard/sources/nile?tab=problems"))
    assert "They know." in text(operator.get(page))
    operator.post(page, days="0")
    assert "They know." not in text(operator.get(page))
    refused = operator.post(page, days="30", why=" ")
    assert "refused=SettingsError" in refused.headers["Location"]


def test_who_manages_a_node_sees_and_steers_that_one_alone(desk_store: Store, made: dict[str, Any]) -> None:
    add_node(desk_store, "node-nile", "nile")
    with serving(desk_store, base_url="http://testing") as at:
        manager = Browser(at).signed_in(desk_store, add_person(desk_store, nodes=["node-nile"]))
        page = manager.get("/dashboard")
        assert [text(one) for one in page.xpath("//table[caption]/tbody/tr/th//bdi")] == [HOSTILE]
        assert "Volta" not in manager.answer.text
        assert "Lena" not in manager.answer.text
        for path in (
            "/dashboard/sources/volta",
            f"/dashboard/runs/{made['held']}",
            "/dashboard/problems/volta/x",
        ):
            manager.get(path)
            assert manager.answer.status_code == 403
        settings = manager.get("/dashboard/sources/nile?tab=settings")
        assert not settings.xpath("//*[@name='base_url' or @name='quirks']")
        manager.post(
            "/dashboard/settings/nile",
            form_at="/dashboard/sources/nile?tab=settings",
            base_url="https://elsewhere.example.org/oai",
            title="Nile",
        )
        source = desk_store.sources.get("nile")
        assert (source.base_url, source.title) == ("https://nile.example.org/oai", "Nile")
        assert (
            manager.post(
                f"/dashboard/questions/{made['question']}",
                form_at="/dashboard/sources/nile",
                answer="apply",
                why="x",
            ).status_code
            == 403
        )


def test_a_viewer_steers_nothing(desk_store: Store, made: dict[str, Any]) -> None:
    with serving(desk_store, base_url="http://testing") as at:
        viewer = Browser(at).signed_in(desk_store, add_person(desk_store, Role.VIEWER))
        page = viewer.get("/dashboard/sources/nile?tab=settings")
        assert not page.xpath("//main//button")
        assert viewer.post("/dashboard/sources/nile/harvest", form_at="/dashboard").status_code == 403
        stranger = Browser(at)
        stranger.get("/dashboard")
        assert stranger.answer.status_code == 303
        assert "/sign-in" in stranger.answer.headers["Location"]


def test_an_empty_catalogue_teaches(sqlite_store: Store) -> None:
    with serving(sqlite_store) as at:
        page = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, Role.OPERATOR)).get("/dashboard")
    assert "There is no node yet" in text(page)
    assert not page.xpath("//table")


def test_registrations_that_wait_are_told_to_those_who_decide(
    desk_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(desk_store) as at:
        monkeypatch.setattr(desk_store.registrations, "waiting", lambda: ["one", "another"])
        approver = Browser(at).signed_in(desk_store, add_person(desk_store, Role.APPROVER))
        first = approver.get("/dashboard").xpath("//ul[@class='needs']/li")[0]
        assert text(first) == "Registrations that wait for a decision: 2. Decide"
        viewer = Browser(at).signed_in(desk_store, add_person(desk_store, Role.VIEWER))
        assert "Registrations" not in text(viewer.get("/dashboard"))


def test_operators_retire_a_node_bring_it_back_and_pause_everything(
    operator: Browser, desk_store: Store
) -> None:
    settings, act = "/dashboard/sources/volta?tab=settings", "/dashboard/retirements/volta"
    refused = operator.post(act, form_at=settings)
    assert "refused=SettingsError" in refused.headers["Location"]
    operator.post(act, form_at=settings, meant="yes", why="It moves.")
    assert desk_store.sources.get("volta").state == "retired"
    assert "It moves." in text(operator.get(settings))
    assert not operator.get(settings).xpath("//input[@name='meant']")
    operator.post(act, form_at=settings, back="yes")
    assert desk_store.sources.get("volta").state == "active"
    operator.post("/dashboard/pause", form_at="/dashboard", why="Storm.")
    assert "All harvesting is paused since" in text(operator.get("/dashboard"))
    assert "Storm." in text(operator.get("/dashboard"))
    operator.post("/dashboard/pause", form_at="/dashboard", resume="yes")
    assert desk_store.pauses.current() is None


def test_a_node_whose_run_waits_for_the_end_of_quiet_hours_is_said_to(
    operator: Browser, desk_store: Store
) -> None:
    hour = datetime.now(UTC).hour
    quiet = f"{hour:02d}:00-{(hour + 2) % 24:02d}:00"
    desk_store.sources.change("plata", quiet_hours=quiet, time_zone="UTC", schedule="*/20 * * * *")
    desk_store.runs.open("plata", RunKind.FULL, datetime.now(UTC))
    page = operator.get("/dashboard")
    [state] = page.xpath("//tr[.//a[contains(@href, 'plata')]]//span[contains(@class, 'quiet-hours')]")
    assert "quiet hours" in state.text_content()
    assert "waits until its quiet hours are over" in text(page)
    over = f"{(hour + 2) % 24:02d}:00 UTC"
    node = operator.get("/dashboard/sources/plata")
    assert "quiet hours" in text(node)
    assert over in node.xpath("string(//dt[.='Next']/following-sibling::dd)"), "and not now"
    assert node.xpath(
        f"//section[@aria-labelledby='when']//li[contains(., 'over,') and contains(., '{over}')]"
    )
    coming = page.xpath("//ol[@class='coming']/li[.//a[contains(@href, 'plata')]]/time/text()")
    assert coming == [over], "by its schedule it is sooner"
    assert [one.get("class") for one in operator.get("/dashboard?state=quiet-hours").xpath(
        "//tbody//span[starts-with(@class, 'state')]")] == ["state quiet-hours"]  # fmt: skip
