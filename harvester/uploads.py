"""Files that a centre without a server gives us by hand: checked, kept as one zip archive for each source.

Nothing is ever unpacked onto a disk: files are read out of the archive, one at a time, in memory. What is
refused is refused as a whole, when it is uploaded, with the reason.
"""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from catalogue.errors import UploadRefused

#: Files in one archive.
MOST_FILES: Final = 100_000
#: Bytes of one file, unpacked.
LARGEST_FILE: Final = 64 * 1024 * 1024
#: Times that a file of more than a megabyte may be longer than it is packed: metadata are seldom past 30.
_RATIO: Final = 200
_SMALL: Final = 1024 * 1024
_ENCRYPTED: Final = 0x1


@dataclass(frozen=True, slots=True)
class Kept:
    """What an upload holds."""

    #: XML files, which will be read, and others, which will not.
    files: int
    others: int
    #: Bytes of the XML files, unpacked.
    size: int


def archive_of(folder: Path, source_id: str) -> Path:
    """Where the upload of a source is kept."""
    return folder / f"{source_id}.zip"


def keep(folder: Path, source_id: str, given: Path, limit: int) -> Kept:
    """Check an upload and put it in place of the one before, at once and whole.

    Args:
        folder: where uploads are kept.
        source_id: whose it is.
        given: a zip archive, a folder or one XML file.
        limit: bytes of the whole upload, unpacked.

    Raises:
        UploadRefused: it cannot be read, is too large, or holds what an honest archive does not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = archive_of(folder, source_id)
    draft = folder / f".{source_id}.{os.getpid()}.part"
    try:
        if given.is_dir():
            _pack(draft, sorted(_files_below(given)), given)
        elif zipfile.is_zipfile(given):
            shutil.copyfile(given, draft)
        elif given.suffix.lower() == ".xml" and given.is_file():
            _pack(draft, [given], given.parent)
        else:
            if not given.exists():
                raise UploadRefused(f"there is no file {given}")
            raise UploadRefused(f"{given} is neither a zip archive nor a folder nor an XML file")
        kept = _checked(draft, limit)
        draft.replace(place)
    except OSError as error:
        raise UploadRefused(f"{given} cannot be kept: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return kept


def _files_below(folder: Path) -> Iterator[Path]:
    """XML files in a folder and below; links are not followed, and not taken."""
    for place, _, names in os.walk(folder, followlinks=False):
        for name in names:
            path = Path(place) / name
            if path.suffix.lower() == ".xml" and not path.is_symlink() and path.is_file():
                yield path


def _pack(place: Path, files: list[Path], root: Path) -> None:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(root).as_posix())


def _checked(place: Path, limit: int) -> Kept:
    with opened(place, limit) as archive:
        entries = xml_files(archive)
        if not entries:
            raise UploadRefused("there is no XML file in it")
        try:
            broken = archive.testzip()
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
            raise UploadRefused(f"a file in the archive cannot be unpacked: {error}") from error
        if broken is not None:
            raise UploadRefused(f"{broken!r} in the archive is damaged")
        others = sum(not entry.is_dir() for entry in archive.infolist()) - len(entries)
        return Kept(len(entries), others, sum(entry.file_size for entry in entries))


def opened(place: Path, limit: int) -> zipfile.ZipFile:
    """An archive whose list of contents is as that of an honest archive.

    Raises:
        UploadRefused: it is not.
    """
    try:
        archive = zipfile.ZipFile(place)
    except (OSError, zipfile.BadZipFile, NotImplementedError, UnicodeError) as error:
        raise UploadRefused(f"not a zip archive that can be read: {error}") from error
    try:
        _check(archive.infolist(), limit)
    except UploadRefused:
        archive.close()
        raise
    return archive


def xml_files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The XML files of an archive, by name; what a Mac adds beside each is none."""
    return sorted(
        (
            entry
            for entry in archive.infolist()
            if not entry.is_dir()
            and entry.filename.lower().endswith(".xml")
            and not PurePosixPath(entry.filename).name.startswith("._")
        ),
        key=lambda entry: entry.filename,
    )


def _check(entries: list[zipfile.ZipInfo], limit: int) -> None:
    if len(entries) > MOST_FILES:
        raise UploadRefused(f"{len(entries)} files are in it; {MOST_FILES} are the most")
    total = sum(entry.file_size for entry in entries)
    if total > limit:
        raise UploadRefused(f"unpacked it has {total} bytes; the limit is {limit}")
    names = set()
    for entry in entries:
        why = _objection(entry)
        if not why and entry.filename in names:
            why = "is there twice"
        if why:
            raise UploadRefused(f"{entry.filename[:200]!r} in the archive {why}")
        names.add(entry.filename)


def _objection(entry: zipfile.ZipInfo) -> str:
    """Why an entry makes the whole archive suspect; empty where it does not."""
    name = entry.orig_filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name.isprintable():
        return "has a path that leads out of it"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a symbolic link"
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if entry.file_size > LARGEST_FILE:
        return f"has {entry.file_size} bytes; {LARGEST_FILE} are the most"
    if entry.file_size > _SMALL and entry.file_size > _RATIO * max(1, entry.compress_size):
        return "unpacks to far more than it is"
    return ""
