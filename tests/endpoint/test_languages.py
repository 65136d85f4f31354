"""The six languages: every word is there, every page is in each of them, and a reader gets his own."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from endpoint.languages import ENGLISH, LANGUAGES, TRANSLATIONS, liked, name_of, words

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
TRANSLATED = sorted(LANGUAGES.keys() - {"en"})


@pytest.fixture(scope="session")
def texts() -> set[str]:
    """Every text that a template or a module has words for."""
    methods = [("templates/**", "jinja2"), ("**.py", "python")]
    options = {"templates/**": {"trimmed": "true", "newstyle_gettext": "true"}}
    found = extract_from_dir(str(ROOT / "endpoint"), methods, options)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def catalogue(tag: str) -> Catalog:
    return read_po(BytesIO((TRANSLATIONS / f"{tag}.po").read_bytes()), locale=tag)


@pytest.mark.parametrize("tag", TRANSLATED)
def test_no_word_is_missing_and_none_is_left_over(tag: str, texts: set[str]) -> None:
    assert len(texts) > 80
    found = {str(message.id): message for message in catalogue(tag) if message.id}
    assert sorted(found.keys() ^ texts) == []
    assert [text for text, message in found.items() if not message.string or message.fuzzy] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_translations_keep_what_is_filled_in_and_hold_no_markup(tag: str) -> None:
    for message in catalogue(tag):
        if message.id:
            text, said = str(message.id), str(message.string)
            assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(text)), text
            assert not set("<>&") & set(said), text
            assert words(tag).gettext(text) == said


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA, en;q=0.8", "fr"),
        ("de, ar;q=0.5, en;q=0.4", "ar"),
        ("zh-Hant-TW", "zh"),
        ("en;q=0.1, es;q=0.9", "es"),
        ("ru;q=0", "en"),
        ("de", "en"),
        ("*", "en"),
        ("fr;q=much, es;q=0.2", "es"),
    ],
)
def test_the_language_that_a_browser_likes_best(header: str, tag: str) -> None:
    assert liked(header).tag == tag


@given(st.text(max_size=60))
def test_no_header_breaks_it(header: str) -> None:
    assert liked(header) in LANGUAGES.values()


def test_arabic_runs_from_right_to_left() -> None:
    assert {tag: one.direction for tag, one in LANGUAGES.items() if one.direction == "rtl"} == {"ar": "rtl"}
    assert ENGLISH.name == "English"


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "anglais"),
        ("en-US", "anglais (États-Unis)"),
        ("zh-Hant", "chinois (traditionnel)"),
        ("EN-gb", "anglais (Royaume-Uni)"),
        ("mul", "multilingue"),
        ("sr-Latn-RS", "serbe (latin, Serbie)"),
        ("en-x-own", "anglais (x, own)"),
        ("english", ""),
        ("", ""),
    ],
)
def test_a_language_has_a_name_with_its_script_and_region(tag: str, name: str) -> None:
    assert name_of(tag, LANGUAGES["fr"]) == name
