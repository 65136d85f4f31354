"""Identification of ISO 19115:2003 (B.2.2), written from a Record."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from catalogue.record import (
    UNDETERMINED,
    Agent,
    Identifier,
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
from catalogue.rendering.gmd import (
    Tongues,
    code,
    dated,
    free_text,
    language,
    nil,
    string,
    url,
    wrap,
)
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


def identification(record: Record, tongues: Tongues) -> str:
    """gmd:identificationInfo: a service where the record has a service type, else data."""
    shared = [
        _citation(record, tongues),
        free_text("abstract", record.abstract, tongues) or nil("abstract"),
        *(party("pointOfContact", agent, tongues) for agent in record.agents if _is_contact(agent)),
        *(_graphic(link, tongues) for link in record.links if link.function == "browseGraphic"),
        *_keywords(record.subjects, tongues),
        *(_constraints(right, tongues) for right in record.rights),
        *(_security(one, tongues) for one in record.security),
        *(_aggregation(relation, tongues) for relation in record.relations),
    ]
    if record.service_type:
        return _service("".join(shared), record, tongues)
    shared += (_resolution(resolution) for resolution in record.resolutions)
    shared.append("".join(language("language", tag) for tag in record.languages if tag) or nil("language"))
    shared.append(code("characterSet", "MD_CharacterSetCode", "utf8"))
    shared += (
        f"<gmd:topicCategory><gmd:MD_TopicCategoryCode>{subject.label.default}</gmd:MD_TopicCategoryCode>"
        "</gmd:topicCategory>"
        for subject in record.subjects
        if is_topic(subject)
    )
    shared.append(wrap("extent", "EX_Extent", _extent(record, tongues)))
    shared.append(free_text("supplementalInformation", supplement(record.descriptions[1:]), tongues))
    return wrap("identificationInfo", "MD_DataIdentification", "".join(shared))


def _service(shared: str, record: Record, tongues: Tongues) -> str:
    """SV_ServiceIdentification (ISO 19119): of operations their names; their addresses are distributions."""
    extent = _extent(record, tongues)
    told = record.service or Service()
    return (
        f"<gmd:identificationInfo><srv:SV_ServiceIdentification>{shared}"
        f"<srv:serviceType><gco:LocalName>{escape(record.service_type)}</gco:LocalName></srv:serviceType>"
        + "".join(_srv("serviceTypeVersion", version) for version in told.versions)
        + (f"<srv:extent><gmd:EX_Extent>{extent}</gmd:EX_Extent></srv:extent>" if extent else "")
        + "".join(
            f"<srv:coupledResource><srv:SV_CoupledResource>{_srv('operationName', operation)}"
            f"{_srv('identifier', identifier)}</srv:SV_CoupledResource></srv:coupledResource>"
            for identifier, operation in told.coupled
        )
        + _coupling(told.coupling)
        + (
            "".join(
                f"<srv:containsOperations><srv:SV_OperationMetadata>{_srv('operationName', name)}"
                '<srv:DCP gco:nilReason="unknown"/><srv:connectPoint gco:nilReason="unknown"/>'
                "</srv:SV_OperationMetadata></srv:containsOperations>"
                for name in told.operations
            )
            or '<srv:containsOperations gco:nilReason="unknown"/>'
        )
        + "</srv:SV_ServiceIdentification></gmd:identificationInfo>"
    )


def _srv(name: str, value: str) -> str:
    return f"<srv:{name}><gco:CharacterString>{escape(value)}</gco:CharacterString></srv:{name}>"


def _coupling(value: str) -> str:
    if not value:
        return '<srv:couplingType gco:nilReason="unknown"/>'
    coded = code("couplingType", "SV_CouplingType", value)
    return coded.replace("<gmd:", "<srv:").replace("</gmd:", "</srv:")


def _citation(record: Record, tongues: Tongues) -> str:
    out = [free_text("title", record.title, tongues) or nil("title")]
    out += (free_text("alternateTitle", text, tongues) for text in record.alternative_titles)
    dates = [
        wrap("date", "CI_Date", dated("date", date.value) + code("dateType", "CI_DateTypeCode", kind))
        for date in record.dates
        if is_date(date.value) and (kind := DATE_TYPES.get(date.kind, date.kind))
    ]
    out.append("".join(dates) or nil("date"))
    out += (_identifier("identifier", identifier) for identifier in record.identifiers if identifier.value)
    out += (party("citedResponsibleParty", agent, tongues) for agent in record.agents if agent.role in CITED)
    return wrap("citation", "CI_Citation", "".join(out))


def _identifier(name: str, identifier: Identifier) -> str:
    """MD_Identifier; RS_Identifier with the scheme as its codeSpace, where the scheme is known."""
    coded = string("code", identifier.value)
    if not identifier.scheme:
        return wrap(name, "MD_Identifier", coded)
    return wrap(name, "RS_Identifier", coded + string("codeSpace", identifier.scheme))


def _is_contact(agent: Agent) -> bool:
    return agent.role not in CITED and agent.role not in ("metadataContact", "distributor")


def party(name: str, agent: Agent, tongues: Tongues, role: str = "") -> str:
    """CI_ResponsibleParty (B.3.2). `role` is written in place of the agent's own."""
    names = agent.name.values
    if len(names) == 1 and names[0][0] in (tongues.own, UNDETERMINED):
        return _known_party(name, agent, role, names[0][0])
    return _party(name, agent, tongues, role)


