"""Whatever is sent to CSW 3.0.0, the answer is valid and names what is wrong; never a 500."""

# ruff: noqa: E501 - tables with a request a line
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from csw_client import NAMESPACES, CswClient

pytestmark = pytest.mark.corpus

RELAXED = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
STATUSES = {200, 400, 404, 501}
_NAMES = st.sampled_from(
    ["service", "version", "request", "typeNames", "maxRecords", "startPosition", "id", "recordIds", "sortBy", "q",
     "bbox", "time", "constraint", "constraintLanguage", "elementName", "elementSetName", "outputSchema",
     "outputFormat", "namespace", "sections", "valueReference", "parameterName", "resultType", "AcceptVersions",
     "acceptFormats", "requestId", "mode"]
)  # fmt: skip
_VALUES = st.sampled_from(
    ["CSW", "3.0.0", "2.0.2", "GetRecords", "GetRecordById", "GetDomain", "GetRepositoryItem", "GetCapabilities",
     "csw30:Record", "1", "0", "dc:title", "brief", "FILTER", "CQL_TEXT", "All", "", "1,2,3,4", "170,-10,-170,10",
     "2003/2004", "/", '"', '"a b" c', "application/atom+xml", NAMESPACES["atom"], "opensearch", "possible", ","]
) | st.text(max_size=20, alphabet=st.characters(exclude_categories=["Cs"]))  # fmt: skip
_ACCEPTS = st.sampled_from(["", "*/*", "application/atom+xml", "text/html, application/xml", ";;,,"])


@RELAXED
@given(parameters=st.dictionaries(_NAMES, _VALUES, max_size=7), accept=_ACCEPTS)
def test_any_parameters_at_all_are_answered(
    csw30: CswClient, parameters: dict[str, str], accept: str
) -> None:
    good = {"service": "CSW", "version": "3.0.0", "request": "GetRecords", "typeNames": "csw30:Record"}
    answer = csw30.get(valid=False, accept=accept, **(good | parameters))
    assert answer.status in STATUSES
    assert (answer.status == 200) is (answer.exception is None) or answer.root.get("version") == "1.2.0"


@pytest.mark.parametrize(
    ("body", "code", "locator"),
    [
        ("<GetRecords {}/>", "MissingParameterValue", "Query"),
        ("<GetRecords {}><Query/></GetRecords>", "MissingParameterValue", "typeNames"),
        ("<GetRecords {}><Query typeNames='Record'><Other/></Query></GetRecords>", "InvalidParameterValue", "Other"),
        ("<GetRecords {} maxRecords='-1'><Query typeNames='Record'/></GetRecords>", "InvalidParameterValue", "maxRecords"),
        ("<GetRecordById {}/>", "MissingParameterValue", "id"),
        ("<GetRecordById {}><Id>a</Id><Id>b</Id></GetRecordById>", "InvalidParameterValue", "id"),
        ("<GetDomain {}/>", "MissingParameterValue", "ParameterName"),
        ("<GetDomain {}><ValueReference resultType='x'>dc:title</ValueReference></GetDomain>", "InvalidParameterValue", "resultType"),
        ("<GetDomain {}><ValueReference>dc:title</ValueReference><Filter/></GetDomain>", "InvalidParameterValue", "Filter"),
        ("<GetEverything {}/>", "InvalidParameterValue", "request"),
    ],
)  # fmt: skip
def test_wrong_documents(csw30: CswClient, body: str, code: str, locator: str) -> None:
    declared = f'xmlns="{NAMESPACES["csw30"]}" service="CSW" version="3.0.0"'
    answer = csw30.post(body.format(declared))
    assert (answer.status, answer.exception) == (400, (code, locator))


def test_the_examples_of_the_standard_are_answered(csw30: CswClient, corpus: Path) -> None:
    """Every request among them: with records, or with an exception that names what we have not."""
    sent = 0
    for file in sorted((corpus / "suites" / "ogc-csw30-examples").glob("*.xml")):
        root = etree.parse(file).getroot()
        name = etree.QName(root)
        if name.namespace != NAMESPACES["csw30"] or not name.localname.startswith(
            ("Get", "Transaction", "Harvest")
        ):
            continue
        if name.localname.endswith("Response"):
            continue
        sent += 1
        answer = csw30.post(file.read_bytes(), valid=False)
        assert answer.status in STATUSES, file.name
        assert answer.exception is None or all(answer.exception), file.name
    assert sent > 5


def test_the_examples_of_filter_encoding_are_answered(csw30: CswClient, corpus: Path) -> None:
    sent = 0
    for file in sorted((corpus / "suites" / "ogc-filter20-examples").rglob("filter*.xml")):
        root = etree.parse(file).getroot()
        if etree.QName(root).localname != "Filter":
            continue
        sent += 1
        query = etree.fromstring(
            f'<GetRecords xmlns="{NAMESPACES["csw30"]}" service="CSW" version="3.0.0"><Query typeNames="Record">'
            '<ElementSetName>brief</ElementSetName><Constraint version="2.0.0"/></Query></GetRecords>'
        )
        query[0][1].append(root)
        answer = csw30.post(etree.tostring(query))
        assert answer.status in {200, 400}, file.name
        assert answer.exception is None or all(answer.exception), file.name
    assert sent > 50
