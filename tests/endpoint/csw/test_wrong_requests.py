"""Real requests with something wrong in them: each is answered, soon, by a document of the service."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from lxml import etree

from csw_client import Answer, CswClient
from csw_fuzz import Sent, bodies, fault, requests

REPORT = (
    '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows" version="{}">'
    '<ows:Exception exceptionCode="{}">'
    "<ows:ExceptionText>{}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
)


@pytest.mark.corpus
def test_wrong_requests_are_answered(random_csw: CswClient, corpus: Path) -> None:
    sent = islice(requests(bodies(corpus), seed=2026), 600)
    assert [(told, one) for one in sent if (told := fault(one, random_csw))] == []


class _Answers(CswClient):
    """Gives one answer to everything."""

    def __init__(self, content: str, status: int = 200) -> None:
        self._answer = Answer(etree.fromstring(content), content.encode(), "application/xml", status)

    def get(self, *_: object, **__: object) -> Answer:  # type: ignore[override]
        return self._answer


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (REPORT.format("1.2.0", "InvalidParameterValue", "x is y"), 200, ""),
        (REPORT.format("1.2.0", "InvalidParameterValue", "x is y"), 500, "status 500"),
        (REPORT.format("1.2.0", "InvalidParameterValue", "x is y"), 404, "a report of 2.0.2"),
        (REPORT.format("3.0.0", "InvalidParameterValue", "x is y"), 200, "of version 3.0.0"),
        (REPORT.format("1.2.0", "Oops", "x is y"), 200, "Oops"),
        (REPORT.format("1.2.0", "NoApplicableCode", ""), 200, "NoApplicableCode"),
        (REPORT.format("1.2.0", "NoApplicableCode", "Traceback (most recent"), 200, "Traceback"),
        ("<html/>", 404, "html with status 404"),
    ],
)
def test_faults_are_noticed(content: str, status: int, told: str) -> None:
    found = fault(Sent(query="x"), _Answers(content, status))
    assert found == told if not told else told in found
