"""Sources, runs and questions for programs: the same words, rules and errors as on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openapi_spec_validator import validate

from catalogue.people import Action, Role
from catalogue.run import RunKind
from catalogue.store import Store
from programs import Program
from signing_in import add_node, add_person, serving, token_of


@pytest.fixture
def api(desk_store: Store) -> Iterator[Program]:
    operator = add_person(desk_store, Role.OPERATOR, mail="op@example.org")
    with serving(desk_store, base_url="http://testing") as at:
        yield Program(at, token_of(desk_store, operator, *Action))


def test_sources_stand_as_the_pages_say(api: Program) -> None:
    validate(api("GET", "/api/openapi.json"))
    found = api("GET", "/api/sources?limit=3")
    words = {one["id"]: (one["state"], one["problems"]) for one in found["items"]}
    assert words == {"nile": ("up to date", 3), "lena": ("failing", 0), "plata": ("due", 0)}
    assert found["next"] == "http://testing/api/sources?q=&page=2&limit=3"
    held = api("GET", "/api/sources?state=held&q=volta")
    assert [one["open_questions"] for one in held["items"]] == [1]
    assert api("GET", "/api/sources/nile")["records"] == 4
    assert api("GET", "/api/sources/none")["status"] == 404


def test_a_source_whose_run_waits_for_the_end_of_quiet_hours_is_said_to(
    api: Program, desk_store: Store
) -> None:
    hour = datetime.now(UTC).hour
    quiet = f"{hour:02d}:00-{(hour + 2) % 24:02d}:00"
    desk_store.sources.change("plata", quiet_hours=quiet, time_zone="UTC")
    assert api("GET", "/api/sources/plata")["waits_until"] is None
    desk_store.runs.open("plata", RunKind.FULL, datetime.now(UTC))
    [found] = api("GET", "/api/sources?state=quiet+hours")["items"]
    assert (found["id"], found["state"]) == ("plata", "quiet hours")
    until = datetime.fromisoformat(found["waits_until"])
    assert timedelta() < until - datetime.now(UTC) <= timedelta(hours=2)


def test_runs_tell_what_they_met(api: Program, made: dict[str, Any]) -> None:
    run = api("GET", f"/api/runs/{made['faulty']}")
    assert (run["ending"], run["tally"]["faulty"], run["announced"]) == ("complete-with-faults", 3, 40)
    first = api("GET", f"/api/runs/{made['faulty']}/faults?limit=2")
    assert [one["rule"] for one in first["items"]] == ["xml.malformed", "oai_dc.no-title"]
    rest = api("GET", first["next"].removeprefix("http://testing"))
    assert [one["record"] for one in rest["items"]] == ["r8"]
    (asked,) = api("GET", f"/api/runs/{made['faulty']}/requests")["items"]
    assert (asked["error"], asked["kept"]) == ("cut off", True)
    newest = api("GET", "/api/runs?source=lena&limit=1")
    assert newest["items"][0]["id"] == made["failed"]
    assert "s3cret" not in str(newest)
    assert [one["id"] for one in api("GET", newest["next"].removeprefix("http://testing"))["items"]] == [
        made["failed"] - 1
    ]


def test_what_is_done_is_done_as_by_people(api: Program, desk_store: Store, made: dict[str, Any]) -> None:
    run = api("POST", "/api/sources/nile/harvest", full=True)
    assert (api.status, run["kind"], run["requested_by"]) == (202, "full", "op@example.org (token test)")
    assert api("POST", "/api/sources/nile/remap", set_aside_only=True)["status"] == 409
    assert api("POST", f"/api/runs/{run['id']}/cancel", why="Not now.")["ending"] == "cancelled"
    assert api("POST", f"/api/runs/{run['id']}/go-on")["state"] == "queued"
    api("POST", f"/api/runs/{run['id']}/cancel", why="Not now.")
    assert api("POST", f"/api/runs/{made['good']}/roll-back")["kind"] == "rollback"
    assert api("POST", "/api/sources/plata/pause", why="Moving.")["state"] == "paused"
    assert api("POST", "/api/sources/plata/harvest", full=False)["status"] in {409, 422}
    assert api("POST", "/api/sources/plata/resume", why="Moved.")["state"] == "due"
    assert api("POST", "/api/sources/nile/check-up")["check"].startswith("http://testing/api/checks/")
    acts = [one.act for one in desk_store.audit.newest(about="source:nile")]
    assert acts == ["check-up", "roll back", "cancel", "go on", "cancel", "harvest"]


def test_problems_are_accepted_and_questions_answered(api: Program, made: dict[str, Any]) -> None:
    rules = [one["rule"] for one in api("GET", "/api/sources/nile/problems")["items"]]
    assert rules == ["oai_dc.no-title", "xml.malformed"]
    api("PUT", "/api/sources/nile/problems/oai_dc.no-title/acceptance", why="Maps have none.", days=9)
    assert api.status == 204
    assert api("GET", "/api/sources/nile")["problems"] == 1
    api("DELETE", "/api/sources/nile/problems/oai_dc.no-title/acceptance")
    assert api("GET", "/api/sources/nile")["problems"] == 3
    (asked,) = api("GET", "/api/questions")["items"]
    assert asked["in_words"].endswith("Delete the other 90?")
    decided = api("POST", f"/api/questions/{asked['id']}/answer", answer="keep", why="An outage.")
    assert (decided["state"], decided["decisions"][0]["decided_by"]) == (
        "answered",
        "op@example.org (token test)",
    )
    assert api("POST", f"/api/questions/{asked['id']}/answer", answer="apply", why="No.")["status"] == 409
    assert api("GET", "/api/questions") == {"items": [], "next": None}


def test_a_node_manager_has_his_own_alone(desk_store: Store, api: Program, made: dict[str, Any]) -> None:
    add_node(desk_store, "node-nile", "nile")
    manager = add_person(desk_store, nodes=["node-nile"])
    own = Program(api.at, token_of(desk_store, manager, Action.SEE, Action.STEER))
    assert [one["id"] for one in own("GET", "/api/sources")["items"]] == ["nile"]
    assert own("GET", "/api/questions")["items"] == []
    assert own("GET", "/api/runs")["status"] == 403
    assert own("GET", "/api/runs?source=nile&limit=1")["items"][0]["id"] == made["faulty"]
    assert own("GET", f"/api/runs/{made['held']}")["status"] == 403
    answer = f"/api/questions/{made['question']}/answer"
    assert own("POST", answer, answer="apply", why="Mine.")["status"] == 403


def test_operators_add_sources_retire_them_and_bring_them_back(api: Program, desk_store: Store) -> None:
    new = {"id": "lagoon", "protocol": "csw", "base_url": "https://lagoon.example.org/csw"}
    assert api("POST", "/api/sources", **new, schedule="never")["status"] == 422
    assert api("POST", "/api/sources", **new, schedule="0 2 * * *")["state"] == "due"
    assert api("POST", "/api/sources", **new)["status"] == 409
    assert api("POST", "/api/sources/lagoon/bring-back", why="")["status"] == 409  # it was not retired
    waiting = api("POST", "/api/sources/lagoon/harvest", full=False)
    run = api("POST", "/api/sources/lagoon/retire", why="it moves")
    assert (run["kind"], desk_store.runs.get(waiting["id"]).ending) == ("retire", "cancelled")
    assert api("POST", "/api/sources/lagoon/resume", why="")["status"] == 409
    assert api("POST", "/api/sources/lagoon/bring-back", why="")["state"] == "due"
    assert desk_store.runs.get(run["id"]).ending == "cancelled"
    told = [line["act"] for line in api("GET", "/api/audit?about=source:lagoon")["items"]]
    assert told == ["bring back", "retire", "harvest", "add"]


def test_operators_pause_all_harvesting(api: Program) -> None:
    assert api("GET", "/api/pause") == {"paused": False, "since": None, "by": "", "why": ""}
    assert api("PUT", "/api/pause", why="the network is mended")["why"] == "the network is mended"
    assert api("PUT", "/api/pause", why="again")["why"] == "the network is mended"
    assert api("GET", "/api/pause")["by"] == "op@example.org (token test)"
    assert api("DELETE", "/api/pause")["paused"] is False
    api("DELETE", "/api/pause")
    told = [line["act"] for line in api("GET", "/api/audit?about=harvesting:all")["items"]]
    assert told == ["resume", "pause"]
