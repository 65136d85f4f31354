"""A run in one file, for a bug report: what was asked and answered, what could not be taken, the settings.

Secrets are in none of its parts: those of the source are searched for once more in everything, payloads
too, and nothing is written where they cannot be opened to be searched for.
"""

from __future__ import annotations

import json
import platform
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from catalogue.exchange import Exchange
from catalogue.release import release
from catalogue.run import Fault, HarvestRun
from catalogue.scrubbing import Scrubber, shown_url
from catalogue.sealing import keys_of
from catalogue.settings import Settings
from catalogue.source import Source
from catalogue.store import Store

#: Faults of a run that are bundled, and payloads of them.
_FAULTS: Final = 5000
_PAYLOADS: Final = 500
#: What the answers of a bundle depend on.
_PACKAGES: Final = ("clearinghouse", "lxml", "owslib", "requests", "sickle", "sqlalchemy", "urllib3")

_README: Final = """\
What run {run} of the source {source!r} did, and what it met.

run.json         how the run stands: checkpoint, tally, ending
log.json         its log
source.json      the source, its quirks, and which secrets are set (never what they are)
requests.json    requests: the first and the last of those that went well, and those that did not
answers/N.xml    the answers to requests that were odd, by the number of the request; long ones are cut
faults.json      what could not be taken, and why
faults/N.xml     the payloads of these records, by the number of the fault
version.json     the software

Secrets of the source are taken out everywhere: [secret] stands in their place.
Times are in UTC.
"""


def bundle(store: Store, settings: Settings, run_id: int, target: Path) -> int:
    """Write the bundle of a run to a file, whole or not at all; returns the number of its parts.

    Raises:
        UnknownRun: there is no such run.
        SecretsLocked: the source's secrets cannot be opened, and so not be searched for.
    """
    run = store.runs.get(run_id)
    source = store.sources.get(run.source_id)
    keys = keys_of(settings.secret_key.get_secret_value(), store.key_file)
    scrub = Scrubber(store.secrets.of(source, keys))
    beside = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in _parts(store, run, source):
                archive.writestr(name, scrub.content(content))
            count = len(archive.namelist())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return count


def _parts(store: Store, run: HarvestRun, source: Source) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", _README.format(run=run.id, source=source.id).encode()
    yield "run.json", _json(asdict(run))
    yield "log.json", _json([asdict(event) for event in store.runs.events(run.id)])
    yield "source.json", _json(_source(store, source))
    yield "version.json", _json(_versions(store))
    yield from _requests(store.exchanges.of(run.id))
    yield from _faults(store, store.runs.faults(run.id, limit=_FAULTS))


def _source(store: Store, source: Source) -> dict[str, Any]:
    told = asdict(source) | {"base_url": shown_url(source.base_url), "quirks": source.quirks.to_json()}
    return told | {"secrets": store.secrets.since(source.id)}


def _versions(store: Store) -> dict[str, Any]:
    database = f"SQLite {sqlite3.sqlite_version}" if store.embedded else "PostgreSQL"
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "database": database,
        "packages": {name: release(name) or "not installed as a package" for name in _PACKAGES},
    }


def _requests(found: Iterable[Exchange]) -> Iterator[tuple[str, bytes]]:
    told = []
    for one in found:
        name = ""
        if one.answer is not None:
            name = f"answers/{one.number:05}.{_suffix(one.answer)}"
            yield name, one.answer
        told.append(asdict(one) | {"answer": name})
    yield "requests.json", _json(told)


def _faults(store: Store, found: list[Fault]) -> Iterator[tuple[str, bytes]]:
    numbered = dict(enumerate(found, 1))
    kept = {n: f.payload_digest for n, f in numbered.items() if f.payload_digest is not None}
    wanted = dict(list(kept.items())[:_PAYLOADS])
    payloads = store.payloads.get(wanted.values())
    told = []
    for number, fault in numbered.items():
        payload = payloads.get(wanted.get(number, b""))
        name = "" if payload is None else f"faults/{number:05}.{_suffix(payload)}"
        if payload is not None:
            yield name, payload
        told.append(asdict(fault) | {"payload_digest": name})
    yield "faults.json", _json([{_NAMES.get(k, k): v for k, v in one.items()} for one in told])


_NAMES: Final = {"payload_digest": "payload"}


def _suffix(content: bytes) -> str:
    return "xml" if content.lstrip()[:1] == b"<" else "txt"


def _json(found: Any) -> bytes:
    return json.dumps(found, ensure_ascii=False, indent=2, default=_plain).encode("utf-8", "replace")


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(type(value).__name__)
