# ruff: noqa: E501 - samples of XML are read best on one line
"""A payload in each further format, of invented organisations, with what each format does in its own way."""

from __future__ import annotations

ISO19115_3 = """<mdb:MD_Metadata xmlns:mdb="http://standards.iso.org/iso/19115/-3/mdb/2.0" xmlns:cit="http://standards.iso.org/iso/19115/-3/cit/2.0"
  xmlns:gco="http://standards.iso.org/iso/19115/-3/gco/1.0" xmlns:gcx="http://standards.iso.org/iso/19115/-3/gcx/1.0" xmlns:gex="http://standards.iso.org/iso/19115/-3/gex/1.0"
  xmlns:lan="http://standards.iso.org/iso/19115/-3/lan/1.0" xmlns:mcc="http://standards.iso.org/iso/19115/-3/mcc/1.0" xmlns:mco="http://standards.iso.org/iso/19115/-3/mco/1.0"
  xmlns:mrd="http://standards.iso.org/iso/19115/-3/mrd/1.0" xmlns:mri="http://standards.iso.org/iso/19115/-3/mri/1.0" xmlns:mrl="http://standards.iso.org/iso/19115/-3/mrl/2.0"
  xmlns:mrs="http://standards.iso.org/iso/19115/-3/mrs/1.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink">
  <mdb:metadataIdentifier><mcc:MD_Identifier><mcc:code><gco:CharacterString>md-1</gco:CharacterString></mcc:code></mcc:MD_Identifier></mdb:metadataIdentifier>
  <mdb:defaultLocale><lan:PT_Locale id="EN"><lan:language><lan:LanguageCode codeList="x" codeListValue="eng"/></lan:language></lan:PT_Locale></mdb:defaultLocale>
  <mdb:parentMetadata uuidref="md-0"/>
  <mdb:metadataScope><mdb:MD_MetadataScope><mdb:resourceScope><mcc:MD_ScopeCode codeList="x" codeListValue="dataset"/></mdb:resourceScope></mdb:MD_MetadataScope></mdb:metadataScope>
  <mdb:contact><cit:CI_Responsibility><cit:role><cit:CI_RoleCode codeList="x" codeListValue="owner"/></cit:role><cit:party><cit:CI_Organisation>
    <cit:name><gco:CharacterString>Desk</gco:CharacterString></cit:name></cit:CI_Organisation></cit:party></cit:CI_Responsibility></mdb:contact>
  <mdb:dateInfo><cit:CI_Date><cit:date><gco:DateTime>2020-01-01T00:00:00Z</gco:DateTime></cit:date><cit:dateType><cit:CI_DateTypeCode codeList="x" codeListValue="creation"/></cit:dateType></cit:CI_Date></mdb:dateInfo>
  <mdb:dateInfo><cit:CI_Date><cit:date><gco:Date>2021-02-03</gco:Date></cit:date><cit:dateType><cit:CI_DateTypeCode codeList="x" codeListValue="revision"/></cit:dateType></cit:CI_Date></mdb:dateInfo>
  <mdb:otherLocale><lan:PT_Locale id="FR"><lan:language><lan:LanguageCode codeList="x" codeListValue="fre"/></lan:language></lan:PT_Locale></mdb:otherLocale>
  <mdb:referenceSystemInfo><mrs:MD_ReferenceSystem><mrs:referenceSystemIdentifier><mcc:MD_Identifier><mcc:code><gco:CharacterString>4326</gco:CharacterString></mcc:code>
    <mcc:codeSpace><gco:CharacterString>EPSG</gco:CharacterString></mcc:codeSpace></mcc:MD_Identifier></mrs:referenceSystemIdentifier></mrs:MD_ReferenceSystem></mdb:referenceSystemInfo>
  <mdb:identificationInfo><mri:MD_DataIdentification><mri:citation><cit:CI_Citation>
    <cit:title><gco:CharacterString>Soil</gco:CharacterString><lan:PT_FreeText><lan:textGroup><lan:LocalisedCharacterString locale="#FR">Sol</lan:LocalisedCharacterString></lan:textGroup></lan:PT_FreeText></cit:title>
    <cit:date><cit:CI_Date><cit:date><gco:Date>2004-02</gco:Date></cit:date><cit:dateType><cit:CI_DateTypeCode codeList="x" codeListValue="publication"/></cit:dateType></cit:CI_Date></cit:date>
    <cit:identifier><mcc:MD_Identifier><mcc:code><gcx:Anchor xlink:href="https://doi.org/10.1234/soil">10.1234/soil</gcx:Anchor></mcc:code></mcc:MD_Identifier></cit:identifier>
    <cit:citedResponsibleParty><cit:CI_Responsibility><cit:role><cit:CI_RoleCode codeList="x" codeListValue="author"/></cit:role><cit:party><cit:CI_Organisation>
      <cit:name><gco:CharacterString>Example Survey</gco:CharacterString></cit:name><cit:contactInfo><cit:CI_Contact><cit:phone><cit:CI_Telephone><cit:number><gco:CharacterString>+1 2</gco:CharacterString></cit:number></cit:CI_Telephone></cit:phone>
      <cit:address><cit:CI_Address><cit:city><gco:CharacterString>Capital</gco:CharacterString></cit:city><cit:electronicMailAddress><gco:CharacterString>a@example.org</gco:CharacterString></cit:electronicMailAddress></cit:CI_Address></cit:address></cit:CI_Contact></cit:contactInfo>
      <cit:individual><cit:CI_Individual><cit:name><gco:CharacterString>Erika Muster</gco:CharacterString></cit:name><cit:positionName><gco:CharacterString>Head</gco:CharacterString></cit:positionName></cit:CI_Individual></cit:individual></cit:CI_Organisation></cit:party>
      <cit:party><cit:CI_Individual><cit:name><gco:CharacterString>Juan Tester</gco:CharacterString></cit:name></cit:CI_Individual></cit:party></cit:CI_Responsibility></cit:citedResponsibleParty>
  </cit:CI_Citation></mri:citation>
  <mri:abstract><gco:CharacterString>What it is.</gco:CharacterString></mri:abstract>
  <mri:spatialResolution><mri:MD_Resolution><mri:distance><gco:Distance uom="x#m">30</gco:Distance></mri:distance></mri:MD_Resolution></mri:spatialResolution>
  <mri:topicCategory><mri:MD_TopicCategoryCode>environment</mri:MD_TopicCategoryCode></mri:topicCategory>
  <mri:extent><gex:EX_Extent><gex:description><gco:CharacterString>Lowland</gco:CharacterString></gex:description><gex:geographicElement><gex:EX_GeographicBoundingBox>
    <gex:westBoundLongitude><gco:Decimal>1</gco:Decimal></gex:westBoundLongitude><gex:eastBoundLongitude><gco:Decimal>3</gco:Decimal></gex:eastBoundLongitude>
    <gex:southBoundLatitude><gco:Decimal>2</gco:Decimal></gex:southBoundLatitude><gex:northBoundLatitude><gco:Decimal>4</gco:Decimal></gex:northBoundLatitude></gex:EX_GeographicBoundingBox></gex:geographicElement>
    <gex:temporalElement><gex:EX_TemporalExtent><gex:extent><gml:TimePeriod gml:id="t"><gml:beginPosition>1990</gml:beginPosition><gml:endPosition>1995</gml:endPosition></gml:TimePeriod></gex:extent></gex:EX_TemporalExtent></gex:temporalElement></gex:EX_Extent></mri:extent>
  <mri:descriptiveKeywords><mri:MD_Keywords><mri:keyword><gcx:Anchor xlink:href="https://example.org/t/1">Lead</gcx:Anchor></mri:keyword><mri:type><mri:MD_KeywordTypeCode codeList="x" codeListValue="theme"/></mri:type>
    <mri:thesaurusName><cit:CI_Citation><cit:title><gco:CharacterString>Metals</gco:CharacterString></cit:title></cit:CI_Citation></mri:thesaurusName></mri:MD_Keywords></mri:descriptiveKeywords>
  <mri:resourceConstraints><mco:MD_LegalConstraints><mco:reference><cit:CI_Citation><cit:title><gco:CharacterString>CC BY</gco:CharacterString></cit:title><cit:onlineResource><cit:CI_OnlineResource><cit:linkage><gco:CharacterString>https://example.org/by</gco:CharacterString></cit:linkage></cit:CI_OnlineResource></cit:onlineResource></cit:CI_Citation></mco:reference>
    <mco:accessConstraints><mco:MD_RestrictionCode codeList="x" codeListValue="unrestricted"/></mco:accessConstraints></mco:MD_LegalConstraints></mri:resourceConstraints>
  <mri:associatedResource><mri:MD_AssociatedResource><mri:associationType><mri:DS_AssociationTypeCode codeList="x" codeListValue="largerWorkCitation"/></mri:associationType><mri:metadataReference uuidref="md-9"/></mri:MD_AssociatedResource></mri:associatedResource>
  <mri:defaultLocale><lan:PT_Locale><lan:language><lan:LanguageCode codeList="x" codeListValue="fre"/></lan:language></lan:PT_Locale></mri:defaultLocale>
  </mri:MD_DataIdentification></mdb:identificationInfo>
  <mdb:distributionInfo><mrd:MD_Distribution><mrd:distributionFormat><mrd:MD_Format><mrd:formatSpecificationCitation><cit:CI_Citation><cit:title><gco:CharacterString>GeoPackage</gco:CharacterString></cit:title></cit:CI_Citation></mrd:formatSpecificationCitation></mrd:MD_Format></mrd:distributionFormat>
    <mrd:transferOptions><mrd:MD_DigitalTransferOptions><mrd:onLine><cit:CI_OnlineResource><cit:linkage><gco:CharacterString>https://example.org/f</gco:CharacterString></cit:linkage><cit:protocol><gco:CharacterString>WWW:DOWNLOAD</gco:CharacterString></cit:protocol>
    <cit:name><gcx:MimeFileType type="text/csv">f.csv</gcx:MimeFileType></cit:name><cit:function><cit:CI_OnLineFunctionCode codeList="x" codeListValue="download"/></cit:function></cit:CI_OnlineResource></mrd:onLine></mrd:MD_DigitalTransferOptions></mrd:transferOptions></mrd:MD_Distribution></mdb:distributionInfo>
  <mdb:resourceLineage><mrl:LI_Lineage><mrl:statement><gco:CharacterString>Counted.</gco:CharacterString></mrl:statement></mrl:LI_Lineage></mdb:resourceLineage>
</mdb:MD_Metadata>"""

