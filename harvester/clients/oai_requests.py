"""The requests of OAI-PMH, in the form that a source turns out to want."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from catalogue.errors import ProtocolFailure
from catalogue.namespaces import OAI
from catalogue.source import Source
from harvester.clients import oai_records
from harvester.clients.answers import unreadable
from harvester.clients.base import Item, Note
from harvester.clients.oai_position import Position
from harvester.clients.oai_sickle import SessionSickle, StrictResponse
from harvester.http import HarvestSession
from harvester.windows import Window

#: Pages of ListSets that are read: there are repositories with a set for each author.
_SET_PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer to a list request, and how the request had to be put."""

    response: StrictResponse
    position: Position
    notes: tuple[Note, ...] = ()


class Requests:
    """Asks one source."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._quirks = source.quirks
        self._sickle = SessionSickle(source.base_url, session, recover=source.quirks.accept_recovered)

    def body(self, verb: str, **arguments: str) -> etree._Element:
        """What a verb that is no list of records answers.

        Raises:
            HarvestError: as `page`.
        """
        response = self._sickle.harvest(verb=verb, **arguments)
        return _body(response, verb)

    def has_set(self, wanted: str) -> bool | None:
        """Whether the source has a set (section 4.6); None where its list of them tells neither.

        Raises:
            HarvestError: as `page`.
        """
        arguments: dict[str, str] = {}
        tokens, some = set[str](), False
        for _ in range(_SET_PAGES):
            response = self._sickle.harvest(verb="ListSets", **arguments)
            body = _body(response, "ListSets")
            specs = {(spec.text or "").strip() for spec in body.iter(f"{{{OAI}}}setSpec")}
            some = some or bool(specs)
            token = response.token()
            if wanted in specs:
                return True
            if token is None or not token.token:
                return False if some else None
            if token.token in tokens:
                return None
            tokens.add(token.token)
            arguments = {"resumptionToken": token.token}
        return None

    def record(self, position: Position, identifier: str) -> tuple[Item | None, StrictResponse]:
        """GetRecord (section 4.1); None where the answer holds no record.

        Raises:
            HarvestError: as `page`.
        """
        response = self._sickle.harvest(verb="GetRecord", identifier=identifier, **self._prefix(position))
        body = _body(response, "GetRecord")
        return next(iter(oai_records.read_items(response.content, body)), None), response

    def page(self, position: Position, verb: str = "ListRecords") -> Asked:
        """A page of a list; where it is refused, asked for in the other ways that servers are known to want.

        Raises:
            ProtocolFailure: the source answered with an OAI-PMH error (section 3.6).
            HarvestError: anything else that it did wrong.
        """
        try:
            return Asked(self._send(position, verb), position)
        except ProtocolFailure as failure:
            for other, note in self._otherwise(position, failure):
                try:
                    response = self._send(other, verb)
                except ProtocolFailure:
                    continue
                return Asked(response, other, (note,))
            raise

    def _send(self, position: Position, verb: str) -> StrictResponse:
        token = position.token
        prefix = self._prefix(position)
        if token and (position.verbatim or self._quirks.token_verbatim):
            response = self._sickle.go_on(verb, token)
        elif token:
            with_prefix = position.with_prefix or self._quirks.token_with_prefix
            response = self._sickle.harvest(
                verb=verb, resumptionToken=token, **(prefix if with_prefix else {})
            )
        else:
            response = self._sickle.harvest(verb=verb, **prefix, **self._range(position))
        if response.failure is None:
            _body(response, verb)
        return response

    def _prefix(self, position: Position) -> dict[str, str]:
        bare = position.without_prefix or self._quirks.omit_prefix
        return {} if bare else {"metadataPrefix": position.prefix}

    def _range(self, position: Position) -> dict[str, str]:
        window = position.window
        if position.days or self._quirks.force_days:
            window = window.in_days()
        if self._quirks.whole_list:
            window = Window()
        set_spec = self._source.sets[position.set_index] if self._source.sets else ""
        arguments = {"from": window.from_, "until": window.until, "set": set_spec}
        return {name: value for name, value in arguments.items() if value}

    def _otherwise(self, position: Position, failure: ProtocolFailure) -> Iterator[tuple[Position, Note]]:
        """Other ways to put a request that was refused, with what there is to say about them."""
        detail = {"error": str(failure)}
        token, window = position.token, position.window
        if failure.code == "badResumptionToken" and position.pages == 1 and "%" in token:
            yield replace(position, verbatim=True), Note("token-verbatim", detail)
        if failure.code != "badArgument":
            return
        if token:
            yield replace(position, with_prefix=True), Note("prefix-with-token", detail)
            return
        if "metadataprefix" in str(failure).lower() and not position.without_prefix:
            yield replace(position, without_prefix=True), Note("prefix-refused", detail)
        if "T" in window.from_ + window.until and not position.days:
            yield replace(position, days=True), Note("seconds-refused", detail)
        if window.from_ and window.is_whole and not position.cuts:
            whole = replace(position, windows=(("", ""), *position.windows[1:]), from_="")
            yield whole, Note("from-refused", {**detail, "from": window.from_})


def _body(response: StrictResponse, verb: str) -> etree._Element:
    body = response.body
    if body is None:
        raise unreadable(response.http_response, f"neither {verb} nor an error is in the answer")
    return body
