"""Languages as sent, to BCP 47."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.languages import BIBLIOGRAPHIC, ENGLISH_NAMES, bcp47, is_tag, iso639_2, tag_of


@pytest.mark.parametrize(
    ("sent", "tag"),
    [
        ("eng", "en"), ("fre", "fr"), ("fra", "fr"), ("English", "en"), ("FRANÇAIS", "fr"), ("en", "en"),
        ("EN", "en"), ("en_US", "en-US"), ("pt-br", "pt-BR"), ("zh_hant_tw", "zh-Hant-TW"),
        ("eng-CAN", "en-can"),
        ("eng; USA", "en"), ("eng;", "en"), ("http://id.loc.gov/vocabulary/iso639-2/ger", "de"),
        ("#rus", "ru"),
        ("en_US.UTF-8", "en-US"), ("русский", "ru"), ("العربية", "ar"), ("中文", "zh"), ("iw", "he"),
        ("gsw", "gsw"),
        ("Veryodd", "Veryodd"), (" spa ", "es"), ("", ""), ("Norwegian Bokmål", "nb"), ("a1", "a1"),
    ],
)  # fmt: skip
def test_bcp47(sent: str, tag: str) -> None:
    assert bcp47(sent) == tag


def test_the_table_is_whole() -> None:
    assert len(BIBLIOGRAPHIC) == len(ENGLISH_NAMES) == 183
    assert all(len(short) == 2 and len(three) == 3 for short, three in BIBLIOGRAPHIC.items())
    assert len(set(BIBLIOGRAPHIC.values())) == 183


@pytest.mark.parametrize("short", sorted(BIBLIOGRAPHIC))
def test_codes_and_names_lead_back(short: str) -> None:
    assert bcp47(iso639_2(short)) == short
    assert tag_of(ENGLISH_NAMES[short]) == short


def test_iso639_2_of_what_has_none_is_itself() -> None:
    assert iso639_2("gsw") == "gsw"
    assert iso639_2("zh-Hant") == "chi"


@given(st.text(max_size=20))
def test_any_text_is_a_language_of_sorts(text: str) -> None:
    assert bcp47(bcp47(text)) == bcp47(text)
    assert isinstance(is_tag(text), bool)
