"""Reader of oai_dc: unqualified Dublin Core as OAI-PMH 2.0 requires it (section 2.5)."""

from __future__ import annotations

from lxml import etree

from catalogue.languages import bcp47
from catalogue.record import UNDETERMINED, Record
from harvester.mapping.draft import Draft
from harvester.mapping.dublin_core import read_terms
from harvester.mapping.texts import XML_LANG


def read(root: etree._Element) -> Record:
    """The record in an oai_dc:dc element. Refinements that stand in it against its schema are read too.

    Raises:
        UnreadableRecord: nothing in it says what the record is about.
    """
    draft = Draft(bcp47(root.get(XML_LANG, "")) or UNDETERMINED)
    read_terms(draft, root)
    return draft.record("oai_dc.no-title")
