"""Building XML as text."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from catalogue import xml
from catalogue.rendering.markup import any_uri, attribute, document, escape, language_attribute, number

anything = st.text(st.characters(exclude_categories=()), max_size=30)


@given(anything)
def test_escaping_here_is_what_catalogue_xml_does(text: str) -> None:
    if not any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        assert document([escape(text)]).decode() == xml.escape(text)
        assert document([attribute(text)]).decode() == xml.escape_attribute(text)


@given(anything)
def test_any_text_comes_back_from_an_element_and_an_attribute(text: str) -> None:
    written = document([f'<a b="{attribute(text)}">{escape(text)}</a>'])
    element = etree.fromstring(written)
    expected = xml.clean(text)
    assert element.get("b") == expected
    assert (element.text or "") == expected.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("https://example.org/a?b=c&d", "https://example.org/a?b=c&amp;d"),
        (" https://example.org/a b ", "https://example.org/a%20b"),
        ("https://example.org:/a:/b", "https://example.org/a:/b"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://bücher.example/é", "https://b%C3%BCcher.example/%C3%A9"),
        ("urn:example:1", "urn:example:1"),
        ("pointOfContact", "pointOfContact"),
        ("point of contact", "point%20of%20contact"),
        ("http://[", "http://%5B"),
        ("1:2", "1%3A2"),
        ("", ""),
    ],
)
def test_any_uri(text: str, uri: str) -> None:
    assert any_uri(text) == uri


@given(anything)
def test_any_uri_loses_nothing(text: str) -> None:
    sent = text.strip().encode("utf-8", "ignore").decode()
    back = unquote(any_uri(text).replace("&amp;", "&"))
    assert back in {sent, unquote(sent)} or "://" in sent


@given(st.floats(-180, 180))
def test_numbers_have_no_exponent_and_come_back(value: float) -> None:
    written = number(value)
    assert "e" not in written
    assert float(written) == pytest.approx(value, abs=1e-12)


def test_numbers_are_short() -> None:
    assert [number(value) for value in (1.0, -0.5, 1e-05, 179.99)] == ["1", "-0.5", "0.00001", "179.99"]


def test_only_what_xml_lang_takes_is_a_language() -> None:
    assert language_attribute("zh-Hant") == ' xml:lang="zh-Hant"'
    assert language_attribute("und") == language_attribute('"><x') == language_attribute("") == ""