DATACITE = """<resource xmlns="http://datacite.org/schema/kernel-4"><identifier identifierType="DOI">10.1234/AB</identifier>
  <creators><creator><creatorName nameType="Personal">Muster, Erika</creatorName><nameIdentifier nameIdentifierScheme="ORCID">0000-0000-0000-0000</nameIdentifier><affiliation>Example Survey</affiliation></creator><creator><creatorName>(:unav)</creatorName></creator></creators>
  <titles><title xml:lang="en">Soil</title><title xml:lang="fr" titleType="TranslatedTitle">Sol</title><title titleType="Subtitle">A study</title></titles>
  <publisher xml:lang="en">Example Press</publisher><publicationYear>2019</publicationYear><resourceType resourceTypeGeneral="Dataset">Survey</resourceType>
  <subjects><subject subjectScheme="Metals" valueURI="https://example.org/t/1" xml:lang="en">Lead</subject></subjects>
  <contributors><contributor contributorType="ContactPerson"><contributorName>Desk</contributorName></contributor></contributors>
  <dates><date dateType="Updated">2020-01-02</date><date dateType="Coverage" dateInformation="the nineties">1990/1995</date></dates><language>en</language>
  <alternateIdentifiers><alternateIdentifier alternateIdentifierType="URL">https://example.org/1</alternateIdentifier></alternateIdentifiers>
  <relatedIdentifiers><relatedIdentifier relatedIdentifierType="DOI" relationType="IsPartOf">10.1234/whole</relatedIdentifier></relatedIdentifiers>
  <relatedItems><relatedItem relatedItemType="Journal" relationType="IsPublishedIn"><titles><title>The Journal</title></titles></relatedItem></relatedItems>
  <sizes><size>3 MB</size></sizes><formats><format>text/csv</format></formats>
  <rightsList><rights rightsURI="info:eu-repo/semantics/openAccess"/><rights rightsURI="https://example.org/by" xml:lang="en">CC BY</rights></rightsList>
  <descriptions><description descriptionType="Methods">Counted.</description><description descriptionType="Abstract" xml:lang="en">One.<br/>Two.</description></descriptions>
  <geoLocations><geoLocation><geoLocationPlace>Lowland</geoLocationPlace><geoLocationBox><westBoundLongitude>1</westBoundLongitude><eastBoundLongitude>3</eastBoundLongitude><southBoundLatitude>2</southBoundLatitude><northBoundLatitude>4</northBoundLatitude></geoLocationBox></geoLocation></geoLocations>
  <fundingReferences><fundingReference><funderName>Example Fund</funderName></fundingReference></fundingReferences></resource>"""

