"""Identification of ISO 19115-1, written from a Record as ISO 19115-3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalogue.record import (
    Agent,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Security,
    Service,
    Subject,
    Text,
)
from catalogue.rendering.gmd import Tongues
from catalogue.rendering.iso_property import citation, code, date, free_text, locale, nil, string, wrap
from catalogue.rendering.iso_terms import (
    ASSOCIATIONS,
    CITED,
    DATE_TYPES,
    DISTANCE,
    ROLES,
    SCALE,
    is_topic,
    supplement,
)
from catalogue.rendering.markup import any_uri, escape, in_degrees, is_date, number

#: Kind of date -> CI_DateTypeCode: what ISO 19115-1 has beyond ISO 19115:2003.
_DATE_TYPES = DATE_TYPES | {"submitted": "submitted", "copyrighted": "copyrighted"}


def identification(record: Record, tongues: Tongues) -> str:
    """mdb:identificationInfo: a service where the record has a service type, else data."""
    shared = [
        _citation(record, tongues),
        free_text("mri:abstract", record.abstract, tongues) or nil("mri:abstract"),
        *(party("mri:pointOfContact", agent, tongues) for agent in record.agents if _is_contact(agent)),
        *(_resolution(resolution) for resolution in record.resolutions),
        *(
            f"<mri:topicCategory><mri:MD_TopicCategoryCode>{subject.label.default}</mri:MD_TopicCategoryCode>"
            "</mri:topicCategory>"
            for subject in record.subjects
            if is_topic(subject)
        ),
        wrap("mri:extent", "gex:EX_Extent", _extent(record, tongues)),
        *(_graphic(link, tongues) for link in record.links if link.function == "browseGraphic"),
        *_keywords(record.subjects, tongues),
        *(_constraints(right, tongues) for right in record.rights),
        *(_security(one, tongues) for one in record.security),
        *(_associated(relation, tongues) for relation in record.relations),
    ]
    if record.service_type:
        scoped = f"<gco:ScopedName>{escape(record.service_type)}</gco:ScopedName>"
        shared.append(f"<srv:serviceType>{scoped}</srv:serviceType>")
        shared += _service(record.service or Service())
        return wrap("mdb:identificationInfo", "srv:SV_ServiceIdentification", "".join(shared))
    tags = [tag for tag in record.languages if tag]
    shared += (
        locale("mri:otherLocale" if count else "mri:defaultLocale", tag) for count, tag in enumerate(tags)
    )
    shared.append(free_text("mri:supplementalInformation", supplement(record.descriptions[1:]), tongues))
    return wrap("mdb:identificationInfo", "mri:MD_DataIdentification", "".join(shared))


def _service(told: Service) -> Iterator[str]:
    """What a service does; the addresses of its operations are distributions."""
    for version in told.versions:
        yield string("srv:serviceTypeVersion", version)
    if told.coupling:
        yield code("srv:couplingType", "srv:SV_CouplingType", told.coupling)
    for identifier, operation in told.coupled:
        named = _operation("operation", operation) if operation.strip() else ""
        cited = wrap("cit:identifier", "mcc:MD_Identifier", string("mcc:code", identifier))
        reference = wrap("srv:resourceReference", "cit:CI_Citation", nil("cit:title", "unknown") + cited)
        yield wrap("srv:coupledResource", "srv:SV_CoupledResource", (reference if identifier else "") + named)
    for name in filter(str.strip, told.operations):
        yield _operation("containsOperations", name)


def _operation(element: str, name: str) -> str:
    return wrap(
        f"srv:{element}",
        "srv:SV_OperationMetadata",
        string("srv:operationName", name) + '<srv:distributedComputingPlatform gco:nilReason="unknown"/>'
        '<srv:connectPoint gco:nilReason="unknown"/>',
    )


def _citation(record: Record, tongues: Tongues) -> str:
    title = free_text("cit:title", record.title, tongues)
    out = [free_text("cit:alternateTitle", text, tongues) for text in record.alternative_titles]
    out += (
        date("cit:date", found.value, _DATE_TYPES.get(found.kind, "publication"))
        for found in record.dates
        if is_date(found.value)
    )
    out += (identifier_of("cit:identifier", known.value, known.scheme) for known in record.identifiers)
    cited = (agent for agent in record.agents if agent.role in CITED)
    out += (party("cit:citedResponsibleParty", agent, tongues) for agent in cited)
    return wrap("mri:citation", "cit:CI_Citation", (title or nil("cit:title")) + "".join(out))


def identifier_of(name: str, value: str, scheme: str = "") -> str:
    """MD_Identifier, with the scheme as its codeSpace, where it is known."""
    if not value:
        return ""
    return wrap(name, "mcc:MD_Identifier", string("mcc:code", value) + string("mcc:codeSpace", scheme))


def _is_contact(agent: Agent) -> bool:
    return agent.role not in CITED and agent.role not in ("metadataContact", "distributor")


def party(name: str, agent: Agent, tongues: Tongues, role: str = "") -> str:
    """CI_Responsibility of an organisation, with the person in it. `role` is in place of the agent's own."""
    person = string("cit:name", agent.individual) + string("cit:positionName", agent.position)
    organisation = (
        free_text("cit:name", agent.name, tongues)
        + wrap("cit:contactInfo", "cit:CI_Contact", _contact(agent))
        + wrap("cit:individual", "cit:CI_Individual", person)
    )
    said = wrap("cit:party", "cit:CI_Organisation", organisation) or nil("cit:party")
    coded = code("cit:role", "cit:CI_RoleCode", role or ROLES.get(agent.role, agent.role))
    return wrap(name, "cit:CI_Responsibility", coded + said)


