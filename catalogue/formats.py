"""The metadata formats that we know: one table from which every answer about formats is computed."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue import namespaces as ns
from catalogue.errors import UnknownFormat


@dataclass(frozen=True, slots=True)
class MetadataFormat:
    """A metadata format in the sense of OAI-PMH 2.0, section 3.4."""

    #: metadataPrefix under which we serve it.
    prefix: str
    #: Namespace URI of the root element; CSW calls it the outputSchema.
    namespace: str
    #: Address of the XML Schema.
    schema: str
    #: What people call it.
    label: str
    #: Local names that the root element may have.
    roots: tuple[str, ...]
    #: There is a reader: harvested payloads in this format become Records.
    read: bool
    #: There is a writer: every Record can be served in this format.
    written: bool
    #: Every Record is rendered in this format when it arrives, and the rendition is kept; a format that
    #: is written and not stored is rendered on demand, from the Record (docs/decisions).
    stored: bool = False


OAI_DC = MetadataFormat(
    prefix="oai_dc",
    namespace=ns.OAI_DC,
    schema="http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    label="Dublin Core",
    roots=("dc",),
    read=True,
    written=True,
    stored=True,
)
OAI_DCTERMS = MetadataFormat(
    prefix="oai_dcterms",
    namespace=ns.DCT,
    schema="http://dublincore.org/schemas/xmls/qdc/2008/02/11/dcterms.xsd",
    label="Qualified Dublin Core (DCMI terms)",
    roots=("qualifieddc", "qualifiedDC", "dcterms", "qdc", "dc"),
    read=True,
    written=True,
)
ISO19139 = MetadataFormat(
    prefix="iso19139",
    namespace=ns.GMD,
    schema="http://www.isotc211.org/2005/gmd/gmd.xsd",
    label="ISO 19115 in ISO/TS 19139 XML",
    roots=("MD_Metadata", "MI_Metadata", "CHE_MD_Metadata"),
    read=True,
    written=True,
    stored=True,
)
OAI_DATACITE = MetadataFormat(
    prefix="oai_datacite",
    namespace=ns.OAI_DATACITE,
    schema="http://schema.datacite.org/oai/oai-1.1/oai.xsd",
    label="DataCite 4 in the wrapper of its OAI-PMH provider",
    roots=("oai_datacite",),
    read=False,
    written=True,
)
DCAT = MetadataFormat(
    prefix="dcat",
    namespace=ns.DCAT,
    schema="http://www.openarchives.org/OAI/2.0/rdf.xsd",
    label="DCAT-AP in RDF/XML",
    roots=("RDF",),
    read=False,
    written=True,
)

#: Every format, in the order in which they are listed.
FORMATS: tuple[MetadataFormat, ...] = (OAI_DC, OAI_DCTERMS, ISO19139, OAI_DATACITE, DCAT)
#: The formats in which every record is kept, in the order in which they are rendered.
RENDERED: tuple[MetadataFormat, ...] = tuple(f for f in FORMATS if f.stored)
#: The formats that every record can be had in, and is not kept in.
ON_DEMAND: tuple[MetadataFormat, ...] = tuple(f for f in FORMATS if f.written and not f.stored)

_BY_PREFIX = {f.prefix: f for f in FORMATS}
_BY_NAMESPACE = {f.namespace: f for f in FORMATS}

#: Other names under which servers offer our formats, and the format that is meant.
ALIASES: dict[str, str] = {
    "qdc": "oai_dcterms",
    "dcterms": "oai_dcterms",
    "oai_qdc": "oai_dcterms",
    "gmd": "iso19139",
    "iso": "iso19139",
    "iso19115": "iso19139",
    "iso19139.xml": "iso19139",
}


def by_prefix(prefix: str) -> MetadataFormat:
    """The format with this metadataPrefix, or with an alias of it.

    Raises:
        UnknownFormat: we have none.
    """
    known = _BY_PREFIX.get(prefix) or _BY_PREFIX.get(ALIASES.get(prefix, ""))
    if known is None:
        raise UnknownFormat(f"no metadata format has the prefix {prefix!r}")
    return known


def by_namespace(uri: str) -> MetadataFormat | None:
    """The format whose root element is in this namespace."""
    return _BY_NAMESPACE.get(uri)
