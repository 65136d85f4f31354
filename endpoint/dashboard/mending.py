"""How a problem is mended in the software of the node: what the doctor knows of it, as far as it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.checkup import Checkup, Software
from catalogue.errors import UnknownCheckup
from catalogue.source import Source, host_of
from catalogue.store import Store
from endpoint.check.words import WORDS
from endpoint.dashboard.wording.rules import Rule


@dataclass(frozen=True, slots=True)
class Mending:
    """Where in which software a problem is mended, in English, to be looked up in the reader's language."""

    #: What the newest check-up of the node recognised; None: nothing, or there is none.
    software: Software | None = None
    #: For this software; empty where we do not know.
    there: str = ""
    #: For others, where it is not known which one it is.
    elsewhere: Sequence[str] = ()


def mending(store: Store, source: Source, rule: Rule) -> Mending:
    """How this is mended at this node."""
    report = _report(store, source)
    software = report.software if report else None
    fixes = WORDS[rule.check].fixes if rule.check else {}
    if software is not None:
        return Mending(software, fixes.get(software.id, ""))
    return Mending(elsewhere=tuple(fixes.values()))


def _report(store: Store, source: Source) -> Checkup | None:
    """The newest check-up of its host, or else the one that its registration rests on."""
    newest = store.checkups.latest_of(host_of(source.base_url))
    try:
        found = store.checkups.get(newest) if newest else None
    except UnknownCheckup:  # forgotten just now
        found = None
    if found is not None and found.report is not None and found.report.software is not None:
        return found.report
    return store.registrations.report_of(source.id)
