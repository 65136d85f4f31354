"""Writer of DataCite (Metadata Schema 4.6) in the wrapper that its OAI-PMH provider uses (oai_datacite).

Six properties are mandatory. Where a record has nothing for one of them, the standard's own code for a
value that is not available stands there, and `0000` for the year: nothing is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from catalogue import identifiers
from catalogue import namespaces as ns
from catalogue.formats import OAI_DATACITE
from catalogue.languages import is_tag
from catalogue.record import Agent, Identifier, Record, Relation, Right, Subject, Text
from catalogue.rendering import dublin_core
from catalogue.rendering.datacite_terms import (
    CONTRIBUTORS,
    DATES,
    RELATIONS,
    SCHEMES,
    general_type,
    related_type,
)
from catalogue.rendering.markup import (
    any_uri,
    attribute,
    document,
    escape,
    in_degrees,
    language_attribute,
    number,
    values,
)
from catalogue.xml import clean

VERSION: Final = "4.6"
#: Appendix 3 of the schema's documentation: there may be a value, and we do not have it.
UNAVAILABLE: Final = "(:unav)"
UNKNOWN_YEAR: Final = "0000"
_HEAD: Final = (
    f'<oai_datacite xmlns="{ns.OAI_DATACITE}" xmlns:xsi="{ns.XSI}"'
    f' xsi:schemaLocation="{ns.OAI_DATACITE} {OAI_DATACITE.schema}">'
    f"<schemaVersion>{VERSION}</schemaVersion><datacentreSymbol>"
)
_WHERE: Final = (
    f'xsi:schemaLocation="{ns.DATACITE} http://schema.datacite.org/meta/kernel-{VERSION}/metadata.xsd">'
)
_PAYLOAD: Final = f'</datacentreSymbol><payload><resource xmlns="{ns.DATACITE}" {_WHERE}'
_FOOT: Final = "</resource></payload></oai_datacite>"
_YEAR: Final = re.compile(r"[0-9]{4}")


def write(record: Record, *, identifier: str) -> bytes:
    """The record as one oai_datacite element.

    Args:
        record: what to write.
        identifier: ours, which stands in where the resource has none of its own.
    """
    return document([_HEAD, escape(_symbol(identifier)), _PAYLOAD, *_properties(record, identifier), _FOOT])


def resource(record: Record, *, identifier: str) -> bytes:
    """The record as one resource element, without a wrapper."""
    head = f'<resource xmlns="{ns.DATACITE}" xmlns:xsi="{ns.XSI}" {_WHERE}'
    return document([head, *_properties(record, identifier), "</resource>"])


def _properties(record: Record, identifier: str) -> list[str]:
    names = _names(record, identifier)
    agents = dublin_core.agents(record)
    others = (*agents["publisher"][1:], *agents["contributor"])
    return [
        f'<identifier identifierType="{names[0][1]}">{escape(names[0][0])}</identifier>',
        _group("creators", [_creator(agent) for agent in agents["creator"]] or [_creator(None)]),
        _titles(record),
        _publisher(agents["publisher"]),
        f"<publicationYear>{_year(record)}</publicationYear>",
        _resource_type(record),
        _group("subjects", [_subject(subject) for subject in record.subjects]),
        _group("contributors", [_contributor(agent) for agent in others]),
        _group("dates", _dates(record)),
        next((f"<language>{tag}</language>" for tag in record.languages if is_tag(tag)), ""),
        _group("alternateIdentifiers", [_alternate(value, kind) for value, kind in names[1:]]),
        *_related(record),
        _group("formats", [f"<format>{escape(name)}</format>" for name in record.formats if name]),
        _group("rightsList", [_right(right) for right in record.rights]),
        _descriptions(record),
        _places(record),
    ]


def _says(value: str) -> bool:
    """Whether anything but white space is left of a value without the characters that XML forbids."""
    return bool(value) and (value.isalnum() or bool(clean(value).strip()))


def _group(name: str, parts: Iterable[str]) -> str:
    content = "".join(parts)
    return f"<{name}>{content}</{name}>" if content else ""


def _symbol(identifier: str) -> str:
    """The symbol of the centre that gives the record: of ours, the namespace of its OAI identifiers."""
    own = identifiers.oai(identifier)
    return own[0] if own else UNAVAILABLE


def _names(record: Record, identifier: str) -> list[tuple[str, str]]:
    """The identifiers with their types, a DOI first, then a handle; ours where there is none."""
    found = {known.value: _kind(known) for known in record.identifiers if _says(known.value)}
    for link in dublin_core.resource_links(record):
        if _says(link.url):
            found.setdefault(link.url, "URL")
    if not found and _says(identifier):
        found[identifier] = "OAI" if identifiers.oai(identifier) else "Local"
    if not found:
        return [(UNAVAILABLE, "Local")]
    names = [
        (identifiers.doi(value) or value if kind == "DOI" else value, kind) for value, kind in found.items()
    ]
    return sorted(names, key=lambda name: _PREFERENCE.get(name[1], 3))


_PREFERENCE: Final = {"DOI": 0, "Handle": 1, "URL": 2}


def _kind(known: Identifier) -> str:
    """identifierType: DOI only for what is one."""
    kind = SCHEMES.get(known.scheme, "Local")
    if kind == "URL" and not identifiers.web_address(known.value):
        return "URN" if known.value.lower().startswith("urn:") else "Local"
    return kind if kind != "DOI" or identifiers.doi(known.value) else "Local"


def _alternate(value: str, kind: str) -> str:
    return f'<alternateIdentifier alternateIdentifierType="{kind}">{escape(value)}</alternateIdentifier>'


def _creator(agent: Agent | None) -> str:
    named = _name("creatorName", agent) if agent else ""
    return f"<creator>{named or f'<creatorName>{UNAVAILABLE}</creatorName>'}</creator>"


def _contributor(agent: Agent) -> str:
    named = _name("contributorName", agent)
    kind = CONTRIBUTORS.get(agent.role, "Other")
    return f'<contributor contributorType="{kind}">{named}</contributor>' if named else ""


def _name(element: str, agent: Agent) -> str:
    """The name; of a person whose organisation is known, that is the affiliation. Nothing for no name."""
    language, organisation = next((pair for pair in agent.name.values if _says(pair[1])), ("", ""))
    if _says(agent.individual):
        affiliation = f"<affiliation>{escape(organisation)}</affiliation>" if organisation else ""
        return f'<{element} nameType="Personal">{escape(agent.individual)}</{element}>{affiliation}'
    if not organisation:
        return ""
    return f"<{element}{language_attribute(language)}>{escape(organisation)}</{element}>"


def _titles(record: Record) -> str:
    """The title, in other languages a TranslatedTitle, and the alternative ones."""
    own = values(record.title) or (("und", UNAVAILABLE),)
    out = [_title("", *own[0]), *(_title("TranslatedTitle", *pair) for pair in own[1:])]
    out += (_title("AlternativeTitle", *pair) for text in record.alternative_titles for pair in values(text))
    return _group("titles", out)


def _title(kind: str, language: str, value: str) -> str:
    typed = f' titleType="{kind}"' if kind else ""
    return f"<title{typed}{language_attribute(language)}>{escape(value)}</title>"


def _publisher(agents: list[Agent]) -> str:
    """The first publisher that has a name."""
    for agent in agents[:1]:
        for language, value in values(agent.name):
            if _says(value):
                return f"<publisher{language_attribute(language)}>{escape(value)}</publisher>"
    return f"<publisher>{UNAVAILABLE}</publisher>"


def _year(record: Record) -> str:
    """The year of publication, or of the date that comes nearest to it."""
    for date in dublin_core.dates(record):
        found = _YEAR.match(date.value)
        if found:
            return found[0]
    return UNKNOWN_YEAR


def _resource_type(record: Record) -> str:
    words = [value for text in record.types for _, value in values(text)]
    general = general_type(words) if words else ""
    if record.service_type and not general:
        general = "Service"
    said = escape(words[0]) if words else UNAVAILABLE
    return f'<resourceType resourceTypeGeneral="{general or "Other"}">{said}</resourceType>'


def _subject(subject: Subject) -> str:
    scheme = subject.scheme or ("MD_TopicCategoryCode" if subject.kind == "topicCategory" else "")
    more = f' subjectScheme="{attribute(scheme)}"' if scheme else ""
    more += f' valueURI="{any_uri(subject.uri)}"' if subject.uri else ""
    return "".join(
        f"<subject{more}{language_attribute(language)}>{escape(value)}</subject>"
        for language, value in values(subject.label)
    )


def _dates(record: Record) -> list[str]:
    out = [
        f'<date dateType="{DATES.get(date.kind, "Other")}">{escape(dublin_core.date_value(date))}</date>'
        for date in record.dates
        if date.text or date.value
    ]
    for period in record.periods:
        value = dublin_core.period(period) if period.begin or period.end else ""
        said = f' dateInformation="{attribute(period.text)}"' if period.text else ""
        if value or said:
            out.append(f'<date dateType="Coverage"{said}>{escape(value)}</date>')
    return out


def _related(record: Record) -> list[str]:
    """Relations that DataCite has a word for: to what is identified, and to what is only named."""
    identified, named = [], []
    for relation in dublin_core.relations(record):
        word = RELATIONS.get(relation.kind)
        kind = related_type(relation.value)
        if word and kind:
            identified.append(
                f'<relatedIdentifier relatedIdentifierType="{kind}" relationType="{word}">'
                f"{escape(relation.value)}</relatedIdentifier>"
            )
        elif word and relation.value:
            named.append(_named(relation, word))
    return [_group("relatedIdentifiers", identified), _group("relatedItems", named)]


def _named(relation: Relation, word: str) -> str:
    titles = values(relation.title) or (("und", relation.value),)
    content = "".join(f"<title{language_attribute(tag)}>{escape(value)}</title>" for tag, value in titles)
    return (
        f'<relatedItem relatedItemType="Other" relationType="{word}"><titles>{content}</titles></relatedItem>'
    )


def _right(right: Right) -> str:
    uri = f' rightsURI="{any_uri(right.url)}"' if right.url else ""
    said = [(tag, value) for tag, value in dublin_core.right_values(right) if value != right.url]
    if not said:
        return f"<rights{uri}/>" if uri else ""
    return "".join(f"<rights{uri}{language_attribute(tag)}>{escape(value)}</rights>" for tag, value in said)


def _descriptions(record: Record) -> str:
    out = []
    for count, text in enumerate(record.descriptions):
        out += _described("Other" if count else "Abstract", text)
    out += _described("Methods", record.lineage)
    return _group("descriptions", out)


def _described(kind: str, text: Text | None) -> list[str]:
    return [
        f'<description descriptionType="{kind}"{language_attribute(tag)}>{escape(value)}</description>'
        for tag, value in values(text)
    ]


def _places(record: Record) -> str:
    out = [
        f"<geoLocation><geoLocationPlace>{escape(values(place)[0][1])}</geoLocationPlace></geoLocation>"
        for place in record.places
        if values(place)
    ]
    out += [
        "<geoLocation><geoLocationBox>"
        f"<westBoundLongitude>{number(box.west)}</westBoundLongitude>"
        f"<eastBoundLongitude>{number(box.east)}</eastBoundLongitude>"
        f"<southBoundLatitude>{number(box.south)}</southBoundLatitude>"
        f"<northBoundLatitude>{number(box.north)}</northBoundLatitude></geoLocationBox></geoLocation>"
        for box in record.boxes
        if in_degrees(box)
    ]
    return _group("geoLocations", out)
