from __future__ import annotations

import gzip

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

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
