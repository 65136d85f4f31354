"""The page of one run, and what hangs on it: a request's answer, a record's change, a fault, the bundle."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from catalogue import oai_identifier
from catalogue.bundle import bundle
from catalogue.checkup import Grade
from catalogue.errors import SecretsLocked, UnknownRun
from catalogue.people import Action
from catalogue.run import BROKEN_OFF, COPIES, HarvestRun, RunKind
from catalogue.source import Source
from endpoint.auth.gate import allowed, needs
from endpoint.auth.pages import language_for
from endpoint.check import wording as check_wording
from endpoint.dashboard.contacts import grouped
from endpoint.dashboard.fields import changes
from endpoint.dashboard.pages import desk_page, number_in, unknown
from endpoint.dashboard.places import lines_of
from endpoint.dashboard.repaired import repaired
from endpoint.dashboard.wording.questions import ANSWERS, asked
from endpoint.dashboard.wording.rules import words_of
from endpoint.deps import services

router = APIRouter(prefix="/dashboard", include_in_schema=False, dependencies=[needs(Action.SEE)])

_FAULTS: Final = 50
_CHANGES: Final = 25
_REQUESTS: Final = 200
_EVENTS: Final = 500
#: Payloads that are looked into for their contacts.
_CONTACTS: Final = 300
#: Bytes of an answer that are shown.
_SHOWN: Final = 1_000_000


def _found(request: Request, run_id: int) -> tuple[HarvestRun, Source]:
    """The run with this number, for those who may see it.

    Raises:
        UnknownRun: there is none.
        NotAllowed: it is not for this reader.
    """
    store = services(request).store
    run = store.runs.get(run_id)
    allowed(request, Action.SEE, run.source_id)
    return run, store.sources.get(run.source_id)


@router.api_route("/runs/{run_id}", methods=["GET", "HEAD"])
def run_page(request: Request, run_id: int) -> Response:
    """One run."""
    try:
        run, source = _found(request, run_id)
    except UnknownRun:
        return unknown(request)
    asking = allowed(request, Action.SEE, source.id)
    store, language = services(request).store, language_for(request)
    events = store.runs.events(run.id)
    questions = [one for one in store.questions.newest(source_id=source.id) if one.run_id == run.id]
    return desk_page(
        request,
        "desk_run.html",
        live=run.is_open,
        run=run,
        source=source,
        may_steer=asking.may(Action.STEER, source.id),
        questions=questions,
        asked=lambda question, label: asked(question, label, language),
        answers=ANSWERS,
        can_go_on=run.ending in BROKEN_OFF
        and store.runs.newest(source_id=source.id, limit=1)[0].id == run.id,
        counts=store.runs.fault_counts(run.id),
        words_of=words_of,
        quoted=lambda text: quote(text, safe=""),
        requests=store.exchanges.told(run.id, limit=_REQUESTS),
        request_count=store.exchanges.count(run.id),
        events=events[-_EVENTS:],
        copies=next((one.detail["records"] for one in reversed(events) if one.event == COPIES), None),
        **_tried(request, run),
        report=run.checkpoint.position.get("report", {}) if run.kind is RunKind.REMAP else {},
        **_set_aside(request, run),
        **_changed(request, run),
    )


def _tried(request: Request, run: HarvestRun) -> dict[str, Any]:
    """What a trial run would have taken."""
    trial = services(request).store.trials.of(run.id) if run.kind is RunKind.TRIAL else None
    language = language_for(request)
    worse = [one for one in trial.findings if one.grade is not Grade.GOOD] if trial else []
    told = [check_wording.told(one, "", language) for one in worse]
    return {"one": {"trial": trial}, "trial": trial, "told": told}


def _is_newest(request: Request, run: HarvestRun) -> bool:
    (newest,) = services(request).store.runs.newest(source_id=run.source_id, limit=1)
    return newest.id == run.id


def _set_aside(request: Request, run: HarvestRun) -> dict[str, Any]:
    store, rule = services(request).store, request.query_params.get("rule", "")
    after = number_in(request, "after")
    found = store.faults.page(run.id, rule=rule, after=after, limit=_FAULTS + 1) if run.tally.faulty else []
    whose = []
    if run.tally.faulty:
        first = store.faults.page(run.id, rule=rule, limit=_CONTACTS)
        digests = [one.fault.payload_digest for one in first if one.fault.payload_digest]
        payloads = store.payloads.get(digests)
        whose = grouped(payloads[digest] for digest in digests if digest in payloads)
    return {
        "rule": rule,
        "faults": found[:_FAULTS],
        "more_faults": found[_FAULTS - 1].number if len(found) > _FAULTS else None,
        "contacts_found": whose,
    }


def _changed(request: Request, run: HarvestRun) -> dict[str, Any]:
    store = services(request).store
    after = number_in(request, "changed_after")
    changed = store.history.changes_in(run, after=after, limit=_CHANGES + 1)
    new_after = number_in(request, "new_after")
    new = store.history.new_in(run, after=new_after, limit=_CHANGES + 1) if run.tally.new else []
    return {
        "changed": changed[:_CHANGES],
        "more_changed": changed[_CHANGES - 1].record.id if len(changed) > _CHANGES else None,
        "new": new[:_CHANGES],
        "more_new": new[_CHANGES - 1].id if len(new) > _CHANGES else None,
    }


@router.api_route("/runs/{run_id}/records/{record_id}", methods=["GET", "HEAD"])
def change_page(request: Request, run_id: int, record_id: int) -> Response:
    """What a run made of one record, field by field."""
    try:
        run, source = _found(request, run_id)
    except UnknownRun:
        return unknown(request)
    store = services(request).store
    change = store.history.change_in(run, record_id)
    if change is None or change.record.source_id != source.id:
        return unknown(request)
    kept = store.payloads.get(one for one in (change.before, change.after) if one)
    before, after = kept.get(change.before or b"", b""), kept.get(change.after or b"", b"")
    return desk_page(
        request,
        "desk_change.html",
        run=run,
        source=source,
        change=change,
        fields=changes(before, after) if before and after and not change.is_deleted else [],
        before=lines_of(before),
        after=lines_of(b"" if change.is_deleted else after),
        both=repaired(store, run.id, change.record.source_identifier, after, change.record.repairs.split()),
    )


@router.api_route("/runs/{run_id}/requests/{number}", methods=["GET", "HEAD"])
def answer_text(request: Request, run_id: int, number: int) -> Response:
    """The answer to a request that was odd, as text: whatever it is, a browser runs nothing of it."""
    try:
        _found(request, run_id)
    except UnknownRun:
        return unknown(request)
    kept = services(request).store.exchanges.answer(run_id, number)
    if kept is None:
        return unknown(request)
    headers = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return PlainTextResponse(kept[:_SHOWN].decode("utf-8", "replace"), headers=headers)


@router.api_route("/faults/{number}", methods=["GET", "HEAD"])
def fault_page(request: Request, number: int) -> Response:
    """One record that could not be taken: what was sent, with the place marked."""
    store = services(request).store
    found = store.faults.get(number)
    if found is None:
        return unknown(request)
    run, source = _found(request, found.run_id)
    digest = found.fault.payload_digest
    payload = store.payloads.get([digest]).get(digest) if digest else None
    return desk_page(
        request,
        "desk_fault.html",
        run=run,
        source=source,
        fault=found.fault,
        rule=words_of(found.fault.rule),
        quoted=lambda text: quote(text, safe=""),
        lines=lines_of(payload, found.fault) if payload else [],
        contacts_found=grouped([payload]) if payload else [],
        both=repaired(store, run.id, found.fault.source_identifier, payload or b"", found.fault.repairs),
        known=_known_version(request, source, found.fault.source_identifier),
    )


def _known_version(request: Request, source: Source, identifier: str) -> str:
    """Our identifier of the earlier version of a record that is still served."""
    if not identifier:
        return ""
    known = services(request)
    ours = oai_identifier.mint(known.settings.repository_identifier, source.id, identifier)
    found = known.store.records.known([ours]).get(ours)
    return ours if found and not found.deleted else ""


@router.api_route("/runs/{run_id}/bundle.zip", methods=["GET", "HEAD"])
def bundle_file(request: Request, run_id: int) -> Response:
    """Everything about a run in one file, without secrets."""
    try:
        run, _ = _found(request, run_id)
    except UnknownRun:
        return unknown(request)
    known = services(request)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "bundle.zip"
        try:
            bundle(known.store, known.settings, run.id, target)
        except SecretsLocked as error:
            return PlainTextResponse(f"{error}\n", 409)
        content = target.read_bytes()
    headers = {
        "Content-Disposition": f'attachment; filename="run-{run.id}.zip"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, headers=headers, media_type="application/zip")
