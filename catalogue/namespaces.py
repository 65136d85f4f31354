"""XML namespaces and their usual prefixes, once."""

from __future__ import annotations

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_STATIC = "http://www.openarchives.org/OAI/2.0/static-repository"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
OAI_PROVENANCE = "http://www.openarchives.org/OAI/2.0/provenance"
OAI_RIGHTS = "http://www.openarchives.org/OAI/2.0/rights/"
DC = "http://purl.org/dc/elements/1.1/"
DCT = "http://purl.org/dc/terms/"
QDC = "http://dspace.org/qualifieddc/"
OAI_QDC = "http://worldcat.org/xmlschemas/qdc-1.0/"
MODS = "http://www.loc.gov/mods/v3"
MARC = "http://www.loc.gov/MARC21/slim"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
DCAT = "http://www.w3.org/ns/dcat#"
FOAF = "http://xmlns.com/foaf/0.1/"
VCARD = "http://www.w3.org/2006/vcard/ns#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
ORG = "http://www.w3.org/ns/org#"
GEOSPARQL = "http://www.opengis.net/ont/geosparql#"
DATACITE = "http://datacite.org/schema/kernel-4"
OAI_DATACITE = "http://schema.datacite.org/oai/oai-1.1/"
GMD = "http://www.isotc211.org/2005/gmd"
GCO = "http://www.isotc211.org/2005/gco"
GMX = "http://www.isotc211.org/2005/gmx"
GSR = "http://www.isotc211.org/2005/gsr"
GSS = "http://www.isotc211.org/2005/gss"
GTS = "http://www.isotc211.org/2005/gts"
SRV = "http://www.isotc211.org/2005/srv"
GMI = "http://www.isotc211.org/2005/gmi"
MDB = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
LAN = "http://standards.iso.org/iso/19115/-3/lan/1.0"
GML = "http://www.opengis.net/gml"
GML32 = "http://www.opengis.net/gml/3.2"
CSW = "http://www.opengis.net/cat/csw/2.0.2"
CSW30 = "http://www.opengis.net/cat/csw/3.0"
FES = "http://www.opengis.net/fes/2.0"
OGC = "http://www.opengis.net/ogc"
OWS = "http://www.opengis.net/ows"
OWS11 = "http://www.opengis.net/ows/1.1"
OWS20 = "http://www.opengis.net/ows/2.0"
ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
OPENSEARCH_GEO = "http://a9.com/-/opensearch/extensions/geo/1.0/"
OPENSEARCH_TIME = "http://a9.com/-/opensearch/extensions/time/1.0/"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
XSD = "http://www.w3.org/2001/XMLSchema"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"

#: The prefix that we write for each namespace.
PREFIXES: dict[str, str] = {
    "oai": OAI,
    "oai_dc": OAI_DC,
    "dc": DC,
    "dct": DCT,
    "qdc": QDC,
    "oai_qdc": OAI_QDC,
    "rdf": RDF,
    "rdfs": RDFS,
    "dcat": DCAT,
    "foaf": FOAF,
    "vcard": VCARD,
    "skos": SKOS,
    "prov": PROV,
    "org": ORG,
    "gmd": GMD,
    "gco": GCO,
    "gmx": GMX,
    "gsr": GSR,
    "gss": GSS,
    "gts": GTS,
    "srv": SRV,
    "gmi": GMI,
    "gml": GML32,
    "csw": CSW,
    "ogc": OGC,
    "ows": OWS,
    "xlink": XLINK,
    "xsi": XSI,
    "xsd": XSD,
}

#: All packages of ISO 19115-3 are below this.
ISO19115_3_ROOT = "http://standards.iso.org/iso/19115/-3/"
#: The packages of ISO 19115-3 that we write, and their prefixes: `srv` is not that of ISO 19139.
ISO19115_3: dict[str, str] = {
    package: f"{ISO19115_3_ROOT}{package}/{version}"
    for package, version in (
        ("mdb", "2.0"), ("cit", "2.0"), ("gco", "1.0"), ("gcx", "1.0"), ("gex", "1.0"), ("lan", "1.0"),
        ("mcc", "1.0"), ("mco", "1.0"), ("mrd", "1.0"), ("mri", "1.0"), ("mrl", "2.0"), ("mrs", "1.0"),
        ("srv", "2.0"),
    )
}  # fmt: skip
#: Data quality (ISO 19157), which ISO 19115-3 has its reports from.
MDQ = "http://standards.iso.org/iso/19157/-2/mdq/1.0"
