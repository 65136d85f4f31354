"""The acts on sources: pause, resume, change the settings, undo that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from catalogue import guards
from catalogue.errors import HistoryGone, SettingsError, SourceInactive
from catalogue.people import Noted
from catalogue.quirks import Quirks
from catalogue.source import Missed, Source, SourceState
from catalogue.store import Store
from catalogue.timing import require_schedule
from endpoint.steering.acts import Hand

#: What whoever looks after a node may set, and what only operators may: where requests go, and how
#: careful we are.
PLAIN: Final = ("title", "schedule", "time_zone", "missed", "sets", "metadata_prefix")
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


def written(source: Source) -> dict[str, str]:
    """The settings of a source as people write them."""
    quirks = source.quirks.to_json()
    return {
        "title": source.title,
        "schedule": source.schedule,
        "time_zone": source.time_zone,
        "missed": str(source.missed),
        "sets": " ".join(source.sets),
        "metadata_prefix": source.metadata_prefix,
        "base_url": source.base_url,
        "quirks": "\n".join(f"{name}={_value(value)}" for name, value in sorted(quirks.items())),
        "guards": "\n".join(f"{name}={value}" for name, value in sorted(source.guards.items())),
    }


def _value(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


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
    if not changed:
        return source
    if any(len(text) > _LONGEST for text in changed.values()):
        raise SettingsError(f"a setting has {_LONGEST} characters at most")
    fields = {name: _read(name, text) for name, text in changed.items()}
    require_schedule(replace(source, **fields))
    stored = {name: list(value) if name == "sets" else value for name, value in fields.items()}
    after = hand.store.sources.change(source_id, **stored)
    detail = {"before": {name: told[name] for name in changed}, "after": changed}
    hand.note("settings", source_id, **detail)
    return after


def change_fields(hand: Hand, source_id: str, **fields: Any) -> Source:
    """Change fields of a source, as the command line has them; which settings that changes is noted.

    Raises:
        UnknownSource: there is no such source.
    """
    before = written(hand.store.sources.get(source_id))
    source = hand.store.sources.change(source_id, **fields)
    after = written(source)
    changed = [name for name in SETTINGS if after[name] != before[name]]
    if changed:
        detail = {side: {name: told[name] for name in changed} for side, told in
                  (("before", before), ("after", after))}  # fmt: skip
        hand.note("settings", source_id, **detail)
    return source


def _read(name: str, text: str) -> Any:
    """The value of a setting that is written so.

    Raises:
        SettingsError: it will not do.
    """
    if name == "sets":
        return tuple(text.split())
    if name == "missed":
        if text not in set(Missed):
            raise SettingsError(f"{text!r} is neither {' nor '.join(Missed)}")
        return Missed(text)
    if name == "quirks":
        quirks = Quirks()
        for one, value in _lines(text):
            quirks = quirks.set(one, value)
        return quirks
    if name == "guards":
        own: dict[str, float] = {}
        for one, value in _lines(text):
            own = guards.changed(own, one, value)
        return own
    if "\n" in text or not text.isprintable():
        raise SettingsError("a setting is one line of printable characters")
    return text


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
