"""The acts on sources: add, pause, resume, retire, bring back; secrets; the settings, and undoing them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from catalogue import guards
from catalogue.credentials import Secret, SecretKind
from catalogue.defaults import Defaults
from catalogue.errors import HistoryGone, SettingsError, SourceInactive
from catalogue.people import Noted
from catalogue.quirks import Quirks
from catalogue.run import BY_REQUEST, HarvestRun, RunKind
from catalogue.sealing import Sealer
from catalogue.source import Missed, Source, SourceState, is_another_list
from catalogue.steering.hand import Hand, as_one, utc_now
from catalogue.store import Store
from catalogue.timing import require_schedule
from catalogue.vocabulary import vocabulary

#: What whoever looks after a node may set, and what only operators may: where requests go, and how
#: careful we are.
PLAIN: Final = (
    "title",
    "schedule",
    "time_zone",
    "missed",
    "quiet_hours",
    "sets",
    "metadata_prefix",
    "defaults",
)
GUARDED: Final = ("base_url", "quirks", "guards")
SETTINGS: Final = (*PLAIN, *GUARDED)
_LONGEST: Final = 2000


def pause(hand: Hand, source_id: str, why: str = "") -> Source:
    """Harvest a source no more until it is resumed; its records stay.

    Raises:
        UnknownSource: there is no such source.
        SourceInactive: it is retired.
    """
    return _turn(hand, source_id, SourceState.SUSPENDED, why)


def resume(hand: Hand, source_id: str, why: str = "") -> Source:
    """Harvest a source again.

    Raises:
        UnknownSource: there is no such source.
        SourceInactive: it is retired.
    """
    return _turn(hand, source_id, SourceState.ACTIVE, why)


@as_one
def _turn(hand: Hand, source_id: str, state: SourceState, why: str) -> Source:
    before = hand.store.sources.get(source_id)
    if before.state is SourceState.RETIRED:
        raise SourceInactive(f"source {source_id!r} is retired")
    if before.state is state:
        return before
    after = hand.store.sources.change(source_id, state=state)
    act = "pause" if state is SourceState.SUSPENDED else "resume"
    hand.note(act, source_id, why=why)
    return after


@as_one
def add(hand: Hand, source: Source) -> Source:
    """Add a source whose schedule is understood.

    Raises:
        SettingsError: its schedule or its time zone is not.
        SourceExists: there is one with this id.
    """
    require_schedule(source)
    hand.store.sources.add(replace(source, base_url=source.base_url.strip()), utc_now())
    hand.note("add", source.id, protocol=str(source.protocol), base_url=source.base_url)
    return hand.store.sources.get(source.id)


@as_one
def retire(hand: Hand, source_id: str, why: str = "") -> HarvestRun:
    """Harvest a source no more, and tell all its records as deleted; the run that does so.

    Its secrets are forgotten, and a run of it that is open is cancelled.

    Raises:
        UnknownSource: there is no such source.
    """
    store = hand.store
    store.sources.change(source_id, state=SourceState.RETIRED)
    store.secrets.remove(source_id)
    left = store.runs.open_run(source_id)
    if left is not None and left.kind is not RunKind.RETIRE:
        store.runs.cancel(left.id, utc_now(), "the source is removed")
        left = None
    run = left or store.runs.open(
        source_id, RunKind.RETIRE, utc_now(), requested_by=hand.who, priority=BY_REQUEST
    )
    hand.note("retire", source_id, run=run.id, why=why)
    return run


@as_one
def bring_back(hand: Hand, source_id: str, why: str = "") -> Source:
    """Harvest a source again that was retired: the next harvest reads the whole list.

    Raises:
        UnknownSource: there is no such source.
        SourceInactive: it was not retired.
    """
    store = hand.store
    if store.sources.get(source_id).state is not SourceState.RETIRED:
        raise SourceInactive(f"source {source_id!r} is not retired")
    left = store.runs.open_run(source_id)
    if left is not None:
        store.runs.cancel(left.id, utc_now(), "the source is harvested again")
    after = store.sources.change(source_id, state=SourceState.ACTIVE, harvested_until="")
    hand.note("bring back", source_id, why=why)
    return after


@as_one
def set_secret(
    hand: Hand, source_id: str, secret: Secret, sealer: Sealer, *, ends_at: datetime | None = None
) -> None:
    """Set a secret of a source in the place of one of its kind; of which kind is noted, and no more.

    A person says when it ends, unless it says so itself.

    Raises:
        UnknownSource: there is no such source.
        SettingsError: it would be sent in clear.
    """
    source = hand.store.sources.get(source_id)
    if secret.headers and source.base_url.startswith("http:") and not source.quirks.secrets_over_http:
        raise SettingsError(
            f"{source.id!r} is asked by plain http, where a secret is not sent: register its https address,"
            f" or, if it has none, `clearinghouse source quirk {source.id} secrets-over-http=on`"
        )
    hand.store.secrets.set(source, secret, sealer, utc_now(), ends_at=ends_at)
    hand.note("set secret", source_id, kind=str(secret.kind))


@as_one
def remove_secret(hand: Hand, source_id: str, kind: SecretKind) -> int:
    """Forget the secret of this kind; how many there were.

    Raises:
        UnknownSource: there is no such source.
    """
    hand.store.sources.get(source_id)
    count = hand.store.secrets.remove(source_id, kind)
    if count:
        hand.note("remove secret", source_id, kind=str(kind))
    return count


def written(source: Source) -> dict[str, str]:
    """The settings of a source as people write them."""
    quirks = source.quirks.to_json()
    return {
        "title": source.title,
        "schedule": source.schedule,
        "time_zone": source.time_zone,
        "missed": str(source.missed),
        "quiet_hours": source.quiet_hours,
        "sets": " ".join(source.sets),
        "metadata_prefix": source.metadata_prefix,
        "defaults": "\n".join(f"{name}={text}" for name, text in source.defaults.to_json().items()),
        "base_url": source.base_url,
        "quirks": "\n".join(f"{name}={_value(value)}" for name, value in sorted(quirks.items())),
        "guards": "\n".join(f"{name}={value}" for name, value in sorted(source.guards.items())),
    }


def _value(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


@as_one
def change_settings(hand: Hand, source_id: str, typed: Mapping[str, str]) -> Source:
    """Change settings of a source, each as people write it; those that are not named stay.

    Raises:
        UnknownSource: there is no such source.
        SettingsError: one of them will not do. None is changed.
    """
    source = hand.store.sources.get(source_id)
    told = written(source)
    wanted = {name: text.replace("\r\n", "\n").strip() for name, text in typed.items() if name in SETTINGS}
    changed = {name: text for name, text in wanted.items() if text != told[name]}
    if any(len(text) > _LONGEST for text in changed.values()):
        raise SettingsError(f"a setting has {_LONGEST} characters at most")
    fields = {name: _read(name, text) for name, text in changed.items()}
    return change_fields(hand, source_id, **fields) if fields else source


@as_one
def change_fields(hand: Hand, source_id: str, **fields: Any) -> Source:
    """Change fields of a source; which settings that changes is noted.

    Raises:
        UnknownSource: there is no such source.
        SettingsError: one of them will not do. None is changed.
    """
    source = hand.store.sources.get(source_id)
    wanted = replace(source, **fields)
    require_schedule(wanted)
    before, after = written(source), written(wanted)
    changed = [name for name in SETTINGS if after[name] != before[name]]
    if not changed:
        return source
    stored = {name: list(value) if name == "sets" else value for name, value in fields.items()}
    if is_another_list(source, wanted):  # nothing is known of what it held before
        stored["harvested_until"] = ""
    changed_source = hand.store.sources.change(source_id, **stored)
    detail = {side: {name: told[name] for name in changed} for side, told in
              (("before", before), ("after", after))}  # fmt: skip
    hand.note("settings", source_id, **detail)
    return changed_source


def _read(name: str, text: str) -> Any:
    """The value of a setting that is written so.

    Raises:
        SettingsError: it will not do.
    """
    if name in _READERS:
        return _READERS[name](text)
    if "\n" in text or not text.isprintable():
        raise SettingsError("a setting is one line of printable characters")
    return text


def _missed(text: str) -> Missed:
    if text not in set(Missed):
        raise SettingsError(f"{text!r} is neither {' nor '.join(Missed)}")
    return Missed(text)


def _quirks(text: str) -> Quirks:
    found = Quirks()
    for name, value in _lines(text):
        found = found.set(name, value)
    return found


def _guards(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in _lines(text):
        found = guards.changed(found, name, value)
    return found


def _defaults(text: str) -> Defaults:
    found = Defaults()
    for name, value in _lines(text):
        found = found.set(name, value)
    if found.country and found.country not in vocabulary("countries"):
        raise SettingsError(f"{found.country!r} is not a country that we know")
    return found


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "sets": lambda text: tuple(text.split()),
    "missed": _missed,
    "quirks": _quirks,
    "guards": _guards,
    "defaults": _defaults,
}


def _lines(text: str) -> list[tuple[str, str]]:
    found = [line.partition("=") for line in text.splitlines() if line.strip()]
    return [(name.strip(), value.strip()) for name, _, value in found]


def history(
    store: Store, source_id: str, *, names: Collection[str] = SETTINGS, limit: int = 50
) -> list[Noted]:
    """What people did to a source, the newest first; of its settings as much as is named."""
    found = store.audit.newest(about=f"source:{source_id}", limit=limit)
    return [seen for line in found if (seen := _as_far_as(line, names)) is not None]


def _as_far_as(line: Noted, names: Collection[str]) -> Noted | None:
    """A line without the settings that are not named; None where it is about no other."""
    sides = {side: told for side, told in line.detail.items() if side in {"before", "after"}}
    if not sides:
        return line
    kept = {
        side: {name: text for name, text in told.items() if name in names} for side, told in sides.items()
    }
    return replace(line, detail={**line.detail, **kept}) if any(kept.values()) else None


@as_one
def undo(hand: Hand, source_id: str, number: int, names: Collection[str] = SETTINGS) -> Source:
    """Set the settings back that a change (its number in the audit) has changed, as far as they are named.

    Raises:
        UnknownSource: there is no such source.
        HistoryGone: there is no such change of it.
        SettingsError: what they were will not do any more.
    """
    found = hand.store.audit.newest(about=f"source:{source_id}", before=number + 1, limit=1)
    if not found or found[0].id != number or "before" not in found[0].detail:
        raise HistoryGone(f"there is no change {number} of the settings of {source_id!r}")
    before = {name: text for name, text in found[0].detail["before"].items() if name in names}
    return change_settings(hand, source_id, before)
