"""The sample nodes and their records, as they stand in config/sample."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from catalogue.settings import CONFIG
from catalogue.source import Protocol

#: Where the nodes (nodes.json) and their records (one JSON object a line) are.
SAMPLE = CONFIG / "sample"

#: A text by language, in the order of the file; the first language is the record's own.
Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answers:
    """What an expert would find in a record: the known right answers for classification."""

    #: `basel`, `rotterdam`, `stockholm`.
    conventions: tuple[str, ...]
    #: Ids of the vocabulary of chemicals.
    chemicals: tuple[str, ...]
    #: Codes of the vocabulary of waste streams: those stated, and the themes (`ws-...`) treated.
    wastes: tuple[str, ...]
    #: ISO 3166-1 alpha-2 codes of the countries that the resource is about.
    countries: tuple[str, ...]
    #: ISO 639-1 codes of the resource's languages.
    languages: tuple[str, ...]
    document_type: str
    information_category: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A keyword, and the address of its term where the thesaurus gives one."""

    label: Texts
    uri: str = ""


@dataclass(frozen=True, slots=True)
class OnlineResource:
    """An address at which the resource or a file of it can be had."""

    url: str
    protocol: str
    function: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """One item of a sample node; it is live, deleted, or broken on purpose."""

    id: str
    #: In the node's granularity.
    datestamp: str
    sets: tuple[str, ...]
    deleted: bool = False
    #: Why a harvester cannot read the item; empty for a sound one.
    fault: str = ""
    #: The metadata element exactly as served, for an item that is broken on purpose.
    payload: str = ""
    #: A bad habit that the item shows although it can be read.
    quirk: str = ""
    language: str = ""
    title: Texts = field(default_factory=dict)
    abstract: Texts = field(default_factory=dict)
    creators: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    #: Publication: year, month or day (W3CDTF).
    date: str = ""
    type: str = ""
    subjects: tuple[Subject, ...] = ()
    languages: tuple[str, ...] = ()
    #: What the node writes in dc:language in place of `languages`.
    language_codes: dict[str, str] = field(default_factory=dict)
    coverage: tuple[str, ...] = ()
    #: West, south, east, north.
    box: tuple[float, float, float, float] | None = None
    period: tuple[str, str] | None = None
    format: str = ""
    links: tuple[OnlineResource, ...] = ()
    identifiers: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    rights: Texts = field(default_factory=dict)
    answers: Answers | None = None

    @property
    def live(self) -> bool:
        """Neither deleted nor broken."""
        return not self.deleted and not self.fault


@dataclass(frozen=True)
class SampleNode:
    """A fictional centre's repository or catalogue."""

    id: str
    title: str
    about: str
    protocol: Protocol
    #: Where the federation serves it.
    path: str
    email: str
    #: metadataPrefixes that it offers; the last one is the richest.
    prefixes: tuple[str, ...]
    granularity: str
    deleted_record: str
    page_size: int
    #: setSpec -> setName.
    sets: dict[str, str]
    #: Whether it writes xml:lang.
    states_language: bool
    #: Whether dc:date gives the date of accession, too, as many repositories do.
    keeps_accession_dates: bool
    #: The first record of the page that it refuses once with 503; 0 for none.
    busy_at: int

    @cached_property
    def records(self) -> tuple[SampleRecord, ...]:
        """Its records, in the order of the file."""
        lines = (SAMPLE / f"{self.id}.jsonl").read_text(encoding="utf-8").splitlines()
        return tuple(msgspec.json.decode(line, type=SampleRecord) for line in lines)


def load_nodes(path: Path = SAMPLE / "nodes.json") -> tuple[SampleNode, ...]:
    """The sample nodes, in the order of the file."""
    return msgspec.json.decode(path.read_bytes(), type=tuple[SampleNode, ...])
