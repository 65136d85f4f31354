"""Microseconds a record for each reader and writer, beside what parsing alone costs.

    .venv/bin/python benchmarks/crosswalks.py

Two generated records: Dublin Core of 2 kB, ISO 19139 of 14 kB, written in every format and read again in each
that has a reader; a MODS and a MARC record of the tests, which we do not write. The best of several rounds is
shown: what the code costs, not what else the machine was doing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "tests"))

import metadata_samples as samples
from catalogue.formats import FORMATS
from catalogue.record import (
    Agent,
    Box,
    Date,
    Identifier,
    Link,
    Period,
    Record,
    Right,
    Subject,
    Text,
    to_json,
)
from catalogue.rendering import csw_record, render
from catalogue.xml import parse
from harvester.mapping.registry import read

ABSTRACT = (
    "Stocks of obsolete pesticides were counted in forty-one stores in five districts, their condition was"
    " noted, and samples of soil and well water were taken beside eleven of them. DDT, lindane and heptachlor"
    " were found in nine; in four the floor was broken. The report gives amounts, names of formulations,"
    " packaging, the distance to the nearest dwelling and to water, and proposes an order of removal."
)
ROUNDS = 9


def dublin_core() -> Record:
    """A record as a repository of documents has it."""
    subjects = (
        "obsolete pesticides",
        "DDT",
        "lindane",
        "soil",
        "ground water",
        "inventories",
        "storage",
        "waste",
    )
    return Record(
        title=Text.of("Inventory of obsolete pesticides in the lowland districts", "en"),
        descriptions=(Text.of(ABSTRACT, "en"), Text.of("With four maps and a list of stores.", "en")),
        agents=(
            Agent("creator", Text.of("Muster, Erika")),
            Agent("creator", Text.of("Tester, Juan")),
            Agent("publisher", Text.of("Example Regional Centre")),
        ),
        dates=(Date("date", "2019-05-14"), Date("date", "2019")),
        subjects=tuple(Subject(Text.of(subject, "en")) for subject in subjects),
        types=(Text.of("Report"), Text.of("Text")),
        formats=("application/pdf",),
        identifiers=(
            Identifier("https://repository.example.org/handle/1234/567", "uri"),
            Identifier("10.1234/567", "doi"),
        ),
        languages=("en",),
        rights=(Right(Text.of("Creative Commons Attribution 4.0"), "rights", "https://example.org/by/4.0"),),
        places=(Text.of("Lowland districts"),),
    )


def iso() -> Record:
    """A record as a catalogue of maps has it, in two languages."""
    contact = Agent(
        "pointOfContact",
        Text((("en", "Example Survey"), ("fr", "Service exemplaire"))),
        "Muster, Erika",
        "Head of maps",
        "maps@example.org",
        "+00 1 234",
        "https://example.org/maps",
        "XX",
        "Capital",
    )
    base = dublin_core()
    return Record(
        title=Text((("en", base.title.default), ("fr", "Inventaire des pesticides périmés"))),
        descriptions=(Text((("en", ABSTRACT), ("fr", ABSTRACT))),),
        agents=(
            contact,
            Agent("publisher", contact.name, email="a@example.org"),
            Agent("metadataContact", contact.name),
        ),
        dates=(
            Date("created", "2018-11-02"),
            Date("issued", "2019-05-14"),
            Date("modified", "2020-01-01T10:00:00Z"),
        ),
        subjects=(
            *(Subject(s.label, "theme", "Example Thesaurus") for s in base.subjects),
            Subject(Text.of("Lowland", "en"), "place"),
            Subject(Text.of("environment"), "topicCategory"),
        ),
        types=(Text.of("dataset"),),
        formats=("GeoPackage", "Shapefile"),
        identifiers=base.identifiers,
        languages=("en", "fr"),
        rights=(
            Right(Text.of("None", "en"), "useLimitation"),
            Right(Text.of("CC BY 4.0", "en"), "license", "https://example.org/by"),
        ),
        links=tuple(
            Link(f"https://example.org/{n}", Text.of(f"Layer {n}", "en"), None, "OGC:WMS", "download")
            for n in range(4)
        ),
        boxes=(Box(-5.25, 10.5, 3.75, 15.0),),
        places=(Text.of("Lowland", "en"),),
        periods=(Period("2017-01-01", "2018-06-30"),),
        lineage=Text.of("Counted on site, then checked against the registers of imports.", "en"),
        reference_systems=("EPSG:4326",),
        resolutions=("1:50000",),
        metadata_language="en",
    )


def microseconds(function: Callable[[], object], count: int = 2000) -> float:
    """The processor time of one call, in the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(count):
            function()
        best = min(best, time.process_time() - start)
    return best / count * 1e6


def show(label: str, size: int, cost: float) -> None:
    print(f"{label:<44}{size:>8}{cost:>10.1f}")


def padded(payload: bytes, size: int) -> bytes:
    """A payload as servers send it: indented, and so about twice as long."""
    parts = payload.split(b"><")
    indent = b">\n" + b" " * max(0, round((size - len(payload)) / len(parts)) - 1) + b"<"
    return indent.join(parts)


def show_reading(name: str, payload: bytes) -> None:
    """What reading costs, beside the parse alone."""
    parsing = microseconds(lambda: parse(payload))
    whole = microseconds(lambda: read(payload))
    show(f"parse {name} alone", len(payload), parsing)
    show(f"read {name}, without the parse", len(payload), whole - parsing)
    show(f"read {name}, parse included", len(payload), whole)


def main() -> None:
    """Print the table."""
    print(f"{'':<44}{'bytes':>8}{'µs':>10}")
    marks = {"identifier": "oai:clearinghouse.example.org:node:1", "datestamp": "2026-01-02T03:04:05Z"}
    for name, record, size in (("oai_dc", dublin_core(), 2_200), ("iso19139", iso(), 14_000)):
        for form in FORMATS:
            if form.read and form.written and (form.prefix == name or not form.stored):
                payload = render(record, form.prefix, **marks)
                show_reading(f"{form.prefix} from {name}", padded(payload, max(size, len(payload))))
        for written in (form.prefix for form in FORMATS if form.written):
            show(
                f"write {written} from {name}",
                len(render(record, written, **marks)),
                microseconds(lambda record=record, written=written: render(record, written, **marks)),
            )
        for element_set in ("brief", "summary", "full"):
            write = {"identifier": "x", "element_set": element_set}
            show(
                f"write csw:Record {element_set} from {name}",
                len(csw_record.write(record, **write)),
                microseconds(lambda record=record, write=write: csw_record.write(record, **write)),
            )
        show(
            f"record of {name} to JSON",
            len(to_json(record)),
            microseconds(lambda record=record: to_json(record)),
        )
    for name, sample in (("mods", samples.MODS), ("marcxml", samples.MARCXML)):
        show_reading(name, sample.encode())


if __name__ == "__main__":
    main()
