"""Everything after *fetch* again, from the stored payloads, without touching a node.

After a reader was mended or a vocabulary has changed, every record of a source is read and rendered
anew, and the run tells what became different. A record that comes out as it was keeps its datestamp: the
feed does not tell it again; what queries compare is written anew all the same. Payloads that were set aside
as faults are tried too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from msgspec import structs

from catalogue.formats import ON_DEMAND
from catalogue.provenance import chain, read_about
from catalogue.record import Record, from_json, to_json
from catalogue.rendering import render
from catalogue.run import Checkpoint, Fault, HarvestRun, RunKind, RunState, Tally
from catalogue.sets import load_sets
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.holdings.records import Known, Write
from catalogue.store.work.runs import SetAside
from harvester.changes import Changes
from harvester.differences import differences
from harvester.ingest import Arrival, prepare
from harvester.report import Report
from harvester.slices import Slice, ending_of, utc_now

_PAGE = 100
#: metadataPrefix -> the element.
_Renditions: TypeAlias = dict[str, bytes]


class _Remap:
    """The remap of one source, under one run."""

    def __init__(self, store: Store, settings: Settings, run: HarvestRun) -> None:
        self._store = store
        self._namespace = settings.repository_identifier
        self._sets = load_sets(settings.sets_path)
        self._run = run
        self._defaults = store.sources.get(run.source_id).defaults
        self.report = Report(run.checkpoint.position.get("report"))

    def step(self, checkpoint: Checkpoint) -> tuple[Changes, Checkpoint]:
        """The next page of records, then of payloads set aside."""
        before = checkpoint.position.get("fault")
        if before is None:  # what has been set aside becomes new records, which need no second look
            after = int(checkpoint.position.get("record", 0))
            rows = self._store.records.of_source(self._run.source_id, after=after, limit=_PAGE)
            if rows:
                found = self._records(rows)
                return found, self._behind(checkpoint, record=rows[-1].id)
        aside = self._store.runs.set_aside(self._run.source_id, before=before, limit=_PAGE)
        if not aside:
            return self._nothing(), checkpoint.evolve(finished=True)
        found = self._set_aside(aside)
        return found, self._behind(checkpoint, fault=aside[-1].number)

    def _behind(self, checkpoint: Checkpoint, **position: int) -> Checkpoint:
        """The checkpoint behind a page; what has become different is in it, and so is counted once."""
        written = {**position, "report": self.report.written()}
        if checkpoint.position.get("set_aside_only"):
            written["set_aside_only"] = True
        return checkpoint.evolve(position=written, pages=checkpoint.pages + 1)

    def _nothing(self) -> Changes:
        return Changes(self._namespace, self._run.source_id, sets=self._sets, defaults=self._defaults)

    def _records(self, rows: Sequence[Any]) -> Changes:
        found = self._nothing()
        payloads = self._store.payloads.get(
            one for row in rows for one in (row.payload_digest, row.about_digest) if one
        )
        present = self._store.records.renditions([row.id for row in rows])
        neutral = self._store.records.neutral([row.id for row in rows])
        for row in rows:
            known = Known(row.id, row.identifier, row.payload_digest, row.deleted, row.seen_run)
            about = payloads.get(row.about_digest or b"", b"")
            if row.payload_digest not in payloads:  # a damaged store: `clearinghouse db check` tells of it
                self.report.add(row.identifier, ["what was fetched is lost"])
                found.count(skipped=1)
                continue
            arrival = Arrival(
                row.source_id,
                row.identifier,
                row.source_identifier,
                row.source_datestamp,
                payloads[row.payload_digest],
                row.payload_digest,
                known,
                about,
                read_about(about),
                tuple(row.repairs.split()),
            )
            result = prepare(arrival, self._sets, self._defaults)
            if isinstance(result, Fault):
                # What was readable once stays as it is; a person should see why it is so no more.
                self.report.add(row.identifier, [f"fault met: {result.rule}"])
                found.faults.append(result)
                found.count(faulty=1)
                continue
            body, kept = neutral.get(row.id), present.get(row.id, {})
            made = _made(result, kept)
            self._tell(result, body, kept, made)
            if body and made == kept and _same(result, row) and not _differs_on_demand(result, body):
                found.refreshed.append(result)
                found.count(unchanged=1)
            else:
                found.writes.append(structs.replace(result, seen_run=row.seen_run))
                found.count(changed=1)
        return found

    def _tell(self, write: Write, body: bytes | None, kept: _Renditions, made: _Renditions) -> None:
        """Note in what a record has become different."""
        kinds = []
        if body is not None and body != to_json(write.record):
            kinds = differences(from_json(body), write.record)
        if not kinds:
            prefixes = sorted(made.keys() | kept.keys())
            kinds = [f"{one} changed" for one in prefixes if made.get(one) != kept.get(one)]
        self.report.add(write.identifier, kinds)

    def _set_aside(self, aside: Sequence[SetAside]) -> Changes:
        """Payloads that no reader took, the newest first: those that one takes now become records."""
        found = self._nothing()
        payloads = self._store.payloads.get(one.fault.payload_digest or b"" for one in aside)
        arrivals: dict[str, tuple[SetAside, Arrival]] = {}
        for one in aside:
            fault = one.fault
            payload = payloads.get(fault.payload_digest or b"")
            if payload is None:
                continue
            arrival = Arrival.of(
                self._namespace,
                self._run.source_id,
                source_identifier=fault.source_identifier,
                datestamp=fault.source_datestamp,
                payload=payload,
            )
            arrivals.setdefault(arrival.identifier, (one, replace(arrival, repairs=fault.repairs)))
        known = self._store.records.known(list(arrivals))
        for identifier, (one, arrival) in arrivals.items():
            self._take_set_aside(found, replace(arrival, known=known.get(identifier)), one)
        return found

    def _take_set_aside(self, found: Changes, arrival: Arrival, one: SetAside) -> None:
        known = arrival.known
        if known and (one.run_id <= known.seen_run or known.payload_digest == arrival.payload_digest):
            return  # the source has mended or deleted it since
        result = prepare(arrival, self._sets, self._defaults)
        if isinstance(result, Write):
            found.writes.append(structs.replace(result, seen_run=one.run_id))
            self.report.add(arrival.identifier, [f"fault healed: {one.fault.rule}"])
            found.count(new=1) if known is None or known.deleted else found.count(changed=1)


def _made(write: Write, kept: _Renditions) -> _Renditions:
    """What a record is now in every format that it is kept in, or would be.

    The release before kept some formats that are rendered on demand by now.
    """
    others = (
        form.prefix for form in ON_DEMAND if form.prefix in kept and form.prefix not in write.renditions
    )
    return {**write.renditions, **{prefix: _rendered(write, write.record, prefix) for prefix in others}}


def _differs_on_demand(write: Write, body: bytes | None) -> bool:
    """Whether a record is another now in a format that is made when it is asked for."""
    if body is None or body == to_json(write.record):
        return False
    before = from_json(body)
    return any(
        _rendered(write, before, form.prefix) != _rendered(write, write.record, form.prefix)
        for form in ON_DEMAND
        if form.prefix not in write.renditions
    )


def _rendered(write: Write, record: Record, prefix: str) -> bytes:
    return render(record, prefix, identifier=write.file_identifier, datestamp=write.source_datestamp)


def _same(write: Write, row: Any) -> bool:
    """Whether all else that the feed tells comes out as it was."""
    return bool(
        " ".join(write.set_specs) == row.set_specs
        and write.file_identifier == row.file_identifier
        and write.metadata_prefix == row.metadata_prefix
        and chain(write.about.origins) == row.origins
        and write.about.rights == row.metadata_rights
    )


def try_remap(store: Store, settings: Settings, source_id: str) -> tuple[Tally, dict[str, Any]]:
    """What a remap of a source would do, and what would become different; nothing is changed."""
    run = HarvestRun(
        id=0,
        source_id=source_id,
        kind=RunKind.REMAP,
        state=RunState.RUNNING,
        checkpoint=Checkpoint(),
        tally=Tally(),
        attempt=0,
        failures=0,
        opened_at=utc_now(),
    )
    work, checkpoint, tally = _Remap(store, settings, run), run.checkpoint, run.tally
    while not checkpoint.finished:
        found, checkpoint = work.step(checkpoint)
        tally += found.tally
    return tally, work.report.written()


def remap_slice(
    store: Store,
    settings: Settings,
    run: HarvestRun,
    *,
    over: Callable[[], bool],
    on_page: Callable[[HarvestRun], None],
) -> Slice:
    """Work on a claimed remap run until `over`, or to its end.

    Raises:
        RunLost: it was cancelled, or another worker holds it now.
    """
    work = _Remap(store, settings, run)
    while not run.checkpoint.finished:
        if over():
            return Slice(run, more=True)
        changes, checkpoint = work.step(run.checkpoint)
        store.records.commit(changes.of(run, checkpoint), utc_now())
        run = replace(run, checkpoint=checkpoint, tally=run.tally + changes.tally)
        on_page(run)
    if work.report.written():
        counts = {kind: told["records"] for kind, told in work.report.written().items()}
        store.runs.log(run.id, utc_now(), "changed", **counts)
    ending, message = ending_of(run.tally)
    store.runs.end(run, ending, utc_now(), message)
    return Slice(store.runs.get(run.id), more=False)
