"""Reader of qualified Dublin Core: DCMI terms in any wrapper, and csw:Record (OGC 07-006r1, 10.2.5).

DSpace's `qdc`, worldcat's and DCMI's `qualifieddc`, GeoNetwork's `simpledc`, NSDL, DataONE's `metadata`
with two groups, records without any namespace: what counts is that the terms are Dublin Core's.
"""

from __future__ import annotations

from lxml import etree

from catalogue.languages import bcp47
from catalogue.record import UNDETERMINED, Record
from harvester.mapping.draft import Draft
from harvester.mapping.dublin_core import TERMS, read_terms
from harvester.mapping.texts import XML_LANG


def read(root: etree._Element) -> Record:
    """The record in a wrapper of DCMI terms.

    Raises:
        UnreadableRecord: nothing in it says what the record is about.
    """
    draft = Draft(bcp47(root.get(XML_LANG, "")) or UNDETERMINED)
    if not read_terms(draft, root):
        for group in root:
            read_terms(draft, group)
    return draft.record("oai_dcterms.no-title")


def holds_terms(root: etree._Element) -> bool:
    """Whether there are terms of Dublin Core among the children or grandchildren of an element."""
    return any(child.tag in TERMS for child in root) or any(
        grandchild.tag in TERMS for child in root for grandchild in child
    )
