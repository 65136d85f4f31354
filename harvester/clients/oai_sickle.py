"""Sickle over our session, its answers parsed once and strictly.

Sickle makes the requests. What it does with an answer is replaced: it parses each three times, and with
`recover=True`, so that an answer which was cut off comes out as a whole one.
"""

from __future__ import annotations

import warnings
from typing import Final
from urllib.parse import urlencode

from lxml import etree

from catalogue.errors import HttpFailure, ProtocolFailure
from catalogue.namespaces import OAI
from harvester.clients.answers import date_header, read_xml, unreadable, utc_moment
from harvester.clients.repair import IN_OAI
from harvester.http import Answer, HarvestSession

with warnings.catch_warnings():
    # Sickle 0.7.0 (2020) has escape sequences in its code that Python has warned of since 3.6.
    warnings.simplefilter("ignore")
    from sickle import Sickle
    from sickle.models import ResumptionToken as ResumptionToken  # noqa: PLC0414 - part of our interface
    from sickle.response import OAIResponse

_ROOT: Final = f"{{{OAI}}}OAI-PMH"
_ERROR: Final = f"{{{OAI}}}error"
_RESPONSE_DATE: Final = f"{{{OAI}}}responseDate"
_TOKEN: Final = f"{{{OAI}}}resumptionToken"
#: Arguments of more characters than these make an address that is too long for many a server, which says so
#: with one of these statuses.
LONG: Final = 1500
TOO_LONG: Final = frozenset({400, 404, 413, 414, 431})
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
#: The error and exception conditions of the protocol (section 3.6).
_CODES: Final = frozenset(
    {
        "badArgument",
        "badResumptionToken",
        "badVerb",
        "cannotDisseminateFormat",
        "idDoesNotExist",
        "noMetadataFormats",
        "noRecordsMatch",
        "noSetHierarchy",
    }
)


class StrictResponse(OAIResponse):  # type: ignore[misc] # sickle has no types
    """An answer that was parsed once, strictly, and is an answer of OAI-PMH.

    What is not well-formed is repaired where the closed list of repairs allows it: `repairs` names them.
    """

    def __init__(self, answer: Answer, params: dict[str, str], *, recover: bool = False) -> None:
        super().__init__(answer, params)
        page = read_xml(answer, mend=True, recover=IN_OAI if recover else None)
        if page.root.tag != _ROOT:
            answer.require_success()
            raise unreadable(answer, f"not an OAI-PMH answer: its root element is {page.root.tag!s}")
        self.content = page.content
        self.root = page.root
        self.repairs = page.repairs
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

    def token(self) -> ResumptionToken | None:
        """The resumptionToken where the protocol has it: last in the list, not somewhere in a payload."""
        body = self.body
        element = None if body is None else body.find(_TOKEN)
        if element is None:
            return None
        return ResumptionToken(
            token=(element.text or "").strip(),
            cursor=element.get("cursor", ""),
            complete_list_size=element.get("completeListSize", ""),
        )


class SessionSickle(Sickle):  # type: ignore[misc] # sickle has no types
    """Sickle over our session.

    Args:
        base_url: of the source.
        session: that asks.
        recover: let the parser guess what was meant where an answer is not well-formed (a quirk).
    """

    def __init__(self, base_url: str, session: HarvestSession, *, recover: bool = False) -> None:
        super().__init__(base_url, max_retries=0)
        self._session = session
        self._recover = recover
        #: Long arguments have to be sent by POST.
        self._posts = False

    def _request(self, kwargs: dict[str, str]) -> Answer:
        """Ask by GET; by POST (section 3.1.1.2), where the address would be too long for the server."""
        form = urlencode(kwargs).encode()
        is_long = len(form) > LONG
        try:
            if not (is_long and self._posts):
                return self._session.fetch("GET", self.endpoint, params=kwargs)
        except HttpFailure as error:
            if not is_long or error.status not in TOO_LONG:
                raise
            try:
                answer = self._session.fetch("POST", self.endpoint, data=form, headers=_FORM)
            except HttpFailure:
                raise error from None
            self._posts = True
            return answer
        return self._session.fetch("POST", self.endpoint, data=form, headers=_FORM)

    def harvest(self, **kwargs: str) -> StrictResponse:
        """Ask, and raise the protocol's error; noRecordsMatch is an empty list, not an error.

        Raises:
            ProtocolFailure: the source answered with an OAI-PMH error (section 3.6).
        """
        return self._checked(self._request(kwargs), kwargs)

    def go_on(self, verb: str, token: str) -> StrictResponse:
        """Ask for the rest of a list with its token as it stands, percent signs and all.

        Raises:
            ProtocolFailure: as `harvest`.
        """
        joint = "&" if "?" in self.endpoint else "?"
        address = f"{self.endpoint}{joint}verb={verb}&resumptionToken={token}"
        return self._checked(self._session.fetch("GET", address), {"verb": verb, "resumptionToken": token})

    def _checked(self, answer: Answer, params: dict[str, str]) -> StrictResponse:
        response = StrictResponse(answer, params, recover=self._recover)
        if response.failure is None or response.failure.code == "noRecordsMatch":
            return response
        raise response.failure


def _failure(root: etree._Element) -> ProtocolFailure | None:
    """The first OAI-PMH error of an answer (section 3.6), with the words of all of them."""
    errors = root.findall(_ERROR)
    if not errors:
        return None
    words = "; ".join(filter(None, (" ".join("".join(error.itertext()).split()) for error in errors)))
    code = errors[0].get("code", "").strip()
    return ProtocolFailure(code or "error without a code", words[:500], transient=code not in _CODES)
