"""Writer of mdb:MD_Metadata (ISO 19115-3, schemas of 2018: mdb 2.0 with GML 3.2)."""

from __future__ import annotations

from typing import Final

from catalogue import namespaces as ns
from catalogue.formats import ISO19115_3
from catalogue.record import UNDETERMINED, Agent, Conformance, Link, Record
from catalogue.rendering.gmd import Tongues
from catalogue.rendering.iso19115_3_identification import identification, identifier_of, party
from catalogue.rendering.iso_property import citation, code, date, free_text, locale, nil, string, wrap
from catalogue.rendering.iso_terms import DEFAULT_SCOPE, SCOPES
from catalogue.rendering.markup import document

_HEAD: Final = (
    "<mdb:MD_Metadata"
    + "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in ns.ISO19115_3.items())
    + f' xmlns:gml="{ns.GML32}" xmlns:xlink="{ns.XLINK}" xmlns:xsi="{ns.XSI}"'
    f' xsi:schemaLocation="{ns.MDB} {ISO19115_3.schema}">'
)
_FOOT: Final = "</mdb:MD_Metadata>"
_STANDARD: Final = citation(
    "mdb:metadataStandard",
    string("cit:title", "ISO 19115-1:2014/19115-3:2016"),
    string("cit:edition", "1.0"),
)
#: Of another standard, and rare: who needs its names and its schema finds them here.
_QUALITY: Final = (
    f'<mdq:DQ_DataQuality xmlns:mdq="{ns.MDQ}"'
    f' xsi:schemaLocation="{ns.MDQ} https://schemas.isotc211.org/19157/-2/mdq/1.0/mdq.xsd">'
)
#: MD_ScopeCode of ISO 19115-1 that ISO 19115:2003 does not have.
_SCOPES: Final = SCOPES | {
    scope.lower(): scope
    for scope in (
        "metadata", "initiative", "sample", "document", "repository", "aggregate", "collection", "coverage",
        "application", "product",
    )
}  # fmt: skip
_CODES: Final = frozenset(_SCOPES.values())


def write(record: Record, *, identifier: str, datestamp: str) -> bytes:
    """The record as one mdb:MD_Metadata element.

    Args:
        record: what to write.
        identifier: ours: mdb:metadataIdentifier.
        datestamp: when our copy was last changed: mdb:dateInfo.
    """
    titled = record.title.default_language if record.title.values else UNDETERMINED
    own = record.metadata_language or titled
    tongues = Tongues(own, identifier)
    head = [
        _HEAD,
        identifier_of("mdb:metadataIdentifier", identifier),
        locale("mdb:defaultLocale", own) if own != UNDETERMINED else "",
        citation("mdb:parentMetadata", "", identifier_of("cit:identifier", record.parent_identifier)),
        *_scopes(record, tongues),
        _contacts(record, tongues),
        date("mdb:dateInfo", datestamp, "revision"),
        _STANDARD,
    ]
    body = [
        *map(_reference_system, record.reference_systems),
        identification(record, tongues),
        wrap("mdb:distributionInfo", "mrd:MD_Distribution", _distribution(record, tongues)),
        _quality(record, tongues),
        wrap("mdb:resourceLineage", "mrl:LI_Lineage", free_text("mrl:statement", record.lineage, tongues)),
        _FOOT,
    ]
    others = [locale("mdb:otherLocale", tag, name) for tag, name in tongues.ids.items()]
    return document([*head, *others, *body])


def _scopes(record: Record, tongues: Tongues) -> list[str]:
    """MD_MetadataScope for each type: its code, or, of what is no code, the words that were sent."""
    codes, names = {}, []
    for text in record.types:
        word = text.values[0][1] if text.values else ""
        scope = _SCOPES.get(word.lower())
        if scope:
            codes[scope] = code("mdb:resourceScope", "mcc:MD_ScopeCode", scope)
        if len(text.values) != 1 or word not in _CODES:
            named = free_text("mdb:name", text, tongues)
            names += [nil("mdb:resourceScope", "inapplicable") + named] if named else []
    if not codes:
        codes[DEFAULT_SCOPE] = code("mdb:resourceScope", "mcc:MD_ScopeCode", DEFAULT_SCOPE)
    return [wrap("mdb:metadataScope", "mdb:MD_MetadataScope", said) for said in (*codes.values(), *names)]