def _contact(agent: Agent) -> str:
    address = (
        string("cit:city", agent.city)
        + string("cit:country", agent.country)
        + string("cit:electronicMailAddress", agent.email)
    )
    return (
        wrap("cit:phone", "cit:CI_Telephone", string("cit:number", agent.telephone))
        + wrap("cit:address", "cit:CI_Address", address)
        + wrap("cit:onlineResource", "cit:CI_OnlineResource", string("cit:linkage", agent.url))
    )


def _graphic(link: Link, tongues: Tongues) -> str:
    content = (
        (string("mcc:fileName", link.url) or nil("mcc:fileName"))
        + free_text("mcc:fileDescription", link.description, tongues)
        + string("mcc:fileType", link.media_type)
    )
    return wrap("mri:graphicOverview", "mcc:MD_BrowseGraphic", content)


def _keywords(subjects: Iterable[Subject], tongues: Tongues) -> Iterable[str]:
    """MD_Keywords for each thesaurus and kind, in the order in which they come."""
    groups: dict[tuple[str, str], list[str]] = {}
    for subject in subjects:
        keyword = "" if is_topic(subject) else free_text("mri:keyword", subject.label, tongues, subject.uri)
        if keyword:
            kind = "" if subject.kind == "topicCategory" else subject.kind
            groups.setdefault((subject.scheme, kind), []).append(keyword)
    for (scheme, kind), keywords in groups.items():
        content = "".join(keywords)
        if kind:
            content += code("mri:type", "mri:MD_KeywordTypeCode", kind)
        if scheme:
            content += citation("mri:thesaurusName", string("cit:title", scheme))
        yield wrap("mri:descriptiveKeywords", "mri:MD_Keywords", content)


def _constraints(right: Right, tongues: Tongues) -> str:
    """MD_Constraints for a limitation of use, else MD_LegalConstraints."""
    name, _, value = right.kind.partition(":")
    text = right.text or (Text.of(right.url) if right.url else None)
    if right.kind == "useLimitation":
        limitation = free_text("mco:useLimitation", text, tongues, right.url)
        return wrap("mri:resourceConstraints", "mco:MD_Constraints", limitation)
    other = free_text("mco:otherConstraints", text, tongues, right.url)
    if name not in ("accessConstraints", "useConstraints") or not value:
        if not other or right.kind == "otherConstraints":
            return wrap("mri:resourceConstraints", "mco:MD_LegalConstraints", other)
        name = "accessConstraints" if right.kind == "accessRights" else "useConstraints"
        value = "licence" if right.kind == "license" else "otherRestrictions"
    legal = code(f"mco:{name}", "mco:MD_RestrictionCode", value)
    return wrap("mri:resourceConstraints", "mco:MD_LegalConstraints", legal + other)


