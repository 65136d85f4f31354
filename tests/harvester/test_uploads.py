from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from catalogue.errors import UploadRefused
from harvester.uploads import archive_of, keep, opened, xml_files

LIMIT = 10_000_000


def archive(path: Path, *files: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files:
            made.writestr(name, content)
    return path


def test_an_archive_is_kept_whole_and_replaces_the_one_before(tmp_path: Path) -> None:
    given = archive(tmp_path / "a.zip", ("b/2.xml", b"<b/>"), ("1.XML", b"<a/>"), ("read.me", b"hello"))
    kept = keep(tmp_path / "up", "x", given, LIMIT)
    assert (kept.files, kept.others, kept.size) == (2, 1, 8)
    archive(given, ("3.xml", b"<c/>"))
    keep(tmp_path / "up", "x", given, LIMIT)
    with opened(archive_of(tmp_path / "up", "x"), LIMIT) as found:
        assert [entry.filename for entry in xml_files(found)] == ["3.xml"]
    assert [path.name for path in (tmp_path / "up").iterdir()] == ["x.zip"]


def test_a_folder_is_packed_without_following_links(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.xml").write_text("<a/>")
    (folder / "notes.txt").write_text("no")
    secret = tmp_path / "secret.xml"
    secret.write_text("<secret/>")
    (folder / "link.xml").symlink_to(secret)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    assert keep(tmp_path / "up", "x", folder, LIMIT).files == 1
    with opened(archive_of(tmp_path / "up", "x"), LIMIT) as found:
        assert found.namelist() == ["deep/a.xml"]


def test_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<a/>")
    assert keep(tmp_path / "up", "x", path, LIMIT).files == 1


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "name", ["../a.xml", "/etc/a.xml", "x/../../a.xml", "C:\\a.xml", "..\\a.xml", "a\n.xml"]
)
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    given = archive(tmp_path / "a.zip", ("good.xml", b"<a/>"), (name, b"<a/>"))
    with pytest.raises(UploadRefused, match="leads out"):
        keep(tmp_path / "up", "x", given, LIMIT)
    assert not list((tmp_path / "up").iterdir())


def test_links_are_refused(tmp_path: Path) -> None:
    given = archive(tmp_path / "a.zip", (link("a.xml"), b"/etc/passwd"))
    with pytest.raises(UploadRefused, match="symbolic link"):
        keep(tmp_path / "up", "x", given, LIMIT)


def test_bombs_are_refused(tmp_path: Path) -> None:
    given = archive(tmp_path / "a.zip", ("a.xml", b" " * 5_000_000))
    with pytest.raises(UploadRefused, match="far more"):
        keep(tmp_path / "up", "x", given, LIMIT)
    many = archive(tmp_path / "b.zip", *((f"{n}.xml", os.urandom(10_000)) for n in range(20)))
    with pytest.raises(UploadRefused, match="limit is 100000"):
        keep(tmp_path / "up", "x", many, 100_000)


def test_a_lie_about_a_size_is_found_out(tmp_path: Path) -> None:
    given = archive(tmp_path / "a.zip", ("a.xml", b"<a>" + b"x" * 5_000 + b"</a>"))
    content = given.read_bytes().replace((5_007).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    given.write_bytes(content)
    with pytest.raises(UploadRefused):
        keep(tmp_path / "up", "x", given, LIMIT)


@pytest.mark.parametrize("content", [b"PK\x03\x04 not really", b"", b"<a/>"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    given = tmp_path / "a.zip"
    given.write_bytes(content)
    with pytest.raises(UploadRefused):
        keep(tmp_path / "up", "x", given, LIMIT)


def test_damaged_encrypted_and_empty_archives_are_refused(tmp_path: Path) -> None:
    given = archive(tmp_path / "a.zip", ("a.xml", b"<a>" + os.urandom(1000) + b"</a>"))
    content = bytearray(given.read_bytes())
    content[200] ^= 0xFF
    given.write_bytes(bytes(content))
    with pytest.raises(UploadRefused, match=r"damaged|unpacked"):
        keep(tmp_path / "up", "x", given, LIMIT)
    flagged = bytearray(archive(tmp_path / "b.zip", ("a.xml", b"<a/>")).read_bytes())
    flagged[flagged.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "b.zip").write_bytes(bytes(flagged))
    with pytest.raises(UploadRefused, match="encrypted"):
        keep(tmp_path / "up", "x", tmp_path / "b.zip", LIMIT)
    with pytest.raises(UploadRefused, match="no XML"):
        keep(tmp_path / "up", "x", archive(tmp_path / "c.zip", ("a.txt", b"a")), LIMIT)


def test_a_refused_upload_leaves_the_one_before(tmp_path: Path) -> None:
    keep(tmp_path / "up", "x", archive(tmp_path / "a.zip", ("a.xml", b"<a/>")), LIMIT)
    with pytest.raises(UploadRefused):
        keep(tmp_path / "up", "x", archive(tmp_path / "b.zip", ("a.txt", b"a")), LIMIT)
    with opened(archive_of(tmp_path / "up", "x"), LIMIT) as found:
        assert found.namelist() == ["a.xml"]
