from __future__ import annotations

import json
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.credentials import Secret
from catalogue.scrubbing import MARK, Scrubber, shown_url

PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=0x17F, categories=["L", "N", "P", "S"]))


@settings(max_examples=60)
@given(PRINTABLE.filter(lambda text: len(text) >= 6), st.text(max_size=20), st.text(max_size=20))
def test_no_form_of_a_secret_is_left(password: str, before: str, behind: str) -> None:
    scrub = Scrubber([Secret.basic("anna", password)])
    forms = (password, quote(password), quote_plus(password), escape(password), json.dumps(password)[1:-1])
    for form in forms:
        text = f"{before}{form}{behind}"
        assert form not in scrub.text(text).replace(MARK, "\0")
        assert form.encode() not in scrub.content(text.encode()).replace(MARK.encode(), b"\0")


def test_what_is_no_secret_stays() -> None:
    scrub = Scrubber([Secret.header("Authorization", "Bearer abcdef-123"), Secret.basic("anna", "oai")])
    assert scrub.text("oai_dc of oai:x said abcdef-123 and Bearer abcdef-12") == (
        f"oai_dc of {MARK}:x said {MARK} and Bearer abcdef-12"
    )
    assert scrub.text("YW5uYTpvYWk=") == MARK


def test_without_secrets_nothing_is_touched() -> None:
    scrub = Scrubber()
    assert not scrub
    assert (scrub.text("a"), scrub.content(b"a")) == ("a", b"a")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://u:p@example.org:8/oai?verb=x#y", "http://example.org:8/oai?verb=x"),
        (
            "http://example.org/?resumptionToken=a%2Bb&api_key=s&APIKEY=s&access_token=s;Pwd=s",
            f"http://example.org/?resumptionToken=a%2Bb&api_key={MARK}&APIKEY={MARK}&access_token={MARK};Pwd={MARK}",
        ),
        ("http://example.org/?token=s&set=t", "http://example.org/?token=[secret]&set=t"),
        (
            "http://example.org/?metadataPrefix=oai_dc&set=keynotes",
            "http://example.org/?metadataPrefix=oai_dc&set=keynotes",
        ),
        ("http://[x", "an address that is not a URL"),
    ],
)
def test_addresses_as_they_are_kept(url: str, shown: str) -> None:
    assert shown_url(url) == shown