MODS = """<mods xmlns="http://www.loc.gov/mods/v3" xmlns:xlink="http://www.w3.org/1999/xlink">
  <titleInfo lang="rus" script="Latn"><nonSort>The</nonSort><title>Pochva</title><subTitle>atlas</subTitle></titleInfo><titleInfo lang="rus" script="Cyrl"><title>Почва</title></titleInfo><titleInfo type="alternative"><title>Soil</title></titleInfo>
  <name type="personal"><namePart type="family">Muster</namePart><namePart type="given">Erika</namePart><role><roleTerm type="code" authority="marcrelator">aut</roleTerm></role><affiliation>Example Survey</affiliation></name>
  <name><namePart>Juan Tester</namePart><role><roleTerm>illustrator</roleTerm></role></name><typeOfResource>text</typeOfResource><genre>atlas</genre>
  <originInfo><place><placeTerm type="text">Capital</placeTerm></place><publisher>Example Press</publisher><dateIssued>2019</dateIssued><dateCreated point="start">2017</dateCreated><dateCreated point="end">2018</dateCreated></originInfo>
  <language><languageTerm type="code" authority="iso639-2b">rus</languageTerm></language><physicalDescription><internetMediaType>application/pdf</internetMediaType><extent>40 p.</extent></physicalDescription>
  <abstract xml:lang="en">What it is.</abstract><note>With maps.</note><note type="ownership">Found.</note>
  <subject authority="lcsh"><geographic>Lowland</geographic><topic>History</topic></subject><subject><geographic>Lowland</geographic></subject><subject><temporal>1990-1995</temporal></subject>
  <identifier type="doi">10.1234/AB</identifier><identifier type="local">17</identifier><location><url displayLabel="Text">https://example.org/1</url><url access="preview">https://example.org/p.png</url></location>
  <accessCondition type="restriction on access">Open</accessCondition><accessCondition type="use and reproduction" xlink:href="https://example.org/by">CC BY</accessCondition>
  <relatedItem type="series"><titleInfo><title>Atlases</title></titleInfo></relatedItem>
  <recordInfo><recordIdentifier>md-1</recordIdentifier><recordChangeDate encoding="iso8601">20200102</recordChangeDate><languageOfCataloging><languageTerm>eng</languageTerm></languageOfCataloging></recordInfo></mods>"""

