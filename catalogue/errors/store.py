"""The store refuses: something is not there, is there already, or cannot be as things stand."""

from __future__ import annotations

from catalogue.errors.base import ClearinghouseError


class StoreError(ClearinghouseError):
    """The store refuses."""


class StoreUnreachable(StoreError):
    """The database does not answer."""


class StoreFull(StoreError):
    """There is no room left on the database's disk; nothing was written by halves."""


class SchemaOutOfDate(StoreError):
    """The database has not been upgraded to this release: run `clearinghouse db upgrade`."""


class Unknown(StoreError):
    """There is no such thing."""


class Conflict(StoreError):
    """There is such a thing, but what was asked for cannot be done as things stand."""


class UnknownSource(Unknown):
    """No source has this id."""


class SourceExists(Conflict):
    """A source with this id is there already."""


class SourceInactive(Conflict):
    """The source is suspended or retired, and is not harvested."""


class NumberTooGreat(StoreError):
    """A number is greater than those that a database counts to: nothing has it."""


class NoText(StoreError):
    """A text has in it what no database keeps: the character NUL, or half of a pair of surrogates."""


class UnknownRun(Unknown):
    """No harvest run has this number."""


class UnknownRecord(Unknown):
    """No record has this identifier, or it is deleted."""


class NoCluster(Unknown):
    """The record has no copies in the catalogue."""


class UnknownFormat(StoreError):
    """No metadata format has this prefix."""


class UnknownQuestion(Unknown):
    """No question has this number."""


class UnknownAlert(Unknown):
    """No alert has this number, or it is no longer kept."""


class UnknownSubscription(Unknown):
    """No subscription has this number."""


class UnknownCheckup(Unknown):
    """No check-up has this id, or it is no longer kept."""


class UnknownPerson(Unknown):
    """Nobody has this number or mail address."""


class PersonExists(Conflict):
    """Somebody has this mail address already."""


class LastOperator(Conflict):
    """The last operator cannot be removed: nobody could administer anything any more."""


class UnknownToken(Unknown):
    """No token has this number."""


class UnknownLink(Unknown):
    """A link to sign in that is none of ours, was used, or is too old."""


class UnknownOrganisation(Unknown):
    """No organisation has this id."""


class OrganisationExists(Conflict):
    """An organisation with this id is there already."""


class UnknownNode(Unknown):
    """No node has this id."""


class NodeExists(Conflict):
    """A node with this id is there already."""


class StillInUse(Conflict):
    """What has something below it is not removed: an organisation with nodes, a node with sources."""


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


class UnknownRegistration(Unknown):
    """No registration has this key or number, or it was a draft and is no longer kept."""


class RegistrationClosed(Conflict):
    """What was asked for does not follow from how the registration stands."""


class TooManyRegistrations(StoreError):
    """One more registration of this client, or mail to this address, would be too many just now.

    Attributes:
        retry_after: seconds after which there is room again.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many registrations were begun from here: come back in {retry_after} seconds")
        self.retry_after = retry_after


class QuestionClosed(Conflict):
    """The question has been answered, or the source has settled it."""


class HistoryGone(Conflict):
    """What runs changed since then is no longer known."""


class RunAlreadyOpen(Conflict):
    """The source has an open run; there is one at a time."""


class RunLost(Conflict):
    """The run was cancelled, or another worker has taken it over: stop writing."""


class HostBusy(RunLost):
    """Another run harvests the same host just now; there is one at a time."""


class HarvestingPaused(Conflict):
    """All harvesting is paused: `clearinghouse resume-all` ends that."""


class WriteIntentExpired(StoreError):
    """The write intent was removed before the page was committed: take a new one and write again."""
