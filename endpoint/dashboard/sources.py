"""The page of one node: overview, problems, runs, records, settings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import SettingsError, UnknownSource
from catalogue.people import Action
from catalogue.quiet_hours import quiet_until
from catalogue.source import Missed, Source
from catalogue.steering import sources as steering
from catalogue.store.registry.overview import SPARK
from catalogue.timing import coming_dues
from endpoint.alerts import wording as alert_words
from endpoint.auth.gate import Reader, allowed, needs, reader
from endpoint.auth.pages import language_for
from endpoint.dashboard import charts
from endpoint.dashboard.letters import correspondence
from endpoint.dashboard.nodes import desk, with_details
from endpoint.dashboard.pages import desk_page, number_in, unknown
from endpoint.dashboard.wording.questions import ANSWERS, asked
from endpoint.dashboard.wording.rules import words_of
from endpoint.deps import services
from endpoint.languages import N_

router = APIRouter(prefix="/dashboard", include_in_schema=False, dependencies=[needs(Action.SEE)])

TABS: Final = {
    "overview": N_("Overview"),
    "problems": N_("Problems"),
    "runs": N_("Runs"),
    "records": N_("Records"),
    "settings": N_("Settings"),
    # For operators alone.
    "correspondence": N_("Correspondence"),
}
_RUNS: Final = 50
_RECORDS: Final = 50
_COMING: Final = 5


@router.api_route("/sources/{source_id}", methods=["GET", "HEAD"])
def node_page(request: Request, source_id: str, tab: str = "overview") -> Response:
    """One node."""
    asking = allowed(request, Action.SEE, source_id)
    try:
        source = services(request).store.sources.get(source_id)
    except UnknownSource:
        return unknown(request)
    return node(request, asking, source, tab if tab in TABS else "overview")


def node(
    request: Request, asking: Reader, source: Source, tab: str, *, status: int = 200, **context: Any
) -> Response:
    """The page of a node, on this tab."""
    store = services(request).store
    found = desk(request, asking, [source.id])
    (line,) = with_details(store, found.lines, found.now)
    language, may_administer = language_for(request), asking.may(Action.ADMINISTER)
    tab = tab if may_administer or tab != "correspondence" else "overview"
    tabs = {
        "overview": _overview, "problems": _problems, "runs": _runs, "records": _records,
        "settings": _settings, "correspondence": correspondence,
    }  # fmt: skip
    return desk_page(
        request,
        f"desk_node_{tab}.html",
        status=status,
        source=source,
        line=line,
        tab=tab,
        tabs={key: text for key, text in TABS.items() if may_administer or key != "correspondence"},
        may_steer=asking.may(Action.STEER, source.id),
        may_administer=may_administer,
        questions=store.questions.newest(source_id=source.id) if line.glance.questions else [],
        asked=lambda question, label: asked(question, label, language),
        answers=ANSWERS,
        **(tabs[tab](request, source) | context),
    )


def _overview(request: Request, source: Source) -> dict[str, Any]:
    known = services(request)
    sparks = known.store.overview.sparks([source.id]).get(source.id, [])
    try:
        dues = coming_dues(source, known.settings.schedule_jitter, datetime.now(UTC), _COMING)
        coming = [(at, quiet_until(source.quiet_hours, source.time_zone, at)) for at in dues]
    except SettingsError:
        coming = []
    return {
        "alerts": known.store.alerts.open([source.id]),
        "alert_words": alert_words,
        "sparks": sparks,
        "bars": charts.bars(sparks),
        "box": charts.BARS_BOX,
        "coming": coming,
        "quiet_until": quiet_until(source.quiet_hours, source.time_zone, datetime.now(UTC)),
        "spark_runs": SPARK,
    }


def _problems(request: Request, source: Source) -> dict[str, Any]:
    store, now = services(request).store, datetime.now(UTC)
    (glance,) = store.overview.glances([source.id])
    return {
        "groups": store.problems.groups(source.id, glance.last_run or 0, now),
        "words_of": words_of,
        "quoted": lambda text: quote(text, safe=""),
    }


def _runs(request: Request, source: Source) -> dict[str, Any]:
    before = number_in(request, "before")
    runs = services(request).store.runs.newest(source_id=source.id, before=before or None, limit=_RUNS + 1)
    return {"runs": runs[:_RUNS], "older": runs[_RUNS - 1].id if len(runs) > _RUNS else None}


def _records(request: Request, source: Source) -> dict[str, Any]:
    after = number_in(request, "after")
    rows = services(request).store.records.of_source(source.id, after=after, limit=_RECORDS + 1)
    return {
        "rows": rows[:_RECORDS],
        "more": rows[_RECORDS - 1].id if len(rows) > _RECORDS else None,
        "quoted": lambda text: quote(text, safe=""),
        "moment_of": lambda seconds: datetime.fromtimestamp(seconds, UTC),
    }


def _settings(request: Request, source: Source) -> dict[str, Any]:
    names = steering.SETTINGS if reader(request).may(Action.ADMINISTER) else steering.PLAIN
    return {
        "written": steering.written(source),
        "missed": list(Missed),
        "history": steering.history(services(request).store, source.id, names=names),
        "secrets": services(request).store.secrets.since(source.id),
        "error": "",
    }
