"""The provenance container: where a record comes from, and whether we serve it as it was.

http://www.openarchives.org/OAI/2.0/guidelines-provenance.htm. Made by joining strings: all but the
record's own identifier and datestamp is the same for every record of a source, and is made once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from catalogue import formats
from catalogue import namespaces as ns
from catalogue.provenance import day_or_second
from catalogue.store.sources import Sources
from catalogue.xml import escape, escape_attribute

#: Seconds after which a source's base URL is asked for again.
_FRESH: Final = 60

OPENING: Final = (
    f'<about><provenance xmlns="{ns.OAI_PROVENANCE}" xsi:schemaLocation="{ns.OAI_PROVENANCE}'
    ' http://www.openarchives.org/OAI/2.0/provenance.xsd"><originDescription harvestDate="'
)

CLOSING: Final = "</originDescription></provenance></about>"


@dataclass(frozen=True, slots=True)
class Origin:
    """The parts of an originDescription that all records of a source share, in one served format."""

    #: Between harvestDate and the identifier in the source.
    to_identifier: str
    #: Behind the datestamp in the source, to the end or the originDescriptions that ours holds.
    from_datestamp: str


class Origins:
    """The origins of the records that we serve, as far as they have been asked for."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._found: dict[tuple[str, str, str], Origin] = {}
        self._since = time.monotonic()

    def of(self, source_id: str, native: str, served: str) -> Origin:
        """The origin of records of a source, taken in the native format and served in another."""
        found = self._found.get((source_id, native, served))
        if found is None:
            found = _origin(self._sources.get(source_id).base_url, native, served)
            self._found[source_id, native, served] = found
        return found

    def refresh(self) -> None:
        """Forget what was found more than a minute ago: a source may have moved."""
        now = time.monotonic()
        if now - self._since > _FRESH:
            self._found, self._since = {}, now


def _origin(base_url: str, native: str, served: str) -> Origin:
    altered = "false" if native == served else "true"
    return Origin(
        f'" altered="{altered}"><baseURL>{escape(base_url)}</baseURL><identifier>',
        f"</datestamp><metadataNamespace>{escape(formats.by_prefix(native).namespace)}</metadataNamespace>",
    )


@lru_cache(8192)
def source_datestamp(datestamp: str, harvested: str) -> str:
    """The datestamp in the source, in a form that OAI-PMH allows.

    A catalogue that is no OAI-PMH repository may have given a local time, of which the day is kept, or
    nothing: then we know of no change later than our harvest.
    """
    return day_or_second(datestamp) or harvested


@lru_cache(256)
def rights(address: str) -> str:
    """The container that says what may be done with the metadata; nothing where nobody has said so.

    http://www.openarchives.org/OAI/2.0/guidelines-rights.htm, section 2.1.
    """
    if not address:
        return ""
    return (
        f'<about><rights xmlns="{ns.OAI_RIGHTS}" xsi:schemaLocation="{ns.OAI_RIGHTS}'
        ' http://www.openarchives.org/OAI/2.0/rights.xsd">'
        f'<rightsReference ref="{escape_attribute(address)}"/></rights></about>'
    )
