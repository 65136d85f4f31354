"""What a service says of itself in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalogue.languages import bcp47
from catalogue.settings import Settings
from catalogue.vocabulary import vocabulary
from endpoint.languages import ENGLISH, LANGUAGES, words


@dataclass(frozen=True, slots=True)
class About:
    """A service's own words, and where it is."""

    #: BCP 47: one of the languages of `endpoint.languages`.
    language: str
    title: str
    abstract: str
    keywords: tuple[str, ...]
    provider: str
    #: Where its pages are, without a slash at the end.
    site: str
    email: str
    #: Where the service is.
    address: str
    max_records: int
    #: It is a discovery service of INSPIRE.
    inspire: bool


def about(settings: Settings, address: str, labels: Mapping[str, str], language: str) -> About:
    """The words of the whole catalogue, or of one of its sets.

    Args:
        settings: those of the application.
        address: where the service is.
        labels: what the set is called, by language; empty for the whole catalogue.
        language: BCP 47, one of `LANGUAGES`.
    """
    _ = words(language).gettext
    conventions = [
        term.labels.get(language, term.labels["en"]) for term in vocabulary("conventions").values()
    ]
    name = labels.get(language) or labels.get(ENGLISH.tag) or next(iter(labels.values()), "")
    return About(
        language=language,
        title=f"{settings.repository_name}: {name}" if name else settings.repository_name,
        abstract=_("Metadata on hazardous chemicals and wastes, harvested from many repositories"),
        keywords=(
            _("metadata catalogue"),
            _("chemicals"),
            _("waste"),
            *conventions,
            *([name] if name else ()),
        ),
        provider=settings.repository_name,
        site=settings.public_url,
        email=settings.admin_email,
        address=address,
        max_records=settings.csw_max_records,
        inspire=settings.csw_inspire,
    )


def language_of(wanted: Iterable[str]) -> str:
    """The first of these languages that we have, whatever code names it; empty where there is none."""
    tags = (bcp47(one).partition("-")[0] for one in wanted)
    return next((tag for tag in tags if tag in LANGUAGES), "")
