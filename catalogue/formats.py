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
    #: Address of the XML Schema; empty where there is none.
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
    #: It is XML. What is not can be read, and is kept; it has no place in an answer of OAI-PMH or CSW.
    xml: bool = True

    @property
    def as_sent(self) -> bool:
        """Payloads in it are served as they were sent: OAI-PMH asks for XML, and for its schema."""
        return self.xml and bool(self.schema)


OGC_RECORD = MetadataFormat(
    prefix="ogc_record",
    namespace="http://www.opengis.net/spec/ogcapi-records-1/1.0",
    schema="https://schemas.opengis.net/ogcapi/records/part1/1.0/openapi/schemas/recordGeoJSON.yaml",
    label="Record of OGC API - Records (GeoJSON)",
    roots=(),
    read=True,
    written=False,
    xml=False,
)
DCAT_US = MetadataFormat(
    prefix="dcat_us",
    namespace="https://project-open-data.cio.gov/v1.1/schema",
    schema="https://project-open-data.cio.gov/v1.1/schema/dataset.json",
    label="Dataset of DCAT-US (JSON)",
    roots=(),
    read=True,
    written=False,
    xml=False,
)
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
)
ISO19115_3 = MetadataFormat(
    prefix="iso19115-3",
    namespace=ns.MDB,
    schema="https://schemas.isotc211.org/19115/-3/mdb/2.0/mdb.xsd",
    label="ISO 19115-3 (mdb 2.0)",
    roots=("MD_Metadata",),
    read=True,
    written=True,
)
ISO19115_3_FIRST = MetadataFormat(
    prefix="iso19115-3.2014",
    namespace="http://standards.iso.org/iso/19115/-3/mdb/1.0",
    schema="https://schemas.isotc211.org/19115/-3/mdb/1.0/mdb.xsd",
    label="ISO 19115-3, first version (mdb 1.0)",
    roots=("MD_Metadata",),
    read=True,
    written=False,
)
OAI_DATACITE = MetadataFormat(
    prefix="oai_datacite",
    namespace=ns.OAI_DATACITE,
    schema="http://schema.datacite.org/oai/oai-1.1/oai.xsd",
    label="DataCite 4 in the wrapper of its OAI-PMH provider",
    roots=("oai_datacite",),
    read=True,
    written=True,
)
DATACITE = MetadataFormat(
    prefix="datacite",
    namespace=ns.DATACITE,
    schema="http://schema.datacite.org/meta/kernel-4/metadata.xsd",
    label="DataCite, kernels 2 to 4, without a wrapper",
    roots=("resource",),
    read=True,
    written=False,
)
DCAT = MetadataFormat(
    prefix="dcat",
    namespace=ns.DCAT,
    schema="http://www.openarchives.org/OAI/2.0/rdf.xsd",
    label="DCAT-AP in RDF/XML",
    roots=("RDF",),
    read=True,
    written=True,
)
MODS = MetadataFormat(
    prefix="mods",
    namespace=ns.MODS,
    schema="http://www.loc.gov/standards/mods/v3/mods-3-8.xsd",
    label="MODS 3",
    roots=("mods", "modsCollection"),
    read=True,
    written=False,
)
MARCXML = MetadataFormat(
    prefix="marcxml",
    namespace=ns.MARC,
    schema="http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
    label="MARC 21 in XML",
    roots=("record", "collection"),
    read=True,
    written=False,
)
ATOM = MetadataFormat(
    prefix="atom",
    namespace=ns.ATOM,
    schema="",
    label="Entry of an Atom feed",
    roots=("entry",),
    read=True,
    written=False,
)
RSS = MetadataFormat(
    prefix="rss",
    namespace="http://purl.org/rss/1.0/",
    schema="",
    label="Item of an RSS feed (0.9 to 2.0)",
    roots=("item",),
    read=True,
    written=False,
)

#: Every format, in the order in which they are listed.
FORMATS: tuple[MetadataFormat, ...] = (
    OAI_DC,
    OAI_DCTERMS,
    ISO19139,
    ISO19115_3,
    ISO19115_3_FIRST,
    OAI_DATACITE,
    DATACITE,
    DCAT,
    MODS,
    MARCXML,
    # These have no XML Schema: read, and served as what they say in the others.
    ATOM,
    RSS,
    # These are no XML: read, and served as what they say in the others.
    OGC_RECORD,
    DCAT_US,
)
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
    "iso19115-3.2018": "iso19115-3",
    "iso191153": "iso19115-3",
    "mdb": "iso19115-3",
    "oai_datacite3": "oai_datacite",
    "oai_datacite4": "oai_datacite",
    "datacite3": "datacite",
    "datacite4": "datacite",
    "dcat-ap": "dcat",
    "dcat_ap": "dcat",
    "dcatap": "dcat",
    "oai_mods": "mods",
    "mods_xml": "mods",
    "marc21": "marcxml",
    "marc": "marcxml",
    "marc_xml": "marcxml",
    "marcxchange": "marcxml",
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
