"""What a Record becomes in DCAT, read by rdflib."""

from __future__ import annotations

import rdflib
from rdflib import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, SKOS

from catalogue.record import (
    Agent,
    Box,
    Date,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Subject,
    Text,
)  # fmt: skip
from catalogue.rendering import dcat

OURS = "oai:clearinghouse.example.org:nile:1"
VCARD = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")


class Graph(rdflib.Graph):
    """The graph of a record, and the resource that it is about."""

    def __init__(self, **fields: object) -> None:
        super().__init__()
        record = Record(**{"title": Text.of("Wells", "en")} | fields)
        rendition = dcat.write(record, identifier=OURS, datestamp="2026-01-02T03:04:05Z")
        self.parse(data=rendition, format="xml")
        self.subject = next(self.subjects(FOAF.isPrimaryTopicOf))

    def told(self, *path: rdflib.URIRef) -> list[str]:
        """The values at the end of these properties."""
        nodes = [self.subject]
        for step in path:
            nodes = [value for node in nodes for value in self.objects(node, step)]
        return sorted(str(value) for value in nodes)


def test_a_record_of_nothing_but_a_title() -> None:
    graph = Graph()
    assert graph.told(RDF.type) == [str(DCAT.Dataset)]
    assert str(graph.subject) == OURS
    assert graph.told(DCTERMS.title) == graph.told(DCTERMS.description) == ["Wells"]
    record = FOAF.isPrimaryTopicOf
    assert graph.told(record, RDF.type) == [str(DCAT.CatalogRecord)]
    assert graph.told(record, DCTERMS.identifier) == [OURS]
    assert graph.told(record, DCTERMS.modified) == ["2026-01-02T03:04:05+00:00"]


def test_the_resource_is_called_by_its_own_address() -> None:
    assert (
        str(Graph(identifiers=(Identifier("doi:10.1234/x", "doi"),)).subject) == "https://doi.org/10.1234/x"
    )
    assert str(Graph(identifiers=(Identifier("https://example.org/1"),)).subject) == "https://example.org/1"


def test_agents_of_every_kind() -> None:
    graph = Graph(
        agents=(
            Agent("author", Text.of("Survey"), "Muster, Erika"),
            Agent("publisher", Text((("en", "Press"), ("fr", "Presse")))),
            Agent("custodian", Text.of("Archive")),
            Agent("pointOfContact", Text.of("Desk"), "Juan Tester", "Head", "a@example.org", "+1 2"),
            Agent("metadataContact", Text.of("Nobody")),
        )
    )
    assert graph.told(DCTERMS.creator, FOAF.name) == ["Muster, Erika"]
    assert graph.told(DCTERMS.publisher, FOAF.name) == ["Press", "Presse"]
    assert graph.told(PROV.qualifiedAttribution, PROV.agent, FOAF.name) == ["Archive"]
    assert graph.told(PROV.qualifiedAttribution, DCAT.hadRole)[0].endswith("#custodian")
    assert graph.told(DCAT.contactPoint, VCARD["fn"]) == ["Juan Tester"]
    assert graph.told(DCAT.contactPoint, VCARD["hasEmail"]) == ["mailto:a@example.org"]
    assert graph.told(DCAT.contactPoint, VCARD["hasTelephone"]) == ["tel:+1-2"]


def test_dates_are_typed_and_said_once() -> None:
    graph = Graph(dates=(Date("issued", "2019-05"), Date("date", "2018"), Date("created", "", "spring")))
    assert list(graph.objects(graph.subject, DCTERMS.issued)) == [
        rdflib.Literal("2019-05", datatype=rdflib.XSD.gYearMonth)
    ]
    assert [value[:4] for value in graph.told(DCTERMS.date)] == ["2018"]
    assert graph.told(DCTERMS.created) == ["spring"]


def test_subjects_places_and_times() -> None:
    graph = Graph(
        subjects=(
            Subject(Text.of("lead", "en")),
            Subject(Text.of("Zinc", "en"), "theme", "Metals", "https://example.org/t/1"),
            Subject(Text.of("oceans"), "topicCategory"),
        ),
        boxes=(Box(170, -1, -170, 1),),
        places=(Text.of("Lowland", "en"),),
        periods=(Period("1990", "1995"),),
        languages=("fr", "fil"),
        resolutions=("0.5 km", "1:50000"),
    )
    assert graph.told(DCAT.keyword) == ["lead"]
    assert graph.told(DCAT.theme, SKOS.prefLabel) == ["Zinc"]
    assert any(uri.endswith("TopicCategory/oceans") for uri in graph.told(DCAT.theme))
    assert graph.told(DCTERMS.spatial, DCAT.bbox) == ["POLYGON((170 1,190 1,190 -1,170 -1,170 1))"]
    assert graph.told(DCTERMS.spatial, SKOS.prefLabel) == ["Lowland"]
    assert len(graph.told(DCTERMS.temporal, DCAT.startDate)) == 1
    assert [tag.rpartition("/")[2] for tag in graph.told(DCTERMS.language)] == ["fil", "FRA"]
    assert graph.told(DCAT.spatialResolutionInMeters) == ["500"]


def test_links_by_what_they_are_for() -> None:
    links = (
        Link("https://example.org/page"),
        Link("https://example.org/about", Text.of("About"), function="information"),
        Link("https://example.org/f.csv", Text.of("File"), None, "WWW:DOWNLOAD", "download", "text/csv"),
        Link("https://example.org/p.png", function="browseGraphic"),
    )
    graph = Graph(links=links, formats=("CSV",))
    assert graph.told(DCAT.landingPage) == ["https://example.org/page"]
    assert graph.told(FOAF.page, DCTERMS.title) == ["About"]
    assert graph.told(FOAF.depiction) == ["https://example.org/p.png"]
    assert graph.told(DCAT.distribution, DCAT.downloadURL) == ["https://example.org/f.csv"]
    assert graph.told(DCAT.distribution, DCAT.mediaType) == [f"{dcat.MEDIA_TYPES}text/csv"]
    assert graph.told(DCAT.distribution, DCTERMS.format, RDFS.label) == ["CSV"]
    service = Graph(links=links[2:3], service_type="download")
    assert service.told(RDF.type) == [str(DCAT.DataService)]
    assert service.told(DCAT.endpointURL) == ["https://example.org/f.csv"]


def test_rights_relations_and_reference_systems() -> None:
    graph = Graph(
        rights=(
            Right(Text.of("CC BY", "en"), "license", "https://example.org/by"),
            Right(Text.of("None"), "accessRights"),
            Right(kind="useConstraints:copyright"),
        ),
        relations=(Relation("https://example.org/2", "replaces"), Relation("Series 4", "isPartOf")),
        reference_systems=("EPSG:4326",),
        lineage=Text.of("Counted."),
    )
    assert graph.told(DCTERMS.license) == ["https://example.org/by"]
    assert graph.told(DCTERMS.license, RDFS.label) == ["CC BY"]
    assert graph.told(DCTERMS.accessRights, RDFS.label) == ["None"]
    assert graph.told(DCTERMS.rights, RDFS.label) == ["copyright"]
    assert graph.told(DCTERMS.replaces) == ["https://example.org/2"]
    assert graph.told(DCTERMS.isPartOf, DCTERMS.identifier) == ["Series 4"]
    assert graph.told(DCTERMS.conformsTo) == ["http://www.opengis.net/def/crs/EPSG/0/4326"]
    assert graph.told(DCTERMS.provenance, RDFS.label) == ["Counted."]
