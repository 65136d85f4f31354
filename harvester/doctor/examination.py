"""One check-up from the address that was typed to the report, told as it goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias

from catalogue.checkup import Checkup, Facts, Finding, Interface, Outcome, Stage, normalised
from catalogue.errors import AddressRefused, CheckupOver
from catalogue.settings import Settings
from catalogue.source import Protocol as Speech
from harvester.doctor.asking import Asking
from harvester.doctor.below import look_below
from harvester.doctor.checks import judge
from harvester.doctor.csw import CswLook, schema_name
from harvester.doctor.discovery import Discovery, Found
from harvester.doctor.lists import ListLook
from harvester.doctor.oai import OaiLook
from harvester.doctor.observation import OaiSeen, Observation, Transport, unique
from harvester.doctor.records import samples, understood
from harvester.doctor.session import Budget, CheckupSession
from harvester.doctor.software import Fact, recognise
from harvester.slices import utc_now

OnProgress: TypeAlias = Callable[[Checkup], None]
#: What we would rather harvest, the best first.
_PREFERRED: Final = (
    Speech.OAI_PMH, Speech.CSW, Speech.OGC_RECORDS, Speech.OAI_STATIC, Speech.DATA_JSON, Speech.FILES,
    Speech.FEED,
)  # fmt: skip
_MOST_SETS: Final = 200
_MOST_LANGUAGES: Final = 10


class Look(Protocol):
    """Asks a source of one protocol."""

    def ask(self) -> None:
        """What it is."""

    def sample(self) -> None:
        """What it holds."""


def examine(
    address: str,
    settings: Settings,
    *,
    on_progress: OnProgress = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = utc_now,
) -> Checkup:
    """Examine what can be harvested at an address.

    Args:
        address: as somebody typed it: an interface, or a page for people.
        settings: of ours: the budget is in them, and what the address guard allows.
        on_progress: told after each step.
        should_stop: asked before each request.
        now: our clock.

    Raises:
        CheckupOver: this process ends: it may be begun anew elsewhere.
    """
    report = Checkup(address[:2000], now())
    clean = normalised(address)
    if not clean:
        return replace(report, ended_at=now(), stage=Stage.ENDED, outcome=Outcome.NO_ADDRESS)
    budget = Budget(
        settings.check_requests, settings.check_bytes, settings.check_seconds, should_stop=should_stop
    )
    examination = _Examination(settings, budget, on_progress, now, report)
    return examination.done(clean)


@dataclass
class _Examination:
    settings: Settings
    budget: Budget
    on_progress: OnProgress
    now: Callable[[], datetime]
    report: Checkup

    def done(self, address: str) -> Checkup:
        """From the address to the report."""
        found, over = self._discovered(address)
        if not found.interfaces:
            return self._unfound(found, over)
        examined = min(found.interfaces, key=lambda one: _PREFERRED.index(Speech(one.protocol)))
        self._tell(
            stage=Stage.ASKING,
            interfaces=tuple(found.interfaces),
            examined=examined,
            software=recognise(found.facts),
        )
        seen, facts = self._observed(examined, found)
        findings = judge(seen)
        self._tell(
            stage=Stage.ENDED,
            ended_at=self.now(),
            outcome=Outcome.PARTIAL if seen.cut_short else Outcome.COMPLETE,
            software=recognise([*found.facts, *facts]),
            facts=_facts(seen),
            findings=findings,
            quirks=_quirks(findings),
            samples=samples(seen.records),
        )
        return self.report

    def _discovered(self, address: str) -> tuple[Found, CheckupOver | None]:
        with CheckupSession(self.settings, self.budget, address) as session:
            discovery = Discovery(session, lambda found: self._tell(tried=tuple(found.tried)))
            over = None
            try:
                discovery.look(address)
            except CheckupOver as spent:
                if spent.stopped:
                    raise
                over = spent
            self._moved_to = session.moved_to
            return discovery.found, over

    def _unfound(self, found: Found, over: CheckupOver | None) -> Checkup:
        first = found.first
        outcome = Outcome.NOTHING_FOUND
        if first is not None:
            outcome = Outcome.REFUSED if isinstance(first, AddressRefused) else Outcome.UNREACHABLE
        refused = outcome is Outcome.REFUSED  # the error says what the name resolves to here
        why = "" if refused else str(over or first or "")[:500]
        software = recognise(found.facts)
        self._tell(
            stage=Stage.ENDED, ended_at=self.now(), outcome=outcome, why=why, software=software,
            tried=tuple(found.tried),
        )  # fmt: skip
        return self.report

    def _observed(self, examined: Interface, found: Found) -> tuple[Observation, list[Fact]]:
        """Everything that the interface shows, as far as the budget goes."""
        protocol, begun = Speech(examined.protocol), self.now()
        with CheckupSession(self.settings, self.budget, examined.base_url) as session:
            asking = Asking(session)
            look = self._look(protocol, examined.base_url, asking, found)
            seen = Observation(protocol, examined.base_url, begun, Transport(examined.base_url))
            below, cut_short = seen.transport, False
            try:
                look.ask()
                early = _with(seen, look)
                self._tell(stage=Stage.SAMPLING, facts=_facts(early), findings=judge(early))
                look.sample()
                below = look_below(asking, examined.base_url)
            except CheckupOver as spent:
                if spent.stopped:
                    raise
                cut_short = True
            below = replace(
                below,
                moved_to=self._moved_to,
                certificate_until=session.certificate_until,
                replies=tuple(asking.replies),
            )
            seen = replace(_with(seen, look), transport=below)
        records = understood(seen.sample)
        return replace(seen, records=records, cut_short=cut_short), _told_by(seen)

    def _look(self, protocol: Speech, base_url: str, asking: Asking, found: Found) -> Look:
        if protocol is Speech.OAI_PMH:
            return OaiLook(asking, base_url, self.now())
        if protocol is Speech.CSW:
            return CswLook(asking, base_url, self.now())
        return ListLook(asking, protocol, base_url, found.files)

    def _tell(self, **known: Any) -> None:
        self.report = replace(self.report, requests=self.budget.asked, size=self.budget.read, **known)
        self.on_progress(self.report)


def _with(seen: Observation, look: Look) -> Observation:
    """What has been seen so far, with what the look has."""
    return replace(
        seen,
        oai=look.seen if isinstance(look, OaiLook) else None,
        csw=look.seen if isinstance(look, CswLook) else None,
        listed=look.seen if isinstance(look, ListLook) else None,
    )


def _told_by(seen: Observation) -> list[Fact]:
    """What the interface itself tells of the software behind it."""
    if seen.oai is None:
        return [Fact("identify", seen.csw.title)] if seen.csw is not None else []
    identity = seen.oai.identity
    return [
        Fact("identify", identity.repository_name if identity else ""),
        *(Fact("format", one.prefix) for one in seen.oai.formats),
        *(Fact("set", spec) for spec, _ in seen.oai.sets[:50]),
        *(Fact("token", page.token) for page in seen.oai.walk if page.token),
    ]


def _facts(seen: Observation) -> Facts:
    """What a registration would be filled in with."""
    stamps = [item.datestamp for item in seen.items if item.datestamp]
    languages = Counter(language for record in seen.read for language in record.languages)
    told = Facts(
        newest=max(stamps, default="")[:50],
        languages=tuple(language[:20] for language, _ in languages.most_common(_MOST_LANGUAGES)),
        sampled=len(seen.records),
    )
    if seen.oai is not None and seen.oai.identity is not None:
        one = seen.oai.identity
        return replace(
            told,
            name=one.repository_name[:300],
            contacts=one.admin_emails[:5],
            formats=tuple(form.prefix for form in seen.oai.formats),
            chosen_format=seen.oai.prefix,
            sets=dict(seen.oai.sets[:_MOST_SETS]),
            set_counts=_set_counts(seen.oai),
            granularity=one.granularity[:50],
            deleted_record=one.deleted_record[:50],
            earliest=one.earliest_datestamp[:50],
            records=_records(seen),
        )
    if seen.csw is not None:
        names = tuple(schema_name(uri, seen.csw.version)[:200] for uri in seen.csw.output_schemas)
        chosen = schema_name(seen.csw.schema, seen.csw.version) if seen.csw.schema else ""
        return replace(told, name=seen.csw.title, formats=names, chosen_format=chosen, records=_records(seen))
    return replace(told, name=seen.listed.name if seen.listed else "", records=_records(seen))


def _records(seen: Observation) -> int | None:
    """How many records it says that there are; as many as were counted where the list was read whole."""
    if seen.csw is not None:
        return seen.csw.pages[0].matched if seen.csw.pages else None
    if seen.listed is not None:
        return len(seen.listed.items) if seen.listed.whole else seen.listed.size
    walk = seen.oai.walk if seen.oai is not None else ()
    if walk and walk[-1].reply.is_good and not walk[-1].token:
        return len({one for page in walk for one in page.identifiers})
    told = next((page.size for page in walk if page.size.isascii() and page.size.isdigit()), "")
    return int(told) if told and len(told) <= len("1000000000") else None


def _set_counts(seen: OaiSeen) -> dict[str, int]:
    """How many records are in each set, where the list was read to its end."""
    if not seen.walk or not seen.walk[-1].reply.is_good or seen.walk[-1].token:
        return {}
    items = unique(item for page in seen.walk for item in page.items if not item.deleted)
    counted = Counter(spec for item in items for spec in set(item.sets))
    return {spec: counted[spec] for spec, _ in seen.sets[:_MOST_SETS]}


def _quirks(findings: tuple[Finding, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for finding in findings:
        found |= finding.quirks
    return found
