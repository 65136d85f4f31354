"""Faults of the way to a node: redirects, certificates, headers, passwords, compression, and who may ask.

What a node wants here has to be said in the settings of its source; none of these is drawn at random.
"""

from __future__ import annotations

import base64
import gzip
from typing import Final
from urllib.parse import urlencode

from clearinghouse.simulator.oai_node import Call
from clearinghouse.simulator.switches import Stage, Switch, fault

#: What a node that wants a password, or a header, takes.
USER, PASSWORD = "harvest", "correct horse"
HEADER, VALUE = "X-Partner", "clearinghouse"
#: Seconds that a node wants between two requests.
PAUSE: Final = 0.05


@fault(
    "to-https",
    Stage.REQUEST,
    "plain http is redirected to https, for good",
    rows=(44,),
    at_random=False,
)
def _(call: Call, _switch: Switch) -> None:
    if not call.is_https:
        _redirect(call, 301, call.node.https)


@fault(
    "to-http",
    Stage.REQUEST,
    "https is redirected to plain http, which is all there is",
    rows=(46,),
    at_random=False,
)
def _(call: Call, _switch: Switch) -> None:
    if call.is_https:
        _redirect(call, 302, call.node.http)


def _redirect(call: Call, status: int, place: str) -> None:
    query = urlencode(call.pairs)
    call.refuse(status, "elsewhere", Location=place + ("?" + query if query else ""))


@fault(
    "baseurl-elsewhere",
    Stage.IDENTIFY,
    "baseURL in Identify is an address that nobody can reach",
    rows=(46, 47),
)
def _(call: Call, _switch: Switch) -> None:
    call.identify["baseURL"] = "https://repository.internal.invalid:8443/oai/request"


@fault("bare-address-fails", Stage.REQUEST, "HTTP status 404 for a request without a verb", rows=(47,))
def _(call: Call, _switch: Switch) -> None:
    if not call.given.get("verb"):
        call.refuse(404, "nothing here")


@fault("gzip-only", Stage.REQUEST, "HTTP status 406 for whoever does not take gzip", rows=(48,))
def _(call: Call, _switch: Switch) -> None:
    if not _takes_gzip(call):
        call.refuse(406, "gzip, or nothing")


@fault("gzip-only", Stage.CODING)
def _(call: Call, _switch: Switch) -> None:
    call.content = gzip.compress(call.content, 1, mtime=0)
    call.headers["Content-Encoding"] = "gzip"


@fault("gzip-unsaid", Stage.CODING, "answers are compressed, and no header says so", rows=(48,))
def _(call: Call, _switch: Switch) -> None:
    call.content = gzip.compress(call.content, 1, mtime=0)


@fault("gzip-claimed", Stage.ANSWER, "says gzip to whoever takes it, and does not compress", rows=(48,))
def _(call: Call, _switch: Switch) -> None:
    if _takes_gzip(call):
        call.headers["Content-Encoding"] = "gzip"


def _takes_gzip(call: Call) -> bool:
    return "gzip" in call.asked_with.get("accept-encoding", "")


@fault(
    "wants-user-agent",
    Stage.REQUEST,
    "HTTP status 403 for whoever does not call himself Mozilla",
    rows=(49,),
    at_random=False,
)
def _(call: Call, _switch: Switch) -> None:
    if not call.asked_with.get("user-agent", "").startswith("Mozilla/"):
        call.refuse(403, "no robots")


@fault(
    "wants-header",
    Stage.REQUEST,
    f"HTTP status 403 without the header {HEADER}: {VALUE}",
    rows=(49,),
    at_random=False,
)
def _(call: Call, _switch: Switch) -> None:
    if call.asked_with.get(HEADER.lower()) != VALUE:
        call.refuse(403, "partners only")


@fault(
    "wants-password",
    Stage.REQUEST,
    f"HTTP status 401 without the user {USER} and the password {PASSWORD!r}",
    rows=(49,),
    at_random=False,
)
def _(call: Call, _switch: Switch) -> None:
    known = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if call.asked_with.get("authorization") != f"Basic {known}":
        call.refuse(401, "who is there?", WWW_Authenticate='Basic realm="records"')


@fault(
    "rate-limited",
    Stage.REQUEST,
    f"HTTP status 429 for whoever asks again within {PAUSE:g} seconds",
    rows=(49,),
    at_random=False,
)
def _(call: Call, switch: Switch) -> None:
    if switch.asked_within(call.node.now(), PAUSE):
        call.refuse(429, "slowly, please", Retry_After="1")
