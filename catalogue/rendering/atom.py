"""Writer of atom:entry (RFC 4287), with Dublin Core's identifier and GeoRSS boxes (OGC 12-176r7, 6.6.6)."""

from __future__ import annotations

from typing import Final

from catalogue import namespaces as ns
from catalogue.record import Record
from catalogue.rendering import dublin_core
from catalogue.rendering.markup import any_uri, attribute, document, escape, in_degrees, number

_DECLARATIONS: Final = f' xmlns:atom="{ns.ATOM}" xmlns:dc="{ns.DC}" xmlns:georss="{ns.GEORSS}"'


def write(
    record: Record,
    *,
    identifier: str,
    datestamp: str,
    address: str,
    author: str,
    media_type: str = "application/xml",
) -> bytes:
    """The record as an entry.

    Args:
        record: what to write.
        identifier: ours.
        datestamp: when our copy was last changed.
        address: where the record is found: what identifies the entry, too.
        author: who is named where the record has no author.
        media_type: what is found at the address.
    """
    title = record.title.default or identifier
    out = [
        f"<atom:entry{_DECLARATIONS}><atom:id>{escape(address)}</atom:id>",
        f"<atom:title>{escape(title)}</atom:title><atom:updated>{escape(datestamp)}</atom:updated>",
        f'<atom:link rel="alternate" type="{media_type}" href="{attribute(address)}"/>',
    ]
    authors = [agent.name.default for agent in dublin_core.agents(record).get("creator", ())]
    out += [
        f"<atom:author><atom:name>{escape(name)}</atom:name></atom:author>"
        for name in [name for name in authors if name] or [author]
    ]
    if record.descriptions and record.descriptions[0].default:
        out.append(f"<atom:summary>{escape(record.descriptions[0].default)}</atom:summary>")
    out += [
        f'<atom:category term="{attribute(subject.label.default)}"/>'
        for subject in record.subjects
        if subject.label.default
    ]
    links = dublin_core.resource_links(record)
    out += [f'<atom:link rel="related" href="{any_uri(link.url)}"/>' for link in links]
    out.append(f"<dc:identifier>{escape(identifier)}</dc:identifier>")
    for box in record.boxes:
        if in_degrees(box):
            corners = " ".join(map(number, (box.south, box.west, box.north, box.east)))
            out.append(f"<georss:box>{corners}</georss:box>")
    out.append("</atom:entry>")
    return document(out)
