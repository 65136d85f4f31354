"""Entries of feeds to records: Atom, RSS, and what else stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import UnreadableRecord
from catalogue.record import Box, Record
from catalogue.xml import escape
from harvester.mapping.feed import plain
from harvester.mapping.registry import read

ENTRY = b"""<entry xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="fr">
 <id>https://doi.org/10.1000/xyz123</id>
 <title type="html">Plan &lt;i&gt;national&lt;/i&gt; &amp;amp; annexes</title>
 <updated>2026-03-04T05:06:07Z</updated><published>2025-01-02T00:00:00Z</published>
 <author><name>A. Author</name><email>a@example.org</email><uri>https://example.org/a</uri></author>
 <category term="mercury" scheme="https://example.org/terms"/>
 <link href="https://example.org/plan"/>
 <link rel="enclosure" href="https://example.org/plan.pdf" type="application/pdf"/>
 <link rel="edit" href="https://example.org/edit"/>
 <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Un <b>plan</b></div></summary>
 <content type="html">&lt;p&gt;Tout le texte&lt;/p&gt;</content>
 <rights>CC BY</rights><dc:publisher>Centre</dc:publisher><dc:language>fr</dc:language>
 <georss:box>-10.5 20 5 40.25</georss:box></entry>"""

ITEM = b"""<item><title>A survey</title><link>https://example.org/s</link>
 <guid isPermaLink="false">tag:example.org,2026:1</guid><pubDate>Wed, 04 Mar 2026 05:06:07 GMT</pubDate>
 <author>b@example.org (B. Writer)</author><category domain="https://example.org/t">lindane</category>
 <description><![CDATA[<p>Found <a href="x">here</a></p><script>evil()</script>
 <p>and there</p>]]></description>
 <enclosure url="https://example.org/s.zip" type="application/zip" length="1"/></item>"""


def record(payload: bytes, prefix: str) -> Record:
    form, found = read(payload)
    assert form.prefix == prefix
    return found


def test_an_entry_of_atom() -> None:
    found = record(ENTRY, "atom")
    assert found.title.values == (("fr", "Plan national & annexes"),)
    assert [text.default for text in found.descriptions] == ["Un plan"]
    assert [(agent.role, agent.name.default, agent.email) for agent in found.agents] == [
        ("creator", "A. Author", "a@example.org"),
        ("publisher", "Centre", ""),
    ]
    assert {(date.kind, date.value) for date in found.dates} == {
        ("modified", "2026-03-04T05:06:07Z"), ("issued", "2025-01-02T00:00:00Z"),
    }  # fmt: skip
    assert [(one.value, one.scheme) for one in found.identifiers] == [
        ("https://doi.org/10.1000/xyz123", "doi")
    ]
    assert [link.url for link in found.links] == [
        "https://doi.org/10.1000/xyz123", "https://example.org/plan", "https://example.org/plan.pdf",
    ]  # fmt: skip
    assert found.boxes == (Box(20, -10.5, 40.25, 5),)
    assert [(one.label.default, one.scheme) for one in found.subjects] == [
        ("mercury", "https://example.org/terms")
    ]
    assert found.languages == ("fr",)
    assert found.metadata_identifier == "https://doi.org/10.1000/xyz123"


@pytest.mark.parametrize("namespace", [b"", b' xmlns="http://purl.org/rss/1.0/"'])
def test_an_item_of_rss(namespace: bytes) -> None:
    found = record(ITEM.replace(b"<item>", b"<item" + namespace + b">"), "rss")
    assert found.title.default == "A survey"
    assert [text.default for text in found.descriptions] == ["Found here\n\nand there"]
    assert [(agent.name.default, agent.email) for agent in found.agents] == [("B. Writer", "b@example.org")]
    assert [date.value for date in found.dates] == ["2026-03-04T05:06:07Z"]
    assert [link.url for link in found.links] == ["https://example.org/s", "https://example.org/s.zip"]
    assert [(one.label.default, one.scheme) for one in found.subjects] == [
        ("lindane", "https://example.org/t")
    ]


def test_what_says_nothing_is_refused() -> None:
    with pytest.raises(UnreadableRecord) as refused:
        read(b'<entry xmlns="http://www.w3.org/2005/Atom"><updated>2026-01-01T00:00:00Z</updated></entry>')
    assert refused.value.rule == "atom.no-title"


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("a < b & c", "a < b & c"),
        ("a &amp; b", "a & b"),
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("caf&eacute;", "café"),
        ("<style>x</style>y", "y"),
    ],
)
def test_html_becomes_text(sent: str, read_as: str) -> None:
    assert plain(sent) == read_as


@given(st.text(max_size=60))
@settings(max_examples=150)
def test_any_text_is_read_and_leaves_no_markup(text: str) -> None:
    found = plain(f"<p>{escape(text)}</p>")
    assert "<p>" not in found or "<p>" in text
    payload = f"<item><title>t</title><description>{escape(text)}</description></item>".encode()
    assert record(payload, "rss").title.default == "t"
