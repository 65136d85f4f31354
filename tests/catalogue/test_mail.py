from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import InvalidMail
from catalogue.mail import Mail, Sender, composed, normal_address

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
SENDER = Sender("Clearinghouse", "feed@example.org", "operator@example.org")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("ana@example.org", "ana@example.org"),
        ("  Ana.Maria+x@EXAMPLE.Org ", "Ana.Maria+x@example.org"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("o'neill@a-b.example.org", "o'neill@a-b.example.org"),
    ],
)
def test_addresses_have_one_form(typed: str, address: str) -> None:
    assert normal_address(typed) == address
    assert normal_address(address) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ana",
        "@example.org",
        "ana@",
        "ana@localhost",
        "a@b@example.org",
        "ana@example.org, eve@example.org",
        "ana@example.org\nBcc: eve@example.org",
        "Ana <ana@example.org>",
        "ana@exa mple.org",
        ".ana@example.org",
        "a..b@example.org",
        "ana@-x.example.org",
        "ana@x..org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 64}.org",
        f"a@{'bcd.' * 64}org",
        '"a b"@example.org',
        "ana@[127.0.0.1]",
        "ana@example.org\x00",
        "аня@example.org",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidMail):
        normal_address(typed)


def test_a_letter_says_that_a_machine_wrote_it() -> None:
    mail = Mail("ana@example.org", "Сводка", "مرحبا\nworld", "ar", "https://example.org/stop/1")
    message = composed(mail, SENDER, key="abc", at=NOW)
    assert message["From"] == "Clearinghouse <feed@example.org>"
    assert message["Reply-To"] == "operator@example.org"
    assert message["Message-ID"] == "<abc@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "ar"
    assert message["List-Unsubscribe"] == "<https://example.org/stop/1>"
    wire = message.as_bytes()
    assert wire.isascii()
    read = message_from_bytes(wire, policy=policy.default)
    assert read["Subject"] == "Сводка"
    assert read.get_content() == "مرحبا\r\nworld\r\n"  # type: ignore[attr-defined]


@given(subject=st.text(max_size=400), text=st.text(max_size=2000), name=st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_text_adds_a_header_or_breaks_the_letter(subject: str, text: str, name: str) -> None:
    clean = composed(Mail("ana@example.org", "x", "y"), SENDER, key="abc", at=NOW)
    message = composed(Mail("ana@example.org", subject, text), Sender(name, "a@example.org"), key="k", at=NOW)
    wire = message.as_bytes()
    assert wire.isascii()
    assert all(len(line) <= 998 for line in wire.split(b"\r\n"))
    read = message_from_bytes(wire, policy=policy.default)
    assert set(read) - {"Subject"} <= set(clean) - {"Subject"}
    assert read["To"].addresses[0].addr_spec == "ana@example.org"
