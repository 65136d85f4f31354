"""Repairs: a closed list by name, only of what cannot be XML, and never of what was cut off."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import MalformedXml
from catalogue.xml import parse
from harvester.clients.repair import IN_CSW, IN_FEEDS, IN_OAI, REPAIRS, repair

DOCS = Path(__file__).resolve().parents[3] / "docs"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'


def text_of(content: bytes, *, recover: bool = False) -> tuple[str, tuple[str, ...]]:
    mended = repair(content, recover=IN_OAI if recover else None)
    assert mended is not None
    assert parse(mended.content).tag == mended.root.tag
    return "".join(mended.root.itertext()), mended.repairs


@pytest.mark.parametrize(
    ("body", "text", "name"),
    [
        (b"a\x00b\x1f\x0bc", "abc", "illegal-characters"),
        (b"a\xef\xbf\xbeb\xef\xbf\xbfc", "abc", "illegal-characters"),
        (b"a&#0;b&#x1F;c&#xD800;d&#x110000;e&#xFFFE;f", "abcdef", "character-references"),
        (b"caf\xe9 \x93ok\x94 \x81", "café “ok” \ufffd", "wrong-encoding"),
        (b"caf\xe9 caf\xc3\xa9", "caf\ufffd café", "invalid-utf8"),
        (b"\xed\xa0\x80 caf\xc3\xa9", "\ufffd\ufffd\ufffd café", "invalid-utf8"),
        (b"R&D, a & b, &c.; &nbsp; &amp; &#233;", "R&D, a & b, &c.; &nbsp; & é", "stray-ampersands"),
        (b"pH < 7, <5, a<=b <", "pH < 7, <5, a<=b <", "stray-less-than"),
        (b'a<?xml version="1.0"?>b', "ab", "inner-declarations"),
    ],
)
def test_each_repair_by_its_name(body: bytes, text: str, name: str) -> None:
    assert text_of(HEAD + b"<a>" + body + b"</a>") == (text, (name,))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\n\nWarning: line 3\n" + HEAD + b"<a>x</a>", "text-before-declaration"),
        (b" " + HEAD + b"<a>x</a>", "text-before-declaration"),
        (b"<br />\n<b>Notice</b>: on line <b>3</b><br />" + HEAD + b"<a>x</a>", "text-before-declaration"),
        (b"Warning: line 3\n<a xmlns='urn:x'>x</a>", "text-before-declaration"),
        (HEAD + b"<a>x</a>\nNotice <br> 12 queries", "text-after-root"),
        (HEAD + b"<a>x</a><b/>", "text-after-root"),
    ],
)
def test_what_stands_around_the_document(content: bytes, name: str) -> None:
    assert text_of(content) == ("x", (name,))


def test_several_at_once_are_all_named() -> None:
    text, names = text_of(b"\n" + HEAD + b"<a>R&D \x0b < 3</a> bye")
    assert text == "R&D  < 3"
    assert set(names) == {
        "text-before-declaration",
        "text-after-root",
        "illegal-characters",
        "stray-ampersands",
        "stray-less-than",
    }


def test_comments_and_cdata_are_left_as_they_are() -> None:
    inside = b'<!-- R&D < <?xml version="1.0"?> &#0; --><![CDATA[R&D < 3 &#11; <?xml version="1.0"?>]]>'
    mended = repair(HEAD + b"<a>" + inside + b" & </a>")
    assert mended is not None
    assert inside in mended.content
    assert mended.repairs == ("stray-ampersands",)


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"<a><b>R&D</b>",
        HEAD + b"<a>one & two",
        HEAD + b"<a>one</a",
        b"",
        b"no markup at all & more",
        HEAD + b"<a><b>R&D</a>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x; & more</a>",
        b'<?xml version="1.0" encoding="Shift_JIS"?><a>\xff & more</a>',
        b"<html><body>Sorry<br></body></html>" + HEAD + b"<a>x</a>",
    ],
)
def test_what_is_not_repaired(content: bytes) -> None:
    assert repair(content) is None


def test_a_guess_is_made_only_where_it_is_asked_for_and_loses_no_record() -> None:
    one = HEAD + b"<o><list><record><t>x<br>y</t></record></list></o>"
    assert repair(one) is None
    assert text_of(one, recover=True)[1] == ("recovered",)
    assert repair(one[:-4], recover=IN_OAI) is None
    two = HEAD + b"<o><list><record><t>x<br>y</t></record><record><t>z</t></record></list></o>"
    mended = repair(two, recover=IN_OAI)
    assert mended is None or len(mended.root.findall("list/record")) == 2


@pytest.mark.parametrize(("name", "known"), [("record", IN_OAI), ("Record", IN_CSW), ("item", IN_FEEDS)])
def test_a_guess_by_which_records_stand_in_one_another_is_not_taken(name: str, known: frozenset[str]) -> None:
    def page(first: str) -> bytes:
        return HEAD + f"<o><list><{name}>{first}</{name}><{name}><t>z</t></{name}></list></o>".encode()

    good = repair(page("<t><b>x<i>y</b></i></t>"), recover=known)
    assert good is not None
    assert len(good.root.findall(f"list/{name}")) == 2
    nested = page("<t>x<br>y</t>")
    assert repair(nested, recover=known) is None
    assert repair(page('<t a="1" a="2">x</t>'), recover=known) is None
    assert repair(nested, recover=frozenset()) is not None, "where nothing is known of records"


@given(
    st.lists(
        st.sampled_from(
            [
                b"&",
                b"<",
                b"\x01",
                b"\xe9",
                b"&#3;",
                b"<!--",
                b"-->",
                b"<![CDATA[",
                b"]]>",
                b"x",
                b" ",
                b"<i>",
                b"</i>",
                HEAD,
            ]
        )
    )
)
@settings(max_examples=200, deadline=None)
def test_what_comes_out_is_well_formed_and_what_goes_in_well_formed_stays(parts: list[bytes]) -> None:
    content = HEAD + b"<a>" + b"".join(parts) + b"</a>"
    try:
        parse(content)
    except MalformedXml:
        mended = repair(content)
        assert mended is None or parse(mended.content) is not None
        assert mended is None or (mended.repairs and set(mended.repairs) <= REPAIRS.keys())
    else:
        assert repair(content) is None


def test_repair_takes_no_longer_than_the_answer_is_long() -> None:
    begun = time.process_time()
    for hostile in (
        b"<!--" * 200_000,
        b"<![CDATA[" * 100_000,
        b"&#" * 300_000,
        b"<?xml " * 100_000,
        b"<" * 500_000,
    ):
        repair(HEAD + b"<a>" + hostile + b"</a>")
    assert time.process_time() - begun < 10


def test_every_repair_is_explained_and_no_other() -> None:
    page = (DOCS / "real-servers.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]+?) \|$", page, re.MULTILINE)) == REPAIRS
