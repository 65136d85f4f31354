"""Every exception that we raise, drawn as a tree.

::

    ClearinghouseError
    ├── SettingsError              a setting is missing or wrong
    │   └── SecretsLocked          the key to the secrets of sources is missing, or is another
    ├── XmlError                   bytes that are not acceptable XML
    │   ├── MalformedXml
    │   └── ForbiddenXml           DOCTYPE, entities
    ├── UnreadableRecord           one payload that no reader can take: becomes a fault
    ├── StoreError
    │   ├── StoreUnreachable       the database does not answer
    │   ├── StoreFull              there is no room left on its disk
    │   ├── SchemaOutOfDate
    │   ├── UnknownSource, SourceExists, UnknownRun, UnknownFormat, UnknownRecord
    │   ├── UnknownQuestion, QuestionClosed, UnknownCheckup
    │   ├── UnknownPerson, PersonExists, UnknownToken, UnknownLink
    │   ├── TooManyPings           a ping link was used just before
    │   ├── LastOperator           somebody must be left who can administer
    │   ├── UnknownOrganisation, OrganisationExists, UnknownNode, NodeExists
    │   ├── StillInUse             an organisation with nodes, a node with sources
    │   ├── TooManyCheckups        the client, the host or the queue has had enough for now
    │   ├── UnknownRegistration, UnknownAlert, UnknownSubscription
    │   ├── RegistrationClosed     what was asked for does not follow from how it stands
    │   ├── TooManyRegistrations   the client has begun enough for now
    │   ├── HistoryGone            it is no longer known what runs changed since then
    │   ├── SourceInactive         suspended or retired
    │   ├── RunAlreadyOpen         one open run for each source
    │   ├── RunLost                cancelled, or another worker holds it now
    │   │   └── HostBusy           another run harvests the same host
    │   ├── HarvestingPaused       all of it, until somebody resumes it
    │   └── WriteIntentExpired     this writer was too slow and must take a new datestamp
    ├── NotAllowed                 somebody may not do this
    │   ├── NotSignedIn            nobody in particular may not, who signs in may
    │   └── ForeignForm            a form that was not sent from our own page
    ├── SignInFailed               an issuer of OpenID Connect does not answer, or cannot be believed
    ├── DumpBusy                   another process is writing a dump
    ├── CheckupOver                a check-up has cost what it may, or this process ends
    ├── UploadRefused              files given by hand that are damaged, too large, or a trap
    ├── InvalidQuery               a query that cannot be expressed
    ├── InvalidMail                a letter whose address is none
    ├── MailNotSent                no letter gets out just now
    │   └── MailRefused            this one does not
    └── HarvestError               a source, not we, is the cause
        ├── AddressRefused         the address guard
        ├── SourceUnreachable      DNS, connection, TLS, timeout
        ├── SourceBusy             429 or 503: come back after `retry_after` seconds
        ├── HttpFailure            any other unsuccessful HTTP status
        ├── AnswerTooLarge
        ├── AnswerUnreadable       not XML, cut off, not the protocol
        ├── ProtocolFailure        the protocol's own error answer (OAI code, OWS exceptionCode)
        ├── ListBroken             a list that loops, or whose token has expired
        └── ListIncomplete         the rest was read; parts of the list cannot be had

The message of an exception is for people: it says what was found and where.
"""

from __future__ import annotations


class ClearinghouseError(Exception):
    """Base of every exception that this software raises on purpose."""


class SettingsError(ClearinghouseError):
    """A setting is missing or has a value that cannot be used."""


class SecretsLocked(SettingsError):
    """The secrets of sources cannot be sealed or opened: there is no key, or another one."""


class XmlError(ClearinghouseError):
    """Bytes that are not acceptable as XML."""


class MalformedXml(XmlError):
    """Not well-formed; the message names line and column."""


class ForbiddenXml(XmlError):
    """Well-formed, but with a document type declaration, which we refuse."""


class UnreadableRecord(ClearinghouseError):
    """A payload that cannot become a Record.

    Attributes:
        rule: name of the rule that was broken, stable across releases (`iso19139.no-title`).
        path: where in the payload, as a readable path; empty when the whole is meant.
        value: what was found there, cut to a readable length.
    """

    def __init__(self, rule: str, path: str = "", value: str = "", message: str = "") -> None:
        super().__init__(message or rule)
        self.rule = rule
        self.path = path
        self.value = value[:500]


class StoreError(ClearinghouseError):
    """The store refuses."""


class StoreUnreachable(StoreError):
    """The database does not answer."""


class StoreFull(StoreError):
    """There is no room left on the database's disk; nothing was written by halves."""


class SchemaOutOfDate(StoreError):
    """The database has not been upgraded to this release: run `clearinghouse db upgrade`."""


class UnknownSource(StoreError):
    """No source has this id."""


class SourceExists(StoreError):
    """A source with this id is there already."""


class SourceInactive(StoreError):
    """The source is suspended or retired, and is not harvested."""


class UnknownRun(StoreError):
    """No harvest run has this number."""


class UnknownRecord(StoreError):
    """No record has this identifier, or it is deleted."""


class NoCluster(StoreError):
    """The record has no copies in the catalogue."""


class UnknownFormat(StoreError):
    """No metadata format has this prefix."""


class UnknownQuestion(StoreError):
    """No question has this number."""


class UnknownAlert(StoreError):
    """No alert has this number, or it is no longer kept."""


class UnknownSubscription(StoreError):
    """No subscription has this number."""


class UnknownCheckup(StoreError):
    """No check-up has this id, or it is no longer kept."""


