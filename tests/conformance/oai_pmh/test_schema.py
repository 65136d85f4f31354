"""Every kind of answer is valid against the official schema, and so are the records inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
import requests
from lxml import etree

from catalogue.store import Store

OURS = "oai:clearinghouse.localdomain:nile:"
QUERIES = (
    "verb=Identify",
    "verb=ListSets",
    "verb=ListMetadataFormats",
    f"verb=ListMetadataFormats&identifier={OURS}r01",
    f"verb=ListMetadataFormats&identifier={OURS}none",
    f"verb=GetRecord&metadataPrefix=oai_dc&identifier={OURS}r01",
    f"verb=GetRecord&metadataPrefix=iso19139&identifier={OURS}r01",
    f"verb=GetRecord&metadataPrefix=oai_dc&identifier={OURS}r03",
    f"verb=GetRecord&metadataPrefix=marc&identifier={OURS}r01",
    f"verb=GetRecord&metadataPrefix=oai_dc&identifier={OURS}%22%3C%C3%A9",
    "",
    "verb=junk",
    "verb=ListRecords",
    "verb=ListRecords&metadataPrefix=marc",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2999-01-01",
    "verb=ListRecords&metadataPrefix=oai_dc&set=source%3Anone",
    "verb=ListRecords&resumptionToken=%3Cjunk%3E",
    "verb=ListSets&resumptionToken=junk",
)


def answers(base_url: str) -> Iterator[etree._Element]:
    for query in QUERIES:
        yield etree.fromstring(requests.get(f"{base_url}?{query}", timeout=30).content)
    for verb in ("ListRecords", "ListIdentifiers"):
        for prefix in ("oai_dc", "iso19139"):
            query = f"metadataPrefix={prefix}&set=source:nile&from=2020-01-01"
            while query:
                root = etree.fromstring(requests.get(f"{base_url}?verb={verb}&{query}", timeout=30).content)
                yield root
                token = root.findtext(".//{*}resumptionToken")
                query = f"resumptionToken={quote(token)}" if token else ""


@pytest.mark.corpus
def test_answers_are_valid(
    catalogue: Store, serve: Callable[..., str], oai_pmh_schema: etree.XMLSchema
) -> None:
    found = list(answers(serve(catalogue)))
    for root in found:
        oai_pmh_schema.assertValid(root)
    assert len(found) == len(QUERIES) + 4 * 3
