"""What other people's clients read back is what Sickle does: all of it, and the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from oaipmh.client import Client
from oaipmh.metadata import MetadataRegistry
from oaipmh_scythe import Scythe

from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery

METADATA = "{http://www.openarchives.org/OAI/2.0/}metadata"
Read = dict[str, bytes | None]


def canonical(element: Any) -> bytes:
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(alone, method="c14n", exclusive=True)


def oaipmh_scythe(url: str, **given: str) -> Read:
    with Scythe(url) as client:
        return {
            one.header.identifier: None if one.deleted else canonical(one.xml.find(METADATA)[0])
            for one in client.list_records(
                metadata_prefix="oai_dc", **({"set_": given["set"]} if given else {})
            )
        }


def oaipmh(url: str, **given: str) -> Read:
    registry = MetadataRegistry()
    registry.registerReader("oai_dc", lambda element: element)
    found = Client(url, registry).listRecords(metadataPrefix="oai_dc", **given)
    return {
        header.identifier(): None if header.isDeleted() else canonical(metadata.find(METADATA) or metadata[0])
        for header, metadata, _ in found
    }


@pytest.mark.parametrize("read", [oaipmh_scythe, oaipmh])
def test_others_read_everything_back(
    catalogue: Store, serve: Callable[..., str], read: Callable[..., Read]
) -> None:
    expected = {
        one.identifier: one.body and canonical(etree.fromstring(one.body))
        for one in catalogue.feed.entries(FeedQuery("oai_dc"), limit=100)
    }
    assert len(expected) == 25
    url = serve(catalogue, 4)
    assert read(url) == expected
    assert read(url, set="source:nile") == expected