def _contacts(record: Record, tongues: Tongues) -> str:
    """mdb:contact: who answers for the metadata; else who answers for the resource; else nil."""
    for role in ("metadataContact", "pointOfContact", "publisher"):
        found: list[Agent] = [agent for agent in record.agents if agent.role == role]
        if found:
            return "".join(party("mdb:contact", agent, tongues, role="pointOfContact") for agent in found)
    return nil("mdb:contact")


def _reference_system(system: str) -> str:
    named = identifier_of("mrs:referenceSystemIdentifier", system)
    return wrap("mdb:referenceSystemInfo", "mrs:MD_ReferenceSystem", named)


def _distribution(record: Record, tongues: Tongues) -> str:
    """MD_Distribution: formats, distributors, online resources."""
    out = [
        wrap(
            "mrd:distributionFormat",
            "mrd:MD_Format",
            citation("mrd:formatSpecificationCitation", string("cit:title", name)),
        )
        for name in record.formats
        if name
    ]
    out += [
        wrap("mrd:distributor", "mrd:MD_Distributor", party("mrd:distributorContact", agent, tongues))
        for agent in record.agents
        if agent.role == "distributor"
    ]
    online = "".join(
        _online(link, tongues) for link in record.links if link.url and link.function != "browseGraphic"
    )
    out.append(wrap("mrd:transferOptions", "mrd:MD_DigitalTransferOptions", online))
    return "".join(out)


def _online(link: Link, tongues: Tongues) -> str:
    """CI_OnlineResource."""
    content = (
        string("cit:linkage", link.url)
        + string("cit:protocol", link.protocol)
        + free_text("cit:name", link.title, tongues)
        + free_text("cit:description", link.description, tongues)
        + (code("cit:function", "cit:CI_OnLineFunctionCode", link.function) if link.function else "")
    )
    return wrap("mrd:onLine", "cit:CI_OnlineResource", content)


def _quality(record: Record, tongues: Tongues) -> str:
    """DQ_DataQuality of ISO 19157: what the resource conforms to."""
    if not record.conformance:
        return ""
    codes = (_SCOPES.get(text.default.lower()) for text in record.types)
    level = code("mcc:level", "mcc:MD_ScopeCode", next(filter(None, codes), DEFAULT_SCOPE))
    reports = "".join(_conformance(one, tongues) for one in record.conformance)
    scope = wrap("mdq:scope", "mcc:MD_Scope", level)
    return f"<mdb:dataQualityInfo>{_QUALITY}{scope}{reports}</mdq:DQ_DataQuality></mdb:dataQualityInfo>"


def _conformance(told: Conformance, tongues: Tongues) -> str:
    """DQ_ConformanceResult of a DQ_DomainConsistency, as INSPIRE has it: the report is of no other kind."""
    said = date("cit:date", told.date, told.date_type) if told.date or told.date_type else ""
    title = free_text("cit:title", told.title, tongues, told.url) or nil("cit:title")
    passed = nil("mdq:pass", "unknown")
    if told.degree is not None:
        passed = f"<mdq:pass><gco:Boolean>{str(told.degree).lower()}</gco:Boolean></mdq:pass>"
    content = (
        citation("mdq:specification", title, said)
        + free_text("mdq:explanation", told.explanation, tongues)
        + passed
    )
    result = wrap("mdq:result", "mdq:DQ_ConformanceResult", content)
    return wrap("mdq:report", "mdq:DQ_DomainConsistency", result)