@lru_cache(4096)
def _known_party(name: str, agent: Agent, role: str, own: str) -> str:
    """One whose name needs no locale: who is met once is met again."""
    return _party(name, agent, Tongues(own, ""), role)


def _party(name: str, agent: Agent, tongues: Tongues, role: str) -> str:
    role = role or ROLES.get(agent.role, agent.role)
    content = (
        string("individualName", agent.individual)
        + free_text("organisationName", agent.name, tongues)
        + string("positionName", agent.position)
        + wrap("contactInfo", "CI_Contact", _contact(agent))
        + code("role", "CI_RoleCode", role)
    )
    return wrap(name, "CI_ResponsibleParty", content)


def _contact(agent: Agent) -> str:
    if not (agent.telephone or agent.city or agent.country or agent.email or agent.url):
        return ""
    address = (
        string("city", agent.city)
        + string("country", agent.country)
        + string("electronicMailAddress", agent.email)
    )
    return (
        wrap("phone", "CI_Telephone", string("voice", agent.telephone))
        + wrap("address", "CI_Address", address)
        + wrap("onlineResource", "CI_OnlineResource", url("linkage", agent.url) if agent.url else "")
    )


def _graphic(link: Link, tongues: Tongues) -> str:
    content = (
        (string("fileName", link.url) or nil("fileName"))
        + free_text("fileDescription", link.description, tongues)
        + string("fileType", link.media_type)
    )
    return wrap("graphicOverview", "MD_BrowseGraphic", content)


def _keywords(subjects: Iterable[Subject], tongues: Tongues) -> Iterable[str]:
    """MD_Keywords for each thesaurus and kind, in the order in which they come."""
    groups: dict[tuple[str, str], list[str]] = {}
    for subject in subjects:
        keyword = "" if is_topic(subject) else free_text("keyword", subject.label, tongues, subject.uri)
        if keyword:
            kind = "" if subject.kind == "topicCategory" else subject.kind
            groups.setdefault((subject.scheme, kind), []).append(keyword)
    for (scheme, kind), keywords in groups.items():
        content = "".join(keywords)
        if kind:
            content += code("type", "MD_KeywordTypeCode", kind)
        if scheme:
            content += wrap("thesaurusName", "CI_Citation", string("title", scheme) + nil("date"))
        yield wrap("descriptiveKeywords", "MD_Keywords", content)


def _constraints(right: Right, tongues: Tongues) -> str:
    """MD_Constraints for a limitation of use, else MD_LegalConstraints (B.2.3)."""
    name, _, value = right.kind.partition(":")
    text = right.text or (Text.of(right.url) if right.url else None)
    if name in ("accessConstraints", "useConstraints") and value:
        legal = code(name, "MD_RestrictionCode", value)
        return wrap("resourceConstraints", "MD_LegalConstraints", legal + _other(text, right, tongues))
    if right.kind == "useLimitation":
        limitation = free_text("useLimitation", text, tongues, right.url)
        return wrap("resourceConstraints", "MD_Constraints", limitation)
    other = _other(text, right, tongues)
    if not other or right.kind == "otherConstraints":
        return wrap("resourceConstraints", "MD_LegalConstraints", other)
    name = "accessConstraints" if right.kind == "accessRights" else "useConstraints"
    value = "license" if right.kind == "license" else "otherRestrictions"
    legal = code(name, "MD_RestrictionCode", value)
    return wrap("resourceConstraints", "MD_LegalConstraints", legal + other)


