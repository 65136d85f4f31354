"""A static OAI-PMH node for benchmarks: generated pages of 100 records, served as bytes."""

from __future__ import annotations

import http.server
import random
import re
import sys
import time

PAGE = 100
#: Runs this module's node in a process of its own; prints the port.
NODE = "from benchmarks.pages import main; main()"

_WORDS = [
    "inventory",
    "waste",
    "chemical",
    "hazardous",
    "transboundary",
    "movement",
    "pesticide",
    "stockpile",
    "disposal",
    "regional",
    "centre",
    "monitoring",
    "polychlorinated",
    "biphenyls",
    "mercury",
    "notification",
    "import",
    "response",
    "consent",
    "national",
    "plan",
    "implementation",
    "persistent",
    "organic",
    "pollutants",
    "dioxin",
    "furan",
    "emission",
    "guidance",
    "training",
    "laboratory",
    "analysis",
    "sediment",
    "exposure",
    "health",
    "soil",
    "groundwater",
    "landfill",
    "incineration",
    "recycling",
    "electronic",
    "plastic",
]


def _text(source: random.Random, words: int) -> str:
    return " ".join(source.choice(_WORDS) for _ in range(words)).capitalize()


def oai_dc(number: int) -> str:
    """An oai_dc record of some 1.9 kB."""
    source = random.Random(number)
    subjects = "".join(f"<dc:subject>{_text(source, 2)}</dc:subject>" for _ in range(5))
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/'
        ' http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
        f'<dc:title xml:lang="en">{_text(source, 10)} {number}</dc:title>'
        f'<dc:title xml:lang="fr">{_text(source, 10)} {number}</dc:title>'
        f"<dc:creator>Centre {source.randrange(23)}</dc:creator><dc:creator>{_text(source, 2)}</dc:creator>"
        f"{subjects}<dc:description>{_text(source, 110)}</dc:description>"
        f"<dc:publisher>Example Centre {source.randrange(23)}</dc:publisher>"
        f"<dc:date>{source.randrange(1990, 2026)}-0{source.randrange(1, 10)}-1{number % 10}</dc:date>"
        "<dc:type>Report</dc:type><dc:format>application/pdf</dc:format>"
        f"<dc:identifier>https://repository.example.org/handle/1234/{number}</dc:identifier>"
        "<dc:language>en</dc:language><dc:coverage>Senegal</dc:coverage>"
        "<dc:rights>https://creativecommons.org/licenses/by/4.0/</dc:rights></oai_dc:dc>"
    )


def iso19139(number: int) -> str:
    """An ISO 19139 record of some 14 kB: written by our own writer, and padded with keywords."""
    from catalogue.record import Agent, Box, Date, Link, Record, Subject, Text
    from catalogue.rendering import render

    source = random.Random(number)
    record = Record(
        title=Text((("en", _text(source, 10)), ("fr", _text(source, 10)))),
        descriptions=(Text((("en", _text(source, 150)), ("fr", _text(source, 150)))),),
        agents=tuple(
            Agent("pointOfContact", Text.of(_text(source, 4)), email="a@example.org") for _ in range(3)
        ),
        dates=(Date("created", f"{source.randrange(1990, 2026)}-05-04"),),
        subjects=tuple(
            Subject(Text((("en", _text(source, 2)), ("fr", _text(source, 2)))), kind="theme")
            for _ in range(14)
        ),
        boxes=(Box(-17.5, 12.0, -11.0, 16.7),),
        links=(Link(f"https://repository.example.org/{number}"),),
        languages=("en",),
    )
    made = render(record, "iso19139", identifier=f"urn:example:{number}", datestamp="2025-01-01T00:00:00Z")
    return made.decode()


def pages(count: int, prefix: str, number: int = 0) -> dict[str, bytes]:
    """Every page by the token that asks for it, the first by none; `number` is that of the first record."""
    make = {"oai_dc": oai_dc, "iso19139": iso19139}[prefix]
    # A few hundred different payloads are enough; the numbers in them make each unique.
    made = [make(number + one) for one in range(min(count, 300))]
    answers = {}
    for first in range(0, count, PAGE):
        numbers = range(first, min(first + PAGE, count))
        body = "".join(
            f"<record><header><identifier>oai:bench.example.org:{number + n}</identifier>"
            f"<datestamp>2025-01-01T00:00:{n % 60:02}Z</datestamp><setSpec>a</setSpec></header>"
            f"<metadata>{_numbered(made[n % len(made)], number + n)}</metadata></record>"
            for n in numbers
        )
        following = str(first + PAGE) if first + PAGE < count else ""
        token = f'<resumptionToken completeListSize="{count}" cursor="{first}">{following}</resumptionToken>'
        answers[str(first) if first else ""] = _envelope(
            "ListRecords", f"<ListRecords>{body}{token}</ListRecords>"
        )
    return answers


def _numbered(payload: str, number: int) -> str:
    return re.sub(r"(/1234/|urn:example:)\d+", lambda found: f"{found[1]}{number}", payload)


def _envelope(verb: str, body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2025-06-01T00:00:00Z</responseDate>"
        f'<request verb="{verb}">http://127.0.0.1/oai</request>{body}</OAI-PMH>'
    ).encode()


_IDENTIFY = _envelope(
    "Identify",
    "<Identify><repositoryName>Bench</repositoryName><baseURL>http://127.0.0.1/oai</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>a@example.org</adminEmail>"
    "<earliestDatestamp>2025-01-01T00:00:00Z</earliestDatestamp><deletedRecord>no</deletedRecord>"
    "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>",
)
_FORMATS = _envelope(
    "ListMetadataFormats",
    "<ListMetadataFormats>"
    + "".join(
        f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><schema>https://example.org/x.xsd</schema>"
        f"<metadataNamespace>{namespace}</metadataNamespace></metadataFormat>"
        for prefix, namespace in (
            ("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
            ("iso19139", "http://www.isotc211.org/2005/gmd"),
        )
    )
    + "</ListMetadataFormats>",
)


def main() -> None:
    """Serve so many records in a format, at an address, from a number on, each page after so many seconds."""
    answers = pages(int(sys.argv[1]), sys.argv[2], int(sys.argv[4]) if len(sys.argv) > 4 else 0)
    latency = float(sys.argv[5]) if len(sys.argv) > 5 else 0.0

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            token = self.path.partition("resumptionToken=")[2].partition("&")[0]
            if "verb=Identify" in self.path:
                body = _IDENTIFY
            elif "verb=ListMetadataFormats" in self.path:
                body = _FORMATS
            else:
                body = answers[token]
                time.sleep(latency)
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    address = sys.argv[3] if len(sys.argv) > 3 else "127.0.0.1"
    server = http.server.ThreadingHTTPServer((address, 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
