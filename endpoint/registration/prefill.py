"""What a check-up tells already: suggestions for every step, so that little is left to type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogue.checkup import Checkup
from catalogue.errors import UnknownFormat
from catalogue.formats import FORMATS, by_prefix
from catalogue.registration import Hears, Registration, Rhythm, See, What, When, Who
from catalogue.source import Protocol, host_of
from catalogue.vocabulary import vocabulary
from endpoint import zones
from endpoint.languages import N_
from endpoint.registration.forms import LINE, is_mail

#: Domains of countries that are not called as ISO 3166-1 calls them.
_DOMAINS: Final = {"uk": "GB"}
_CSW_NAMES: Final = {"ISO 19139": "iso19139", "Dublin Core (csw:Record)": "oai_dc"}
_REASONS: Final = (
    (("iso", "gmd"), N_("keeps extents on the map, contacts and how to get the data; Dublin Core does not")),
    (("datacite", "oai_datacite"), N_("keeps who did what, kinds of dates and related things; Dublin Core does not")),
    (("dcat",), N_("keeps files, licences and contacts of data sets; Dublin Core does not")),
    (("mods", "marc"), N_("keeps who did what, series and subjects with their thesauri; Dublin Core does not")),
    (("oai_dcterms", "qdc", "dcterms"), N_("tells kinds of dates and of relations apart; plain Dublin Core does not")),
    (("oai_dc", "dc"), N_("everybody has it; who did what, extents and kinds of dates get lost in it")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """A format that the node offers."""

    #: As a source names it.
    prefix: str
    label: str
    is_suggested: bool
    #: What speaks for it or against it, to be translated; empty where we cannot tell.
    why: str


def offers(report: Checkup) -> list[Offer]:
    """The formats that can be chosen: the one that we would take first, then as the node lists them."""
    facts = report.facts
    named = [_CSW_NAMES.get(name, name) for name in facts.formats]
    chosen = _CSW_NAMES.get(facts.chosen_format, facts.chosen_format)
    ordered = sorted(dict.fromkeys(named), key=lambda name: name != chosen)
    return [Offer(name, _label(name), name == chosen, _reason(name)) for name in ordered]


def _label(name: str) -> str:
    known = next((form.label for form in FORMATS if form.namespace == name), "")
    try:
        return known or by_prefix(name).label
    except UnknownFormat:
        return name


def _reason(name: str) -> str:
    lower = name.lower()
    return next((why for starts, why in _REASONS if lower.startswith(starts)), "")


def sets_of(report: Checkup) -> list[tuple[str, str, int | None]]:
    """(setSpec, name, records where known) of each set that can be chosen."""
    facts = report.facts
    return [(spec, name or spec, facts.set_counts.get(spec)) for spec, name in facts.sets.items()]


def who(registration: Registration) -> Who:
    """Who registers: a country by the address, a name and a mail by what the repository says of itself."""
    report = registration.report
    contacts = [one for one in report.facts.contacts if is_mail(one)] if report else []
    organisation = report.facts.name[:LINE] if report else ""
    return Who(
        country=country_of(registration.address), organisation=organisation, mail=next(iter(contacts), "")
    )


def country_of(address: str) -> str:
    """The country that an address is in by its domain; empty where that says nothing."""
    domain = host_of(address).rpartition(".")[2].lower()
    code = _DOMAINS.get(domain, domain.upper())
    return code if code in vocabulary("countries") else ""


def what(registration: Registration) -> What:
    """Everything, in the format that we would take, under the name that the repository has."""
    report = registration.report
    suggested = next((one.prefix for one in offers(report) if one.is_suggested), "") if report else ""
    choosable = report is not None and report.examined is not None
    by_name = choosable and report is not None and report.examined is not None and (
        report.examined.protocol in {Protocol.OAI_PMH, Protocol.CSW, Protocol.OAI_STATIC}
    )  # fmt: skip
    return What((), suggested if by_name else "", registration.label[:LINE])


def see(_: Registration) -> See:
    """That all is well, unless the registrant says otherwise."""
    return See()


def when(registration: Registration) -> When:
    """Every night at two, on the clock of the node's country."""
    told = registration.answers.who
    country = (told.country if told else "") or country_of(registration.address)
    return When(Rhythm.NIGHTLY, time_zone=next(iter(zones.of_country(country)), "UTC"))


def hears(registration: Registration) -> Hears:
    """Whoever registers, in the language of these pages."""
    told = registration.answers.who
    return Hears((told.mail,) if told and told.mail else (), registration.language)
