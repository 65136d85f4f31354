"""A catalogue file in DCAT-US (`data.json`, Project Open Data): a whole catalogue as one JSON document."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from catalogue.run import Checkpoint, Fault
from catalogue.source import Source
from harvester.clients.answers import unreadable
from harvester.clients.base import Description, Item, Page
from harvester.clients.json_pages import decoded, part
from harvester.clients.whole_list import is_begun, not_modified, pages_of
from harvester.http import Answer, HarvestSession


class _Catalogue(msgspec.Struct):
    dataset: list[msgspec.Raw] | None = None
    title: object = ""


class _Dataset(msgspec.Struct):
    identifier: object = ""
    modified: object = ""


class DataJsonClient:
    """Harvests one file."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._session = session
        self._asked = False
        self._answer: Answer | None = None

    def describe(self) -> Description:
        """That the file is there, and what it calls itself."""
        answer = self._if_modified()
        if answer is None:
            return Description(self._source.repository_name)
        title = _read(answer).title
        return Description(" ".join(title.split()) if isinstance(title, str) else "")

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:  # noqa: ARG002
        """The datasets from the checkpoint on.

        Raises:
            ListBroken: the file has changed while it was read.
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
        items = [_item(bytes(one)) for one in _read(answer).dataset or ()]
        yield from pages_of(items, answer, checkpoint)

    def _if_modified(self) -> Answer | None:
        if not self._asked:
            self._answer = self._session.fetch_if_modified(self._source.base_url)
            self._asked = True
        return self._answer


def _read(answer: Answer) -> _Catalogue:
    found = decoded(answer, _Catalogue)
    if found.dataset is None:
        raise unreadable(answer, "no catalogue of DCAT-US: it has no dataset")
    return found


def _item(payload: bytes) -> Item:
    found = part(payload, _Dataset)
    identifier = found.identifier if found else ""
    if found is None or not isinstance(identifier, str) or not identifier.strip():
        value = payload[:200].decode("utf-8", "replace")
        fault = Fault(
            "data_json.no-identifier", "the dataset has no identifier", path="identifier", value=value
        )
        return Item("", fault=fault)
    modified = found.modified if isinstance(found.modified, str) else ""
    return Item(identifier.strip(), datestamp=modified, payload=payload)
