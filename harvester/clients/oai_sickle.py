"""Sickle over our session, its answers parsed once and strictly.

Sickle makes the requests and follows the list. What it does with an answer is replaced: it parses each
three times, and with `recover=True`, so that an answer which was cut off comes out as a whole one.
"""

from __future__ import annotations

import warnings
from typing import Final

from lxml import etree

from catalogue.errors import ListBroken, ProtocolFailure
from catalogue.namespaces import OAI
from harvester.clients.answers import date_header, read_xml, unreadable, utc_moment
from harvester.http import Answer, HarvestSession

with warnings.catch_warnings():
    # Sickle 0.7.0 (2020) has escape sequences in its code that Python has warned of since 3.6.
    warnings.simplefilter("ignore")
    from sickle import Sickle
    from sickle.iterator import OAIResponseIterator
    from sickle.models import ResumptionToken as ResumptionToken  # noqa: PLC0414 - part of our interface
    from sickle.response import OAIResponse

_ROOT: Final = f"{{{OAI}}}OAI-PMH"
_ERROR: Final = f"{{{OAI}}}error"
_RESPONSE_DATE: Final = f"{{{OAI}}}responseDate"
_TOKEN: Final = f"{{{OAI}}}resumptionToken"


class StrictResponse(OAIResponse):  # type: ignore[misc] # sickle has no types
    """An answer that was parsed once, strictly, and is an answer of OAI-PMH."""

    def __init__(self, answer: Answer, params: dict[str, str]) -> None:
        super().__init__(answer, params)
        page = read_xml(answer)
        if page.root.tag != _ROOT:
            answer.require_success()
            raise unreadable(answer, f"not an OAI-PMH answer: its root element is {page.root.tag!s}")
        self.content = page.content
        self.root = page.root
        self.failure = _failure(page.root)
        if self.failure is None:
            answer.require_success()

    @property
    def xml(self) -> etree._Element:
        """The root element."""
        return self.root

    @property
    def body(self) -> etree._Element | None:
        """The element that is named after the verb."""
        return self.root.find(f"{{{OAI}}}{self.params['verb']}")

    @property
    def response_date(self) -> str:
        """The responseDate in UTC and seconds; where it is unusable, the Date header."""
        return utc_moment(self.root.findtext(_RESPONSE_DATE) or "") or date_header(self.http_response)

    def token_element(self) -> etree._Element | None:
        """The resumptionToken where the protocol has it: last in the list, not somewhere in a payload."""
        body = self.body
        return None if body is None else body.find(_TOKEN)


class _ResponseIterator(OAIResponseIterator):  # type: ignore[misc] # sickle has no types
    """Sickle's iterator over answers; errors and tokens are read where the protocol puts them."""

    resumption_token: ResumptionToken | None

    def _next_response(self) -> None:
        params = self.params
        if self.resumption_token:
            params = {"resumptionToken": self.resumption_token.token, "verb": self.verb}
        self.oai_response = self.sickle.harvest(**params)
        self.resumption_token = self._get_resumption_token()

    def _get_resumption_token(self) -> ResumptionToken | None:
        element = self.oai_response.token_element()
        if element is None:
            return None
        return ResumptionToken(
            token=(element.text or "").strip(), complete_list_size=element.get("completeListSize", "")
        )


class SessionSickle(Sickle):  # type: ignore[misc] # sickle has no types
    """Sickle over our session."""

    def __init__(self, base_url: str, session: HarvestSession) -> None:
        super().__init__(base_url, iterator=_ResponseIterator, max_retries=0)
        self._session = session

    def _request(self, kwargs: dict[str, str]) -> Answer:
        return self._session.fetch("GET", self.endpoint, params=kwargs)

    def harvest(self, **kwargs: str) -> StrictResponse:
        """Ask, and raise the protocol's error; noRecordsMatch is an empty list, not an error.

        Raises:
            ProtocolFailure: the source answered with an OAI-PMH error (section 3.6).
            ListBroken: it does not know its own resumptionToken any more.
        """
        response = StrictResponse(self._request(kwargs), kwargs)
        failure = response.failure
        if failure is None or failure.code == "noRecordsMatch":
            return response
        if failure.code == "badResumptionToken" and "resumptionToken" in kwargs:
            raise ListBroken(f"the source no longer knows its resumptionToken ({failure})") from failure
        raise failure


def _failure(root: etree._Element) -> ProtocolFailure | None:
    """The first OAI-PMH error of an answer (section 3.6), with the words of all of them."""
    errors = root.findall(_ERROR)
    if not errors:
        return None
    words = "; ".join(filter(None, (" ".join("".join(error.itertext()).split()) for error in errors)))
    return ProtocolFailure(errors[0].get("code", "").strip() or "error without a code", words[:500])
