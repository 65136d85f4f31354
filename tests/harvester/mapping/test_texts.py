"""The text of elements."""

from __future__ import annotations

from lxml import etree

from harvester.mapping.texts import inner_text, line, paragraphs


def test_inner_text_has_the_children_and_not_the_comments() -> None:
    element = etree.fromstring("<a>one <b>two</b><!-- no --> three<?pi no?> <c><d>four</d></c></a>")
    assert inner_text(element) == "one two three four"
    assert inner_text(etree.fromstring("<a/>")) == ""


def test_line() -> None:
    assert line(" a\n\t b  c ") == "a b c"


def test_paragraphs_keep_lines_and_lose_indentation() -> None:
    assert paragraphs(" one  two ") == "one two"
    assert paragraphs("\n   one\n\t two  three\n\n\n\n   four\r\n") == "one\ntwo three\n\nfour"
