"""Metadata as files: an archive that was uploaded, for centres without a server."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from catalogue.errors import ListBroken, ProtocolFailure, UploadRefused
from catalogue.run import Checkpoint, Fault
from catalogue.source import Source
from harvester.clients.base import Description, Item, Note, Page
from harvester.clients.documents import Mending, read_document, with_mendings
from harvester.uploads import archive_of, opened, xml_files

#: Files to a page, and bytes after which a page ends all the same.
PAGE_FILES: Final = 100
PAGE_BYTES: Final = 4 * 1024 * 1024


class ArchiveClient:
    """Harvests the archive that was uploaded for a source."""

    def __init__(self, source: Source, folder: Path, limit: int) -> None:
        self._source = source
        self._path = archive_of(folder, source.id)
        self._limit = limit

    def describe(self) -> Description:
        """That there is an archive, and that it can be read."""
        self._open().close()
        return Description(repository_name=self._source.repository_name, deleted_record="no")

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:  # noqa: ARG002
        """The files by name, behind the one that the checkpoint stands at. Always all of them.

        Raises:
            ListBroken: another archive has been uploaded since the first page.
            ProtocolFailure: none has been uploaded, or it cannot be read.
        """
        if checkpoint.finished:
            return
        with self._open() as archive:
            version = self._version()
            if checkpoint.position and checkpoint.position["version"] != version:
                raise ListBroken("another archive has been uploaded since the first page was taken")
            entries = xml_files(archive)
            after = checkpoint.position.get("after", "")
            left = [entry for entry in entries if entry.filename > after]
            others = sum(not entry.is_dir() for entry in archive.infolist()) - len(entries)
            notes = (Note("files-skipped", {"count": others}, "info"),) if others and not after else ()
            while not checkpoint.finished:
                page, left = _page_of(left)
                mendings: list[Mending] = []
                items = tuple(item for entry in page for item in self._read(archive, entry, mendings))
                checkpoint = checkpoint.evolve(
                    position={"version": version, "after": page[-1].filename if page else after},
                    pages=checkpoint.pages + 1,
                    finished=not left,
                )
                size = sum(entry.file_size for entry in page)
                yield with_mendings(Page(items, checkpoint, size=size, notes=notes), mendings)
                notes = ()

    def _version(self) -> str:
        known = self._path.stat()
        return f"{known.st_size}-{known.st_mtime_ns}"

    def _read(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, mendings: list[Mending]
    ) -> tuple[Item, ...]:
        recover = self._source.quirks.accept_recovered
        try:
            content = archive.read(entry)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
            message = f"{entry.filename} cannot be unpacked: {error}"
            return (Item("", fault=Fault("files.unreadable", message, path=entry.filename)),)
        return read_document(content, entry.filename, mendings=mendings, recover=recover)

    def _open(self) -> zipfile.ZipFile:
        if not self._path.is_file():
            what = f"clearinghouse source upload {self._source.id} FILE"
            raise ProtocolFailure("no-upload", f"nothing has been uploaded to this machine yet: {what}")
        try:
            return opened(self._path, self._limit)
        except UploadRefused as error:
            raise ProtocolFailure("upload-unreadable", str(error)) from error


def _page_of(left: list[zipfile.ZipInfo]) -> tuple[list[zipfile.ZipInfo], list[zipfile.ZipInfo]]:
    size = 0
    for number, entry in enumerate(left[:PAGE_FILES]):
        if number and size + entry.file_size > PAGE_BYTES:
            return left[:number], left[number:]
        size += entry.file_size
    return left[:PAGE_FILES], left[PAGE_FILES:]
