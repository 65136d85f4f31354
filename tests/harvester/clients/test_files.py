from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from catalogue.errors import ListBroken, ProtocolFailure
from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source, upload_address
from csw_catalogue import dublin_core as csw_record
from csw_catalogue import iso
from harvester.clients import client_for
from harvester.clients.base import Client, Page
from harvester.clients.documents import Mending, read_document
from harvester.clients.files import PAGE_FILES, ArchiveClient
from harvester.http import HarvestSession
from harvester.uploads import archive_of, keep
from remote_node import dublin_core

OAI = "http://www.openarchives.org/OAI/2.0/"
CSW_RECORD = (
    csw_record("u:1")
    .replace("<csw:Record", '<csw:Record xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"')
    .encode()
)


def identifiers(pages: list[Page]) -> list[str]:
    return [item.identifier for page in pages for item in page.items]


def rules(pages: list[Page]) -> list[str]:
    return [item.fault.rule for page in pages for item in page.items if item.fault]


# One document


@pytest.mark.parametrize(
    ("content", "identifier", "datestamp"),
    [
        (iso("f-1").encode(), "f-1", "2026-01-02"),
        (b'<?xml version="1.0"?>\n<!-- by hand -->\n' + iso("f-1").encode() + b"\n", "f-1", "2026-01-02"),
        (iso("f-1").encode("utf-16"), "f-1", "2026-01-02"),
        (iso("").encode(), "sub/a.xml", "2026-01-02"),
        (dublin_core("A title", identifier="ISSN 1234-5679"), "sub/a.xml", ""),
        (CSW_RECORD, "u:1", "2026-01-02"),
    ],
)
def test_an_identifier_of_its_own_or_the_path(content: bytes, identifier: str, datestamp: str) -> None:
    [item] = read_document(content, "sub/a.xml")
    assert (item.identifier, item.datestamp) == (identifier, datestamp)
    assert item.payload is not None
    assert item.payload.startswith(b"<")
    assert not item.payload.startswith((b"<?", b"<!"))


