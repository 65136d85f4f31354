"""The hardened parser: what it refuses, by which name, and that to find it out costs nobody much time."""

from __future__ import annotations

import time

import pytest

from catalogue.errors import ForbiddenXml, MalformedXml
from catalogue.xml import parse

BEGINNINGS = {
    "nothing": b"",
    "blanks": b" \n\t",
    "a declaration": b'<?xml version="1.0"?>\n',
    "a comment": b'<?xml version="1.0"?> <!-- a - b --> ',
}


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_what_is_badly_formed_behind_a_doctype_is_refused_for_that(beginning: bytes) -> None:
    with pytest.raises(ForbiddenXml, match="DOCTYPE"):
        parse(beginning + b"<!DOCTYPE a><a>")
    with pytest.raises(MalformedXml):
        parse(beginning + b"<a>")


@pytest.mark.parametrize(
    "said", [b" ", b"\n\t ", b"<?a b?> ", b"<!-- a - b --> ", b"<!--", b"<?", b"<!-- -", b"<b>"]
)
def test_no_beginning_is_read_in_more_ways_than_one(said: bytes) -> None:
    began = time.process_time()
    for count in (30, 50_000):
        with pytest.raises(MalformedXml):
            parse(said * count + b"x")
    assert time.process_time() - began < 2