MARCXML = """<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">17</controlfield><controlfield tag="005">20200102030405.0</controlfield>
  <controlfield tag="008">190101s2019    ru            000 0 rus d</controlfield>
  <datafield tag="020" ind1=" " ind2=" "><subfield code="a">978-3-16-148410-0 (bound)</subfield></datafield><datafield tag="024" ind1="7" ind2=" "><subfield code="a">10.1234/AB</subfield><subfield code="2">doi</subfield></datafield>
  <datafield tag="034" ind1="1" ind2=" "><subfield code="d">W0013000</subfield><subfield code="e">E0030000</subfield><subfield code="f">N0040000</subfield><subfield code="g">S0020000</subfield></datafield>
  <datafield tag="041" ind1="0" ind2=" "><subfield code="a">ruseng</subfield></datafield>
  <datafield tag="100" ind1="1" ind2=" "><subfield code="6">880-01</subfield><subfield code="a">Primerov, Ivan,</subfield><subfield code="d">1950-</subfield><subfield code="4">aut</subfield></datafield>
  <datafield tag="245" ind1="1" ind2="0"><subfield code="6">880-02</subfield><subfield code="a">Pochva :</subfield><subfield code="b">atlas /</subfield><subfield code="c">I. Primerov.</subfield></datafield>
  <datafield tag="246" ind1="3" ind2=" "><subfield code="a">Soil.</subfield></datafield>
  <datafield tag="264" ind1=" " ind2="1"><subfield code="a">Capital :</subfield><subfield code="b">Example Press,</subfield><subfield code="c">[2019]</subfield></datafield><datafield tag="264" ind1=" " ind2="4"><subfield code="c">©2018</subfield></datafield>
  <datafield tag="300" ind1=" " ind2=" "><subfield code="a">40 p. ;</subfield><subfield code="c">20 cm</subfield></datafield><datafield tag="490" ind1="0" ind2=" "><subfield code="a">Atlases ;</subfield><subfield code="v">4</subfield></datafield>
  <datafield tag="500" ind1=" " ind2=" "><subfield code="a">With maps.</subfield></datafield><datafield tag="520" ind1=" " ind2=" "><subfield code="a">What it is.</subfield></datafield><datafield tag="540" ind1=" " ind2=" "><subfield code="a">CC BY</subfield><subfield code="u">https://example.org/by</subfield></datafield>
  <datafield tag="650" ind1=" " ind2="0"><subfield code="a">Soils</subfield><subfield code="x">Maps.</subfield></datafield><datafield tag="651" ind1=" " ind2="7"><subfield code="a">Lowland</subfield><subfield code="2">geo</subfield></datafield>
  <datafield tag="710" ind1="2" ind2=" "><subfield code="a">Example Survey.</subfield><subfield code="b">Desk.</subfield></datafield>
  <datafield tag="856" ind1="4" ind2="0"><subfield code="u">https://example.org/1</subfield><subfield code="y">Text</subfield><subfield code="q">application/pdf</subfield></datafield><datafield tag="856" ind1="4" ind2="2"><subfield code="u">https://example.org/about</subfield></datafield>
  <datafield tag="880" ind1="1" ind2=" "><subfield code="6">100-01/(N</subfield><subfield code="a">Примеров, Иван,</subfield></datafield><datafield tag="880" ind1="1" ind2="0"><subfield code="6">245-02/(N</subfield><subfield code="a">Почва :</subfield><subfield code="b">атлас /</subfield></datafield></record></collection>"""