def _security(one: Security, tongues: Tongues) -> str:
    """MD_SecurityConstraints (B.2.3)."""
    classified = nil("classification", "unknown")
    if one.classification:
        classified = code("classification", "MD_ClassificationCode", one.classification)
    note = free_text("userNote", one.note, tongues)
    content = classified + note + string("classificationSystem", one.system)
    return wrap("resourceConstraints", "MD_SecurityConstraints", content)


def _other(text: Text | None, right: Right, tongues: Tongues) -> str:
    return free_text("otherConstraints", text, tongues, right.url)


def _aggregation(relation: Relation, tongues: Tongues) -> str:
    """MD_AggregateInformation: another resource by its identifier, and its name where there is one."""
    if not relation.value:
        return ""
    title = free_text("title", relation.title, tongues)
    content = (
        wrap("aggregateDataSetName", "CI_Citation", title + nil("date") if title else "")
        + wrap("aggregateDataSetIdentifier", "MD_Identifier", string("code", relation.value))
        + code("associationType", "DS_AssociationTypeCode", ASSOCIATIONS.get(relation.kind, "crossReference"))
    )
    return wrap("aggregationInfo", "MD_AggregateInformation", content)


def _resolution(resolution: str) -> str:
    """MD_Resolution for a scale (`1:50000`) or a distance (`30 m`); nothing for what is neither."""
    scale = SCALE.fullmatch(resolution)
    if scale:
        denominator = f"<gmd:denominator><gco:Integer>{scale[1]}</gco:Integer></gmd:denominator>"
        fraction = wrap("equivalentScale", "MD_RepresentativeFraction", denominator)
        return wrap("spatialResolution", "MD_Resolution", fraction)
    distance = DISTANCE.fullmatch(resolution)
    if distance:
        length = f'<gco:Distance uom="{any_uri(distance[2])}">{distance[1]}</gco:Distance>'
        return wrap("spatialResolution", "MD_Resolution", f"<gmd:distance>{length}</gmd:distance>")
    return ""


def _extent(record: Record, tongues: Tongues) -> str:
    """EX_Extent (B.3.1): boxes, places, times."""
    out = [
        wrap(
            "geographicElement", "EX_GeographicBoundingBox", _edges(box.west, box.east, box.south, box.north)
        )
        for box in record.boxes
        if in_degrees(box)
    ]
    for place in record.places:
        coded = wrap("geographicIdentifier", "MD_Identifier", free_text("code", place, tongues))
        out.append(wrap("geographicElement", "EX_GeographicDescription", coded))
    out += (
        _period(period, f"period-{count}-{tongues.mark}") for count, period in enumerate(record.periods, 1)
    )
    return "".join(out)


def _edges(west: float, east: float, south: float, north: float) -> str:
    return (
        f"<gmd:westBoundLongitude><gco:Decimal>{number(west)}</gco:Decimal></gmd:westBoundLongitude>"
        f"<gmd:eastBoundLongitude><gco:Decimal>{number(east)}</gco:Decimal></gmd:eastBoundLongitude>"
        f"<gmd:southBoundLatitude><gco:Decimal>{number(south)}</gco:Decimal></gmd:southBoundLatitude>"
        f"<gmd:northBoundLatitude><gco:Decimal>{number(north)}</gco:Decimal></gmd:northBoundLatitude>"
    )


def _period(period: Period, gml_id: str) -> str:
    """EX_TemporalExtent: a gml:TimePeriod, its open ends unknown, its text as gml:description."""
    description = f"<gml:description>{escape(period.text)}</gml:description>" if period.text else ""
    time = (
        f'<gml:TimePeriod gml:id="{gml_id}">{description}'
        f"{_position('beginPosition', period.begin)}{_position('endPosition', period.end)}</gml:TimePeriod>"
    )
    return wrap("temporalElement", "EX_TemporalExtent", f"<gmd:extent>{time}</gmd:extent>")


def _position(name: str, value: str) -> str:
    if is_date(value):
        return f"<gml:{name}>{value}</gml:{name}>"
    return f'<gml:{name} indeterminatePosition="unknown"/>'
