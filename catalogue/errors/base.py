"""The root of the tree, and what belongs to no room in particular: settings, XML, queries, mail, work."""

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


class RequestLeft(ClearinghouseError):
    """A request was left before its answer had come: this process is about to end, or the run is paused.

    It says nothing of the source, so it is no HarvestError: nothing may be concluded from it.
    """


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