DCAT = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/" xmlns:foaf="http://xmlns.com/foaf/0.1/"
  xmlns:vcard="http://www.w3.org/2006/vcard/ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#" xmlns:prov="http://www.w3.org/ns/prov#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">
  <dcat:CatalogRecord><foaf:primaryTopic rdf:resource="https://example.org/1"/><dct:identifier>md-1</dct:identifier><dct:modified>2021-02-03</dct:modified></dcat:CatalogRecord>
  <dcat:Dataset rdf:about="https://example.org/1"><dct:title xml:lang="en">Soil</dct:title><dct:title xml:lang="fr">Sol</dct:title><dct:description xml:lang="en">What it is.</dct:description>
  <dct:identifier>10.1234/AB</dct:identifier><dct:issued rdf:datatype="http://www.w3.org/2001/XMLSchema#date">2019-05-14</dct:issued>
  <dct:publisher><foaf:Agent><foaf:name>Example Press</foaf:name><foaf:mbox rdf:resource="mailto:a@example.org"/></foaf:Agent></dct:publisher><dct:creator rdf:nodeID="survey"/>
  <dcat:contactPoint><vcard:Organization vcard:fn="Desk"><vcard:hasEmail rdf:resource="mailto:d@example.org"/></vcard:Organization></dcat:contactPoint>
  <prov:qualifiedAttribution rdf:parseType="Resource"><prov:agent><foaf:Agent foaf:name="Archive"/></prov:agent><dcat:hadRole rdf:resource="https://example.org/roles#custodian"/></prov:qualifiedAttribution>
  <dcat:keyword xml:lang="en">lead</dcat:keyword><dcat:theme><skos:Concept rdf:about="https://example.org/t/1"><skos:prefLabel xml:lang="en">Metals</skos:prefLabel></skos:Concept></dcat:theme>
  <dcat:theme rdf:resource="http://inspire.ec.europa.eu/metadata-codelist/TopicCategory/environment"/><dct:language rdf:resource="http://publications.europa.eu/resource/authority/language/FRA"/>
  <dct:spatial><dct:Location><dcat:bbox rdf:datatype="http://www.opengis.net/ont/geosparql#wktLiteral">POLYGON((170 1,190 1,190 -1,170 -1,170 1))</dcat:bbox></dct:Location></dct:spatial>
  <dct:temporal><dct:PeriodOfTime><dcat:startDate>1990</dcat:startDate><dcat:endDate>1995</dcat:endDate></dct:PeriodOfTime></dct:temporal>
  <dct:license><dct:LicenseDocument rdf:about="https://example.org/by"><rdfs:label>CC BY</rdfs:label></dct:LicenseDocument></dct:license><dct:isPartOf rdf:resource="https://example.org/0"/>
  <dcat:distribution><dcat:Distribution><dcat:accessURL rdf:resource="https://example.org/f"/><dcat:downloadURL rdf:resource="https://example.org/f.csv"/><dct:title>File</dct:title><dcat:mediaType rdf:resource="http://www.iana.org/assignments/media-types/text/csv"/></dcat:Distribution></dcat:distribution>
  <dct:conformsTo rdf:resource="http://www.opengis.net/def/crs/EPSG/0/4326"/></dcat:Dataset>
  <foaf:Agent rdf:nodeID="survey"><foaf:name>Example Survey</foaf:name></foaf:Agent></rdf:RDF>"""
