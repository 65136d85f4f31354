"""Whether it speaks its protocol: Identify, errors, XML, encoding (OAI-PMH 2.0, sections 3 and 4)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from catalogue.source import host_of
from harvester.clients.repair import REPAIRS
from harvester.doctor.checks.verdict import Verdict, advice, blocking, check, good, oai_check, problem
from harvester.doctor.observation import OaiSeen, Observation, Reply

_MAIL: Final = re.compile(r"(?:mailto:)?[^@\s<>]+@[^@\s<>]+\.[A-Za-z]{2,}")
#: What installers leave behind.
_NOBODY: Final = re.compile(
    r"@(?:.*\.)?(?:example\.(?:org|com|net)|localhost|localdomain|domain\.tld)$|dspace-help@myu|^(?:root|nobody)@",
    re.IGNORECASE,
)
_XML_TYPES: Final = frozenset({"text/xml", "application/xml"})
_UTF8: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})
_BAD_REQUEST: Final = 400


@oai_check("identify")
def identify(seen: OaiSeen, _: Observation) -> Verdict | None:
    """Identify answers, and says what it must (section 4.2)."""
    told = seen.identity
    if told is None:
        lists_work = bool(seen.walk) and seen.walk[0].reply.is_good
        verdict = (problem if lists_work else blocking)("no-answer", why=seen.identify.error)
        return verdict.needing(undescribed=True) if lists_work else verdict
    required = {
        "repositoryName": told.repository_name,
        "baseURL": told.base_url,
        "protocolVersion": told.protocol_version,
        "adminEmail": told.admin_emails,
        "earliestDatestamp": told.earliest_datestamp,
        "deletedRecord": told.deleted_record,
        "granularity": told.granularity,
    }
    missing = [name for name, value in required.items() if not value]
    if missing:
        return problem("missing", names=", ".join(missing))
    if told.protocol_version != "2.0":
        return problem("version", version=told.protocol_version)
    return good(name=told.repository_name)


@oai_check("base-url")
def base_url(seen: OaiSeen, whole: Observation) -> Verdict | None:
    """The baseURL is the address at which it answers (section 4.2)."""
    told = seen.identity.base_url if seen.identity else ""
    if not told:
        return None
    ours, theirs = urlsplit(whole.base_url), urlsplit(told)
    if host_of(told) != host_of(whole.base_url):
        return advice("other-host", told=told, asked=whole.base_url)
    if theirs.scheme != ours.scheme:
        return advice("other-scheme", told=told, asked=whole.base_url)
    if theirs.path.rstrip("/") != ours.path.rstrip("/"):
        return advice("other-path", told=told, asked=whole.base_url)
    return good(told=told)


@oai_check("contact")
def contact(seen: OaiSeen, _: Observation) -> Verdict | None:
    """The adminEmail is somebody who can be written to (section 4.2)."""
    told = seen.identity.admin_emails if seen.identity else ()
    if not told:
        return None
    usable = [mail for mail in told if _MAIL.fullmatch(mail.strip())]
    if not usable:
        return advice("no-mail", told=", ".join(told))
    if all(_NOBODY.search(mail) for mail in usable):
        return advice("nobody", told=", ".join(usable))
    return good(told=", ".join(usable))


@oai_check("bad-verb")
def bad_verb(seen: OaiSeen, _: Observation) -> Verdict | None:
    """A verb that there is not is a badVerb (section 3.6)."""
    if seen.bad_verb is None or not (seen.identity or seen.walk):
        return None
    return _refusal(seen.bad_verb, {"badVerb"}, "badVerb")


@oai_check("bad-format")
def bad_format(seen: OaiSeen, _: Observation) -> Verdict | None:
    """A format that there is not is a cannotDisseminateFormat (section 3.6)."""
    if seen.bad_prefix is None:
        return None
    return _refusal(seen.bad_prefix, {"cannotDisseminateFormat"}, "cannotDisseminateFormat")


@oai_check("bad-identifier")
def bad_identifier(seen: OaiSeen, _: Observation) -> Verdict | None:
    """A record that there is not is an idDoesNotExist (section 3.6)."""
    if seen.bad_identifier is None:
        return None
    return _refusal(seen.bad_identifier, {"idDoesNotExist"}, "idDoesNotExist")


def _refusal(reply: Reply, codes: set[str], wanted: str) -> Verdict | None:
    """How a question was refused that has to be."""
    if reply.kind == "SourceBusy":
        return None
    if reply.code in codes:
        if (reply.status or 0) >= _BAD_REQUEST:
            return advice("status", code=reply.code, status=reply.status)
        return good(code=reply.code)
    if reply.code:
        return advice("other-code", code=reply.code, wanted=wanted)
    if reply.is_good:
        return advice("accepted", wanted=wanted)
    return advice("no-xml", wanted=wanted, why=reply.error)


@check("well-formed")
def well_formed(seen: Observation) -> Verdict | None:
    """Every answer is well-formed XML (XML 1.0, section 2.1)."""
    told = [reply for reply in seen.transport.replies if reply.is_good or reply.kind == "AnswerUnreadable"]
    if not told or (seen.oai is None and seen.csw is None):
        return None
    broken = [reply for reply in told if reply.kind == "AnswerUnreadable"]
    mended = [reply for reply in told if reply.repairs]
    if broken:
        return problem(
            "unreadable", count=len(broken), of=len(told), what=broken[0].what, why=broken[0].error
        )
    if mended:
        names = list(dict.fromkeys(name for reply in mended for name in reply.repairs))
        return problem(
            "repaired", count=len(mended), of=len(told), names="; ".join(REPAIRS.get(n, n) for n in names)
        )
    return good(of=len(told))


@check("encoding")
def encoding(seen: Observation) -> Verdict | None:
    """Answers are in UTF-8, and what they declare agrees (OAI-PMH 2.0, section 3.1.2.2; RFC 7303)."""
    told = [reply for reply in seen.transport.replies if reply.is_good and reply.size]
    if not told or (seen.oai is None and seen.csw is None):
        return None
    for reply in told:
        if {"wrong-encoding", "invalid-utf8"} & set(reply.repairs):
            return problem("wrong", what=reply.what)
        if reply.declared not in _UTF8:
            return advice("other", declared=reply.declared)
    for reply in told:
        if reply.charset.lower() not in _UTF8:
            return advice("disagrees", charset=reply.charset, declared=reply.declared or "UTF-8")
    return good()


@check("media-type")
def media_type(seen: Observation) -> Verdict | None:
    """XML is sent as XML (section 3.1.2.1)."""
    told = [reply for reply in seen.transport.replies if reply.is_good and reply.media_type]
    if not told or (seen.oai is None and seen.csw is None):
        return None
    odd = next((reply for reply in told if not _is_xml(reply.media_type)), None)
    return good(type=told[0].media_type) if odd is None else advice("other", type=odd.media_type)


def _is_xml(media_type: str) -> bool:
    return media_type in _XML_TYPES or media_type.endswith("+xml")
