"""Just enough Schematron 1.5 for the OGC tests' rules: phases, patterns, rules, asserts."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from lxml import etree

from csw_client import NAMESPACES

SCH = "{http://www.ascc.net/xml/schematron}"


def failures(file: Path, phase: str, document: etree._Element) -> list[str]:
    """The ids of the asserts of this phase that the document fails."""
    rules = etree.parse(file).getroot()
    # Relative paths of lxml begin at an element, never at the document: this one stands for it.
    above = etree.Element("document")
    above.append(deepcopy(document))
    active = {
        pattern.get("pattern") for pattern in rules.find(f"{SCH}phase[@id='{phase}']").findall(f"{SCH}active")
    }
    found = []
    for pattern in rules.findall(f"{SCH}pattern"):
        if pattern.get("id") not in active:
            continue
        for rule in pattern.findall(f"{SCH}rule"):
            context = rule.get("context")
            path = context if context.startswith("/") else f"//{context}"
            nodes = [above] if path == "/" else document.xpath(path, namespaces=NAMESPACES)
            for check in rule.findall(f"{SCH}assert"):
                test = f"boolean({check.get('test')})"
                found += [check.get("id") for node in nodes if not node.xpath(test, namespaces=NAMESPACES)]
    return found
