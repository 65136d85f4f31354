"""A web-accessible folder: XML files behind the directory listing of a web server (Apache, nginx, IIS).

Listings are read from the registered address downwards, on the same host only. A file's address is the
identifier of a record that has none itself. In an incremental run a file that has not changed is not sent
again; what is gone shows in a full one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import etree

from catalogue.errors import AnswerTooLarge, AnswerUnreadable, HttpFailure
from catalogue.run import Checkpoint, Fault
from catalogue.source import Source
from harvester.clients.answers import date_header, unreadable
from harvester.clients.base import Description, Item, Note, Page
from harvester.clients.documents import Mending, read_document, with_mendings
from harvester.http import Answer, HarvestSession

#: Files to a page: each is a request.
PAGE_FILES: Final = 25
#: Folders below the registered one; symbolic links make some without end.
DEEPEST: Final = 8
MOST_FOLDERS: Final = 2_000
MOST_FILES: Final = 100_000


@dataclass(slots=True)
class _Folder:
    """What the listings hold."""

    files: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    too_deep: int = 0
    moment: str = ""


class WafClient:
    """Harvests one web-accessible folder."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._session = session

    def describe(self) -> Description:
        """That the address is a listing with something in it."""
        answer = self._session.fetch("GET", _as_folder(self._source.base_url))
        _require_links(answer, answer.url)
        return Description(deleted_record="no", incremental=True)

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:  # noqa: ARG002
        """The files by address, behind the one that the checkpoint stands at.

        Raises:
            AnswerTooLarge: there are more folders or files than anybody has.
            HarvestError: anything else that the source did wrong.
        """
        if checkpoint.finished:
            return
        found = self._walk()
        after = checkpoint.position.get("after", "")
        left = sorted(url for url in found.files if url > after)
        faults = () if after else tuple(found.faults)
        notes = (Note("folders-too-deep", {"count": found.too_deep}),) if found.too_deep and not after else ()
        while not checkpoint.finished:
            urls, left = left[:PAGE_FILES], left[PAGE_FILES:]
            mendings: list[Mending] = []
            items = tuple(item for url in urls for item in self._read(url, mendings))
            checkpoint = checkpoint.evolve(
                position={"after": urls[-1] if urls else after},
                pages=checkpoint.pages + 1,
                response_date=checkpoint.response_date or found.moment,
                finished=not left,
            )
            size = sum(len(item.payload or b"") for item in items)
            yield with_mendings(Page(items, checkpoint, size=size, faults=faults, notes=notes), mendings)
            faults, notes = (), ()

    def _walk(self) -> _Folder:
        """Every listing, the registered one first."""
        found = _Folder()
        root = ""
        waiting = deque([(_as_folder(self._source.base_url), 0)])
        visited = set()
        while waiting:
            url, depth = waiting.popleft()
            if url in visited:
                continue
            visited.add(url)
            if len(visited) > MOST_FOLDERS:
                raise AnswerTooLarge(f"more than {MOST_FOLDERS} folders are below {self._source.base_url}")
            answer = self._listing(url, found, is_root=not root)
            if answer is None:
                continue
            root = root or answer.url
            found.moment = found.moment or date_header(answer)
            files, folders = links(answer, root)
            found.files |= files
            if len(found.files) > MOST_FILES:
                raise AnswerTooLarge(f"more than {MOST_FILES} files are below {self._source.base_url}")
            if depth >= DEEPEST:
                found.too_deep += len(folders)
            else:
                waiting.extend((folder, depth + 1) for folder in sorted(folders))
        return found

    def _listing(self, url: str, found: _Folder, *, is_root: bool) -> Answer | None:
        """A listing; of a folder that does not let itself be looked into, that it does not, as a fault."""
        try:
            answer = self._session.fetch("GET", url)
        except HttpFailure as error:
            if is_root or error.status >= 500:  # noqa: PLR2004 - RFC 9110, section 15.6
                raise
            found.faults.append(Fault("files.folder-unreadable", str(error), path=url))
            return None
        if is_root:
            _require_links(answer, answer.url)
        return answer

    def _read(self, url: str, mendings: list[Mending]) -> tuple[Item, ...]:
        try:
            answer = self._session.fetch_if_modified(url)
            if answer is None:
                return ()
            answer.require_success()
        except HttpFailure as error:
            if error.status >= 500:  # noqa: PLR2004 - RFC 9110, section 15.6
                raise
            return (Item("", fault=Fault("files.unreadable", str(error), path=url)),)
        recover = self._source.quirks.accept_recovered
        return read_document(answer.content, url, answer.charset, mendings=mendings, recover=recover)


def _as_folder(url: str) -> str:
    """The address with a slash at its end, unless it names a page: links are relative to it."""
    parts = urlsplit(url)
    last = parts.path.rpartition("/")[2]
    return url if not last or "." in last or parts.query else parts._replace(path=parts.path + "/").geturl()


def _require_links(answer: Answer, root: str) -> None:
    """Refuse what is no listing: a page to log in would look like a folder from which all is gone."""
    answer.require_success()
    if not any(links(answer, root)):
        raise unreadable(answer, "neither an XML file nor a folder is linked from it")


def links(answer: Answer, root: str) -> tuple[set[str], set[str]]:
    """The XML files and the folders that a listing names, below `root` on its host.

    Raises:
        AnswerUnreadable: it is not HTML that anything can be found in.
    """
    try:
        page = etree.fromstring(answer.content, etree.HTMLParser(no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AnswerUnreadable(f"{root}: a listing that cannot be read ({error})") from error
    files: set[str] = set()
    folders: set[str] = set()
    for anchor in page.iter("a") if page is not None else ():
        url = _below(answer.url, anchor.get("href") or "", root)
        if url.lower().endswith(".xml"):
            files.add(url)
        elif url.endswith("/"):
            folders.add(url)
    return files, folders


def _below(base: str, href: str, root: str) -> str:
    """A link as an address below the root; empty where it leads elsewhere, or only sorts the listing."""
    try:
        url = urldefrag(urljoin(base, href.strip())).url
        parts, top = urlsplit(url), urlsplit(root)
    except ValueError:
        return ""
    above = top.path.rpartition("/")[0] + "/"
    climbs = ".." in unquote(parts.path).split("/")
    inside = parts.netloc == top.netloc and parts.scheme == top.scheme and parts.path.startswith(above)
    return url if inside and not climbs and not parts.query and parts.path != above else ""
