"""The index of the dumps that there are: which files, what they hold, and how they follow one another.

A full dump holds every list to its end; a delta what has changed since the delta before it. `until` of one
delta is `since` of the next: whoever has taken a full dump and every delta behind it, in order, has the
catalogue as it was at the last `until`. The index is a file beside the dumps, written anew as a whole.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

INDEX: Final = "index.json"

DumpKind = Literal["full", "delta"]


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file of a dump: one format."""

    name: str
    #: metadataPrefix, or `json` for the neutral record.
    format: str
    media_type: str
    #: Records, and headers of deleted ones.
    records: int
    deleted: int
    #: Bytes of the file, and of what is in it.
    bytes: int
    uncompressed: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Dump:
    """A full dump, or a delta."""

    #: Name of its folder.
    name: str
    kind: DumpKind
    #: UTC; of a delta, the `until` of the one that it follows; empty for a full dump.
    since: str
    #: UTC: what becomes visible later may have no earlier datestamp, and stands in the next delta.
    until: str
    files: tuple[DumpFile, ...]


def read_index(folder: Path) -> tuple[Dump, ...]:
    """The dumps in a folder, the oldest first; none where there is no index."""
    try:
        found = json.loads((folder / INDEX).read_bytes())
    except FileNotFoundError:
        return ()
    return tuple(_dump(one) for one in found["dumps"])


def _dump(found: dict[str, Any]) -> Dump:
    return Dump(
        found["name"],
        found["kind"],
        found["since"],
        found["until"],
        tuple(DumpFile(**file) for file in found["files"]),
    )


def write_index(folder: Path, dumps: tuple[Dump, ...], *, about: dict[str, str]) -> None:
    """Replace the index, all at once."""
    written = json.dumps(about | {"dumps": [asdict(dump) for dump in dumps]}, indent=1, ensure_ascii=False)
    made = folder / f".{INDEX}.{os.getpid()}"
    made.write_text(written + "\n", encoding="utf-8")
    made.replace(folder / INDEX)


def kept(dumps: tuple[Dump, ...], fulls: int) -> tuple[Dump, ...]:
    """What is kept: the newest full dumps, this many, and every dump behind the oldest of them."""
    begin = [number for number, dump in enumerate(dumps) if dump.kind == "full"][-fulls:]
    return dumps[begin[0] :] if begin else ()
