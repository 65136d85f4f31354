"""CQL2 as a constraint language of GetRecords by GET: the same queryables, under CSW's names."""

from __future__ import annotations

import pytest

from csw_client import CswClient
from query_truth import Known

GET = {
    "service": "CSW", "version": "2.0.2", "request": "GetRecords", "typenames": "csw:Record",
    "resultType": "results", "elementSetName": "brief", "maxRecords": "1000",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "constraint", "cql"),
    [
        ("CQL2-TEXT", "dc:subject = 'lead'", "dc:subject = 'lead'"),
        ("CQL2-TEXT", "CASEI(dc:title) LIKE CASEI('%LEAD%')", "dc:title ILIKE '%lead%'"),
        ("CQL2-TEXT", "S_WITHIN(BoundingBox, BBOX(0,-90,90,90))",
         "WITHIN(BoundingBox, ENVELOPE(0,90,90,-90))"),
        ("CQL2-JSON", '{"op":">","args":[{"property":"dct:issued"},"2003"]}', "dct:issued > '2003'"),
        ("CQL2-TEXT", "NOT (dct:spatial = 'lead')", "NOT dct:spatial = 'lead' AND dct:spatial IS NOT NULL"),
    ],
)  # fmt: skip
def test_it_finds_what_cql_finds(
    random_csw: CswClient, known: list[Known], language: str, constraint: str, cql: str
) -> None:
    found = random_csw.get(constraintLanguage=language, constraint=constraint, **GET)
    expected = random_csw.get(constraintLanguage="CQL_TEXT", constraint=cql, **GET)
    assert found.exception is None
    assert 0 < len(found.identifiers) < len(known)
    assert found.identifiers == expected.identifiers


@pytest.mark.parametrize(
    ("constraint", "locator"), [("dc:title ~ 'a'", "filter"), ("dc:nothing = 'a'", "dc:nothing")]
)
def test_what_it_cannot_say_is_an_exception(random_csw: CswClient, constraint: str, locator: str) -> None:
    answer = random_csw.get(constraintLanguage="CQL2-TEXT", constraint=constraint, **GET)
    assert answer.exception == ("InvalidParameterValue", locator)
