"""`clearinghouse harvest`, `remap`, `runs` and `run show`: work on runs, and what is told of them.

What works on them is imported late: it takes half a second, which most commands need not wait for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from catalogue.errors import HarvestingPaused, RunAlreadyOpen, RunLost, SourceInactive, StoreError
from catalogue.run import BROKEN_OFF, HarvestRun, RunKind, RunState
from catalogue.settings import Settings
from catalogue.source import Source, SourceState
from catalogue.steering.acts import harvest_kind
from catalogue.store import Store
from clearinghouse.output import (
    RunProgress,
    complaints,
    console,
    moment,
    print_json,
    print_table,
    run_json,
    state_in_words,
    tally_in_words,
)
from clearinghouse.requests_made import print_requests, requests_json
from clearinghouse.session import somebody

#: Stands for every active source where a source's id is asked for.
ALL = "all"


def chosen(store: Store, names: Sequence[str]) -> list[Source]:
    """The sources that are meant.

    Raises:
        UnknownSource: there is none of that name.
        SourceInactive: it is suspended or retired.
    """
    if list(names) == [ALL]:
        return store.sources.all(SourceState.ACTIVE)
    found = [store.sources.get(name) for name in names]
    for source in found:
        if source.state is not SourceState.ACTIVE:
            raise SourceInactive(f"source {source.id!r} is {source.state}")
    return found


@dataclass(frozen=True)
class Worked:
    """The runs that were worked on, and why others were not."""

    runs: list[HarvestRun] = field(default_factory=list)
    refusals: list[StoreError] = field(default_factory=list)

    def __iter__(self) -> Iterator[HarvestRun]:
        """The runs."""
        return iter(self.runs)


def harvest(
    settings: Settings,
    store: Store,
    names: Sequence[str],
    *,
    full: bool = False,
    should_stop: Callable[[], bool] = lambda: False,
) -> Worked:
    """Harvest sources one after the other, with progress shown."""
    kinds = {source.id: harvest_kind(source, full=full) for source in chosen(store, names)}
    return _work(settings, store, kinds, should_stop=should_stop)


def remap(settings: Settings, store: Store, names: Sequence[str]) -> Worked:
    """Read and render what is stored of sources again, with progress shown."""
    return _work(settings, store, {source.id: RunKind.REMAP for source in chosen(store, names)})


def try_remaps(settings: Settings, store: Store, names: Sequence[str], *, as_json: bool) -> None:
    """Say what a remap would change; nothing is changed."""
    from harvester.remap import try_remap

    told = []
    for source in chosen(store, names):
        tally, changes = try_remap(store, settings, source.id)
        told.append({"source": source.id, "tally": asdict(tally), "changes": changes})
    if as_json:
        print_json(told)
        return
    _print_changes({str(one["source"]): one["changes"] for one in told})


def _print_changes(of_sources: Mapping[str, Any]) -> None:
    """Print what a remap has changed, or would."""
    print_table(
        ["source", "what", "records", "for example"],
        [
            [source_id, kind, str(found["records"]), ", ".join(found["examples"])]
            for source_id, changes in of_sources.items()
            for kind, found in changes.items()
        ],
    )


def _work(
    settings: Settings,
    store: Store,
    kinds: Mapping[str, RunKind],
    *,
    should_stop: Callable[[], bool] = lambda: False,
) -> Worked:
    """One source after the other; one that somebody else works on does not keep the rest waiting."""
    from harvester.inline import work_now

    worked = Worked()
    with RunProgress() as progress:
        for source_id, kind in kinds.items():
            if should_stop():
                break
            try:
                run = work_now(
                    store, settings, source_id, kind, by=somebody(), on_page=progress.show,
                    should_stop=should_stop,
                )  # fmt: skip
            except (HarvestingPaused, RunAlreadyOpen, RunLost) as error:
                worked.refusals.append(error)
                complaints.print(f"clearinghouse: {error}", style="red", markup=False)
                continue
            worked.runs.append(run)
            progress.show(run)
    return worked


def work_on(settings: Settings, store: Store, run: HarvestRun) -> HarvestRun:
    """The run, worked on here unless a worker was faster, which is then waited for, for a minute at most."""
    from harvester import inline

    with RunProgress() as progress:
        try:
            return inline.work_on(store, settings, run, on_page=progress.show)
        except RunLost:
            deadline = time.monotonic() + inline.PATIENCE
        while (now := store.runs.get(run.id)).state is RunState.RUNNING and time.monotonic() < deadline:
            progress.show(now)
            time.sleep(0.3)
    return now


def any_failed(runs: Sequence[HarvestRun]) -> bool:
    """Whether one of them did not reach its end."""
    return any(run.ending in BROKEN_OFF or run.is_open for run in runs)


def report(store: Store, runs: Sequence[HarvestRun], *, as_json: bool) -> None:
    """Print runs."""
    if as_json:
        print_json([run_json(run) | {"fault_counts": store.runs.fault_counts(run.id)} for run in runs])
        return
    print_table(
        ["run", "source", "kind", "opened", "how it stands", "records", "why"],
        [
            [
                str(run.id),
                run.source_id,
                run.kind,
                moment(run.opened_at),
                state_in_words(run),
                tally_in_words(run),
                run.message,
            ]
            for run in runs
        ],
    )


def show(store: Store, number: int, *, requests: bool = False, as_json: bool) -> None:
    """Print one run with everything that is known of it."""
    run = store.runs.get(number)
    faults, events = store.runs.faults(number), store.runs.events(number)
    changes = run.checkpoint.position.get("report", {}) if run.kind is RunKind.REMAP else {}
    if as_json:
        known = {"faults": [asdict(f) for f in faults], "events": [asdict(e) for e in events]}
        print_json(run_json(run) | known | ({"requests": requests_json(store, number)} if requests else {}))
        return
    console.print(f"Run {run.id} of {run.source_id}: {run.kind}, {state_in_words(run)}", markup=False)
    console.print(f"  {tally_in_words(run)}; {run.checkpoint.pages} pages", markup=False)
    times = (("opened", run.opened_at), ("begun", run.started_at), ("ended", run.ended_at))
    told = ", ".join(f"{name} {moment(at)}" for name, at in times if at)
    console.print(f"  {told} (UTC)", markup=False)
    if run.message:
        console.print(f"  {run.message}", markup=False, soft_wrap=True)
    if faults:
        print_table(
            ["rule", "record", "where", "found", "why"],
            [[f.rule, f.source_identifier, f.path, f.value[:80], f.message] for f in faults],
        )
    if changes:
        _print_changes({run.source_id: changes})
    if events:
        print_table(
            ["at", "level", "event", "detail"],
            [
                [moment(e.at), e.level, e.event, ", ".join(f"{k}={v}" for k, v in e.detail.items())]
                for e in events
            ],
        )
    if requests:
        print_requests(store, number)
