from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from catalogue.xml import parse
from harvester.clients import slices
from harvester.clients.slices import cut

PREFIXES = {"": "urn:default", "p": "urn:p", "q": "urn:q", "xsi": "urn:xsi"}
NAMES = ["metadata", "record", "dc", "header", "metadataX"]

spaces = st.sampled_from(["", " ", "\n  ", "\t"])
junk = st.sampled_from(
    [
        "",
        " ",
        "text",
        "é漢",
        "<!-- <dc> </metadata> -->",
        "<![CDATA[<record></dc>]]>",
        "<?pi <dc>?>",
        "&lt;dc&gt;",
        ">",
    ]
)
values = st.sampled_from(["v", "a>b", "p:Type", "/>", "it's", "</dc>".replace("<", "&lt;"), "xmlns:p="])
prefixes = st.sampled_from(sorted(PREFIXES))


@st.composite
def declarations(draw: st.DrawFn) -> str:
    chosen = draw(st.sets(prefixes, max_size=3))
    parts = []
    for prefix in sorted(chosen):
        uri = PREFIXES[prefix] + draw(st.sampled_from(["", "/two"]))
        quote = draw(st.sampled_from("\"'"))
        parts.append(
            f"{draw(spaces) or ' '}xmlns{':' + prefix if prefix else ''}{draw(spaces)}={quote}{uri}{quote}"
        )
    return "".join(parts)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    """An element with comments, CDATA, odd whitespace, names of the envelope and namespaces everywhere."""
    prefix = draw(prefixes)
    name = (prefix + ":" if prefix else "") + draw(st.sampled_from(NAMES))
    attributes = draw(declarations())
    if draw(st.booleans()):
        attribute = draw(st.sampled_from(["a", "p:a", "xsi:type"]))
        attributes += f' {attribute}="{draw(values)}"'
    if draw(st.integers(0, 5)) == 0:
        return f"<{name}{attributes}{draw(spaces)}/>"
    inner = [draw(junk)]
    if depth:
        for _ in range(draw(st.integers(0, 2))):
            inner += [draw(elements(depth - 1)), draw(junk)]
    return f"<{name}{attributes}{draw(spaces)}>{''.join(inner)}</{name}{draw(spaces)}>"


@st.composite
def pages(draw: st.DrawFn) -> str:
    everything = "".join(f' xmlns{":" + p if p else ""}="{uri}"' for p, uri in PREFIXES.items())
    envelope = draw(st.sampled_from(["", "p:"]))
    plain = draw(st.booleans())
    records = []
    for _ in range(draw(st.integers(0, 4))):
        filling = spaces if plain else junk
        payload = draw(elements())
        records.append(
            f"<{envelope}record{draw(declarations()) if not plain else ''}>{draw(filling)}"
            f"<{envelope}metadata>{draw(spaces)}{payload}{draw(filling)}</{envelope}metadata></{envelope}record>"
        )
    prolog = draw(st.sampled_from(["", "<?xml version='1.0'?>", "<?xml version='1.0'?>\n<!-- x --><?y z?>"]))
    return f"{prolog}<list{everything}>{''.join(records)}</list>"


def canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=True, with_tail=False)


def payloads_of(root: etree._Element) -> list[etree._Element]:
    return [
        next(metadata.iterchildren(etree.Element))
        for record in root
        for metadata in record.iterchildren(etree.Element)
    ]


def without(payload: bytes, injected: int) -> bytes:
    """The payload less its first declarations: those that were written into it."""
    return re.sub(rb'^(<[^\s/>]+)(?: xmlns(?::\w+)?="[^"]*"){%d}' % injected, rb"\1", payload)


def needs_declarations(element: etree._Element, payload: bytes) -> bool:
    inherited = element.getparent().nsmap
    default = inherited.pop(None, "")
    unprefixed = any(
        e.prefix is None and e.tag.startswith(f"{{{default}}}") for e in element.iter(etree.Element)
    )
    return unprefixed or any(f"{prefix}:".encode() in payload for prefix in inherited)


