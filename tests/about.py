"""The about containers of the OAI guidelines: how they look, and what their schemas demand."""

from __future__ import annotations

from lxml import etree

PROVENANCE = "http://www.openarchives.org/OAI/2.0/provenance"
RIGHTS = "http://www.openarchives.org/OAI/2.0/rights/"

#: What the guideline on provenance demands of its container.
PROVENANCE_SCHEMA = etree.XMLSchema(
    etree.fromstring(f"""
<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:p="{PROVENANCE}" targetNamespace="{PROVENANCE}"
        elementFormDefault="qualified">
  <element name="provenance"><complexType><sequence>
    <element name="originDescription" type="p:origin"/>
  </sequence></complexType></element>
  <complexType name="origin">
    <sequence>
      <element name="baseURL" type="anyURI"/>
      <element name="identifier" type="anyURI"/>
      <element name="datestamp" type="p:stamp"/>
      <element name="metadataNamespace" type="anyURI"/>
      <element name="originDescription" type="p:origin" minOccurs="0"/>
    </sequence>
    <attribute name="harvestDate" type="p:stamp" use="required"/>
    <attribute name="altered" type="boolean" use="required"/>
  </complexType>
  <simpleType name="stamp"><restriction base="string">
    <pattern value="[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z)?"/>
  </restriction></simpleType>
</schema>""")
)


def origin(
    base_url: str, identifier: str, inner: str = "", *, harvested: str = "2024-05-06", altered: str = "true"
) -> str:
    """An originDescription, with the one before it inside."""
    return (
        f'<originDescription harvestDate="{harvested}" altered="{altered}"><baseURL>{base_url}</baseURL>'
        f"<identifier>{identifier}</identifier><datestamp>2020-01-02</datestamp>"
        f"<metadataNamespace>urn:example:format</metadataNamespace>{inner}</originDescription>"
    )


def provenance(description: str) -> str:
    """The about element with this originDescription."""
    return f'<about><provenance xmlns="{PROVENANCE}">{description}</provenance></about>'


def rights(address: str) -> str:
    """The about element that refers to a statement of rights."""
    return f'<about><rights xmlns="{RIGHTS}"><rightsReference ref="{address}"/></rights></about>'
