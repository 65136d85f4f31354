"""The page of one problem: a rule that records of a source break, and which records those are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import UnknownSource
from catalogue.people import Action
from endpoint.auth.gate import allowed, needs
from endpoint.dashboard.contacts import contact_of, grouped
from endpoint.dashboard.mending import mending
from endpoint.dashboard.pages import desk_page, unknown
from endpoint.dashboard.router import csv_file
from endpoint.dashboard.wording.rules import words_of
from endpoint.deps import services

router = APIRouter(prefix="/dashboard", include_in_schema=False, dependencies=[needs(Action.SEE)])

_PAGE: Final = 50
#: Records of a problem that a file has at most.
_MOST: Final = 20_000
_LONGEST: Final = 200


@router.api_route("/problems/{source_id}/{rule}", methods=["GET", "HEAD"])
def problem_page(request: Request, source_id: str, rule: str) -> Response:
    """One rule that records of a source break."""
    asking = allowed(request, Action.SEE, source_id)
    store, now = services(request).store, datetime.now(UTC)
    try:
        source = store.sources.get(source_id)
    except UnknownSource:
        return unknown(request)
    (glance,) = store.overview.glances([source_id])
    groups = store.problems.groups(source_id, glance.last_run or 0, now)
    group = next((one for one in groups if one.rule == rule), None)
    if group is None:
        return unknown(request)
    after = request.query_params.get("after")
    found = store.problems.of_rule(source_id, rule, after=after, limit=_PAGE + 1)
    digests = [one.fault.payload_digest for one in found[:_PAGE] if one.fault.payload_digest]
    payloads = store.payloads.get(digests)
    return desk_page(
        request,
        "desk_problem.html",
        source=source,
        group=group,
        rule=words_of(rule),
        mending=mending(store, source, words_of(rule)),
        found=found[:_PAGE],
        after=after,
        more=found[_PAGE - 1].fault.source_identifier if len(found) > _PAGE else None,
        contacts_found=grouped(payloads[digest] for digest in digests if digest in payloads),
        may_steer=asking.may(Action.STEER, source_id),
    )


@router.api_route("/problems.csv", methods=["GET", "HEAD"])
def problems_csv(request: Request, source: str, rule: str = "") -> Response:
    """The records of a source that have a problem (of one rule), for a spreadsheet: to whoever mends them."""
    allowed(request, Action.SEE, source)
    store = services(request).store
    rules = [rule] if rule else [one.rule for one in store.problems.groups(source, 0, datetime.now(UTC))]
    rows: list[tuple[object, ...]] = []
    for name in rules:
        for one in store.problems.of_rule(source, name, limit=_MOST - len(rows)):
            fault = one.fault
            payload = store.payloads.get([fault.payload_digest]) if fault.payload_digest else {}
            contact = contact_of(next(iter(payload.values()), b""))
            rows.append(
                (
                    name, fault.source_identifier, fault.path, fault.value[:_LONGEST], fault.message,
                    contact.name, contact.mail, one.first_run, f"{one.since:%Y-%m-%d}",
                )
            )  # fmt: skip
    header = (
        "rule", "record", "where", "found", "why", "contact", "mail", "first run", "since",
    )  # fmt: skip
    return csv_file(f"problems-{source}.csv", header, rows)
