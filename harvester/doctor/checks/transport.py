"""Below the protocol: https, certificate, compression, speed, manners."""

from __future__ import annotations

from statistics import median
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from harvester.doctor.checks.verdict import Verdict, advice, check, good, problem
from harvester.doctor.observation import Observation, Reply

_SOON, _SOMETIME = 21, 0
#: Bytes of an answer that is worth compressing.
_WORTH: Final = 2_000
_SLOW, _VERY_SLOW = 5.0, 20.0
#: How much slower later pages may be.
_GROWTH: Final = 5.0
_NOTICEABLE: Final = 1.0
#: Seconds for one answer, over a line on which the usual time is not enough.
_PATIENT: Final = 1800.0
_LONG_DELAY: Final = 30


@check("https")
def https(seen: Observation) -> Verdict | None:
    """It is asked over https: what passes through other hands on the way stays as it was sent."""
    moved, url = seen.transport.moved_to, seen.base_url
    if moved:
        return advice("moved", to=moved)
    if url.startswith("https:"):
        return good()
    secure = seen.transport.secure
    if secure is None or not secure.is_good:
        return advice("plain")
    return advice("both")


@check("certificate")
def certificate(seen: Observation) -> Verdict | None:
    """Its certificate is good for a while yet."""
    until = seen.transport.certificate_until
    if until is None:
        return None
    days = (until - seen.now).days
    return (
        problem("soon", days=days, until=f"{until:%Y-%m-%d}")
        if days < _SOON
        else good(until=f"{until:%Y-%m-%d}")
    )


@check("compression")
def compression(seen: Observation) -> Verdict | None:
    """Answers are compressed where the client can read that (OAI-PMH 2.0, section 3.1.3)."""
    large = [reply for reply in seen.transport.replies if reply.is_good and reply.size > _WORTH]
    if not large:
        return None
    packed = [reply for reply in large if reply.coding in {"gzip", "deflate", "br", "zstd"}]
    return (
        good(coding=packed[0].coding)
        if packed
        else advice("none", kilobytes=round(max(r.size for r in large) / 1e3))
    )


@check("speed")
def speed(seen: Observation) -> Verdict | None:
    """It answers before a reader gives up."""
    times = [reply.seconds for reply in seen.transport.replies if reply.is_good]
    unfinished = [reply for reply in seen.transport.replies if _was_unfinished(reply)]
    late = [reply for reply in seen.transport.replies if _was_late(reply) and reply not in unfinished]
    if unfinished and len(unfinished) >= len(late):
        return problem("unfinished", count=len(unfinished), what=unfinished[0].what).needing(
            answer_deadline=_PATIENT
        )
    if late:
        return problem("timeouts", count=len(late), what=late[0].what).needing(read_timeout=180.0)
    if not times:
        return None
    middle, longest = median(times), max(times)
    told = {"middle": f"{middle:.2f}", "longest": f"{longest:.2f}"}
    if longest > _VERY_SLOW:
        return problem("very-slow", **told).needing(read_timeout=180.0)
    return advice("slow", **told) if middle > _SLOW else good(**told)


def _was_late(reply: Reply) -> bool:
    return reply.kind == "SourceUnreachable" and "seconds" in reply.error


def _was_unfinished(reply: Reply) -> bool:
    """Whether it was still coming in when the time for one answer was over."""
    return reply.kind == "SourceUnreachable" and "the answer took longer" in reply.error


@check("deep-speed")
def deep_speed(seen: Observation) -> Verdict | None:
    """Pages deep in a list are as fast as the first: servers that count up to them grow slow."""
    if seen.oai is not None:
        pages = [page.reply for page in seen.oai.walk if page.reply.is_good]
    elif seen.csw is not None:
        pages = [page.reply for page in seen.csw.pages if page.reply.is_good]
    else:
        return None
    if len(pages) < 3:  # noqa: PLR2004 - two say nothing
        return None
    first, last = pages[0].seconds, pages[-1].seconds
    if last > _NOTICEABLE and last > _GROWTH * max(first, 0.05):
        return advice("slower", first=f"{first:.1f}", last=f"{last:.1f}").needing(window_days=30)
    return good(first=f"{first:.2f}", last=f"{last:.2f}")


@check("busy")
def busy(seen: Observation) -> Verdict | None:
    """It bears being asked some thirty times in a row (RFC 6585, section 4)."""
    if not seen.transport.replies:
        return None
    turned = [reply for reply in seen.transport.replies if reply.kind == "SourceBusy"]
    if turned:
        return advice("turned-away", count=len(turned), of=len(seen.transport.replies)).needing(
            host_pause=2.0
        )
    return good(of=len(seen.transport.replies))


@check("failures")
def failures(seen: Observation) -> Verdict | None:
    """It does not fail by itself (HTTP status 500 and above)."""
    broken = [
        reply
        for reply in seen.transport.replies
        if reply.kind == "HttpFailure" and (reply.status or 0) != 503 and "status 5" in reply.error  # noqa: PLR2004
    ]
    if broken:
        return problem("some", count=len(broken), what=broken[0].what, why=broken[0].error)
    return good() if seen.transport.replies else None


@check("robots")
def robots(seen: Observation) -> Verdict | None:
    """robots.txt does not shut harvesters out (RFC 9309)."""
    text = seen.transport.robots
    if not text:
        return good("none")
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    path = urlsplit(seen.base_url).path or "/"
    if not rules.can_fetch("Clearinghouse", path):
        return advice("shut", path=path)
    delay = rules.crawl_delay("Clearinghouse")
    if delay and float(delay) > _LONG_DELAY:
        return advice("delay", seconds=delay)
    return good()
