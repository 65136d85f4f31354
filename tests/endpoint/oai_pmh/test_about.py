"""The containers behind the metadata: the chain of harvests, ours outside, and rights to the metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from about import PROVENANCE, PROVENANCE_SCHEMA, RIGHTS, origin, provenance, rights
from catalogue.provenance import read_about
from catalogue.store import Store
from factories import add_source, commit, open_run

Serve = Callable[..., Any]
SmallWrite = Callable[..., Any]
SENT = provenance(
    origin(
        "https://hub.example.org/oai?a=1&amp;b=2",
        "oai:hub:1",
        origin("http://home.example.org/oai", "oai:home:1"),
    )
)


def write(store: Store, small_write: SmallWrite, name: str, sent: str) -> Any:
    about = sent.encode()
    return replace(small_write(store, name), about_sent=about, about=read_about(about))


def test_the_chain_stands_inside_our_own_description(
    store: Store, serve: Serve, small_write: SmallWrite
) -> None:
    add_source(store)
    run = open_run(store)
    commit(store, run, [write(store, small_write, "a", SENT), write(store, small_write, "b", "")])
    oai = serve(store)
    for answer in (
        oai.ask("ListRecords", metadataPrefix="oai_dc"),
        oai.ask("ListRecords", metadataPrefix="oai_dc", set="source:nile"),
    ):
        containers = answer.root.findall(f".//{{{PROVENANCE}}}provenance")
        for container in containers:
            PROVENANCE_SCHEMA.assertValid(container)
        named = [[one.text for one in c.iter(f"{{{PROVENANCE}}}identifier")] for c in containers]
        assert named == [["a", "oai:hub:1", "oai:home:1"], ["b"]]
        addresses = [one.text for one in containers[0].iter(f"{{{PROVENANCE}}}baseURL")]
        assert addresses == [
            "https://nile.example.org/oai",
            "https://hub.example.org/oai?a=1&b=2",
            "http://home.example.org/oai",
        ]


def test_a_statement_of_rights_is_passed_on(store: Store, serve: Serve, small_write: SmallWrite) -> None:
    add_source(store)
    address = "https://example.org/licence?a=1&amp;b=2"
    commit(store, open_run(store), [write(store, small_write, "a", rights(address)), small_write(store, "b")])
    answer = serve(store).ask("ListRecords", metadataPrefix="oai_dc")
    references = answer.root.findall(f".//{{{RIGHTS}}}rightsReference")
    assert [one.get("ref") for one in references] == ["https://example.org/licence?a=1&b=2"]
    found = serve(store).ask(
        "GetRecord", metadataPrefix="oai_dc", identifier="oai:clearinghouse.localdomain:nile:a"
    )
    assert b"<rightsReference" in found.body
