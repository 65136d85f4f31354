from __future__ import annotations

import gzip
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from endpoint.transport import deflated
from endpoint.transport.encodings import CODINGS, wanted


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("deflate, br", ""),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("*", "zstd"),
        ("*;q=0", ""),
        ("zstd;q=0, *", "gzip"),
        ("identity;q=1, gzip;q=0.5", ""),
        ("gzip;q=oddly", ""),
        ("gzip ; q=0.8 ,", "gzip"),
    ],
)
def test_the_coding_that_is_liked_best(header: str, coding: str) -> None:
    assert wanted(header) == coding


@given(st.text(max_size=60))
def test_no_header_breaks_it(header: str) -> None:
    assert wanted(header) in {"", *CODINGS}


@given(st.binary(max_size=4000))
def test_what_is_coded_can_be_read_again(content: bytes) -> None:
    assert gzip.decompress(CODINGS["gzip"](content)) == content
    assert zstandard.ZstdDecompressor().decompress(CODINGS["zstd"](content)) == content


@given(st.lists(st.tuples(st.binary(max_size=3000), st.integers(1, 40), st.booleans()), max_size=6))
def test_gzip_of_parts_is_one_member_of_them_in_a_row(parts: list[tuple[bytes, int, bool]]) -> None:
    plain = [content * times for content, times, _ in parts]
    made = [deflated.Deflated(one) if ready else one for one, (_, _, ready) in zip(plain, parts, strict=True)]
    whole = b"".join(plain)
    assert deflated.length(made) == len(whole)
    reader = zlib.decompressobj(31)
    assert reader.decompress(deflated.gzip(made)) == whole
    assert reader.eof
    assert not reader.unused_data
