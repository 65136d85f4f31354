"""Tokens: signed, stateless, and nobody else's."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from endpoint.oai_pmh.errors import BadResumptionToken
from endpoint.oai_pmh.resumption import ListToken, Seal, SetsToken

SEAL = Seal(b"s" * 32)
NUMBERS = st.integers(0, 2**62)
LISTS = st.builds(
    ListToken,
    verb=st.sampled_from(["ListRecords", "ListIdentifiers"]),
    cursor=NUMBERS,
    size=NUMBERS,
    response_date=NUMBERS,
    expires=st.integers(int(time.time()) + 86_400, 2**40),
    prefix=st.sampled_from(["oai_dc", "iso19139"]),
    set_id=st.none() | NUMBERS,
    until=st.none() | st.integers(-(2**40), 2**40),
    snapshot=NUMBERS,
    datestamp=NUMBERS,
    record_id=NUMBERS,
)


def sets_token(expires: int) -> SetsToken:
    return SetsToken(verb="ListSets", cursor=1, size=2, response_date=3, expires=expires, after="source:nile")


@given(LISTS)
def test_what_is_sealed_is_opened(token: ListToken) -> None:
    text = SEAL.close(token)
    assert SEAL.open_list(text, token.verb) == token
    assert text.isascii()
    assert text.replace("-", "").replace("_", "").isalnum()
    assert len(text) < 300


@given(LISTS, st.data())
def test_a_changed_token_is_refused(token: ListToken, choose: st.DataObject) -> None:
    text = SEAL.close(token)
    at = choose.draw(st.integers(0, len(text)))
    until = choose.draw(st.integers(at, len(text)))
    changed = text[:at] + choose.draw(st.text(max_size=4) | st.text("AZaz09-_=", max_size=4)) + text[until:]
    assume(changed != text)
    with pytest.raises(BadResumptionToken):
        SEAL.open_list(changed, token.verb)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_junk_is_refused(junk: str) -> None:
    with pytest.raises(BadResumptionToken):
        SEAL.open_list(junk, "ListRecords")
    with pytest.raises(BadResumptionToken):
        SEAL.open_sets(junk)


@given(LISTS)
def test_a_foreign_token_is_refused(token: ListToken) -> None:
    with pytest.raises(BadResumptionToken, match="not one of"):
        SEAL.open_list(Seal(b"t" * 32).close(token), token.verb)


def test_an_expired_token_is_refused() -> None:
    fresh, old = int(time.time()) + 100, int(time.time()) - 1
    assert SEAL.open_sets(SEAL.close(sets_token(fresh))) == sets_token(fresh)
    with pytest.raises(BadResumptionToken, match="expired"):
        SEAL.open_sets(SEAL.close(sets_token(old)))


@given(LISTS)
def test_a_token_of_another_verb_is_refused(token: ListToken) -> None:
    text = SEAL.close(token)
    other = {"ListRecords": "ListIdentifiers", "ListIdentifiers": "ListRecords"}[token.verb]
    with pytest.raises(BadResumptionToken, match="another verb"):
        SEAL.open_list(text, other)
    with pytest.raises(BadResumptionToken, match="another verb"):
        SEAL.open_sets(text)
    with pytest.raises(BadResumptionToken, match="another verb"):
        SEAL.open_list(SEAL.close(sets_token(int(time.time()) + 100)), token.verb)


def test_a_token_of_another_version_is_refused() -> None:
    token = sets_token(int(time.time()) + 100)
    text = SEAL.close(token)
    assert text.startswith("A")
    with pytest.raises(BadResumptionToken):
        SEAL.open_sets("Ag" + text[2:])
