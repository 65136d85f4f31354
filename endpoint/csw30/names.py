"""What this service has under the names of CSW 3.0.0 (OGC 12-176r7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue import namespaces as ns
from endpoint.csw import names, outputs

VERSION: Final = "3.0.0"
#: The versions that the service speaks: the one for those who name none comes first.
VERSIONS: Final = (names.VERSION, VERSION)
RECORD: Final = "csw30:Record"
#: Types that may be queried. Clients name csw:Record by either namespace, or by none.
TYPES: Final[Mapping[tuple[str, str], str]] = {
    (ns.CSW30, "Record"): RECORD,
    (ns.CSW, "Record"): RECORD,
    ("", "Record"): RECORD,
    (ns.GMD, "MD_Metadata"): "gmd:MD_Metadata",
    (ns.MDB, "MD_Metadata"): "mdb:MD_Metadata",
}
OUTPUT_SCHEMAS: Final = (ns.CSW30, *outputs.SCHEMAS)
XML: Final = "application/xml"
ATOM: Final = "application/atom+xml"
JSON: Final = "application/json"
OUTPUT_FORMATS: Final = (XML, ATOM, JSON)
#: Formats of the capabilities.
ACCEPT_FORMATS: Final = (XML, "text/xml", JSON)
OPENSEARCH: Final = "application/opensearchdescription+xml"
SECTIONS: Final = (
    "ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Languages", "Filter_Capabilities",
)  # fmt: skip
#: Operations of the standard that this service does not have.
REFUSED: Final = frozenset({"Transaction", "Harvest", "UnHarvest", "DescribeRecord"})
#: What GetDomain can be asked for: values that there are, or that there could be (12-176r7, 7.2.4.3).
RESULT_TYPES: Final = ("available", "possible")
