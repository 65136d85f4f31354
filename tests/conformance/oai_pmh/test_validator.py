"""The checks of the validator behind openarchives.org/Register, on SQLite and PostgreSQL.

Its 38 checks and the two of an oai-identifier description, in its order and in its terms
(HTTP::OAIPMH::Validator); where it takes any of several error codes, so do we.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
import requests
from lxml import etree

from catalogue.store import Store

SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
XSI = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


class Validator:
    """Asks as the validator does: a fresh request each, the answer parsed, and its date looked at."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.passed: list[str] = []

    def ask(self, query: str, *, post: dict[str, str] | None = None) -> etree._Element:
        if post is None:
            answer = requests.get(f"{self.base_url}?{query}", timeout=30)
        else:
            answer = requests.post(self.base_url, post, timeout=30)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        root = etree.fromstring(answer.content)
        assert re.search(rb"<OAI-PMH ", answer.content)
        assert root.get(XSI) == (
            "http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
        )
        assert SECONDS.fullmatch(text(root, "responseDate"))
        return root

    def check(self, name: str, *, holds: bool) -> None:
        assert holds, name
        self.passed.append(name)

    def ask_and_check(self, query: str) -> etree._Element:
        root = self.ask(query)
        self.check(f"responseDate has the right form: {query}", holds=True)
        return root


def texts(root: etree._Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(f"{{*}}{name}")]


def text(root: etree._Element, name: str) -> str:
    return texts(root, name)[0]


def codes(root: etree._Element) -> list[str]:
    return [str(element.get("code")) for element in root.iter("{*}error")]


def expected_errors(identifier: str) -> Iterator[tuple[str, set[str]]]:
    bad = {"badArgument"}
    yield "junk", {"badVerb"}
    yield "verb=junk", {"badVerb"}
    yield "verb=GetRecord&metadataPrefix=oai_dc", bad
    yield f"verb=GetRecord&identifier={identifier}", bad
    yield 'verb=GetRecord&identifier=invalid"id&metadataPrefix=oai_dc', {"badArgument", "idDoesNotExist"}
    yield "verb=ListIdentifiers&until=junk", bad
    yield "verb=ListIdentifiers&from=junk", bad
    yield "verb=ListIdentifiers&resumptionToken=junk&until=2000-02-05", bad
    yield "verb=ListRecords&metadataPrefix=oai_dc&from=junk", bad
    yield "verb=ListRecords&resumptionToken=junk", {"badResumptionToken"}
    yield "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=junk&until=1990-01-10", bad
    yield "verb=ListRecords&metadataPrefix=oai_dc&until=junk", bad
    yield "verb=ListRecords", bad


@pytest.mark.parametrize("page_size", [10, 1000])
def test_the_official_checks(catalogue: Store, serve: Callable[..., str], page_size: int) -> None:
    validator = Validator(serve(catalogue, page_size))
    earliest = check_identify(validator)
    specs = check_sets(validator)
    identifier = check_identifiers(validator, specs[0])
    check_formats(validator, identifier)
    check_records(validator, identifier, specs[0])
    for query, accepted in expected_errors(identifier):
        found = codes(validator.ask(query))
        validator.check(f"{query} is {accepted}", holds=bool(accepted & set(found)))
    validator.check("all error requests", holds=True)
    check_dates(validator, earliest)
    check_post(validator, identifier)
    check_tokens(validator, used=page_size == 10)
    assert len(validator.passed) == 40


def check_identify(validator: Validator) -> str:
    root = validator.ask("verb=Identify")
    validator.check("adminEmail", holds=bool(re.fullmatch(r"\S+@(\S+\.)+\S+", text(root, "adminEmail"))))
    validator.check("protocolVersion", holds=texts(root, "protocolVersion") == ["2.0"])
    validator.check("baseURL", holds=root.findtext(".//{*}Identify/{*}baseURL") == validator.base_url)
    validator.check("granularity", holds=texts(root, "granularity") == ["YYYY-MM-DDThh:mm:ssZ"])
    earliest = text(root, "earliestDatestamp")
    validator.check("earliestDatestamp", holds=bool(SECONDS.fullmatch(earliest)))
    [description] = root.iter("{*}oai-identifier")
    namespace = "http://www.openarchives.org/OAI/2.0/oai-identifier"
    validator.check("oai-identifier 2.0", holds=etree.QName(description).namespace == namespace)
    legal = re.fullmatch(
        r"[a-z][a-z0-9\-]*(\.[a-z][a-z0-9\-]+)+", text(root, "repositoryIdentifier"), re.IGNORECASE
    )
    validator.check("repositoryIdentifier", holds=bool(legal))
    return earliest


