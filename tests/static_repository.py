"""An OAI static repository, laid out as the example of the specification is."""

from __future__ import annotations

OAI = "http://www.openarchives.org/OAI/2.0/"
STATIC = "http://www.openarchives.org/OAI/2.0/static-repository"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
GMD = "http://www.isotc211.org/2005/gmd"


def record(number: int, title: str = "A record") -> str:
    return (
        f"<oai:record><oai:header><oai:identifier>oai:x.example.org:{number}</oai:identifier>"
        "<oai:datestamp>2026-01-02</oai:datestamp></oai:header><oai:metadata>"
        f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}"><dc:title>{title}</dc:title></oai_dc:dc>'
        "</oai:metadata></oai:record>"
    )


def document(count: int, *, more: str = "") -> str:
    records = "".join(record(n) for n in range(count))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Repository xmlns="{STATIC}" xmlns:oai="{OAI}"><Identify>'
        "<oai:repositoryName>A small centre</oai:repositoryName><oai:baseURL>http://gateway.example.org/x"
        "</oai:baseURL><oai:protocolVersion>2.0</oai:protocolVersion><oai:adminEmail>a@example.org"
        "</oai:adminEmail><oai:earliestDatestamp>2020-01-01</oai:earliestDatestamp><oai:deletedRecord>no"
        "</oai:deletedRecord><oai:granularity>YYYY-MM-DD</oai:granularity></Identify><ListMetadataFormats>"
        "<oai:metadataFormat><oai:metadataPrefix>oai_dc</oai:metadataPrefix><oai:schema>x</oai:schema>"
        f"<oai:metadataNamespace>{OAI_DC}</oai:metadataNamespace></oai:metadataFormat></ListMetadataFormats>"
        f'<ListRecords metadataPrefix="oai_dc">{records}</ListRecords>{more}</Repository>'
    )
