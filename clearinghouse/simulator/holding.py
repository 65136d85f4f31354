"""What a simulated node holds: entries that are made up by number, the same ones for the same seed.

Hundreds of nodes fit into one process: they share their entries, and a payload is written when it is asked
for. A node whose entries change takes a copy of its own first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Protocol
from zlib import crc32

from catalogue import namespaces as ns
from catalogue.xml import escape

DAYS: Final = "YYYY-MM-DD"
SECONDS: Final = "YYYY-MM-DDThh:mm:ssZ"
#: The datestamps of made-up entries lie between these.
EARLIEST: Final = datetime(2021, 3, 1, 6, 30, tzinfo=UTC)
LATEST: Final = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
#: setSpec -> setName.
SETS: Final = {"plans": "Plans and inventories", "laws": "Legislation", "training": "Training material"}
#: metadataPrefix -> schema, namespace.
FORMATS: Final = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", ns.OAI_DC),
    "qdc": ("http://www.ukoln.ac.uk/metadata/dcmi/xmlschema/qualifieddc.xsd", ns.QDC),
}

_SUBJECTS: Final = ("polychlorinated biphenyls", "lindane", "used batteries", "mercury", "waste oils")
_KINDS: Final = ("Survey", "Inventory", "National plan", "Training manual", "Report")
#: In ASCII: which bytes are wrong is left to the faults.
_IN_FRENCH: Final = (
    '<dc:description xml:lang="fr">'
    "Document fictif d'un site fictif : les stocks sont compris dans l'annexe."
    "</dc:description>"
)
_PLACES: Final = ("the river basin", "the port district", "the northern provinces", "the island group")


class Held(Protocol):
    """What a node must know of an item to list it."""

    @property
    def id(self) -> str:
        """Its OAI identifier."""
        ...

    @property
    def datestamp(self) -> str:
        """In the node's granularity."""
        ...

    @property
    def sets(self) -> tuple[str, ...]:
        """The setSpecs that it is in."""
        ...

    @property
    def deleted(self) -> bool:
        """It is told as deleted, without metadata."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a simulated node."""

    id: str
    datestamp: str
    sets: tuple[str, ...] = ()
    deleted: bool = False
    #: Its metadata element; empty: made up from the id when it is asked for.
    payload: str = ""


class Holding(Protocol):
    """What a node says of itself, and holds."""

    @property
    def title(self) -> str:
        """The repositoryName."""
        ...

    @property
    def email(self) -> str:
        """The adminEmail."""
        ...

    @property
    def granularity(self) -> str:
        """As in Identify."""
        ...

    @property
    def deleted_record(self) -> str:
        """As in Identify."""
        ...

    @property
    def page_size(self) -> int:
        """Records in a page of a list."""
        ...

    @property
    def sets(self) -> dict[str, str]:
        """The name of each setSpec."""
        ...

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The metadataPrefixes on offer."""
        ...

    def listed(self) -> Sequence[Held]:
        """Every item, by datestamp and identifier."""
        ...

    def payload(self, item: Held, prefix: str) -> str:
        """The metadata element of an item."""
        ...


@dataclass
class MadeUp:
    """A holding of made-up entries."""

    name: str
    count: int = 100
    seed: int = 0
    granularity: str = SECONDS
    deleted_record: str = "persistent"
    page_size: int = 50
    #: Of a hundred entries, so many are told as deleted.
    deleted_share: int = 2
    sets: dict[str, str] = field(default_factory=lambda: dict(SETS))
    prefixes: tuple[str, ...] = ("oai_dc",)

    def __post_init__(self) -> None:
        """Take the entries that every node of this kind shares."""
        self._own: dict[str, Entry] | None = None
        self._sorted: Sequence[Entry] | None = None

    @property
    def title(self) -> str:
        """The repositoryName."""
        return f"Simulated node {self.name}"

    @property
    def email(self) -> str:
        """The adminEmail."""
        return f"library@{self.name}.example.org"

    def listed(self) -> Sequence[Entry]:
        """Every entry, by datestamp and identifier."""
        if self._own is None:
            return _made_up(self.count, self.seed, self.granularity, self.deleted_share)
        if self._sorted is None:
            self._sorted = sorted(self._own.values(), key=lambda entry: (entry.datestamp, entry.id))
        return self._sorted

    def put(self, *entries: Entry) -> None:
        """Add entries, or replace those with the same id."""
        if self._own is None:
            self._own = {entry.id: entry for entry in self.listed()}
        self._own.update((entry.id, entry) for entry in entries)
        self._sorted = None

    def change(self, identifier: str, **fields: object) -> None:
        """Change one entry."""
        found = next(entry for entry in self.listed() if entry.id == identifier)
        self.put(replace(found, **fields))  # type: ignore[arg-type] # the fields of Entry

    def payload(self, item: Held, prefix: str) -> str:  # noqa: ARG002 - part of the interface
        """The metadata element of an entry, in Dublin Core."""
        own: str = getattr(item, "payload", "")
        return own or dublin_core(item.id)


@lru_cache(maxsize=64)
def _made_up(count: int, seed: int, granularity: str, deleted_share: int) -> tuple[Entry, ...]:
    step = (LATEST - EARLIEST) / max(1, count)
    length = len("YYYY-MM-DD") if granularity == DAYS else None
    specs = tuple(SETS)
    return tuple(
        Entry(
            id=f"oai:node.example.org:{seed}-{number:06}",
            datestamp=stamp(EARLIEST + step * number)[:length],
            sets=(specs[number % len(specs)],),
            deleted=crc32(f"deleted/{seed}/{number}".encode()) % 100 < deleted_share,
        )
        for number in range(count)
    )


def stamp(moment: datetime) -> str:
    """A moment as OAI-PMH writes it, in seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(maxsize=4096)
def dublin_core(identifier: str, *extra: str) -> str:
    """A made-up oai_dc payload: the same for the same identifier.

    Args:
        identifier: of the entry.
        extra: texts of further descriptions, escaped already where they should be.
    """
    number = crc32(identifier.encode())
    subject, kind = _SUBJECTS[number % len(_SUBJECTS)], _KINDS[number // 7 % len(_KINDS)]
    place = _PLACES[number // 31 % len(_PLACES)]
    name = identifier.rpartition(":")[2]
    about = (
        f"{kind} of {subject} in {place}, number {name}. It was made up for a simulated node, and describes "
        "no real document. Stocks were counted, labelled and secured; the annex lists owners and quantities."
    )
    more = "".join(f"<dc:description>{text}</dc:description>" for text in extra)
    return (
        f'<oai_dc:dc xmlns:oai_dc="{ns.OAI_DC}" xmlns:dc="{ns.DC}" xmlns:xsi="{ns.XSI}" xsi:schemaLocation='
        f'"{ns.OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
        f"<dc:title>{kind} of {subject} in {place} ({escape(name)})</dc:title>"
        f"<dc:creator>Example Centre for {place}</dc:creator><dc:subject>{subject}</dc:subject>"
        f"<dc:description>{about}</dc:description>{_IN_FRENCH}{more}<dc:date>{2000 + number % 26}</dc:date>"
        f"<dc:type>{kind.lower()}</dc:type><dc:language>en</dc:language>"
        f"<dc:identifier>https://node.example.org/items/{escape(name)}</dc:identifier></oai_dc:dc>"
    )
