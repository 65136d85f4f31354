"""Agents of DCAT: foaf:Agent for who made it, vcard:Kind for whom to ask, prov:Attribution for the rest."""

from __future__ import annotations

from typing import Final

from catalogue.record import Agent, Record, Text
from catalogue.rendering.rdf import literal, literals, node, resource

#: Where the values of CI_RoleCode have their addresses.
ROLE_CODES: Final = "http://standards.iso.org/iso/19115/resources/Codelists/gml/CI_RoleCode.xml#"
_PROPERTIES: Final = {
    "creator": "dct:creator",
    "author": "dct:creator",
    "publisher": "dct:publisher",
    "contributor": "dct:contributor",
    "rightsHolder": "dct:rightsHolder",
}


def agents(record: Record) -> str:
    """All agents of the resource. DCAT-AP wants one publisher at most: the first."""
    out = []
    published = False
    for agent in record.agents:
        name = _PROPERTIES.get(agent.role, "")
        if name == "dct:publisher" and published:
            name = ""
        published = published or name == "dct:publisher"
        if agent.role == "pointOfContact":
            out.append(contact(agent))
        elif name:
            out.append(_agent(name, agent))
        elif agent.role != "metadataContact":
            out.append(_attribution(agent))
    return "".join(out)


def _agent(name: str, agent: Agent) -> str:
    """foaf:Agent; of a person whose organisation is known, foaf:Person, a member of it."""
    if not agent.individual:
        return node(name, "foaf:Agent", literals("foaf:name", agent.name) + _reached(agent))
    organisation = node("org:memberOf", "foaf:Organization", literals("foaf:name", agent.name))
    content = literal("foaf:name", agent.individual) + _reached(agent) + organisation
    return node(name, "foaf:Person", content)


def _reached(agent: Agent) -> str:
    return (
        (resource("foaf:mbox", f"mailto:{agent.email}") if agent.email else "")
        + (resource("foaf:phone", _telephone(agent)) if agent.telephone else "")
        + resource("foaf:homepage", agent.url)
    )


def _telephone(agent: Agent) -> str:
    """RFC 3966: without spaces."""
    return f"tel:{'-'.join(agent.telephone.split())}"


def contact(agent: Agent) -> str:
    """dcat:contactPoint: vcard:Individual where a person is named, else vcard:Organization."""
    name = Text.of(agent.individual) if agent.individual else agent.name
    address = literal("vcard:locality", agent.city) + literal("vcard:country-name", agent.country)
    content = (
        literals("vcard:fn", name)
        + (literals("vcard:organization-name", agent.name) if agent.individual else "")
        + literal("vcard:title", agent.position)
        + (resource("vcard:hasEmail", f"mailto:{agent.email}") if agent.email else "")
        + (resource("vcard:hasTelephone", _telephone(agent)) if agent.telephone else "")
        + resource("vcard:hasURL", agent.url)
        + node("vcard:hasAddress", "vcard:Address", address)
    )
    return node(
        "dcat:contactPoint", "vcard:Individual" if agent.individual else "vcard:Organization", content
    )


def _attribution(agent: Agent) -> str:
    """An agent in a role that DCMI terms have no property for."""
    who = _agent("prov:agent", agent)
    if not who:
        return ""
    role = resource("dcat:hadRole", ROLE_CODES + agent.role) if agent.role else ""
    return node("prov:qualifiedAttribution", "prov:Attribution", who + role)