def check_sets(validator: Validator) -> list[str]:
    root = validator.ask_and_check("verb=ListSets")
    validator.check("set names", holds=len(texts(root, "setSpec")) > 0)
    return texts(root, "setSpec")


def check_identifiers(validator: Validator, spec: str) -> str:
    root = validator.ask_and_check(f"verb=ListIdentifiers&metadataPrefix=oai_dc&set={spec}")
    live = [header for header in root.iter("{*}header") if header.get("status") != "deleted"]
    validator.check("an identifier", holds=bool(live))
    return str(live[0].findtext("{*}identifier"))


def check_formats(validator: Validator, identifier: str) -> None:
    root = validator.ask_and_check(f"verb=ListMetadataFormats&identifier={quote(identifier)}")
    validator.check("formats of the item", holds=bool(texts(root, "metadataPrefix")))
    validator.check("oai_dc", holds="oai_dc" in texts(root, "metadataPrefix"))


def check_records(validator: Validator, identifier: str, spec: str) -> None:
    record = f"verb=GetRecord&identifier={quote(identifier)}&metadataPrefix=oai_dc"
    root = validator.ask_and_check(record)
    stamp = text(root, "datestamp")
    validator.check("the datestamp's form", holds=bool(SECONDS.fullmatch(stamp)))
    validator.check("the datestamp's granularity", holds=len(stamp) == len("YYYY-MM-DDThh:mm:ssZ"))
    found = texts(root, "setSpec")
    validator.check("setSpec", holds=any(one == spec or one.startswith(f"{spec}:") for one in found))
    query = f"verb=ListRecords&from={stamp}&until={stamp}&metadataPrefix=oai_dc"
    root = validator.ask_and_check(query)
    validator.check("well-formed", holds=True)
    while identifier not in texts(root, "identifier"):
        [token] = texts(root, "resumptionToken")
        assert token
        root = validator.ask(f"verb=ListRecords&resumptionToken={quote(token)}")
    validator.check("from and until are inclusive", holds=True)


def check_dates(validator: Validator, earliest: str) -> None:
    listing = "verb=ListRecords&metadataPrefix=oai_dc"
    mixed = codes(validator.ask(f"{listing}&from=2002-02-05&until=2002-02-06T05:35:00Z"))
    validator.check("mixed granularity", holds=mixed == ["badArgument"])
    early = f"{int(earliest[:4]) - 1}{earliest[4:]}"
    validator.check("too early", holds=codes(validator.ask(f"{listing}&until={early}")) == ["noRecordsMatch"])


def check_post(validator: Validator, identifier: str) -> None:
    root = validator.ask("", post={"verb": "Identify"})
    validator.check("POST Identify", holds=len(list(root.iter("{*}Identify"))) == 1)
    wanted = {"verb": "GetRecord", "identifier": identifier, "metadataPrefix": "oai_dc"}
    root = validator.ask("", post=wanted)
    validator.check("POST GetRecord", holds=len(list(root.iter("{*}GetRecord"))) == 1)


def check_tokens(validator: Validator, *, used: bool) -> None:
    root = validator.ask("verb=ListRecords&metadataPrefix=oai_dc")
    elements = list(root.iter("{*}resumptionToken"))
    if not used:
        assert elements == []
        validator.check("resumptionToken not used", holds=True)
        return
    [element] = elements
    assert element.text
    assert element.get("cursor") == "0"
    root = validator.ask(f"verb=ListRecords&resumptionToken={quote(element.text)}")
    validator.check("resumption works", holds=codes(root) == [])
