"""Faults of XML: characters, encodings, markup, envelopes, and records that nobody can read."""

from __future__ import annotations

import re
from typing import Final

from catalogue import namespaces as ns
from clearinghouse.simulator.oai_node import Call
from clearinghouse.simulator.switches import Stage, Switch, fault

#: Stand for bytes until the answer is written: no encoding would let them through.
_LONE_BYTE: Final = "\ue0e9"
_DASH: Final = "\ue096"
_FOREIGN: Final = '<thing xmlns="urn:example:nobody-knows-this">text</thing>'
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
#: As PHP writes it.
_WARNING: Final = (
    b"\n\n<br />\n<b>Warning</b>:  Undefined variable $end in <b>/srv/oai.php</b> on line <b>3</b><br />\n"
)
_METADATA: Final = re.compile(r"<metadata>.*</metadata>", re.DOTALL)
_UNPREFIXED: Final = re.compile(r"<(/?)([A-Za-z][\w-]*)(?=[\s/>])")
_NAMESPACES: Final = f' xmlns:oai_dc="{ns.OAI_DC}" xmlns:dc="{ns.DC}" xmlns:xsi="{ns.XSI}"'


def _retitle(call: Call, switch: Switch, text: str) -> None:
    """Write a text, as it stands, at the end of the titles of the records that are marked."""
    for number, item in enumerate(call.page):
        if switch.marks(item.id):
            call.records[number] = call.records[number].replace("</dc:title>", f"{text}</dc:title>")


@fault(
    "control-characters",
    Stage.RECORDS,
    "characters that XML does not allow, in some titles",
    rows=(23,),
    chance=0.02,
)
def _(call: Call, switch: Switch) -> None:
    _retitle(call, switch, " one\x0b two\x00 three\ufffe")


@fault("character-references", Stage.RECORDS, "&#11; and the like, in some titles", rows=(23,), chance=0.02)
def _(call: Call, switch: Switch) -> None:
    _retitle(call, switch, " one&#11; two&#x1F; three&#xFFFE; four&#xD800;")


@fault("invalid-utf8", Stage.RECORDS, "bytes that are not UTF-8, in some titles", rows=(24,), chance=0.02)
def _(call: Call, switch: Switch) -> None:
    _retitle(call, switch, f" caf{_LONE_BYTE} – café")


@fault("invalid-utf8", Stage.ANSWER)
def _(call: Call, _switch: Switch) -> None:
    call.content = call.content.replace(_LONE_BYTE.encode(), b"\xe9")


@fault("stray-ampersands", Stage.RECORDS, "& that is not &amp;, in some titles", rows=(25,), chance=0.02)
def _(call: Call, switch: Switch) -> None:
    _retitle(call, switch, " R&D & more; &c., a&b=c; &nbsp;&eacute;")


@fault("stray-less-than", Stage.RECORDS, "< that is not &lt;, in some titles", rows=(25,), chance=0.02)
def _(call: Call, switch: Switch) -> None:
    _retitle(call, switch, " pH < 7 and <5 mg/l")


@fault("unclosed-tags", Stage.RECORDS, "HTML without end tags, in some titles", rows=(25, 31), chance=0.02)
def _(call: Call, switch: Switch) -> None:
    _retitle(call, switch, " one<br>two <b>three")


@fault("declaration-inside", Stage.RECORDS, "an XML declaration inside metadata", rows=(26,))
def _(call: Call, _switch: Switch) -> None:
    call.records = [text.replace("<metadata>", f"<metadata>{_DECLARATION}\n") for text in call.records]


@fault("wrong-encoding", Stage.RECORDS, "says UTF-8, and is Windows-1252", rows=(27,), chance=0.3)
def _(call: Call, switch: Switch) -> None:
    _retitle(call, switch, f" café naïve{_DASH}‘quoted’")


@fault("wrong-encoding", Stage.ANSWER)
def _(call: Call, _switch: Switch) -> None:
    text = call.content.decode().replace(_DASH, "–")
    call.content = text.encode("windows-1252", "replace")


@fault(
    "no-charset",
    Stage.RECORDS,
    "no declaration; the Content-Type says ISO-8859-1, and it is UTF-8",
    rows=(27,),
)
def _(call: Call, switch: Switch) -> None:
    _retitle(call, switch, " café")


@fault("no-charset", Stage.ANSWER)
def _(call: Call, _switch: Switch) -> None:
    call.content = call.content.removeprefix(_DECLARATION.encode()).lstrip()
    call.headers["Content-Type"] = "text/xml; charset=iso-8859-1"


@fault("text-before", Stage.ANSWER, "blank lines and a warning before the XML declaration", rows=(25,))
def _(call: Call, _switch: Switch) -> None:
    call.content = _WARNING + call.content


@fault("text-after", Stage.ANSWER, "text behind the root element", rows=(25,))
def _(call: Call, _switch: Switch) -> None:
    call.content += b"\nNotice: 0.31 s <br> 12 queries\n"


@fault("prefixed-envelope", Stage.ANSWER, "the envelope's elements have a prefix", rows=(29,))
def _(call: Call, _switch: Switch) -> None:
    if call.verb != "Identify":
        text = _UNPREFIXED.sub(r"<\1oai:\2", call.text)
        call.content = text.replace(f' xmlns="{ns.OAI}"', f' xmlns:oai="{ns.OAI}"', 1).encode()


@fault(
    "outer-namespaces",
    Stage.RECORDS,
    "namespaces are declared on the envelope, not in the payload",
    rows=(30,),
)
def _(call: Call, _switch: Switch) -> None:
    dc = f' xmlns:dc="{ns.DC}"'
    call.declarations = f' xmlns="{ns.OAI}" xmlns:oai_dc="{ns.OAI_DC}" xmlns:xsi="{ns.XSI}"'
    call.records = [
        text.replace(_NAMESPACES, "").replace("<metadata>", f"<metadata{dc}>") for text in call.records
    ]


@fault(
    "nested-metadata", Stage.RECORDS, "the payload has elements named metadata, record and header", rows=(30,)
)
def _(call: Call, _switch: Switch) -> None:
    inside = '<metadata xmlns="urn:example:more"><record><header/><metadata/></record></metadata></oai_dc:dc>'
    call.records = [text.replace("</oai_dc:dc>", inside) for text in call.records]


@fault("html-in-text", Stage.RECORDS, "HTML, escaped and in CDATA, in titles", rows=(31,))
def _(call: Call, switch: Switch) -> None:
    _retitle(call, switch, " &lt;i&gt;in vitro&lt;/i&gt; <![CDATA[<b>R&D</b>]]>")


@fault(
    "bad-records",
    Stage.RECORDS,
    "nine of ten records are in a format that nobody knows",
    rows=(50,),
    chance=0.9,
)
def _(call: Call, switch: Switch) -> None:
    for number, item in enumerate(call.page):
        if switch.marks(item.id):
            call.records[number] = _METADATA.sub(f"<metadata>{_FOREIGN}</metadata>", call.records[number])


@fault("no-metadata", Stage.RECORDS, "some records have no metadata", rows=(50,), chance=0.1)
def _(call: Call, switch: Switch) -> None:
    for number, item in enumerate(call.page):
        if switch.marks(item.id):
            call.records[number] = _METADATA.sub("", call.records[number])
