# ruff: noqa: E501 - samples are read best on one line
"""The graph of an RDF/XML document is that which rdflib sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rdflib
from lxml import etree

import metadata_samples as samples
from harvester.mapping.rdf_xml import Graph, Literal

SYNTAX = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/#"
  xml:base="https://example.org/base/" xml:lang="en"><e:Thing rdf:about="a" e:p="attribute"><e:q xml:lang="">plain</e:q>
  <e:r rdf:resource="b"/><e:s rdf:nodeID="n"/><e:t rdf:parseType="Resource"><e:u>inner</e:u></e:t><e:v e:w="both"/>
  <e:x rdf:datatype="http://www.w3.org/2001/XMLSchema#gYear">2004</e:x><e:y><rdf:Description rdf:ID="i"><e:z/></rdf:Description></e:y>
  </e:Thing><rdf:Description rdf:nodeID="n"><e:p>node</e:p></rdf:Description><rdf:Bag><rdf:li>1</rdf:li><rdf:li>2</rdf:li></rdf:Bag>
  </rdf:RDF>"""


def ours(document: bytes) -> list[tuple[str, str, str]]:
    """Every statement; blank nodes are not told apart."""
    graph = Graph(etree.fromstring(document))
    return sorted(
        (
            _named(subject),
            predicate,
            f"{value.value}@{value.language}" if isinstance(value, Literal) else _named(value),
        )
        for subject, said in graph.resources.items()
        for predicate, value in said
    )


def theirs(document: bytes) -> list[tuple[str, str, str]]:
    """The same, by rdflib."""
    graph = rdflib.Graph().parse(data=document, format="xml")
    return sorted(
        (
            "_:" if isinstance(s, rdflib.BNode) else str(s),
            str(p),
            f"{o}@{o.language or ''}" if isinstance(o, rdflib.Literal) else "_:" if isinstance(o, rdflib.BNode) else str(o),
        )
        for s, p, o in graph
    )  # fmt: skip


def _named(resource: str) -> str:
    return "_:" if resource.startswith("_:") else resource


@pytest.mark.parametrize("document", [SYNTAX, samples.DCAT], ids=["syntax", "dcat"])
def test_a_document_says_the_same_to_rdflib(document: str) -> None:
    # rdflib writes typed values in a form of its own: compared without datatypes.
    plain = document.replace("rdf:datatype", "e:datatype" if document is SYNTAX else "dct:datatype")
    assert ours(plain.encode()) == theirs(plain.encode())


@pytest.mark.corpus
def test_real_documents_say_the_same_to_rdflib(corpus: Path) -> None:
    compared = 0
    for path in sorted((corpus / "other").glob("*dcat*.xml")):
        document = re.sub(rb"""\srdf:datatype=(?:"[^"]*"|'[^']*')""", b"", path.read_bytes())
        if b'parseType="Collection"' in document:
            continue
        # A graph is a set; what a document says twice, we keep twice.
        assert set(ours(document)) == set(theirs(document)), path.name
        compared += 1
    assert compared >= 20


def test_a_literal_keeps_its_datatype_and_markup_its_words() -> None:
    document = SYNTAX.replace("<e:z/>", '<e:z rdf:parseType="Literal">a <b>c</b></e:z>')
    graph = Graph(etree.fromstring(document.encode()))
    assert [*graph.values("https://example.org/base/a", "https://example.org/#x")] == [
        Literal("2004", "en", "http://www.w3.org/2001/XMLSchema#gYear")
    ]
    assert [*graph.values("https://example.org/base/#i", "https://example.org/#z")] == [Literal("a c", "en")]
