"""How a Record is cited: who, when, what, where. What RIS, BibTeX, schema.org and pages for people share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogue import identifiers
from catalogue.record import Agent, Record
from catalogue.rendering import dublin_core
from catalogue.rendering.markup import any_uri, is_date

#: Kinds of works by words of types, as they are sent, in small letters; the first that occurs counts.
_KINDS: Final = (
    ("dataset", ("dataset", "series", "featurecatalogue", "geospatial", "statistical")),
    ("software", ("software", "application", "service")),
    ("thesis", ("thesis", "dissertation")),
    ("article", ("article", "preprint")),
    ("chapter", ("chapter", "bookpart", "book part")),
    ("book", ("book", "monograph")),
    ("paper", ("conference", "proceedings", "meeting")),
    ("map", ("map",)),
    ("video", ("video", "movingimage", "moving image", "film")),
    ("image", ("image", "photograph")),
    ("law", ("legislation", "law", "regulation", "decree")),
    ("report", ("report", "plan", "inventory", "guidance", "guideline", "working paper")),
)
_YEAR: Final = 4


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited of a work."""

    #: One of `_KINDS`, or `work`.
    kind: str
    title: str
    authors: tuple[str, ...]
    publisher: str
    #: W3CDTF; empty where it is not known.
    date: str
    doi: str
    #: Where it is found: its DOI, else its first address on the web; empty where there is none.
    url: str

    @property
    def year(self) -> str:
        """The year, or nothing."""
        return self.date[:_YEAR]


def citation(record: Record, *languages: str) -> Citation:
    """How the record's resource is cited, its title in the first of these languages that there is."""
    agents = dublin_core.agents(record)
    doi = next((found for name in record.identifiers if (found := identifiers.doi(name.value))), "")
    date = record.date("issued", "date", "created", "available", "copyrighted", "modified")
    return Citation(
        kind=kind_of(record),
        title=" ".join(record.title.in_language(*languages).split()),
        authors=tuple(filter(None, (author(agent, *languages) for agent in agents["creator"]))),
        publisher=next((n for a in agents["publisher"] if (n := a.name.in_language(*languages))), ""),
        date=date if is_date(date) else "",
        doi=doi,
        url=f"https://doi.org/{doi}" if doi else next(iter(addresses(record)), ""),
    )


def author(agent: Agent, *languages: str) -> str:
    """The person, where one is known; else the organisation."""
    return agent.individual or agent.name.in_language(*languages)


def kind_of(record: Record) -> str:
    """What kind of work it is, by what its types say."""
    said = " ".join(value for text in record.types for _, value in text.values).lower()
    for kind, words in _KINDS:
        if any(word in said for word in words):
            return kind
    return "dataset" if record.boxes else "work"


def addresses(record: Record) -> list[str]:
    """The addresses on the web at which the resource is found, each once: those of its links, then names."""
    sent = [link.url for link in dublin_core.resource_links(record)]
    sent += [name.value for name in record.identifiers]
    return list(dict.fromkeys(url for one in sent if (url := web_uri(one))))


def web_uri(text: str) -> str:
    """The address where it is one of the web (http, https, ftp), fit to stand in a link; else empty."""
    found = identifiers.web_address(text)
    return any_uri(found).replace("&amp;", "&") if found else ""