@settings(max_examples=400, deadline=None)
@given(pages())
def test_every_slice_alone_is_the_element_of_the_page(text: str) -> None:
    page = text.encode()
    root = parse(page)
    wanted = payloads_of(root)
    found = cut(page, wanted)
    assert len(found) == len(wanted)
    for payload, element in zip(found, wanted, strict=True):
        assert canonical(parse(payload)) == canonical(element)
        assert any(without(payload, injected) in page for injected in range(5))
        if not needs_declarations(element, payload):
            assert payload in page


@settings(max_examples=200, deadline=None)
@given(pages())
def test_searching_and_offsets_agree(text: str) -> None:
    page = text.encode()
    wanted = payloads_of(parse(page))
    if wanted:
        searched = slices.by_search(page, wanted)
        assert searched in (None, slices._by_offset(page, wanted))


def test_search_is_used_for_ordinary_pages() -> None:
    records = b"<r><m><d:dc>1</d:dc></m></r><r><m><d:dc>2</d:dc></m></r>"
    page = b'<?xml version="1.0"?><!-- x --><l xmlns:d="u">' + records + b"</l>"
    wanted = payloads_of(parse(page))
    assert slices.by_search(page, wanted) is not None
    assert cut(page, wanted) == [b'<d:dc xmlns:d="u">1</d:dc>', b'<d:dc xmlns:d="u">2</d:dc>']


@pytest.mark.parametrize(
    ("envelope", "payload", "expected"),
    [
        ('xmlns:p="u"', '<p:dc xmlns:p="u">x</p:dc>', '<p:dc xmlns:p="u">x</p:dc>'),
        ('xmlns:p="u" xmlns:q="w"', "<p:dc>x</p:dc>", '<p:dc xmlns:p="u">x</p:dc>'),
        ('xmlns="u"', "<dc/>", '<dc xmlns="u"/>'),
        ('xmlns="u"', '<dc xmlns=""/>', '<dc xmlns=""/>'),
        ('xmlns="u" xmlns:p="w"', "<p:dc><title/></p:dc>", '<p:dc xmlns="u" xmlns:p="w"><title/></p:dc>'),
        ('xmlns:x="u"', '<dc t="x:T"/>', '<dc xmlns:x="u" t="x:T"/>'),
        ('xmlns:p="u:a&amp;b"', "<p:dc/>", '<p:dc xmlns:p="u:a&amp;b"/>'),
        ('xmlns:p="u"', "<dc a='>' xmlns:p = 'w'><p:x/></dc>", "<dc a='>' xmlns:p = 'w'><p:x/></dc>"),
        (
            'xmlns:p="u"',
            "<dc a='> xmlns:p=\"w\" '><p:x/></dc>",
            '<dc xmlns:p="u" a=\'> xmlns:p="w" \'><p:x/></dc>',
        ),
    ],
)
def test_declarations_are_written_where_they_are_missing(envelope: str, payload: str, expected: str) -> None:
    page = f"<l {envelope}><r><m>{payload}</m></r></l>".encode()
    [found] = cut(page, payloads_of(parse(page)))
    assert set(re.findall(r"\S+", found.decode())) == set(re.findall(r"\S+", expected))
    assert parse(found) is not None


def test_marcxml_inside_an_envelope_with_the_same_names() -> None:
    marc = b'<record xmlns="urn:marc"><metadata>1</metadata></record>'
    empty = b'<record xmlns="urn:marc"/>'
    records = b"".join(b"<record><metadata>" + payload + b"</metadata></record>" for payload in (marc, empty))
    page = b'<list xmlns="urn:oai">' + records + b"</list>"
    assert cut(page, payloads_of(parse(page))) == [marc, empty]


@pytest.mark.parametrize("marks", [0, 3, 5000])
@pytest.mark.parametrize("hidden", [b"<!-- <d>0</d> -->", b"<![CDATA[<d>0</d>]]>", b"<?x <d>0</d>?>"])
def test_what_hides_tags_is_found_behind_any_number_of_marks(marks: int, hidden: bytes) -> None:
    page = b"<l><r><m><d>1</d></m>" + b"?!" * marks + hidden + b"</r></l>"
    wanted = payloads_of(parse(page))
    assert slices.by_search(page, wanted) is None
    assert cut(page, wanted) == [b"<d>1</d>"]


def test_nothing_wanted() -> None:
    assert cut(b"<a/>", []) == []
