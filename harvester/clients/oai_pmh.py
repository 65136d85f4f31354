"""A source that speaks OAI-PMH 2.0, read a page at a time, resumable after each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from lxml import etree

from catalogue.errors import ListBroken
from catalogue.namespaces import OAI
from catalogue.run import Checkpoint
from catalogue.source import Source
from harvester.clients import oai_records
from harvester.clients.answers import unreadable, utc_moment
from harvester.clients.base import Description, Item, Page
from harvester.clients.oai_sickle import ResumptionToken, SessionSickle, StrictResponse
from harvester.http import HarvestSession

DAY: Final = "YYYY-MM-DD"
SECONDS: Final = "YYYY-MM-DDThh:mm:ssZ"
_DELETED_RECORD: Final = frozenset({"no", "transient", "persistent"})
#: Servers hand out pages whose records are all filtered away; so many in a row are a loop.
EMPTY_PAGES: Final = 10
#: A completeListSize beyond this is a mistake.
_SANE_SIZE: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a list goes on: everything that a client in another process needs."""

    prefix: str
    from_: str = ""
    #: Index into the sets that are harvested one after the other.
    set_index: int = 0
    token: str = ""
    #: Empty pages in a row.
    empty: int = 0
    #: The token has been handed out before: to go on would be to go round.
    loops: bool = False

    @classmethod
    def read(cls, position: dict[str, Any]) -> _Position:
        return cls(**{field.name: position[field.name] for field in fields(cls) if field.name in position})

    def written(self) -> dict[str, Any]:
        return asdict(self)


class OaiPmhClient:
    """Harvests one source by OAI-PMH 2.0."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._sickle = SessionSickle(source.base_url, session)
        self._granularity = source.granularity
        self._offered: list[tuple[str, str]] = []

    def describe(self) -> Description:
        """Identify and ListMetadataFormats (sections 4.2 and 4.4)."""
        identify = self._ask("Identify")
        self._granularity = _granularity(_text(identify, "granularity"))
        deleted = _text(identify, "deletedRecord").lower()
        return Description(
            repository_name=_text(identify, "repositoryName"),
            granularity=self._granularity,
            deleted_record=deleted if deleted in _DELETED_RECORD else "no",
            earliest_datestamp=_text(identify, "earliestDatestamp"),
            formats=tuple(prefix for prefix, _ in self._formats()),
            incremental=True,
        )

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        """ListRecords (section 4.5) from the checkpoint on, one set after the other.

        Raises:
            ListBroken: a token comes again or has expired, or empty pages do not end.
            HarvestError: anything else that the source did wrong.
        """
        while not checkpoint.finished:
            seen: set[int] = set()
            position = self._position(checkpoint, modified_since)
            if position.loops:
                raise ListBroken("the source hands out a resumptionToken that it has handed out before")
            for response, token in self._responses(position):
                next_token = token.token if token else ""
                items = self._items(response)
                position = replace(
                    position,
                    token=next_token,
                    empty=0 if items else position.empty + 1,
                    loops=bool(next_token) and (next_token == position.token or hash(next_token) in seen),
                )
                seen.add(hash(next_token))
                checkpoint = self._advanced(checkpoint, position, response, token)
                yield Page(items, checkpoint, size=len(response.http_response.content))
                if position.loops or checkpoint.finished:
                    break
                if position.empty >= EMPTY_PAGES:
                    raise ListBroken(f"{EMPTY_PAGES} pages in a row hold no record, and there is still more")

    def _position(self, checkpoint: Checkpoint, modified_since: str) -> _Position:
        if checkpoint.position:
            return _Position.read(checkpoint.position)
        prefix = self._source.metadata_prefix or oai_records.best_prefix(self._formats())
        return _Position(prefix=prefix, from_=self._from(modified_since))

    def _responses(self, position: _Position) -> Iterator[tuple[StrictResponse, ResumptionToken | None]]:
        """Each answer with the token that came with it; Sickle asks for the next when we do."""
        arguments = {"resumptionToken": position.token} if position.token else self._arguments(position)
        responses = self._sickle.ListRecords(**arguments)
        for response in responses:
            yield response, responses.resumption_token

    def _arguments(self, position: _Position) -> dict[str, str]:
        arguments = {"metadataPrefix": position.prefix}
        if position.from_:
            arguments["from"] = position.from_
        if position.set_index < len(self._source.sets):
            arguments["set"] = self._source.sets[position.set_index]
        return arguments

    def _items(self, response: StrictResponse) -> tuple[Item, ...]:
        if response.failure is not None:
            return ()
        body = response.body
        if body is None:
            raise unreadable(response.http_response, "neither ListRecords nor an error is in the answer")
        return oai_records.read_items(response.content, body)

    def _advanced(
        self,
        checkpoint: Checkpoint,
        position: _Position,
        response: StrictResponse,
        token: ResumptionToken | None,
    ) -> Checkpoint:
        """The checkpoint behind this page: further in the list, in the next set, or at the end."""
        finished = False
        if not position.token:
            following = position.set_index + 1
            finished = following >= len(self._source.sets)
            position = replace(position, set_index=following, empty=0)
        size = _size(token.complete_list_size) if token and len(self._source.sets) <= 1 else None
        return checkpoint.evolve(
            position=position.written(),
            pages=checkpoint.pages + 1,
            response_date=checkpoint.response_date or response.response_date,
            complete_list_size=checkpoint.complete_list_size if size is None else size,
            finished=finished,
        )

    def _ask(self, verb: str) -> etree._Element:
        response = self._sickle.harvest(verb=verb)
        body = response.body
        if body is None:
            raise unreadable(response.http_response, f"neither {verb} nor an error is in the answer")
        return body

    def _formats(self) -> list[tuple[str, str]]:
        """(metadataPrefix, metadataNamespace) of each format on offer."""
        if not self._offered:
            found = self._ask("ListMetadataFormats").iterchildren(f"{{{OAI}}}metadataFormat")
            pairs = [(_text(entry, "metadataPrefix"), _text(entry, "metadataNamespace")) for entry in found]
            self._offered = [(prefix, namespace) for prefix, namespace in pairs if prefix]
        return self._offered

    def _from(self, modified_since: str) -> str:
        """`from` in the source's granularity (section 3.3.1)."""
        if not modified_since:
            return ""
        granularity = self._granularity or _granularity(_text(self._ask("Identify"), "granularity"))
        if len(modified_since) <= len(DAY) or granularity == DAY:
            return modified_since[: len(DAY)]
        return utc_moment(modified_since) or modified_since


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{{OAI}}}{name}") or "").strip()


def _granularity(text: str) -> str:
    """One of the two granularities; days, which every repository must understand, where it is unclear."""
    return SECONDS if "T" in text.upper() else DAY


def _size(text: str) -> int | None:
    """A completeListSize, where it is a number that can be meant."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_SANE_SIZE))):
        return None
    return int(text) if int(text) <= _SANE_SIZE else None
