"""The words of checks below the protocol."""

from __future__ import annotations

from typing import Final

from endpoint.check.words.wording import Spec, Words, oai
from endpoint.languages import N_

_FAST: Final = N_(
    "Give the database the indexes that its lists need, and the server enough memory; look at what it does while a list is read."
)

WORDS: Final[dict[str, Words]] = {
    "https": Words(
        N_("https"),
        {
            "good": N_("It is asked over https."),
            "plain": N_("It is asked over plain http."),
            "both": N_("It was asked over plain http, and answers over https as well."),
            "moved": N_("The address has moved for good to %(to)s."),
        },
        N_("Over plain http anybody on the way can read and change what is sent."),
        N_("Get a certificate (they are free), and give out the https address alone."),
        Spec("RFC 9110, 4.2.2", "https://www.rfc-editor.org/rfc/rfc9110#section-4.2.2"),
    ),
    "certificate": Words(
        N_("Its certificate"),
        {
            "good": N_("Its certificate is good until %(until)s."),
            "soon": N_("Its certificate ends in %(days)s days, on %(until)s."),
        },
        N_("From that day on no harvester and no browser will speak to it."),
        N_("Renew it, and let that happen by itself from now on (ACME)."),
        Spec("RFC 5280, 4.1.2.5", "https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5"),
    ),
    "compression": Words(
        N_("Compression"),
        {
            "good": N_("Its answers are compressed (%(coding)s)."),
            "none": N_("Its answers are not compressed; the largest had %(kilobytes)s kB."),
        },
        N_(
            "Compressed, the same list is six times as small: on poor lines that decides whether it comes at all."
        ),
        N_("Switch gzip on for text/xml in the web server or the proxy."),
        oai("3.1.3", "ResponseCompression"),
        {
            "dspace": N_(
                "DSpace: compression in the Connector of Tomcat, or gzip in the web server before it."
            ),
            "pycsw": N_("pycsw: server.gzip_compresslevel in its configuration."),
        },
    ),
    "speed": Words(
        N_("Speed"),
        {
            "good": N_("It answers in %(middle)s seconds; the slowest answer took %(longest)s."),
            "slow": N_("It takes %(middle)s seconds to answer; the slowest answer took %(longest)s."),
            "very-slow": N_("The slowest answer took %(longest)s seconds."),
            "unfinished": N_(
                "%(count)s answers began, and were not at their end when their time was over (%(what)s)."
            ),
            "timeouts": N_("%(count)s answers did not come in time (%(what)s)."),
        },
        N_("Harvesters give up after a minute, some earlier."),
        _FAST,
        Spec("OAI-PMH guidelines", "https://www.openarchives.org/OAI/2.0/guidelines-repository.htm"),
    ),
    "deep-speed": Words(
        N_("Speed deep in the list"),
        {
            "good": N_("Later pages are as fast as the first (%(first)s and %(last)s seconds)."),
            "slower": N_("The first page took %(first)s seconds, the last that was read %(last)s."),
        },
        N_("A server that counts up to each page grows slower with each, until nobody waits any more."),
        _FAST,
        Spec("OAI-PMH guidelines", "https://www.openarchives.org/OAI/2.0/guidelines-repository.htm"),
        {
            "dspace": N_(
                "DSpace: update to a release with cursors for deep pages, or let harvesters come in windows of dates."
            )
        },
    ),
    "busy": Words(
        N_("Asked many times"),
        {
            "good": N_("It answered %(of)s questions in a row."),
            "turned-away": N_("It turned us away %(count)s times of %(of)s."),
        },
        N_("A harvest of a long list is hundreds of questions in a row."),
        N_("Allow our address some questions a second; we heed Retry-After."),
        Spec("RFC 6585, 4", "https://www.rfc-editor.org/rfc/rfc6585#section-4"),
    ),
    "failures": Words(
        N_("Failures of the server"),
        {
            "good": N_("It did not fail."),
            "some": N_("%(count)s questions made the server fail (%(what)s): %(why)s"),
        },
        N_("What lies behind such an answer cannot be had, and often the whole list ends there."),
        N_(
            "Look into the log of the server at the time of this check-up: the record or the query at fault is named there."
        ),
        Spec("RFC 9110, 15.6", "https://www.rfc-editor.org/rfc/rfc9110#section-15.6"),
    ),
    "robots": Words(
        N_("robots.txt"),
        {
            "good": N_("robots.txt lets harvesters in."),
            "none": N_("There is no robots.txt that would shut harvesters out."),
            "shut": N_("robots.txt shuts robots out of %(path)s."),
            "delay": N_("robots.txt asks for %(seconds)s seconds between two questions."),
        },
        N_("Careful harvesters keep away from what robots.txt forbids."),
        N_("Allow the path of the interface in robots.txt."),
        Spec("RFC 9309", "https://www.rfc-editor.org/rfc/rfc9309"),
        {"dspace": N_("DSpace: remove the line Disallow: /oai from robots.txt.")},
    ),
}
