"""Writing a dump: into a folder of its own, named in the index only once it is whole.

One process writes at a time: a lock on a file in the folder, which the operating system takes back when
a process dies. What such a process left is swept away by the next one.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from catalogue.errors import DumpBusy
from catalogue.oai_record import utc
from catalogue.settings import Settings
from catalogue.store import Store
from endpoint.dump import lists
from endpoint.dump.archive import Archive
from endpoint.dump.index import Dump, DumpFile, DumpKind, kept, read_index, write_index
from endpoint.dump.lists import Part, Span
from endpoint.oai_pmh.provider import Provider

#: The format's name of the neutral records.
JSON: Final = "json"
CHECKSUMS: Final = "SHA256SUMS"
_UNFINISHED: Final = ".writing"
_LOCK: Final = ".lock"
_DAY: Final = 86400

Progress = Callable[[str, int], None]


def seconds(moment: str) -> int:
    """A UTCdatetime in seconds since 1970."""
    return int(datetime.fromisoformat(moment).timestamp())


def due_kind(dumps: tuple[Dump, ...], now: datetime, full_days: float) -> DumpKind:
    """A delta, unless there is nothing that it could follow, or the last full dump is too old."""
    full = [dump for dump in dumps if dump.kind == "full"]
    fresh = bool(full) and now.timestamp() - seconds(full[-1].until) < full_days * _DAY
    return "delta" if fresh else "full"


def begin_of_delta(dumps: tuple[Dump, ...]) -> int:
    """Where the next delta begins: at the end of the delta before it; where there is none, of the full dump.

    So a full dump in between does not break the row of deltas for those who follow it.
    """
    deltas = [dump for dump in dumps if dump.kind == "delta"]
    return seconds((deltas or dumps)[-1].until)


def write_dump(
    settings: Settings,
    store: Store,
    kind: DumpKind | None = None,
    *,
    still_due: Callable[[tuple[Dump, ...]], bool] = lambda _: True,
    progress: Progress = lambda _format, _records: None,
) -> Dump | None:
    """Write a dump of the kind that is due, or of this kind, and forget what is too old to be kept.

    Args:
        settings: where to, in which formats, and how many are kept.
        store: what is dumped.
        kind: `full` or `delta`; None for the one that is due.
        still_due: asked once no other process writes: whether, after all, a dump is wanted.
        progress: told the format and the records written so far.

    Returns:
        The dump; None where it was not wanted any more.

    Raises:
        DumpBusy: another process is writing one.
    """
    folder = Path(settings.dump_folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        _sweep(folder)
        dumps = read_index(folder)
        if not still_due(dumps):
            return None
        wanted = kind or due_kind(dumps, datetime.now(UTC), settings.dump_full_days)
        provider = Provider(settings, store)
        present = dumps
        for one in _steps(wanted, dumps):
            made = _write(provider, folder, kind=one, dumps=present, progress=progress)
            present = (*present, made)
        left = kept(present, settings.dump_keep)
        about = {"repository": settings.repository_name, "base_url": settings.public_url}
        write_index(folder, left, about=about)
        for gone in {dump.name for dump in present} - {dump.name for dump in left}:
            shutil.rmtree(folder / gone, ignore_errors=True)
    return present[-1]


def _steps(wanted: DumpKind, dumps: tuple[Dump, ...]) -> tuple[DumpKind, ...]:
    """What is written, in order: with a full dump, the delta of that day for those who follow the deltas."""
    if not dumps:
        return ("full",)
    return ("delta", "full") if wanted == "full" else ("delta",)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DumpBusy(f"another process is writing a dump into {folder}") from error
        yield


def _sweep(folder: Path) -> None:
    known = {dump.name for dump in read_index(folder)}
    for left in folder.iterdir():
        if left.is_dir() and (left.name == _UNFINISHED or (_is_dump(left) and left.name not in known)):
            shutil.rmtree(left)


def _is_dump(folder: Path) -> bool:
    return (folder / CHECKSUMS).is_file()


def _write(
    provider: Provider, folder: Path, *, kind: DumpKind, dumps: tuple[Dump, ...], progress: Progress
) -> Dump:
    feed = provider.store.feed
    # In this order: what becomes visible after the responseDate was taken has no earlier datestamp.
    response_date = feed.response_date()
    since = begin_of_delta(dumps) if kind == "delta" else None
    span = Span(since, feed.newest_datestamp() or response_date, response_date)
    unfinished = folder / _UNFINISHED
    unfinished.mkdir()
    files = tuple(
        _write_file(unfinished, provider, form, span, progress=progress)
        for form in provider.settings.dump_formats
    )
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    (unfinished / CHECKSUMS).write_text(sums, encoding="ascii")
    until = utc(response_date)
    name = _free_name(folder, f"{until.replace(':', '')}-{kind}")
    unfinished.rename(folder / name)
    return Dump(name, kind, "" if since is None else utc(since), until, files)


def _free_name(folder: Path, stem: str) -> str:
    """Two dumps of one second are told apart."""
    number, name = 1, stem
    while (folder / name).exists():
        number += 1
        name = f"{stem}-{number}"
    return name


def _write_file(folder: Path, provider: Provider, form: str, span: Span, *, progress: Progress) -> DumpFile:
    if form == JSON:
        name, media_type, parts = "records.ndjson.zst", "application/x-ndjson", lists.ndjson(provider, span)
    else:
        name, media_type, parts = f"{form}.xml.zst", "application/xml", lists.xml(provider, form, span)
    counted = Part(b"")
    with Archive(folder / name) as archive:
        for part in parts:
            archive.write(part.content)
            counted = Part(b"", counted.records + part.records, counted.deleted + part.deleted)
            progress(form, counted.records)
    return DumpFile(
        name=name,
        format=form,
        media_type=media_type,
        records=counted.records,
        deleted=counted.deleted,
        bytes=archive.bytes,
        uncompressed=archive.uncompressed,
        sha256=archive.sha256,
    )
