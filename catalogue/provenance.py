"""Where a record has been before it came to us: the `about` containers that a source sent with it.

A source that is itself an aggregator says in an OAI-PMH provenance container whence it has a record
(http://www.openarchives.org/OAI/2.0/guidelines-provenance.htm): one originDescription inside another, the
newest outside. It may also say what may be done with the metadata
(http://www.openarchives.org/OAI/2.0/guidelines-rights.htm). Both are read here once, at ingest; the bytes
as sent are kept among the payloads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import unescape

from lxml import etree

from catalogue import namespaces as ns
from catalogue.errors import ForbiddenXml, MalformedXml
from catalogue.oai_identifier import is_uri
from catalogue.xml import escape, escape_attribute, parse

#: Harvests that a record has behind it at most, as far as we repeat them.
_LONGEST_CHAIN: Final = 16
#: Characters of an identifier, an address or a namespace that we repeat.
_LONGEST_VALUE: Final = 1000

_ORIGIN: Final = f"{{{ns.OAI_PROVENANCE}}}originDescription"
_RIGHTS_REFERENCE: Final = f"{{{ns.OAI_RIGHTS}}}rightsReference"
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
_HARVEST: Final = re.compile(r"<baseURL>([^<]*)</baseURL><identifier>([^<]*)</identifier>")
_DATESTAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?=T|$)")


@dataclass(frozen=True, slots=True)
class Origin:
    """One harvest that a record has behind it: an originDescription, as sent. What was not said is empty."""

    #: The repository that the record was harvested from, and what it called it.
    base_url: str
    identifier: str
    datestamp: str = ""
    metadata_namespace: str = ""
    harvest_date: str = ""
    altered: bool = True


@dataclass(frozen=True, slots=True)
class About:
    """What a source says about a record, beside its metadata."""

    #: The newest harvest first, the first home of the record last.
    origins: tuple[Origin, ...] = ()
    #: Address of the statement of rights to the metadata.
    rights: str = ""


NOTHING: Final = About()


def read_about(sent: bytes) -> About:
    """What the about elements of a record say; `sent` has them one behind the other, as sent.

    Never fails: what cannot be understood says nothing.
    """
    if not sent:
        return NOTHING
    try:
        root = parse(b"<sent>" + sent + b"</sent>")
    except (MalformedXml, ForbiddenXml):
        return NOTHING
    return About(tuple(_origins(root)), _rights(root))


def _origins(root: etree._Element) -> Iterable[Origin]:
    element = next(root.iter(_ORIGIN), None)
    for _ in range(_LONGEST_CHAIN):
        if element is None:
            return
        said = {etree.QName(part).localname: (part.text or "").strip() for part in element.iterchildren("*")}
        yield Origin(
            base_url=said.get("baseURL", ""),
            identifier=said.get("identifier", ""),
            datestamp=said.get("datestamp", ""),
            metadata_namespace=said.get("metadataNamespace", ""),
            harvest_date=(element.get("harvestDate") or "").strip(),
            altered=(element.get("altered") or "").strip() not in {"false", "0"},
        )
        element = next(element.iterchildren(_ORIGIN), None)


def _rights(root: etree._Element) -> str:
    for reference in root.iter(_RIGHTS_REFERENCE):
        address = (reference.get("ref") or "").strip()
        if len(address) <= _LONGEST_VALUE and _URI.fullmatch(address):
            return address
    return ""


def chain(origins: Sequence[Origin]) -> str:
    """The originDescriptions, one inside another, as they stand in the container that we serve.

    A link of the chain that does not say what the schema of the container demands is left out.
    """
    if not origins:
        return ""  # as a rule
    complete = [link for link in map(_link, origins) if link]
    return "".join(complete) + "</originDescription>" * len(complete)


def harvests(written: str) -> tuple[tuple[str, str], ...]:
    """(base URL, identifier) of each harvest in a chain that `chain` wrote, the newest first."""
    if not written:
        return ()
    found = _HARVEST.findall(written)
    return tuple((unescape(base_url), unescape(identifier)) for base_url, identifier in found)


def _link(origin: Origin) -> str:
    """An originDescription without its end; empty where something is missing."""
    said = (origin.base_url, origin.identifier, origin.metadata_namespace)
    datestamp, harvested = day_or_second(origin.datestamp), day_or_second(origin.harvest_date)
    if not (datestamp and harvested and all(map(is_uri, said)) and max(map(len, said)) <= _LONGEST_VALUE):
        return ""
    base_url, identifier, namespace = map(escape, said)
    altered = "true" if origin.altered else "false"
    return (
        f'<originDescription harvestDate="{escape_attribute(harvested)}" altered="{altered}">'
        f"<baseURL>{base_url}</baseURL><identifier>{identifier}</identifier><datestamp>{datestamp}</datestamp>"
        f"<metadataNamespace>{namespace}</metadataNamespace>"
    )


def day_or_second(datestamp: str) -> str:
    """A datestamp in a form that OAI-PMH allows (section 3.3); empty where there is none in it.

    Of a local time the day is kept.
    """
    if _DATESTAMP.fullmatch(datestamp):
        return datestamp
    day = _DAY.match(datestamp)
    return day[0] if day else ""


def passed_through(namespace: str, base_url: str, identifier: str, origins: Iterable[Origin]) -> bool:
    """Whether a record has been in our own catalogue before: a harvest loop.

    Args:
        namespace: our repositoryIdentifier.
        base_url: our own base URL.
        identifier: what the source calls the record.
        origins: where it has been.
    """
    ours = f"oai:{namespace}:".lower()
    addresses = _addresses(base_url)
    if ours in identifier.lower():
        return True
    return any(
        ours in origin.identifier.lower() or bool(addresses & _addresses(origin.base_url))
        for origin in origins
    )


def _addresses(base_url: str) -> set[str]:
    """An address without what does not tell two apart: scheme, case of the host, slash at the end."""
    _, _, rest = base_url.strip().partition("://")
    host, slash, path = rest.partition("/")
    return {host.lower() + (slash + path).rstrip("/")} if rest else set()
