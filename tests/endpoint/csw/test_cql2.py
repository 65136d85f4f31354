"""CQL2 as a constraint language of GetRecords: the same queryables, under CSW's names."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from csw_client import CswClient, get_records
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
    told = f'<csw:Constraint version="1.1.0"><csw:CqlText>{escape(constraint)}</csw:CqlText></csw:Constraint>'
    posted = random_csw.post(
        get_records(told, maxRecords="1000"), beside=f"constraintLanguage={language}&other=1"
    )
    assert posted.identifiers == expected.identifiers
    # Without a word about it the same text is CQL.
    if language == "CQL2-JSON":
        assert random_csw.post(get_records(told)).exception == ("InvalidParameterValue", "Constraint")


@pytest.mark.parametrize(
    ("constraint", "locator"), [("dc:title ~ 'a'", "filter"), ("dc:nothing = 'a'", "dc:nothing")]
)
def test_what_it_cannot_say_is_an_exception(random_csw: CswClient, constraint: str, locator: str) -> None:
    answer = random_csw.get(constraintLanguage="CQL2-TEXT", constraint=constraint, **GET)
    assert answer.exception == ("InvalidParameterValue", locator)


def test_an_unknown_language_of_a_posted_text_is_an_exception(random_csw: CswClient) -> None:
    told = '<csw:Constraint version="1.1.0"><csw:CqlText>dc:title = 1</csw:CqlText></csw:Constraint>'
    answer = random_csw.post(get_records(told), beside="constraintLanguage=SQL")
    assert answer.exception == ("InvalidParameterValue", "CONSTRAINTLANGUAGE")
