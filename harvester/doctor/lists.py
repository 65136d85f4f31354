"""Looks at what is neither OAI-PMH nor CSW: by the client that would harvest it, a few pages of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Final

from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source
from harvester.clients import client_for
from harvester.clients.base import Page
from harvester.clients.documents import read_document
from harvester.doctor.asking import Asking
from harvester.doctor.observation import ListSeen, Reply, unique

#: Pages of a list, and files of a folder, that are read.
PAGES: Final = 3
FILES: Final = 10


class ListLook:
    """Asks one source of OGC API - Records, DCAT-US, a static repository, or a folder of files."""

    def __init__(
        self, asking: Asking, protocol: Protocol, base_url: str, files: tuple[str, ...] = ()
    ) -> None:
        self._asking = asking
        self._files = files
        self._source = Source("checkup", protocol, base_url)
        self.seen = ListSeen(Reply("description"))

    def ask(self) -> None:
        """What it says that it is.

        Raises:
            CheckupOver: the budget is spent.
        """
        client = client_for(self._source, self._asking.session)
        found, reply = self._asking.ask("description", client.describe)
        self.seen = replace(
            self.seen, description=reply, name=found.repository_name[:300] if found is not None else ""
        )

    def sample(self) -> None:
        """Its first pages; of a folder, files from all of it.

        Raises:
            CheckupOver: the budget is spent.
        """
        if self._files:
            self._read_files()
            return
        client = client_for(self._source, self._asking.session)
        pages = islice(client.pages(Checkpoint()), PAGES)
        while True:
            page, reply = self._asking.ask("page of the list", lambda: next(pages, None))
            if page is None:
                if not reply.is_good:
                    self.seen = replace(self.seen, pages=(*self.seen.pages, reply))
                return
            self._take(page, reply)

    def _take(self, page: Page, reply: Reply) -> None:
        items = tuple(replace(item, element=None) for item in page.items)
        self.seen = replace(
            self.seen,
            pages=(*self.seen.pages, reply),
            items=unique((*self.seen.items, *items)),
            notes=(*self.seen.notes, *page.notes),
            whole=page.checkpoint.finished,
            size=page.checkpoint.complete_list_size,
        )

    def _read_files(self) -> None:
        count = min(FILES, len(self._files))
        for number in range(count):
            url = self._files[number * len(self._files) // count]
            answer, reply = self._asking.ask("file", lambda url=url: self._asking.session.fetch("GET", url))  # type: ignore[misc]
            items = () if answer is None else read_document(answer.content, url, answer.charset)
            self.seen = replace(
                self.seen,
                pages=(*self.seen.pages, reply),
                items=unique((*self.seen.items, *(replace(item, element=None) for item in items))),
                size=len(self._files),
            )
