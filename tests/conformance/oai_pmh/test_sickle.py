"""What Sickle reads back is what the store holds: the same count, identifiers and bytes."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

from catalogue.record import from_json
from catalogue.rendering import render
from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery, Unrendered

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)  # of its regular expressions, when first compiled
    warnings.simplefilter("ignore", DeprecationWarning)
    from sickle import Sickle
    from sickle.iterator import OAIItemIterator, OAIResponseIterator
    from sickle.oaiexceptions import BadResumptionToken, IdDoesNotExist, NoRecordsMatch

OURS = "oai:clearinghouse.localdomain:nile:"


def held(store: Store, prefix: str) -> dict[str, bytes | None]:
    """What the store holds in a format, or what that format is rendered as from what it holds."""
    entries = store.feed.entries(FeedQuery(prefix), after=None, limit=1000)
    return {
        one.identifier: one.body and _in_format(store, prefix, one.identifier, one.body) for one in entries
    }


def _in_format(store: Store, prefix: str, identifier: str, body: bytes) -> bytes:
    found = store.feed.element(identifier, prefix)
    if not isinstance(found, tuple):
        return body
    if not isinstance(found, Unrendered):
        return found[1]  # it came in this format; before it and behind it stands the rest of its element
    record = from_json(found.neutral)
    return render(record, prefix, identifier=found.file_identifier, datestamp=found.source_datestamp)


@pytest.mark.parametrize("page_size", [1, 5, 25, 100])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sickle_reads_everything_back(
    catalogue: Store, serve: Callable[..., str], page_size: int, method: str
) -> None:
    client = Sickle(serve(catalogue, page_size), iterator=OAIResponseIterator, http_method=method)
    for prefix in ("oai_dc", "iso19139"):
        pages = [page.raw.encode() for page in client.ListRecords(metadataPrefix=prefix)]
        expected = held(catalogue, prefix)
        assert len(pages) == -(-len(expected) // page_size)
        found = b"".join(pages)
        assert found.count(b"<record>") == len(expected) == 25
        assert found.count(b'<header status="deleted">') == 2
        for identifier, body in expected.items():
            assert found.count(f"<header><identifier>{identifier}</identifier>".encode()) == bool(body)
            assert body is None or b"<metadata>" + body + b"</metadata>" in found


def test_sickle_sees_headers_records_sets_and_formats(catalogue: Store, serve: Callable[..., str]) -> None:
    client = Sickle(serve(catalogue), iterator=OAIItemIterator)
    headers = list(client.ListIdentifiers(metadataPrefix="oai_dc", set="source:nile"))
    assert [header.identifier for header in headers] == list(held(catalogue, "oai_dc"))
    assert [header.identifier for header in headers if header.deleted] == [OURS + "r03", OURS + "r07"]
    assert all(header.setSpecs == ["source:nile"] for header in headers)
    records = list(client.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))
    assert len(records) == 23
    listed = [one.setSpec for one in client.ListSets()]
    assert listed[:2] == ["source", "source:nile"]
    assert "chemical:50-29-3" in listed
    assert len(set(listed)) == len(listed)
    assert {"oai_dc", "iso19139"} <= {one.metadataPrefix for one in client.ListMetadataFormats()}
    assert client.Identify().deletedRecord == "persistent"
    record = client.GetRecord(identifier=OURS + "r01", metadataPrefix="oai_dc")
    assert record.metadata["title"] == ["Inventory & <stock> No. 1 — инвентаризация"]


def test_sickle_sees_our_errors(catalogue: Store, serve: Callable[..., str]) -> None:
    client = Sickle(serve(catalogue))
    with pytest.raises(IdDoesNotExist):
        client.GetRecord(identifier="oai:x.y:1", metadataPrefix="oai_dc")
    with pytest.raises(NoRecordsMatch):
        client.ListRecords(metadataPrefix="oai_dc", until="1999-01-01")
    with pytest.raises(BadResumptionToken):
        client.ListRecords(resumptionToken="junk")
