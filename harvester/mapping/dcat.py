"""Reader of DCAT in RDF/XML (DCAT 1 to 3, DCAT-AP, GeoDCAT-AP): one dataset, series or service a payload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from lxml import etree
from msgspec.structs import replace

from catalogue import identifiers
from catalogue import namespaces as ns
from catalogue.errors import UnreadableRecord
from catalogue.languages import bcp47
from catalogue.record import DateKind, Identifier, Link, Record, Relation, Right, Subject, Text
from catalogue.xml import local_name, namespace
from harvester.mapping import dates
from harvester.mapping.dcat_parts import (
    Description,
    attribution,
    contact,
    party,
    period_of,
    places_of,
)
from harvester.mapping.draft import Draft
from harvester.mapping.rdf_xml import Graph, Literal, Value
from harvester.mapping.texts import paragraphs

_RULE: Final = "dcat.no-title"
_DCAT: Final = ns.DCAT
_DCT: Final = ns.DCT
_TOPICS: Final = "/metadata-codelist/TopicCategory/"
#: Classes of what a record may be of, the likeliest first.
_KINDS: Final = ("Dataset", "DatasetSeries", "DataService")

Property: TypeAlias = Callable[[Description, Value], None]


def read(root: etree._Element) -> Record:
    """The record of the one dataset, series or service that a document describes.

    Raises:
        UnreadableRecord: there is none, or there are several (`dcat.no-dataset`, `dcat.several-datasets`),
            or nothing says what it is about (`dcat.no-title`).
    """
    graph = Graph(root)
    subject = _subject(graph, root)
    about = Description(graph, subject, Draft())
    for predicate, value in graph.resources[subject]:
        reader = PROPERTIES.get(predicate)
        if reader:
            reader(about, value)
    _own_name(about)
    service = any(_local(kind) == "DataService" for kind in graph.types(subject))
    record = replace(
        about.draft.record(_RULE),
        reference_systems=tuple(dict.fromkeys(about.reference_systems)),
        resolutions=tuple(dict.fromkeys(about.resolutions)),
        service_type="service" if service else "",
    )
    return _with_its_own(record, about)


def is_dcat(root: etree._Element) -> bool:
    """Whether an element is RDF that describes something in the words of DCAT."""
    if namespace(root) == _DCAT:
        return local_name(root) in _KINDS
    if root.tag != f"{{{ns.RDF}}}RDF":
        return False
    return any(
        namespace(element) == _DCAT or (element.get(f"{{{ns.RDF}}}resource") or "").startswith(_DCAT)
        for element in root.iter("*")
    )


def _local(iri: str) -> str:
    """The last part of an IRI."""
    return iri.rstrip("/").rpartition("/")[2].rpartition("#")[2]


def _subject(graph: Graph, root: etree._Element) -> str:
    """What the document is about: a dataset rather than a series, and that rather than a service."""
    kinds = {
        resource: min(map(_KINDS.index, said))
        for resource in graph.resources
        if (said := {_local(iri) for iri in graph.types(resource) if "dcat" in iri} & set(_KINDS))
    }
    found = list(kinds)
    if len(found) > 1:
        found = _in_the_middle(graph, found)
        found = [resource for resource in found if kinds[resource] == min(map(kinds.__getitem__, found))]
    where = f"/{local_name(root)}"
    if not found:
        raise UnreadableRecord("dcat.no-dataset", where, "", "nothing here is a dataset")
    if len(found) > 1:
        raise UnreadableRecord(
            "dcat.several-datasets", where, str(len(found)), "several datasets in one record"
        )
    return found[0]


def _in_the_middle(graph: Graph, found: list[str]) -> list[str]:
    """Those that a catalogue record is about; else those that have a title and that no other refers to."""
    topics = {topic for r in graph.resources for topic in graph.values(r, f"{ns.FOAF}primaryTopic")}
    described = [
        resource
        for resource in found
        if resource in topics or next(graph.values(resource, f"{ns.FOAF}isPrimaryTopicOf"), None)
    ]
    if described:
        return described
    among = set(found)
    referred = {value for r in found for _, value in graph.resources[r] if value in among and value != r}
    titled = [r for r in found if next(graph.values(r, f"{_DCT}title"), None)]
    return [r for r in titled if r not in referred] or titled or found


def _own_name(about: Description) -> None:
    """The IRI of the resource is an identifier of it, where it says the same in no other way."""
    iri = about.subject
    known = {identifiers.normal_form(found.value) for found in about.draft.identifiers}
    if not iri.startswith("_:") and iri and identifiers.normal_form(iri) not in known:
        about.draft.identifiers.append(Identifier(iri, identifiers.scheme(iri)))


def _with_its_own(record: Record, about: Description) -> Record:
    """The record, with what the metadata say of themselves (dcat:CatalogRecord)."""
    graph = about.graph
    found = [r for r in graph.values(about.subject, f"{ns.FOAF}isPrimaryTopicOf") if isinstance(r, str)]
    found += [r for r in graph.resources if about.subject in graph.values(r, f"{ns.FOAF}primaryTopic")]
    if not found:
        return record
    said = about.first_word(found[0], f"{_DCT}language")
    changed = map(about.word, graph.values(found[0], f"{_DCT}modified", f"{_DCT}issued"))
    return replace(
        record,
        metadata_identifier=about.first_word(found[0], f"{_DCT}identifier"),
        metadata_date=next(filter(None, map(dates.w3cdtf, changed)), ""),
        metadata_language=bcp47(said) if said else "",
    )


def _title(about: Description, value: Value) -> None:
    about.draft.titles += about.texts(value)


def _alternative(about: Description, value: Value) -> None:
    about.draft.alternative_titles += about.texts(value)


def _description(about: Description, value: Value) -> None:
    about.draft.descriptions += about.texts(value, paragraphs)


def _date(kind: DateKind) -> Property:
    def read(about: Description, value: Value) -> None:
        sent = about.word(value)
        if sent:
            about.draft.dates.append(dates.date_of(kind, sent))

    return read


def _agent(role: str) -> Property:
    def read(about: Description, value: Value) -> None:
        found = party(about, value, role)
        if found:
            about.draft.agents.append(found)

    return read


def _contact(about: Description, value: Value) -> None:
    found = contact(about, value)
    if found:
        about.draft.agents.append(found)


def _attribution(about: Description, value: Value) -> None:
    found = attribution(about, value)
    if found:
        about.draft.agents.append(found)


def _keyword(about: Description, value: Value) -> None:
    about.draft.subjects += (Subject(text) for text in about.texts(value))


def _theme(about: Description, value: Value) -> None:
    """A concept, by its label or, where it has none, the end of its address; a topic of ISO 19115 too."""
    uri = value if isinstance(value, str) and not value.startswith("_:") else ""
    if _TOPICS in uri:
        about.draft.subjects.append(Subject(Text.of(_local(uri)), "topicCategory"))
        return
    label = about.label(value) or (Text.of(_local(uri)) if uri else None)
    if label:
        scheme = next(about.graph.values(value, f"{ns.SKOS}inScheme"), None)
        named = about.label(scheme) if scheme is not None else None
        about.draft.subjects.append(Subject(label, "", named.default if named else "", uri))


def _type(about: Description, value: Value) -> None:
    label = about.label(value) or (Text.of(_local(value)) if isinstance(value, str) else None)
    if label and label.default:
        about.draft.types.append(label)


def _language(about: Description, value: Value) -> None:
    said = about.word(value)
    tag = bcp47(said) if said else ""
    if tag and tag not in about.draft.languages:
        about.draft.languages.append(tag)


def _identifier(about: Description, value: Value) -> None:
    said = about.word(value) or about.first_word(value, f"{ns.SKOS}notation", f"{_DCT}identifier")
    if isinstance(value, str):
        said = about.first_word(value, f"{ns.SKOS}notation", f"{_DCT}identifier") or said
    if said and said not in {known.value for known in about.draft.identifiers}:
        about.draft.identifiers.append(Identifier(said, identifiers.scheme(said)))


def _page(function: str) -> Property:
    def read(about: Description, value: Value) -> None:
        url = about.word(value)
        if url:
            title = about.label(value) if isinstance(value, str) else None
            about.draft.links.append(Link(url, title, function=function))

    return read


def _distribution(about: Description, value: Value) -> None:
    """dcat:Distribution: where it is, what it is called, in which format, under which licence."""
    graph = about.graph
    download = about.first_word(value, f"{_DCAT}downloadURL")
    access = about.first_word(value, f"{_DCAT}accessURL")
    url = download or access
    title = about.text_of(value, f"{_DCT}title")
    description = about.text_of(value, f"{_DCT}description")
    medium = _media_type(about.first_word(value, f"{_DCAT}mediaType"))
    standard = next(graph.values(value, f"{_DCT}conformsTo"), None)
    protocol = about.label(standard) if standard is not None else None
    if url:
        function = "download" if download else ""
        said = protocol.default if protocol else ""
        about.draft.links.append(Link(url, title, description, said, function, medium))
        if access and access != url:
            about.draft.links.append(Link(access, title, description))
    for found in graph.values(value, f"{_DCT}format", f"{_DCAT}mediaType"):
        _format(about, found)
    for predicate in ("license", "rights", "accessRights"):
        for right in graph.values(value, _DCT + predicate):
            _right(predicate)(about, right)


def _media_type(said: str) -> str:
    """`text/csv` of `http://www.iana.org/assignments/media-types/text/csv`."""
    _, found, kind = said.partition("/media-types/")
    return kind if found else (said if said.count("/") == 1 and "://" not in said else "")


def _format(about: Description, value: Value) -> None:
    label = about.label(value)
    said = label.default if label else about.word(value)
    name = _media_type(said) or (_local(said) if "://" in said else said)
    if name and name not in about.draft.formats:
        about.draft.formats.append(name)


def _place(about: Description, value: Value) -> None:
    boxes, places = places_of(about, value)
    about.draft.boxes += boxes
    about.draft.places += places


def _period(about: Description, value: Value) -> None:
    found = period_of(about, value)
    if found:
        about.draft.periods.append(found)


def _lineage(about: Description, value: Value) -> None:
    about.draft.lineage += [Text((pair,)) for pair in (about.label(value) or Text(())).values]


def _right(kind: str) -> Property:
    def read(about: Description, value: Value) -> None:
        url = value if isinstance(value, str) and not value.startswith("_:") else ""
        text = about.label(value)
        if isinstance(value, Literal) and text:
            url = identifiers.web_address(text.default)
            text = None if url else text
        right = Right(text, kind, url)
        if (text or url) and right not in about.draft.rights:
            about.draft.rights.append(right)

    return read


def _relation(kind: str) -> Property:
    def read(about: Description, value: Value) -> None:
        iri = value if isinstance(value, str) and not value.startswith("_:") else ""
        title = about.label(value) if isinstance(value, str) else None
        said = (
            iri
            or about.first_word(value, f"{_DCT}identifier")
            or (title.default if title else about.word(value))
        )
        if said:
            about.draft.relations.append(
                Relation(said, kind, title if title and title.default != said else None)
            )

    return read


def _conforms(about: Description, value: Value) -> None:
    """A reference system, by what GeoDCAT-AP says of it or by its address; else a standard."""
    kinds = [_local(kind) for kind in about.graph.values(value, f"{_DCT}type") if isinstance(kind, str)]
    iri = value if isinstance(value, str) else ""
    if "SpatialReferenceSystem" in kinds or "/def/crs/" in iri:
        label = about.label(value)
        code = about.first_word(value, f"{_DCT}identifier") or (label.default if label else "")
        if (not code or "://" in code) and "/def/crs/EPSG/" in iri:
            code = f"EPSG:{_local(iri)}"
        if code or iri:
            about.reference_systems.append(code or iri)
    else:
        _relation("conformsTo")(about, value)


def _resolution(about: Description, value: Value) -> None:
    said = about.word(value)
    if said:
        about.resolutions.append(f"{said} m")


PROPERTIES: Final[dict[str, Property]] = {
    f"{_DCT}title": _title,
    f"{_DCT}alternative": _alternative,
    f"{_DCT}description": _description,
    f"{_DCT}abstract": _description,
    f"{_DCT}issued": _date("issued"),
    f"{_DCT}modified": _date("modified"),
    f"{_DCT}created": _date("created"),
    f"{_DCT}available": _date("available"),
    f"{_DCT}valid": _date("valid"),
    f"{_DCT}dateAccepted": _date("accepted"),
    f"{_DCT}dateSubmitted": _date("submitted"),
    f"{_DCT}dateCopyrighted": _date("copyrighted"),
    f"{_DCT}date": _date("date"),
    f"{_DCT}creator": _agent("creator"),
    f"{_DCT}publisher": _agent("publisher"),
    f"{_DCT}contributor": _agent("contributor"),
    f"{_DCT}rightsHolder": _agent("rightsHolder"),
    f"{_DCAT}contactPoint": _contact,
    f"{ns.PROV}qualifiedAttribution": _attribution,
    f"{_DCAT}keyword": _keyword,
    f"{_DCAT}theme": _theme,
    f"{_DCT}subject": _theme,
    f"{_DCT}type": _type,
    f"{_DCT}language": _language,
    f"{_DCT}identifier": _identifier,
    "http://www.w3.org/ns/adms#identifier": _identifier,
    f"{_DCAT}landingPage": _page(""),
    f"{_DCAT}endpointURL": _page(""),
    f"{ns.FOAF}page": _page("information"),
    f"{ns.FOAF}depiction": _page("browseGraphic"),
    f"{_DCAT}distribution": _distribution,
    f"{_DCT}format": _format,
    f"{_DCAT}mediaType": _format,
    f"{_DCT}spatial": _place,
    f"{_DCT}temporal": _period,
    f"{_DCT}provenance": _lineage,
    f"{_DCT}license": _right("license"),
    f"{_DCT}accessRights": _right("accessRights"),
    f"{_DCT}rights": _right("rights"),
    f"{_DCT}conformsTo": _conforms,
    f"{_DCAT}spatialResolutionInMeters": _resolution,
    f"{_DCAT}servesDataset": _relation("operatesOn"),
    f"{_DCAT}inSeries": _relation("isPartOf"),
    f"{_DCT}relation": _relation("relation"),
} | {
    _DCT + kind: _relation(kind)
    for kind in (
        "hasFormat", "hasPart", "hasVersion", "isFormatOf", "isPartOf", "isReferencedBy", "isReplacedBy",
        "isRequiredBy", "isVersionOf", "references", "replaces", "requires", "source",
    )
}  # fmt: skip