def _security(one: Security, tongues: Tongues) -> str:
    """MD_SecurityConstraints."""
    classified = nil("mco:classification", "unknown")
    if one.classification:
        classified = code("mco:classification", "mco:MD_ClassificationCode", one.classification)
    note = free_text("mco:userNote", one.note, tongues)
    content = classified + note + string("mco:classificationSystem", one.system)
    return wrap("mri:resourceConstraints", "mco:MD_SecurityConstraints", content)


def _associated(relation: Relation, tongues: Tongues) -> str:
    """MD_AssociatedResource: another resource by its identifier, and its name where there is one."""
    if not relation.value:
        return ""
    kind = code(
        "mri:associationType", "mri:DS_AssociationTypeCode", ASSOCIATIONS.get(relation.kind, "crossReference")
    )
    title = free_text("cit:title", relation.title, tongues)
    name = citation("mri:name", title, identifier_of("cit:identifier", relation.value))
    return wrap("mri:associatedResource", "mri:MD_AssociatedResource", name + kind)


def _resolution(resolution: str) -> str:
    """MD_Resolution for a scale (`1:50000`) or a distance (`30 m`); nothing for what is neither."""
    scale = SCALE.fullmatch(resolution)
    if scale:
        denominator = f"<mri:denominator><gco:Integer>{scale[1]}</gco:Integer></mri:denominator>"
        fraction = wrap("mri:equivalentScale", "mri:MD_RepresentativeFraction", denominator)
        return wrap("mri:spatialResolution", "mri:MD_Resolution", fraction)
    distance = DISTANCE.fullmatch(resolution)
    if distance:
        length = f'<gco:Distance uom="{any_uri(distance[2])}">{distance[1]}</gco:Distance>'
        return wrap("mri:spatialResolution", "mri:MD_Resolution", f"<mri:distance>{length}</mri:distance>")
    return ""


def _extent(record: Record, tongues: Tongues) -> str:
    """EX_Extent: boxes, places, times."""
    out = [
        "<gex:geographicElement><gex:EX_GeographicBoundingBox>"
        f"<gex:westBoundLongitude><gco:Decimal>{number(box.west)}</gco:Decimal></gex:westBoundLongitude>"
        f"<gex:eastBoundLongitude><gco:Decimal>{number(box.east)}</gco:Decimal></gex:eastBoundLongitude>"
        f"<gex:southBoundLatitude><gco:Decimal>{number(box.south)}</gco:Decimal></gex:southBoundLatitude>"
        f"<gex:northBoundLatitude><gco:Decimal>{number(box.north)}</gco:Decimal></gex:northBoundLatitude>"
        "</gex:EX_GeographicBoundingBox></gex:geographicElement>"
        for box in record.boxes
        if in_degrees(box)
    ]
    for place in record.places:
        coded = wrap("gex:geographicIdentifier", "mcc:MD_Identifier", free_text("mcc:code", place, tongues))
        out.append(wrap("gex:geographicElement", "gex:EX_GeographicDescription", coded))
    out += (
        _period(period, f"period-{count}-{tongues.mark}") for count, period in enumerate(record.periods, 1)
    )
    return "".join(out)


def _period(period: Period, gml_id: str) -> str:
    """EX_TemporalExtent: a gml:TimePeriod, its open ends unknown, its text as gml:description."""
    description = f"<gml:description>{escape(period.text)}</gml:description>" if period.text else ""
    return (
        "<gex:temporalElement><gex:EX_TemporalExtent><gex:extent>"
        f'<gml:TimePeriod gml:id="{gml_id}">{description}'
        f"{_position('beginPosition', period.begin)}{_position('endPosition', period.end)}</gml:TimePeriod>"
        "</gex:extent></gex:EX_TemporalExtent></gex:temporalElement>"
    )


def _position(name: str, value: str) -> str:
    if is_date(value):
        return f"<gml:{name}>{value}</gml:{name}>"
    return f'<gml:{name} indeterminatePosition="unknown"/>'
