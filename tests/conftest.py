"""What many tests share: the corpus of real records, and the official XML Schemas, loaded offline.

The corpus is read in place and never copied. It is found beside the repository, or where the environment
variable CLEARINGHOUSE_CORPUS points; a test that asks for it is skipped where it is absent.

Schemas are compiled once a session: `xsd("iso19139")` is `iso19139_schema`. `oai_pmh` and `csw` validate
whole answers: their wildcards are lax, and they know the formats that we put inside (oai_dc, gmd).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

CORPUS = Path(
    os.environ.get("CLEARINGHOUSE_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus"
)
XSD = CORPUS / "xsd"

#: Where the corpus keeps the schemas that others name by URL.
LOCAL_COPIES = (
    ("http://schemas.opengis.net/", "schemas.opengis.net/"),
    ("https://schemas.opengis.net/", "schemas.opengis.net/"),
    ("http://www.w3.org/1999/", "pycsw-core-schemas/w3c/1999/"),
    ("http://www.w3.org/2001/", "pycsw-core-schemas/w3c/2001/"),
    ("http://dublincore.org/schemas/xmls/qdc/2003/04/02/", "oai/geonetwork/dc/"),
)

#: namespace -> file under xsd/: each schema is driven by imports of these.
_OAI_DC = ("http://www.openarchives.org/OAI/2.0/oai_dc/", "oai/geonetwork/dc/oai_dc.xsd")
_OAI_IDENTIFIER = (
    "http://www.openarchives.org/OAI/2.0/oai-identifier",
    "oai/meresco-oai/oai-identifier.xsd",
)
_OAI_BRANDING = ("http://www.openarchives.org/OAI/2.0/branding/", "oai/meresco-oai/branding.xsd")
_OAI_TOOLKIT = ("http://oai.dlib.vt.edu/OAI/metadata/toolkit", "oai/meresco-oai/toolkit.xsd")
_OAI_PMH = ("http://www.openarchives.org/OAI/2.0/", "oai/geonetwork/OAI-PMH.xsd")
_CSW = ("http://www.opengis.net/cat/csw/2.0.2", "pycsw-core-schemas/ogc/csw/2.0.2/CSW-discovery.xsd")
_CSW30 = ("http://www.opengis.net/cat/csw/3.0", "schemas.opengis.net/cat/csw/3.0/cswAll.xsd")
_GMD = ("http://www.isotc211.org/2005/gmd", "geonetwork/iso19139-schema2007/gmd/gmd.xsd")
_SRV = ("http://www.isotc211.org/2005/srv", "geonetwork/iso19139-schema2007/srv/srv.xsd")
_GMX = ("http://www.isotc211.org/2005/gmx", "geonetwork/iso19139-schema2007/gmx/gmx.xsd")
_ISO = (_GMX, _GMD, _SRV)
#: What of the schemas of DCMI we write against, said again: the official ones are not in the corpus.
_OWN = Path(__file__).resolve().parent / "schemas"
_QDC = ("http://worldcat.org/xmlschemas/qdc-1.0/", str(_OWN / "qdc.xsd"))
_ISO_3 = "geonetwork/iso19115-3.2018-schema/standards.iso.org/19115/-3"
_MDQ = "geonetwork/iso19115-3.2018-schema/standards.iso.org/19157/-2/mdq/1.0/mdq.xsd"
_MDB = (
    ("http://standards.iso.org/iso/19157/-2/mdq/1.0", _MDQ),
    *(
        (f"http://standards.iso.org/iso/19115/-3/{path}", f"{_ISO_3}/{path}/{path.partition('/')[0]}.xsd")
        for path in (
            "gcx/1.0", "mdb/2.0", "cit/2.0", "gex/1.0", "mco/1.0", "mrd/1.0", "mri/1.0", "mrl/2.0", "mrs/1.0",
            "srv/2.0",
        )
    ),
)  # fmt: skip
_DATACITE = ("http://datacite.org/schema/kernel-4", "datacite-kernels/kernel-4.6/metadata.xsd")
_OAI_DATACITE = ("http://schema.datacite.org/oai/oai-1.1/", str(_OWN / "oai_datacite.xsd"))
_DRIVERS = {
    "oai_dc": (_OAI_DC,),
    "oai_dcterms": (_QDC,),
    "iso19115-3": _MDB,
    "datacite": (_DATACITE,),
    "oai_datacite": (_OAI_DATACITE, _DATACITE),
    "iso19139": _ISO,
    "csw": (_CSW, *_ISO),
    "csw30": (_CSW30,),
    "oai_pmh": (_OAI_PMH, _OAI_DC, _OAI_IDENTIFIER, _OAI_BRANDING, _OAI_TOOLKIT, *_ISO),
}
#: Schemas whose wildcards are strict; with them, a payload of an unknown format would be an error.
_LAX = ("CSW-discovery.xsd", "OAI-PMH.xsd")


class _Offline(etree.Resolver):
    """Gives libxml2 the corpus's copy of every schema, and nothing from the network."""

    def resolve(self, url: str, _public_id: str, context: Any) -> Any:
        for prefix, folder in LOCAL_COPIES:
            if url.startswith(prefix):
                return self.resolve_filename(str(XSD / folder / url[len(prefix) :]), context)
        if url.endswith(_LAX):
            text = Path(url.removeprefix("file://")).read_bytes()
            return self.resolve_string(
                text.replace(b'processContents="strict"', b'processContents="lax"'), context, base_url=url
            )
        return None


