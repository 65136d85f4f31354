"""`clearinghouse dump`, and the dump of every night."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import structlog
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from catalogue.cron import parse
from catalogue.errors import DumpBusy
from catalogue.settings import Settings
from catalogue.store import Store
from clearinghouse.output import complaints, print_json, print_table
from endpoint.dump.index import Dump, DumpKind, read_index
from endpoint.dump.writer import seconds, write_dump
from harvester.slices import utc_now

log = structlog.get_logger(__name__)


def dump(settings: Settings, store: Store, kind: DumpKind | None, *, as_json: bool) -> None:
    """Write a dump now, with progress shown.

    Raises:
        DumpBusy: another process is writing one.
    """
    with _progress() as progress:
        tasks: dict[str, TaskID] = {}

        def show(form: str, records: int) -> None:
            if form not in tasks:
                tasks[form] = progress.add_task(form, total=None)
            progress.update(tasks[form], completed=records)

        made = write_dump(settings, store, kind, progress=show)
    if made is None:
        return
    if as_json:
        print_json(asdict(made))
        return
    print_table(
        ["file", "records", "of them deleted", "bytes", "SHA-256"],
        [
            [f"{made.name}/{file.name}", str(file.records), str(file.deleted), str(file.bytes), file.sha256]
            for file in made.files
        ],
    )
    complaints.print(f"Written into {settings.dump_folder}, served under /dump/", markup=False)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.completed:,} records"),
        TimeElapsedColumn(),
        console=complaints,
        disable=not complaints.is_terminal,
    )


class Nightly:
    """Writes a dump when the schedule says so; of any number of processes, one."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._cron = parse(settings.dump_schedule) if settings.dump_schedule else None
        self._since = utc_now()

    def look(self) -> None:
        """Write a dump if one is due."""
        dumps = read_index(Path(self._settings.dump_folder))
        if not self._is_due(dumps):
            return
        try:
            made = write_dump(self._settings, self._store, still_due=self._is_due)
        except DumpBusy:
            return  # another process is at it
        if made is not None:
            log.info("dump", name=made.name, kind=made.kind, files=len(made.files))

    def _is_due(self, dumps: tuple[Dump, ...]) -> bool:
        """Whether the schedule has fired since the last dump; before the first one, since we began."""
        if self._cron is None:
            return False
        last = datetime.fromtimestamp(seconds(dumps[-1].until), UTC) if dumps else self._since
        due = self._cron.before(utc_now(), UTC)
        return due is not None and due > last
