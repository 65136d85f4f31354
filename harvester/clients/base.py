"""What every protocol client gives the pipeline: a description of the source, and its list in pages.

A client keeps no state that a checkpoint does not hold: a run that is killed after page 7 goes on from
the checkpoint that came with page 7, in another process, and gets page 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from lxml import etree

from catalogue.exchange import Exchange
from catalogue.run import Checkpoint, Fault
from harvester.http import HarvestSession as HarvestSession  # noqa: PLC0414 - part of this contract


@dataclass(frozen=True, slots=True)
class Description:
    """What a source says of itself (OAI-PMH Identify and ListMetadataFormats, CSW GetCapabilities)."""

    repository_name: str = ""
    #: `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ssZ`; empty for CSW.
    granularity: str = ""
    #: `no`, `transient` or `persistent`; `no` for CSW.
    deleted_record: str = "no"
    earliest_datestamp: str = ""
    #: metadataPrefixes (OAI-PMH) or outputSchemas (CSW) on offer.
    formats: tuple[str, ...] = ()
    #: Whether the list can be limited to what has changed since a date.
    incremental: bool = False
    #: What was odd about it, for the run's log.
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list as the source sent it."""

    #: The source's own identifier: OAI identifier, or gmd:fileIdentifier / dc:identifier.
    identifier: str
    #: The source's datestamp, as sent; empty where it gave none.
    datestamp: str = ""
    #: The source says that the item is deleted; there is no payload.
    deleted: bool = False
    #: setSpecs in the header, as sent.
    sets: tuple[str, ...] = ()
    #: The metadata as sent: the bytes of its root element, in UTF-8, complete with the namespace
    #: declarations that it inherited from the envelope.
    payload: bytes | None = None
    #: The same as an element of the page's tree, where the client has one: it need not be parsed again.
    element: etree._Element | None = field(default=None, compare=False, repr=False)
    #: The about elements as sent (OAI-PMH 2.0, section 2.5), one behind the other; often none.
    about: bytes = b""
    #: Set where the item itself cannot be used (no identifier, no metadata): `payload` is then None.
    fault: Fault | None = None
    #: Names of the repairs that its answer needed, where they touched it (`harvester.clients.repair`).
    repairs: tuple[str, ...] = ()
    #: It does not belong to what was asked for, and is not taken.
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd that a source did, that was survived, and that a person should be able to read of."""

    #: Stable name: `token-repeated`, `size-wrong`.
    event: str
    #: What was found, as plain values.
    detail: dict[str, Any] = field(default_factory=dict)
    level: str = "warning"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer's worth of items, and where the list goes on after it."""

    items: tuple[Item, ...]
    #: Where the list goes on once this page is committed; `finished` on the last page.
    checkpoint: Checkpoint
    #: Bytes of the answer.
    size: int = 0
    #: What was odd about the answer as a whole, and did not stop us. Whatever part of the list could not be
    #: read must be among these, or be an item with a fault: where no identifier is with it, the list is not
    #: complete, and nothing is deleted for being absent from it.
    faults: tuple[Fault, ...] = ()
    #: What goes into the run's log.
    notes: tuple[Note, ...] = ()
    #: Requests that are written down with the page.
    exchanges: tuple[Exchange, ...] = ()
    #: The list was cut here: some of what it has listed so far may be listed again.
    again: bool = False
    #: (Digest, bytes) of answers that are kept as they were sent: they had to be repaired.
    set_aside: tuple[tuple[bytes, bytes], ...] = ()


class Client(Protocol):
    """A client for one source, over one HarvestSession."""

    def describe(self) -> Description:
        """Ask the source what it is.

        Raises:
            HarvestError: it cannot be reached, or does not speak the protocol.
        """
        ...

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        """The list from `checkpoint` on, page by page, strictly parsed.

        Args:
            checkpoint: a fresh `Checkpoint()` for a list from its beginning.
            modified_since: only what has changed since (the source's own responseDate of an earlier
                run, in its own granularity); empty for everything. Ignored where the checkpoint
                already stands inside a list.

        Raises:
            ListBroken: the list loops, repeats its token, or the token has expired: no way leads round.
            ListIncomplete: everything else was taken; parts of the list cannot be had.
            HarvestError: anything else that the source did wrong. Pages already yielded stand.
        """
        ...