class UnknownPerson(StoreError):
    """Nobody has this number or mail address."""


class PersonExists(StoreError):
    """Somebody has this mail address already."""


class LastOperator(StoreError):
    """The last operator cannot be removed: nobody could administer anything any more."""


class UnknownToken(StoreError):
    """No token has this number."""


class UnknownLink(StoreError):
    """A link to sign in that is none of ours, was used, or is too old."""


class UnknownOrganisation(StoreError):
    """No organisation has this id."""


class OrganisationExists(StoreError):
    """An organisation with this id is there already."""


class UnknownNode(StoreError):
    """No node has this id."""


class NodeExists(StoreError):
    """A node with this id is there already."""


class StillInUse(StoreError):
    """What has something below it is not removed: an organisation with nodes, a node with sources."""


class NotAllowed(ClearinghouseError):
    """Somebody may not do this."""


class NotSignedIn(NotAllowed):
    """It is not known who asks; somebody who signs in may be allowed to do this."""


class SignInFailed(ClearinghouseError):
    """An issuer of OpenID Connect does not answer, or what it says of somebody cannot be believed."""


class ForeignForm(NotAllowed):
    """A form that was not sent from our own page, or from one that is too old."""


class TooManyCheckups(StoreError):
    """One more check-up would be too many just now.

    Attributes:
        whose: `client`, `host` or `queue`.
        retry_after: seconds after which there is room again.
    """

    def __init__(self, whose: str, retry_after: int) -> None:
        super().__init__(f"too many check-ups of this {whose}: come back in {retry_after} seconds")
        self.whose = whose
        self.retry_after = retry_after


class TooManyPings(StoreError):
    """A ping link was used just before.

    Attributes:
        retry_after: seconds after which it can be used again.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"this link was used just before: come back in {retry_after} seconds")
        self.retry_after = retry_after


class UnknownRegistration(StoreError):
    """No registration has this key or number, or it was a draft and is no longer kept."""


class RegistrationClosed(StoreError):
    """What was asked for does not follow from how the registration stands."""


class TooManyRegistrations(StoreError):
    """One more registration of this client, or mail to this address, would be too many just now.

    Attributes:
        retry_after: seconds after which there is room again.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many registrations were begun from here: come back in {retry_after} seconds")
        self.retry_after = retry_after


class QuestionClosed(StoreError):
    """The question has been answered, or the source has settled it."""


class HistoryGone(StoreError):
    """What runs changed since then is no longer known."""


class RunAlreadyOpen(StoreError):
    """The source has an open run; there is one at a time."""


class RunLost(StoreError):
    """The run was cancelled, or another worker has taken it over: stop writing."""


class HostBusy(RunLost):
    """Another run harvests the same host just now; there is one at a time."""


class HarvestingPaused(StoreError):
    """All harvesting is paused: `clearinghouse resume-all` ends that."""


class WriteIntentExpired(StoreError):
    """The write intent was removed before the page was committed: take a new one and write again."""


class DumpBusy(ClearinghouseError):
    """Another process is writing a dump into the same folder."""


class CheckupOver(ClearinghouseError):
    """A check-up of an address has cost what it may, or the process that does it ends.

    Attributes:
        stopped: the process ends: another one may begin it anew.
    """

    def __init__(self, message: str, *, stopped: bool = False) -> None:
        super().__init__(message)
        self.stopped = stopped


class UploadRefused(ClearinghouseError):
    """An upload that cannot be kept: not an archive, damaged, too large, or made to do harm."""


class InvalidMail(ClearinghouseError):
    """A letter whose address is none."""


class InvalidQuery(ClearinghouseError):
    """A query that cannot be expressed; `locator` names the property or parameter at fault."""

    def __init__(self, message: str, locator: str = "") -> None:
        super().__init__(message)
        self.locator = locator


class MailNotSent(ClearinghouseError):
    """No letter gets out just now: the mail server is away, or does not want us."""


class MailRefused(MailNotSent):
    """This letter does not get out; `for_good` says that it never will."""

    def __init__(self, message: str, *, for_good: bool) -> None:
        super().__init__(message)
        self.for_good = for_good


class HarvestError(ClearinghouseError):
    """A source did not do what the protocol promises."""


class AddressRefused(HarvestError):
    """The address guard forbids this address (private, loopback, link-local, reserved)."""


class SourceUnreachable(HarvestError):
    """No answer: name not found, connection refused or reset, TLS failure, timeout."""


class SourceBusy(HarvestError):
    """HTTP 429 or 503.

    Attributes:
        retry_after: seconds to wait, from the Retry-After header, or None where there was none.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class HttpFailure(HarvestError):
    """An unsuccessful HTTP status.

    Attributes:
        status: the HTTP status code.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class AnswerTooLarge(HarvestError):
    """The answer is longer than the limit, as sent or decompressed."""


class AnswerUnreadable(HarvestError):
    """The answer is not XML, was cut off, or is not an answer of the protocol."""


class ProtocolFailure(HarvestError):
    """The source answered with an error of its protocol.

    Attributes:
        code: the OAI-PMH error code or the OWS exceptionCode, as sent.
        transient: the protocol has no such code: the server has a failure of its own, which may pass.
    """

    def __init__(self, code: str, message: str, *, transient: bool = False) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.transient = transient


class ListBroken(HarvestError):
    """A list that loops, repeats its token, or cannot be resumed."""


class ListIncomplete(HarvestError):
    """A list of which parts cannot be had, however they are asked for; what could be had was taken."""
