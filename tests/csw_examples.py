"""Requests that others give as examples, GeoNetwork's tester and the standards, and a peer's records.

The requests come without records, so that there are no answers to compare with: each has to be answered by
the kind of document that its operation has, or is refused for a reason that is told. The peer, InGrid, has
records in ISO 19139, and what it makes of them in the common record format: ours has to say as much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from lxml import etree

from catalogue import namespaces as ns
from catalogue.rendering import csw_record
from csw_client import Answer, CswClient
from csw_suites import Score
from harvester.mapping.registry import read
from pycsw_suite import values

_PARSER = etree.XMLParser(remove_comments=True)
#: Operations, and the roots of their answers.
_ANSWERS = {
    "GetCapabilities": {"Capabilities"},
    "DescribeRecord": {"DescribeRecordResponse"},
    "GetDomain": {"GetDomainResponse"},
    "GetRecords": {"GetRecordsResponse", "Acknowledgement"},
    "GetRecordById": {"GetRecordByIdResponse", "Record", "SummaryRecord", "BriefRecord"},
    "Transaction": {"TransactionResponse"},
    "Harvest": {"HarvestResponse"},
}
_DATESTAMP = "2026-01-01T00:00:00Z"
_SPATIAL = {
    "BBOX", "Intersects", "Disjoint", "Within", "Contains", "Equals", "Touches", "Overlaps", "Crosses",
    "DWithin", "Beyond",
}  # fmt: skip
_TEMPORAL = {
    "After", "Before", "During", "Begins", "BegunBy", "TContains", "TEquals", "TOverlaps", "Meets", "MetBy",
    "OverlappedBy", "Ends", "EndedBy", "AnyInteracts",
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A request, and the kinds of answer that it may have."""

    name: str
    body: bytes
    kinds: frozenset[str]

    def sent(self, client: CswClient) -> Answer:
        """Our answer."""
        return client.post(self.body)


def requests(folder: Path) -> Iterator[Example]:
    """Every request in a folder; what is no request is passed over."""
    for file in sorted(folder.rglob("*.xml")):
        root = etree.parse(file, _PARSER).getroot()
        operation = etree.QName(root).localname
        if operation in _ANSWERS and root.tag.startswith("{http://www.opengis.net/cat/csw"):
            yield Example(file.stem, etree.tostring(root), frozenset(_ANSWERS[operation]))


def filters(folder: Path) -> Iterator[Example]:
    """Every filter in a folder, in a request of 3.0.0, about properties that our records have."""
    for file in sorted(folder.rglob("*.xml")):
        root = etree.parse(file, _PARSER).getroot()
        if etree.QName(root).localname != "Filter":
            continue
        for element in root.iter(f"{{{ns.FES}}}ValueReference"):
            operator = etree.QName(element.getparent()).localname
            element.text = _about(operator)
        request = etree.Element(
            f"{{{ns.CSW30}}}GetRecords", service="CSW", version="3.0.0", nsmap={"csw30": ns.CSW30}
        )
        query = etree.SubElement(request, f"{{{ns.CSW30}}}Query", typeNames="csw30:Record")
        etree.SubElement(query, f"{{{ns.CSW30}}}Constraint", version="2.0.0").append(root)
        name = f"{file.parent.name}-{file.stem}"
        yield Example(name, etree.tostring(request), frozenset({"GetRecordsResponse"}))


def _about(operator: str) -> str:
    if operator in _SPATIAL:
        return "BoundingBox"
    if operator in {"TContains", "TOverlaps"}:
        return "TemporalExtent"
    return "Modified" if operator in _TEMPORAL else "Title"


def all_examples(corpus: Path) -> dict[str, list[Example]]:
    """The requests, by whose they are."""
    suites = corpus / "suites"
    return {
        "geonetwork": list(requests(suites / "geonetwork-csw-requests" / "test")),
        "ogc-csw202": list(requests(suites / "ogc-csw202-examples")),
        "ogc-csw30": list(requests(suites / "ogc-csw30-examples")),
        "ogc-filter20": list(filters(suites / "ogc-filter20-examples")),
    }


def answered(name: str, found: list[Example], client: CswClient) -> Score:
    """Send the examples, and tell which are not answered."""
    score = Score(name, len(found))
    for one in found:
        answer = one.sent(client)
        if answer.kind not in one.kinds:
            score.unlike[one.name] = {
                "kind": (answer.kind, sorted(one.kinds)),
                "exception": (_why(answer), ""),
            }
    return score


def _why(answer: Answer) -> str:
    code, locator = answer.exception or ("", "")
    return f"{code} {locator}: {' '.join(answer.root.itertext())}"


def pairs(corpus: Path) -> Score:
    """Each element of the peer's common records, and whether ours of the same ISO record says as much."""
    score = Score("ingrid")
    for file in sorted((corpus / "suites" / "ingrid-iso-csw-elementsets").glob("*/*_full_GMD.xml")):
        (iso,) = etree.parse(file).iter(f"{{{ns.GMD}}}MD_Metadata")
        _, record = read(etree.tostring(iso, with_tail=False))
        for element_set in get_args(csw_record.ElementSet):
            theirs = next(_common(file.with_name(file.name.replace("full_GMD", f"{element_set}_OGC"))))
            ours = csw_record.write(
                record, identifier=record.metadata_identifier, element_set=element_set, datestamp=_DATESTAMP
            )
            said = values(etree.fromstring(ours))
            for name, expected in values(theirs).items():
                score.sent += 1
                if not expected <= said.get(name, set()):
                    score.unlike[f"{name}-{element_set}-{file.stem[:8]}"] = {
                        "content": (said.get(name), expected)
                    }
    return score


def _common(file: Path) -> Iterator[etree._Element]:
    return (
        one for one in etree.parse(file).iter() if isinstance(one.tag, str) and one.tag.endswith("Record")
    )
