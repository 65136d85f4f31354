"""The elements of the answers: headers, records, formats. Strings and bytes are joined, nothing is parsed.

What the store holds of identifiers and setSpecs needs no escaping: `oai_identifier.mint` percent-encodes
what XML would escape, and a setSpec has no such characters.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from functools import lru_cache

from catalogue.formats import MetadataFormat
from catalogue.store.feed import FeedEntry
from catalogue.xml import escape
from endpoint.oai_pmh import provenance
from endpoint.oai_pmh.provenance import Origins

_DELETED = ' status="deleted"'


@lru_cache(8192)
def utc(seconds: int) -> str:
    """A UTCdatetime at the granularity of seconds (section 3.3)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


@lru_cache(8192)
def _set_specs(specs: str) -> str:
    return "".join(f"<setSpec>{spec}</setSpec>" for spec in specs.split())


def headers(entries: Iterable[FeedEntry]) -> bytes:
    """The header elements of ListIdentifiers (section 2.5)."""
    return "".join(
        f"<header{_DELETED if deleted else ''}><identifier>{identifier}</identifier>"
        f"<datestamp>{utc(datestamp)}</datestamp>{_set_specs(set_specs)}</header>"
        for _, identifier, datestamp, deleted, set_specs, *_ in entries
    ).encode()


def records(entries: Iterable[FeedEntry], served: str, origins: Origins) -> list[bytes]:
    """The record elements in the format `served`: the metadata are the stored bytes, as they are.

    A deleted record is its header alone (section 2.5.1).
    """
    origins.refresh()
    parts: list[bytes] = []
    for (
        _,
        identifier,
        datestamp,
        deleted,
        set_specs,
        body,
        source,
        theirs,
        their_datestamp,
        native,
        before,
        rights,
        *_,
    ) in entries:
        stamp = utc(datestamp)
        head = f"<identifier>{identifier}</identifier><datestamp>{stamp}</datestamp>{_set_specs(set_specs)}"
        if deleted or body is None:
            parts.append(f"<record><header{_DELETED}>{head}</header></record>".encode())
            continue
        origin = origins.of(source, native, served)
        # Ours ends with theirs as it is unless there was something to encode in it.
        their_identifier = theirs if identifier.endswith(theirs) else escape(theirs)
        parts += (
            f"<record><header>{head}</header><metadata>".encode(),
            body,
            f"</metadata>{provenance.OPENING}{stamp}{origin.to_identifier}{their_identifier}</identifier>"
            f"<datestamp>{provenance.source_datestamp(their_datestamp, stamp)}{origin.from_datestamp}"
            f"{before}{provenance.CLOSING}{provenance.rights(rights)}</record>".encode(),
        )
    return parts


def metadata_formats(offered: Sequence[MetadataFormat]) -> bytes:
    """The metadataFormat elements (section 4.4)."""
    return "".join(
        f"<metadataFormat><metadataPrefix>{form.prefix}</metadataPrefix><schema>{escape(form.schema)}</schema>"
        f"<metadataNamespace>{escape(form.namespace)}</metadataNamespace></metadataFormat>"
        for form in offered
    ).encode()
