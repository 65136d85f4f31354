"""Writer of gmd:MD_Metadata (ISO/TS 19139:2007, schemas of 2007-04-17 with GML 3.2)."""

from __future__ import annotations

from typing import Final

from catalogue import namespaces as ns
from catalogue.formats import ISO19139
from catalogue.record import UNDETERMINED, Agent, Conformance, Link, Record
from catalogue.rendering.gmd import Tongues, code, dated, free_text, language, locales, nil, string, url, wrap
from catalogue.rendering.iso_identification import identification, party
from catalogue.rendering.iso_terms import DEFAULT_SCOPE, SCOPES
from catalogue.rendering.markup import document

_HEAD: Final = (
    f'<gmd:MD_Metadata xmlns:gmd="{ns.GMD}" xmlns:gco="{ns.GCO}" xmlns:gmx="{ns.GMX}" xmlns:srv="{ns.SRV}"'
    f' xmlns:gml="{ns.GML32}" xmlns:xlink="{ns.XLINK}" xmlns:xsi="{ns.XSI}"'
    f' xsi:schemaLocation="{ns.GMD} {ISO19139.schema}">'
)
_FOOT: Final = "</gmd:MD_Metadata>"
_CHARACTER_SET: Final = code("characterSet", "MD_CharacterSetCode", "utf8")
_STANDARD: Final = string("metadataStandardName", "ISO 19115:2003/19139") + string(
    "metadataStandardVersion", "1.0"
)


def write(record: Record, *, identifier: str, datestamp: str) -> bytes:
    """The record as one gmd:MD_Metadata element.

    Args:
        record: what to write.
        identifier: ours: gmd:fileIdentifier.
        datestamp: when our copy was last changed: gmd:dateStamp.
    """
    own = record.metadata_language or _own_language(record)
    tongues = Tongues(own, identifier)
    scopes = _scopes(record)
    head = [
        _HEAD,
        string("fileIdentifier", identifier),
        language("language", own) if own != UNDETERMINED else nil("language", "unknown"),
        _CHARACTER_SET,
        string("parentIdentifier", record.parent_identifier),
        *(code("hierarchyLevel", "MD_ScopeCode", scope) for scope in scopes),
        *_scope_names(record, tongues),
        _contacts(record, tongues),
        dated("dateStamp", datestamp),
        _STANDARD,
    ]
    body = [
        *(_reference_system(system) for system in record.reference_systems),
        identification(record, tongues),
        wrap("distributionInfo", "MD_Distribution", _distribution(record, tongues)),
        _quality(record, scopes[0], tongues),
        _FOOT,
    ]
    return document([*head, locales(tongues), *body])


def _own_language(record: Record) -> str:
    """The language of the title, where the metadata do not state theirs."""
    return record.title.default_language if record.title.values else UNDETERMINED


def _scopes(record: Record) -> list[str]:
    """MD_ScopeCode for the types; a record without geography is a nonGeographicDataset."""
    found = {
        SCOPES[value.lower()]: None
        for text in record.types
        for _, value in text.values[:1]
        if value.lower() in SCOPES
    }
    return list(found) or [DEFAULT_SCOPE]


def _scope_names(record: Record, tongues: Tongues) -> list[str]:
    """gmd:hierarchyLevelName: the types that are no codes, in the words that were sent."""
    return [
        free_text("hierarchyLevelName", text, tongues)
        for text in record.types
        if len(text.values) != 1 or text.values[0][1] not in SCOPES.values()
    ]


def _contacts(record: Record, tongues: Tongues) -> str:
    """gmd:contact: who answers for the metadata; else who answers for the resource; else nil."""
    for role in ("metadataContact", "pointOfContact", "publisher"):
        found: list[Agent] = [agent for agent in record.agents if agent.role == role]
        if found:
            return "".join(party("contact", agent, tongues, role="pointOfContact") for agent in found)
    return nil("contact")


def _reference_system(system: str) -> str:
    identifier = wrap("referenceSystemIdentifier", "RS_Identifier", string("code", system))
    return wrap("referenceSystemInfo", "MD_ReferenceSystem", identifier)


def _distribution(record: Record, tongues: Tongues) -> str:
    """MD_Distribution (B.2.10): formats, distributors, online resources."""
    out = [
        wrap("distributionFormat", "MD_Format", string("name", name) + nil("version"))
        for name in record.formats
        if name
    ]
    out += [
        wrap("distributor", "MD_Distributor", party("distributorContact", agent, tongues))
        for agent in record.agents
        if agent.role == "distributor"
    ]
    online = "".join(
        _online(link, tongues) for link in record.links if link.url and link.function != "browseGraphic"
    )
    out.append(wrap("transferOptions", "MD_DigitalTransferOptions", online))
    return "".join(out)


def _online(link: Link, tongues: Tongues) -> str:
    """CI_OnlineResource (B.3.2.5)."""
    content = (
        url("linkage", link.url)
        + string("protocol", link.protocol)
        + free_text("name", link.title, tongues)
        + free_text("description", link.description, tongues)
        + (code("function", "CI_OnLineFunctionCode", link.function) if link.function else "")
    )
    return wrap("onLine", "CI_OnlineResource", content)


def _quality(record: Record, scope: str, tongues: Tongues) -> str:
    """DQ_DataQuality (B.2.4): what the resource conforms to; the lineage, as one statement."""
    reports = "".join(_conformance(one, tongues) for one in record.conformance)
    lineage = wrap("lineage", "LI_Lineage", free_text("statement", record.lineage, tongues))
    if not (reports or lineage):
        return ""
    level = wrap("scope", "DQ_Scope", code("level", "MD_ScopeCode", scope))
    return wrap("dataQualityInfo", "DQ_DataQuality", level + reports + lineage)


def _conformance(told: Conformance, tongues: Tongues) -> str:
    """DQ_ConformanceResult of a DQ_DomainConsistency, as INSPIRE has it: the report is of no other kind."""
    cited = free_text("title", told.title, tongues, told.url) or nil("title")
    if told.date or told.date_type:
        kind = code("dateType", "CI_DateTypeCode", told.date_type) if told.date_type else ""
        cited += wrap("date", "CI_Date", dated("date", told.date) + (kind or nil("dateType", "unknown")))
    else:
        cited += nil("date")
    passed = nil("pass", "unknown")
    if told.degree is not None:
        passed = f"<gmd:pass><gco:Boolean>{str(told.degree).lower()}</gco:Boolean></gmd:pass>"
    explanation = free_text("explanation", told.explanation, tongues) or nil("explanation")
    content = wrap("specification", "CI_Citation", cited) + explanation + passed
    result = wrap("result", "DQ_ConformanceResult", content)
    return wrap("report", "DQ_DomainConsistency", result)
