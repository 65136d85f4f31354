"""The extended capabilities of a discovery service of INSPIRE (inspire_ds 1.0; Technical Guidance 3.1).

They say what the service is, in the words of the directive, and which languages it answers in. The languages
that INSPIRE knows are those of the European Union: of ours English, French and Spanish, so a document in
another has no such section. Conformity is said to be not evaluated, for nobody has.
"""

from __future__ import annotations

from typing import Final

from catalogue.languages import iso639_2
from catalogue.xml import escape
from endpoint.csw.about import About
from endpoint.languages import ENGLISH, LANGUAGES

#: Languages of ours that are official ones of the Union.
OFFICIAL: Final = tuple(tag for tag in LANGUAGES if tag in {"en", "fr", "es"})
_DS: Final = "http://inspire.ec.europa.eu/schemas/inspire_ds/1.0"
_COMMON: Final = "http://inspire.ec.europa.eu/schemas/common/1.0"
_REGULATION: Final = (
    "<inspire_common:Title>COMMISSION REGULATION (EU) No 1089/2010 of 23 November 2010 implementing "
    "Directive 2007/2/EC of the European Parliament and of the Council as regards interoperability of "
    "spatial data sets and services</inspire_common:Title>"
    "<inspire_common:DateOfPublication>2010-12-08</inspire_common:DateOfPublication>"
    "<inspire_common:URI>OJ:L:2010:323:0011:0102:EN:PDF</inspire_common:URI>"
    "<inspire_common:ResourceLocator><inspire_common:URL>"
    "http://eur-lex.europa.eu/LexUriServ/LexUriServ.do?uri=OJ:L:2010:323:0011:0102:EN:PDF"
    "</inspire_common:URL><inspire_common:MediaType>application/pdf</inspire_common:MediaType>"
    "</inspire_common:ResourceLocator>"
)


def extended_capabilities(about: About, changed: str) -> str:
    """The ows:ExtendedCapabilities; nothing in a language that INSPIRE does not know.

    Args:
        about: the service's own words.
        changed: the day on which the catalogue was changed last, as in `2026-11-28`.
    """
    if about.language not in OFFICIAL:
        return ""
    supported = "".join(
        f"<inspire_common:SupportedLanguage>{_language(tag)}</inspire_common:SupportedLanguage>"
        for tag in OFFICIAL
    )
    address = escape(f"{about.address}?service=CSW&version=2.0.2&request=GetCapabilities")
    return (
        f'<ows:ExtendedCapabilities><inspire_ds:ExtendedCapabilities xmlns:inspire_ds="{_DS}"'
        f' xmlns:inspire_common="{_COMMON}" xsi:schemaLocation="{_DS} {_DS}/inspire_ds.xsd">'
        f"<inspire_common:ResourceLocator><inspire_common:URL>{address}</inspire_common:URL>"
        "<inspire_common:MediaType>application/xml</inspire_common:MediaType>"
        "</inspire_common:ResourceLocator>"
        "<inspire_common:ResourceType>service</inspire_common:ResourceType>"
        f"<inspire_common:TemporalReference><inspire_common:DateOfLastRevision>{changed}"
        "</inspire_common:DateOfLastRevision></inspire_common:TemporalReference>"
        "<inspire_common:Conformity><inspire_common:Specification"
        ' xsi:type="inspire_common:citationInspireInteroperabilityRegulation_eng">'
        f"{_REGULATION}</inspire_common:Specification>"
        "<inspire_common:Degree>notEvaluated</inspire_common:Degree></inspire_common:Conformity>"
        "<inspire_common:MetadataPointOfContact>"
        f"<inspire_common:OrganisationName>{escape(about.provider)}</inspire_common:OrganisationName>"
        f"<inspire_common:EmailAddress>{escape(about.email)}</inspire_common:EmailAddress>"
        "</inspire_common:MetadataPointOfContact>"
        f"<inspire_common:MetadataDate>{changed}</inspire_common:MetadataDate>"
        "<inspire_common:SpatialDataServiceType>discovery</inspire_common:SpatialDataServiceType>"
        '<inspire_common:MandatoryKeyword xsi:type="inspire_common:classificationOfSpatialDataService">'
        "<inspire_common:KeywordValue>infoCatalogueService</inspire_common:KeywordValue>"
        "</inspire_common:MandatoryKeyword><inspire_common:SupportedLanguages>"
        f"<inspire_common:DefaultLanguage>{_language(ENGLISH.tag)}</inspire_common:DefaultLanguage>"
        f"{supported}</inspire_common:SupportedLanguages>"
        f"<inspire_common:ResponseLanguage>{_language(about.language)}</inspire_common:ResponseLanguage>"
        "</inspire_ds:ExtendedCapabilities></ows:ExtendedCapabilities>"
    )


def _language(tag: str) -> str:
    return f"<inspire_common:Language>{iso639_2(tag)}</inspire_common:Language>"
