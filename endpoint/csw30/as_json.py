"""An answer as JSON, for clients that read no XML: the same names and values, in the same order.

CSW 3.0.0 lets a server answer in other formats than XML, and says of none of them what is in it (12-176r7,
7.3.4.2). This is the usual reading of XML as JSON: an element is an object, its attributes have `@` before
their names, its text beside them is `#text`, and one that has nothing but text is that text; elements of the
same name are a list.
"""

from __future__ import annotations

import json
from typing import Any

from lxml import etree

from catalogue.xml import parse


def as_json(document: bytes) -> bytes:
    """The document as JSON, in UTF-8."""
    root = parse(document)
    declared = {f"@xmlns:{prefix}" if prefix else "@xmlns": uri for prefix, uri in root.nsmap.items()}
    value = _value(root)
    content = value if isinstance(value, dict) else {"#text": value}
    return json.dumps({_name(root): declared | content}, ensure_ascii=False).encode()


def _name(element: etree._Element) -> str:
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _value(element: etree._Element) -> Any:
    found: dict[str, Any] = {f"@{_attribute(element, key)}": value for key, value in element.attrib.items()}
    children = [child for child in element if isinstance(child.tag, str)]
    for child in children:
        name, value = _name(child), _value(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    text = "".join(element.xpath("text()")).strip() if children else element.text or ""
    if not found:
        return text
    return found | ({"#text": text} if text else {})


def _attribute(element: etree._Element, key: str | bytes) -> str:
    name = etree.QName(key)
    if not name.namespace:
        return name.localname
    prefix = next((p for p, uri in element.nsmap.items() if uri == name.namespace and p), "xml")
    return f"{prefix}:{name.localname}"