@cache
def load_schema(name: str) -> etree.XMLSchema:
    """The schema of this name, compiled."""
    imports = "".join(
        f'<import namespace="{namespace}" schemaLocation="{XSD / file}"/>'
        for namespace, file in _DRIVERS[name]
    )
    driver = f'<schema xmlns="http://www.w3.org/2001/XMLSchema">{imports}</schema>'
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    return etree.XMLSchema(etree.fromstring(driver.encode(), parser, base_url=str(XSD / "driver.xsd")))


def payloads() -> Iterator[tuple[str, bytes]]:
    """Every single record of the corpus, as (name, bytes).

    The files of dc/, iso19139/, iso19115-3/ and other/ as they are, whatever they hold; and what stands in
    the records of the answers in oai/ and csw/, cut out as our clients do: its root element with the
    namespaces it inherits.
    """
    for folder in ("dc", "iso19139", "iso19115-3", "other"):
        for path in sorted((CORPUS / folder).iterdir()):
            yield f"{folder}/{path.name}", path.read_bytes()
    for folder, holders in (("oai", _OAI_HOLDERS), ("csw", _CSW_HOLDERS)):
        for path in sorted((CORPUS / folder).iterdir()):
            try:
                answer = etree.parse(path).getroot()
            except etree.XMLSyntaxError:
                continue
            held = (element for holder in answer.iter(*holders) for element in holder.iterchildren("*"))
            for number, element in enumerate(held):
                yield f"{folder}/{path.name}#{number}", etree.tostring(element, with_tail=False)


_OAI_HOLDERS = ("{http://www.openarchives.org/OAI/2.0/}metadata",)
_CSW_HOLDERS = (
    "{http://www.opengis.net/cat/csw/2.0.2}SearchResults",
    "{http://www.opengis.net/cat/csw/2.0.2}GetRecordByIdResponse",
)


def pytest_configure() -> None:
    """Heed an interrupt: who was started in the background ignores it, and so do all whom he starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The corpus's folder; skips where there is none."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus of real records is not here")
    return CORPUS


@pytest.fixture(scope="session")
def corpus_payloads(corpus: Path) -> list[tuple[str, bytes]]:
    """Every single record of the corpus: `payloads`."""
    return list(payloads())


@pytest.fixture(scope="session")
def xsd(corpus: Path) -> Callable[[str], etree.XMLSchema]:
    """A function from `oai_dc`, `iso19139`, `csw` or `oai_pmh` to its compiled schema."""
    return load_schema


@pytest.fixture(scope="session")
def oai_dc_schema(corpus: Path) -> etree.XMLSchema:
    """The official schema of oai_dc."""
    return load_schema("oai_dc")


@pytest.fixture(scope="session")
def iso19139_schema(corpus: Path) -> etree.XMLSchema:
    """ISO/TS 19139 schemas of 2007-04-17, gml 3.2."""
    return load_schema("iso19139")


@pytest.fixture(scope="session")
def qdc_schema() -> etree.XMLSchema:
    """Qualified Dublin Core, from our own words: it needs no corpus."""
    return load_schema("oai_dcterms")


@pytest.fixture(scope="session")
def csw_schema(corpus: Path) -> etree.XMLSchema:
    """CSW 2.0.2: single records and whole answers."""
    return load_schema("csw")


@pytest.fixture(scope="session")
def oai_pmh_schema(corpus: Path) -> etree.XMLSchema:
    """OAI-PMH 2.0: whole answers, with lax wildcards."""
    return load_schema("oai_pmh")
