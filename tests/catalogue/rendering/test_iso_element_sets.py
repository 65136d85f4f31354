"""Brief and summary of ISO 19139: what the profile asks for is there, and what was valid stays so."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from catalogue.rendering.iso_element_sets import cut

#: What the sets hold where the full record has it (OGC 07-045, 7.4.1 and 7.4.2).
BRIEF = (
    "fileIdentifier", "hierarchyLevel", "identificationInfo/*/citation/*/title",
    "identificationInfo/*/extent//EX_GeographicBoundingBox",
    "identificationInfo/*/graphicOverview/*/fileName",
    "identificationInfo/*/serviceType", "identificationInfo/*/serviceTypeVersion",
)  # fmt: skip
SUMMARY = (
    *BRIEF, "language", "characterSet", "parentIdentifier", "contact", "dateStamp", "metadataStandardName",
    "metadataStandardVersion", "referenceSystemInfo", "identificationInfo/*/abstract",
    "identificationInfo/*/pointOfContact", "identificationInfo/*/resourceConstraints",
    "identificationInfo/*/spatialResolution", "identificationInfo/*/language",
    "identificationInfo/*/topicCategory", "identificationInfo/*/citation/*/identifier",
    "distributionInfo/*/distributionFormat/*/name", "distributionInfo/*/transferOptions/*/onLine",
    "dataQualityInfo/*/lineage", "identificationInfo/*/couplingType", "identificationInfo/*/operatesOn",
    "identificationInfo/*/containsOperations/*/operationName",
)  # fmt: skip
#: What neither holds.
LEFT = ("metadataMaintenance", "spatialRepresentationInfo", "contentInfo", "identificationInfo/*/purpose")


def all_of(document: bytes, path: str) -> list[str]:
    root = etree.fromstring(document)
    steps = path.replace("//", "/#/").split("/")
    named = "/".join("" if s == "#" else "*" if s == "*" else f"*[local-name()='{s}']" for s in steps)
    return ["".join(one.itertext()).strip() for one in root.xpath(named)]


@pytest.mark.corpus
def test_real_records(corpus: Path, iso19139_schema: etree.XMLSchema) -> None:
    told, valid, smaller = 0, 0, 0
    for path in sorted((corpus / "iso19139").glob("*.xml")):
        try:
            root = etree.parse(path).getroot()
        except etree.XMLSyntaxError:
            continue
        if etree.QName(root).localname != "MD_Metadata":
            continue
        full = etree.tostring(root, encoding="utf-8")
        assert cut(full, "full") is full
        for element_set, paths in (("brief", BRIEF), ("summary", SUMMARY)):
            part = cut(full, element_set)
            for wanted in paths:
                if "graphicOverview" in wanted or wanted.endswith("citation/*/title"):
                    found = all_of(part, wanted)
                    assert found == all_of(full, wanted), (path.name, element_set, wanted)
                    told += bool(found)
                else:
                    assert len(all_of(part, wanted)) == len(all_of(full, wanted)), (path.name, wanted)
            for absent in LEFT:
                assert not all_of(part, absent)
            smaller += len(part) < len(full)
            if iso19139_schema.validate(etree.fromstring(full)):
                iso19139_schema.assertValid(etree.fromstring(part))
                valid += 1
    assert told > 50
    assert valid > 20
    assert smaller > 50


def test_services_and_extents_without_a_box() -> None:
    record = (
        b'<MD_Metadata xmlns="http://www.isotc211.org/2005/gmd" xmlns:srv="http://www.isotc211.org/2005/srv">'
        b"<identificationInfo><srv:SV_ServiceIdentification><purpose/><srv:serviceType>view</srv:serviceType>"
        b"<srv:extent><EX_Extent><description/><geographicElement><EX_GeographicDescription/></geographicElement>"
        b"</EX_Extent></srv:extent><srv:extent><EX_Extent><geographicElement><EX_GeographicBoundingBox/>"
        b"</geographicElement><temporalElement/></EX_Extent></srv:extent></srv:SV_ServiceIdentification>"
        b"</identificationInfo><dataQualityInfo><DQ_DataQuality><scope/><report/></DQ_DataQuality>"
        b"</dataQualityInfo></MD_Metadata>"
    )
    for element_set in ("brief", "summary"):
        root = etree.fromstring(cut(record, element_set))
        names = [etree.QName(one).localname for one in root.iter("*")]
        assert names == [
            "MD_Metadata", "identificationInfo", "SV_ServiceIdentification", "serviceType", "extent",
            "EX_Extent", "geographicElement", "EX_GeographicBoundingBox",
        ]  # fmt: skip
