"""An OAI static repository: a whole repository as one XML file at one address.

"Specification for an OAI Static Repository and an OAI Static Repository Gateway" (openarchives.org, 2.0). We
read the file itself, and need no gateway. It knows no deletions: what is gone from it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from catalogue.errors import AnswerUnreadable
from catalogue.namespaces import OAI, OAI_STATIC
from catalogue.run import Checkpoint
from catalogue.source import Source
from harvester.clients import mended, oai_records
from harvester.clients.answers import XmlPage, read_xml, unreadable
from harvester.clients.base import Description, Page
from harvester.clients.repair import IN_OAI
from harvester.clients.whole_list import is_begun, not_modified, pages_of
from harvester.http import Answer, HarvestSession

_LIST: Final = f"{{{OAI_STATIC}}}ListRecords"


class StaticRepositoryClient:
    """Harvests one file."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._session = session
        #: The file, once it has been asked for; None where it is the one that was taken last.
        self._asked = False
        self._answer: Answer | None = None

    def describe(self) -> Description:
        """Identify and ListMetadataFormats, as they stand in the file (section 3)."""
        answer = self._if_modified()
        source = self._source
        if answer is None:
            return Description(source.repository_name, source.granularity, deleted_record="no")
        root = self._read(answer).root
        return Description(
            repository_name=" ".join((root.findtext(f".//{{{OAI}}}repositoryName") or "").split()),
            granularity=(root.findtext(f".//{{{OAI}}}granularity") or "").strip(),
            deleted_record="no",
            earliest_datestamp=(root.findtext(f".//{{{OAI}}}earliestDatestamp") or "").strip(),
            formats=tuple(prefix for prefix, _ in _formats(root)),
        )

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:  # noqa: ARG002
        """The records in the format that tells most, from the checkpoint on.

        Raises:
            ListBroken: the file has changed while it was read.
            AnswerUnreadable: there is no list of records in the format that was asked for.
            HarvestError: anything else that the source did wrong.
        """
        if checkpoint.finished:
            return
        if is_begun(checkpoint):
            answer: Answer | None = self._answer or self._session.fetch("GET", self._source.base_url)
        else:
            answer = self._if_modified()
        if answer is None:
            yield not_modified(checkpoint)
            return
        read = self._read(answer)
        content, root = read.content, read.root
        wanted = self._source.metadata_prefix or oai_records.best_prefix(_formats(root))
        lists = [one for one in root.iterchildren(_LIST) if one.get("metadataPrefix", "").strip() == wanted]
        if not lists:
            raise unreadable(answer, f"no ListRecords with the metadataPrefix {wanted!r}")
        items = [item for one in lists for item in oai_records.read_items(content, one)]
        raw, repairs = answer.content, read.repairs
        items = list(mended.marked(raw, repairs, tuple(items)))
        notes = mended.repair_notes(raw, repairs, items)
        yield from pages_of(items, answer, checkpoint, notes=notes, set_aside=mended.kept(raw, repairs))

    def _read(self, answer: Answer) -> XmlPage:
        recover = IN_OAI if self._source.quirks.accept_recovered else None
        page = read_xml(answer, mend=True, recover=recover)
        answer.require_success()
        if page.root.tag != f"{{{OAI_STATIC}}}Repository":
            raise _not_static(answer, page.root)
        return page

    def _if_modified(self) -> Answer | None:
        if not self._asked:
            self._answer = self._session.fetch_if_modified(self._source.base_url)
            self._asked = True
        return self._answer


def _not_static(answer: Answer, root: etree._Element) -> AnswerUnreadable:
    return unreadable(answer, f"not a Repository of the static repository schema but {root.tag!s}")


def _formats(root: etree._Element) -> list[tuple[str, str]]:
    """(metadataPrefix, metadataNamespace) of each format of which there is a list."""
    listed = {one.get("metadataPrefix", "").strip() for one in root.iterchildren(_LIST)}
    told = {
        (one.findtext(f"{{{OAI}}}metadataPrefix") or "").strip(): (
            one.findtext(f"{{{OAI}}}metadataNamespace") or ""
        ).strip()
        for one in root.iter(f"{{{OAI}}}metadataFormat")
    }
    return [(prefix, told.get(prefix, "")) for prefix in sorted(listed) if prefix]