def test_answers_of_other_protocols_that_were_kept_as_files() -> None:
    header = "<header><identifier>oai:x:{}</identifier><datestamp>2026-01-01</datestamp>{}</header>"
    payloads = ((n, dublin_core(str(n)).decode()) for n in (1, 2))
    listed = "".join(
        f"<record>{header.format(n, '')}<metadata>{payload}</metadata></record>" for n, payload in payloads
    )
    page = f'<OAI-PMH xmlns="{OAI}"><ListRecords>{listed}</ListRecords></OAI-PMH>'.encode()
    assert [item.identifier for item in read_document(page, "p.xml")] == ["oai:x:1", "oai:x:2"]
    csw = (
        '<c:GetRecordsResponse xmlns:c="http://www.opengis.net/cat/csw/2.0.2"><c:SearchResults>'
        f"{iso('a')}{iso('b')}</c:SearchResults></c:GetRecordsResponse>"
    )
    assert [item.identifier for item in read_document(csw.encode(), "p.xml")] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<a><b></a>", "xml.malformed"),
        (b"", "xml.malformed"),
        (b"<html><body>log in<br></body></html>", "xml.malformed"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml.doctype"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "xml.malformed"),
        (b"<a>\xff\xfe</a>", "xml.malformed"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault(content: bytes, rule: str) -> None:
    [item] = read_document(content, "x.xml")
    assert item.fault is not None
    assert item.fault.rule == rule
    assert "x.xml" in item.fault.message
    assert item.payload is None


# An archive


class Archives:
    """The folder of uploads, and a new client for it at each call."""

    def __init__(self, folder: Path, session: HarvestSession) -> None:
        self._folder, self._session = folder, session

    def put(self, files: dict[str, bytes]) -> Client:
        with zipfile.ZipFile(archive_of(self._folder, "hand"), "w") as made:
            for name, content in files.items():
                made.writestr(name, content)
        return self.client()

    def client(self) -> Client:
        source = Source("hand", Protocol.FILES, upload_address("hand"))
        return client_for(source, self._session, uploads=self._folder)


@pytest.fixture
def archives(tmp_path: Path, session: HarvestSession) -> Archives:
    return Archives(tmp_path, session)


def numbered(count: int) -> dict[str, bytes]:
    return {f"{n:04}.xml": iso(f"r{n}").encode() for n in range(count)}


def test_the_files_of_an_archive_by_name(archives: Archives) -> None:
    client = archives.put(numbered(PAGE_FILES + 5) | {"read.me": b"hello", "__MACOSX/._0001.xml": b"junk"})
    assert client.describe().deleted_record == "no"
    pages = list(client.pages(Checkpoint()))
    assert identifiers(pages) == [f"r{n}" for n in range(PAGE_FILES + 5)]
    assert [len(page.items) for page in pages] == [PAGE_FILES, 5]
    [note] = [note for page in pages for note in page.notes]
    assert (note.event, note.detail) == ("files-skipped", {"count": 2})


def test_an_archive_is_gone_on_with_in_another_process(archives: Archives) -> None:
    first = next(archives.put(numbered(250)).pages(Checkpoint()))
    rest = list(archives.client().pages(first.checkpoint))
    assert identifiers([first, *rest]) == [f"r{n}" for n in range(250)]
    assert list(archives.client().pages(rest[-1].checkpoint)) == []


def test_another_archive_meanwhile_begins_the_list_again(archives: Archives) -> None:
    first = next(archives.put(numbered(250)).pages(Checkpoint()))
    with pytest.raises(ListBroken, match="another archive"):
        list(archives.put(numbered(251)).pages(first.checkpoint))


def test_a_guess_is_taken_of_a_file_that_no_repair_mends() -> None:
    broken = iso("urn:a").replace("2026-01-02", "<br>2026-01-02").encode()
    mendings: list[Mending] = []
    [fault] = read_document(broken, "a.xml", mendings=mendings)
    assert fault.fault is not None
    [item] = read_document(broken, "a.xml", mendings=mendings, recover=True)
    assert (item.identifier, item.repairs) == ("urn:a", ("recovered",))
    assert [one.repairs for one in mendings] == [("recovered",)]


def test_nothing_uploaded_yet(archives: Archives, tmp_path: Path) -> None:
    client = archives.put({"a.xml": b"<a/>"})
    archive_of(tmp_path, "hand").unlink()
    with pytest.raises(ProtocolFailure, match="source upload hand"):
        client.describe()


def test_an_archive_that_became_a_trap_is_not_read(archives: Archives) -> None:
    client = archives.put({"../a.xml": b"<a/>"})
    with pytest.raises(ProtocolFailure, match="leads out"):
        list(client.pages(Checkpoint()))


def test_a_bad_file_does_not_stop_the_rest(archives: Archives) -> None:
    files = {"a.xml": iso("a").encode(), "b.xml": b"<", "c.xml": iso("c").encode()}
    pages = list(archives.put(files).pages(Checkpoint()))
    assert identifiers(pages) == ["a", "", "c"]
    assert rules(pages) == ["xml.malformed"]


def test_a_file_that_is_not_well_formed_is_repaired_in_the_open(tmp_path: Path) -> None:
    """Marked, noted, and kept as it was sent; one that was cut off is a fault, and no other is touched."""
    bad = iso("f-1").replace("f-1", "f-1 R&D \x0b").encode()
    given = tmp_path / "given.zip"
    with zipfile.ZipFile(given, "w") as archive:
        archive.writestr("a.xml", bad)
        archive.writestr("b.xml", iso("f-2"))
        archive.writestr("c.xml", bad[: len(bad) // 2])
    keep(tmp_path, "nile", given, 1_000_000)
    source = Source("nile", Protocol.FILES, upload_address("nile"))
    [page] = ArchiveClient(source, tmp_path, 1_000_000).pages(Checkpoint())
    mended, whole, cut = page.items
    assert set(mended.repairs) == {"illegal-characters", "stray-ampersands"}
    assert mended.payload is not None
    assert b"R&amp;D" in mended.payload
    assert whole.repairs == ()
    assert cut.fault is not None
    assert [answer for _, answer in page.set_aside] == [bad]
    assert [note.event for note in page.notes] == ["page-repaired"]
