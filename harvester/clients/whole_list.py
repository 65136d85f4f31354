"""Lists that come as one document: cut into pages, so that a checkpoint can stand inside of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Final

from catalogue.errors import ListBroken
from catalogue.run import Checkpoint
from harvester.clients.answers import date_header
from harvester.clients.base import Item, Note, Page
from harvester.http import Answer

#: Items to a page.
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class _Position:
    """Where the list goes on, and of which version of the document that holds."""

    index: int = 0
    digest: str = ""


def is_begun(checkpoint: Checkpoint) -> bool:
    """Whether pages of the list are committed: the document is then needed, changed or not."""
    return bool(checkpoint.position)


def not_modified(checkpoint: Checkpoint) -> Page:
    """The only page of a list that is still the one that was taken last. No item is not no record."""
    return Page((), checkpoint.evolve(finished=True), notes=(Note("not-modified", level="info"),))


def pages_of(
    items: Sequence[Item],
    answer: Answer,
    checkpoint: Checkpoint,
    *,
    notes: tuple[Note, ...] = (),
    set_aside: tuple[tuple[bytes, bytes], ...] = (),
) -> Iterator[Page]:
    """The items of a document from the checkpoint on.

    Raises:
        ListBroken: the document is another one than that in which the checkpoint stands.
    """
    version = blake2b(answer.content, digest_size=16).hexdigest()
    position = _Position(**checkpoint.position) if checkpoint.position else _Position(digest=version)
    if position.digest != version:
        raise ListBroken("the document has changed since the first of its pages was taken")
    moment = checkpoint.response_date or date_header(answer)
    while not checkpoint.finished:
        behind = _Position(position.index + PAGE, version)
        checkpoint = checkpoint.evolve(
            position=asdict(behind),
            pages=checkpoint.pages + 1,
            response_date=moment,
            complete_list_size=len(items),
            finished=behind.index >= len(items),
        )
        first = position.index == 0
        size = len(answer.content) if first else 0
        page = tuple(items[position.index : behind.index])
        told = (notes, set_aside) if first else ((), ())
        yield Page(page, checkpoint, size=size, notes=told[0], set_aside=told[1])
        position = behind
