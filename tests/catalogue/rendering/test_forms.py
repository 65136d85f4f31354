"""The further forms of a Record: there is none that they refuse, and what they write is what it should be."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from contextlib import suppress

import msgspec
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.record import Box, Period, Record, Relation, Text
from catalogue.rendering import bibtex, json_ld, ogc_record, render, ris, schema_org, table, turtle
from catalogue.rendering.rdf_tree import described
from record_strategies import records, strings, whatever


@settings(whatever, max_examples=30)
@given(record=records, identifier=strings)
def test_references_and_rows_are_one_each(record: Record, identifier: str) -> None:
    lines = ris.write(record, identifier=identifier).decode().split("\r\n")
    assert lines[0].startswith("TY  - ")
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
    entry = bibtex.write(record, identifier=identifier).decode()
    assert re.fullmatch(r"@[a-z]+\{[A-Za-z0-9-]+,\n(?:  [a-z]+ = \{.*\},?\n)+\}\n", entry)
    unescaped = re.sub(r"\\[{}]", "", entry)
    assert unescaped.count("{") == unescaped.count("}")
    row = table.write(record, identifier=identifier, datestamp="2026-01-01T00:00:00Z").decode()
    ((*cells,),) = csv.reader(io.StringIO(row, newline=""))
    assert len(cells) == len(table.COLUMNS)


@settings(whatever, max_examples=30)
@given(record=records, identifier=strings)
def test_json_can_always_be_made(record: Record, identifier: str) -> None:
    told = {"given_out": "x", "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"}
    for languages in ((), ("fr", "en")):
        # The store has no text with half a surrogate pair; all else must be written.
        with suppress(UnicodeEncodeError):
            made = ogc_record.write(record, identifier=identifier, languages=languages, **told)
            msgspec.json.encode([made, ogc_record.links(record, languages)])
    with suppress(UnicodeEncodeError):
        found = schema_org.write(record, address="https://example.org/", catalogue="", root="")
        assert not set(b"<>&") & set(schema_org.document(found))


#: What an empty reference refers to.
BASE = "https://example.org/"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's JSON-LD
def test_an_address_is_no_name_with_a_prefix() -> None:
    record = Record(title=Text.of("A plan"), parent_identifier="org:unit/7", relations=(Relation("dct:"),))
    document = render(record, "dcat", identifier="https://example.org/1", datestamp="2026-01-01T00:00:00Z")
    made = json_ld.write(described(document))
    found = rdflib.Graph().parse(data=made, format="json-ld", publicID=BASE)
    assert told(found) == told(rdflib.Graph().parse(data=document, format="xml", publicID=BASE))
    assert b"http://www.w3.org/ns/org#" not in made


def told(graph: rdflib.Graph) -> Counter[tuple[str, ...]]:
    """The statements, blank nodes without their names: to find out which is which takes rdflib for ever."""
    return Counter(
        tuple(
            # Relative references are resolved by each of rdflib's parsers in a way of its own.
            "_" if isinstance(term, rdflib.BNode) else term.n3().replace("//", "/")
            for term in triple
        )
        for triple in graph
    )


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's JSON-LD
@pytest.mark.filterwarnings("ignore:.*is not a valid:UserWarning")
@settings(whatever, max_examples=15)
@given(record=records)
def test_turtle_and_json_ld_say_what_rdf_xml_says(record: Record) -> None:
    document = render(record, "dcat", identifier="https://example.org/1", datestamp="2026-01-01T00:00:00Z")
    wanted = rdflib.Graph().parse(data=document, format="xml", publicID=BASE)
    tree = described(document)
    for made, form in ((turtle.HEAD + turtle.write(tree), "turtle"), (json_ld.write(tree), "json-ld")):
        assert told(rdflib.Graph().parse(data=made, format=form, publicID=BASE)) == told(wanted)


@pytest.mark.parametrize(
    ("box", "geometry"),
    [
        (Box(1, 2, 1, 2), {"type": "Point", "coordinates": (1, 2)}),
        (
            Box(1, 2, 3, 4),
            {"type": "Polygon", "coordinates": [((1, 2), (3, 2), (3, 4), (1, 4), (1, 2))]},
        ),
        (
            Box(170, 0, -170, 1),
            {
                "type": "MultiPolygon",
                "coordinates": [
                    [((170, 0), (180, 0), (180, 1), (170, 1), (170, 0))],
                    [((-180, 0), (-170, 0), (-170, 1), (-180, 1), (-180, 0))],
                ],
            },
        ),
        (Box(1, 2, 3, 400), None),
    ],
)
def test_geometries(box: Box, geometry: object) -> None:
    assert ogc_record.geometry((box,)) == geometry


@pytest.mark.parametrize(
    ("periods", "interval"),
    [
        ((Period("2003", "2003"),), ["2003-01-01", "2003-12-31"]),
        ((Period("2003-05-04T10:00:00+02:00", ""),), ["2003-05-04T08:00:00Z", ".."]),
        ((Period("2003", "2004-02"), Period("2001-02", "2002")), ["2001-02-01", "2004-02-29"]),
        ((Period("", "2004"),), ["..", "2004-12-31"]),
        ((Period("soon", ""),), None),
        ((), None),
    ],
)
def test_times(periods: tuple[Period, ...], interval: list[str] | None) -> None:
    found = ogc_record.time(Record(Text.of("x"), periods=periods))
    assert (found and found["interval"]) == interval


@given(st.sampled_from(["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"]))
def test_no_cell_is_a_formula(text: str) -> None:
    row = table.write(Record(Text.of(text)), identifier="x", datestamp="2026-01-01T00:00:00Z").decode()
    ((*cells,),) = csv.reader(io.StringIO(row, newline=""))
    assert cells[1] == f"'{text}"
