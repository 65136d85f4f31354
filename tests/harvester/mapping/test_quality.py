# ruff: noqa: E501 - samples of XML are read best on one line
"""Conformance and security constraints: what is read of them, written, and answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from catalogue.record import Conformance, Record, Security, Text, from_json, to_json
from catalogue.rendering import render
from catalogue.values import search_text, values_of
from harvester.mapping.registry import read

NAMESPACES = (
    'xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"'
    ' xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:xlink="http://www.w3.org/1999/xlink"'
)
REGULATION = "https://example.org/regulation/1089"


def metadata(content: str) -> Record:
    return read(f"<gmd:MD_Metadata {NAMESPACES}>{content}</gmd:MD_Metadata>".encode())[1]


def string(name: str, value: str) -> str:
    return f"<gmd:{name}><gco:CharacterString>{value}</gco:CharacterString></gmd:{name}>"


def coded(name: str, codelist: str, value: str) -> str:
    return f'<gmd:{name}><gmd:{codelist} codeList="x" codeListValue="{value}"/></gmd:{name}>'


TITLE = string("title", "Wells")


def dated(value: str, kind: str) -> str:
    return f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{value}</gco:Date></gmd:date>{kind}</gmd:CI_Date></gmd:date>"


def result(specification: str, rest: str) -> str:
    return (
        "<gmd:report><gmd:DQ_DomainConsistency><gmd:result><gmd:DQ_ConformanceResult>"
        f"<gmd:specification>{specification}</gmd:specification>{rest}"
        "</gmd:DQ_ConformanceResult></gmd:result></gmd:DQ_DomainConsistency></gmd:report>"
    )


def boolean(value: str) -> str:
    return f"<gmd:pass><gco:Boolean>{value}</gco:Boolean></gmd:pass>"


def of_reports(*reports: str) -> Record:
    return metadata(
        "<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>" + TITLE
        + "</gmd:CI_Citation></gmd:citation></gmd:MD_DataIdentification></gmd:identificationInfo>"
        + "<gmd:dataQualityInfo><gmd:DQ_DataQuality>" + "".join(reports)
        + "</gmd:DQ_DataQuality></gmd:dataQualityInfo>"
    )  # fmt: skip


def test_each_result_names_its_specification_and_says_whether_the_resource_conforms() -> None:
    published = coded("dateType", "CI_DateTypeCode", "publication")
    anchor = f'<gmd:title><gmx:Anchor xlink:href="{REGULATION}">A regulation</gmx:Anchor></gmd:title>'
    record = of_reports(
        result(f"<gmd:CI_Citation>{anchor}{dated('2010-12-08', published)}</gmd:CI_Citation>",
               string("explanation", "See there.") + boolean("true")),
        result("<gmd:CI_Citation>" + string("title", "A guideline") + "</gmd:CI_Citation>", boolean(" 0 ")),
        result("<gmd:CI_Citation>" + string("title", "A plan") + "</gmd:CI_Citation>",
               '<gmd:pass gco:nilReason="unknown"/>'),
        result('<gmd:CI_Citation><gmd:title gco:nilReason="missing"/></gmd:CI_Citation>', boolean("false")),
        "<gmd:report><gmd:DQ_DomainConsistency><gmd:result><gmd:DQ_QuantitativeResult/></gmd:result></gmd:DQ_DomainConsistency></gmd:report>",
        '<gmd:report gco:nilReason="missing"/>',
        result("", '<gmd:pass gco:nilReason="unknown"/>'),
    )  # fmt: skip
    assert record.conformance == (
        Conformance(
            Text.of("A regulation"), REGULATION, "2010-12-08", "publication", True, Text.of("See there.")
        ),
        Conformance(Text.of("A guideline"), degree=False),
        Conformance(Text.of("A plan")),
        Conformance(Text(()), degree=False),
    )


def test_a_specification_may_be_a_reference() -> None:
    sent = result("", boolean("1")).replace(
        "<gmd:specification>", f'<gmd:specification xlink:href="{REGULATION}" xlink:title="A regulation">'
    )
    assert of_reports(sent).conformance == (Conformance(Text.of("A regulation"), REGULATION, degree=True),)


def test_constraints_for_the_sake_of_security() -> None:
    record = metadata(
        "<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>" + TITLE
        + "</gmd:CI_Citation></gmd:citation><gmd:resourceConstraints><gmd:MD_SecurityConstraints>"
        + string("useLimitation", "ask us") + coded("classification", "MD_ClassificationCode", "restricted")
        + string("userNote", "Holds addresses.") + string("classificationSystem", "National")
        + "</gmd:MD_SecurityConstraints></gmd:resourceConstraints><gmd:resourceConstraints>"
        + '<gmd:MD_SecurityConstraints><gmd:classification gco:nilReason="missing"/></gmd:MD_SecurityConstraints>'
        + "</gmd:resourceConstraints></gmd:MD_DataIdentification></gmd:identificationInfo>"
    )  # fmt: skip
    assert record.security == (Security("restricted", Text.of("Holds addresses."), "National"), Security())
    assert [right.kind for right in record.rights] == ["useLimitation"]


FULL = Record(
    title=Text.of("Wells", "en"),
    metadata_language="en",
    conformance=(
        Conformance(Text.of("A regulation", "en"), REGULATION, "2010-12-08", "publication", True),
        Conformance(
            Text.of("A guideline", "en"), date="2015", degree=False, explanation=Text.of("No.", "en")
        ),
        Conformance(Text(()), date_type="revision"),
    ),
    security=(Security("restricted", Text.of("Holds addresses.", "en"), "National"), Security()),
)


@pytest.mark.corpus
@pytest.mark.parametrize("prefix", ["iso19139", "iso19115-3"])
def test_what_is_written_is_valid(prefix: str, xsd: Callable[[str], etree.XMLSchema]) -> None:
    for record in (FULL, replace(FULL, service_type="view"), replace(FULL, lineage=Text.of("Counted."))):
        made = render(record, prefix, identifier="x", datestamp="2026-01-02T03:04:05Z")
        xsd(prefix).assertValid(etree.fromstring(made))


def answers(record: Record, name: str) -> list[str]:
    return [value for queryable, value in values_of(record, identifier="x") if queryable == name]


def test_what_a_record_answers() -> None:
    assert answers(FULL, "specification") == ["A regulation", "A guideline"]
    assert answers(FULL, "specification_date") == ["2010-12-08", "2015"]
    assert answers(FULL, "specification_date_type") == ["publication", "revision"]
    assert answers(FULL, "degree") == ["true", "false"]
    assert answers(FULL, "conforms_to") == ["A regulation"]
    assert answers(FULL, "secured") == ["true"]
    assert answers(FULL, "classification") == ["restricted"]
    assert answers(Record(title=Text.of("x")), "secured") == ["false"]
    assert "a guideline" in search_text(FULL)
    assert "restricted" not in search_text(FULL)


def test_a_record_that_an_earlier_release_kept_has_none() -> None:
    old = from_json(b'{"title":{"values":[["en","Wells"]]}}')
    assert (old.conformance, old.security) == ((), ())
    assert to_json(old) == b'{"title":{"values":[["en","Wells"]]}}'


_XPATHS = {
    "degree": "//{0}dataQualityInfo//{0}DQ_ConformanceResult/{0}pass/*",
    "specification": "//{0}dataQualityInfo//{0}DQ_ConformanceResult/{0}specification/*/{0}title/*[1]",
    "classification": "/{0}MD_Metadata/{0}identificationInfo/*/{0}resourceConstraints/*/{0}classification/*/@codeListValue",
}  # fmt: skip


@pytest.mark.corpus
def test_real_records_answer_what_stands_in_them(corpus: Path) -> None:
    """Told by paths of XML, which know nothing of the reader."""
    space = {"gmd": "http://www.isotc211.org/2005/gmd"}
    told = 0
    for file in sorted((corpus / "iso19139").glob("*.xml")):
        content = file.read_bytes()
        if b"DQ_ConformanceResult" not in content and b"SecurityConstraints" not in content:
            continue
        root = etree.fromstring(content, etree.XMLParser(recover=True, resolve_entities=False))
        if root.tag != f"{{{space['gmd']}}}MD_Metadata":
            continue
        record = read(content)[1]
        for name, path in _XPATHS.items():
            sent = root.xpath(path.format("gmd:"), namespaces=space)
            texts = [
                " ".join((one if isinstance(one, str) else "".join(one.itertext())).split()) for one in sent
            ]
            expected = {text.lower() if name == "degree" else text for text in texts if text}
            canonical = {"1": "true", "0": "false"}
            assert {canonical.get(text, text) for text in expected} <= set(answers(record, name)), (
                file.name,
                name,
            )
            told += len(expected)
        found = root.xpath("//gmd:identificationInfo//gmd:MD_SecurityConstraints", namespaces=space)
        assert answers(record, "secured") == [str(bool(found)).lower()], file.name
    assert told > 50
