"""Faults of resumptionTokens as they are written: what is in them, and how long they are."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from clearinghouse.simulator.oai_arguments import OaiError
from clearinghouse.simulator.oai_node import Call
from clearinghouse.simulator.switches import Stage, Switch, fault

#: Stands before each token of a node whose tokens hold every character that URLs treat in their own way.
_SPECIAL: Final = "a+b c@d&e=f%2B#é;"
#: Characters of a long token.
_LENGTH: Final = 12_000
_NOT_ALLOWED: Final = 405
_URI_TOO_LONG: Final = 414


@fault("token-special", Stage.PAGE, "tokens hold + @ & = % # blanks and letters beyond ASCII", rows=(10,))
def _(call: Call, _switch: Switch) -> None:
    call.token = call.token and _SPECIAL + call.token


@fault("token-special", Stage.REQUEST)
def _(call: Call, _switch: Switch) -> None:
    token = call.given.get("resumptionToken")
    if token is not None:
        if not token.startswith(_SPECIAL):
            raise OaiError("badResumptionToken", f"{token!r} has lost something on its way")
        call.replace_argument("resumptionToken", token.removeprefix(_SPECIAL))


@fault("token-long", Stage.PAGE, f"tokens have {_LENGTH} characters, too many for GET", rows=(11,))
def _(call: Call, _switch: Switch) -> None:
    call.token = call.token and call.token.ljust(_LENGTH, "=")


@fault("token-long", Stage.REQUEST)
def _(call: Call, _switch: Switch) -> None:
    token = call.given.get("resumptionToken", "")
    if len(token) == _LENGTH and not call.is_posted:
        call.refuse(_URI_TOO_LONG)
    if token:
        call.replace_argument("resumptionToken", token.rstrip("="))


@fault("post-refused", Stage.REQUEST, "HTTP status 405 for whoever posts", rows=(11,))
def _(call: Call, _switch: Switch) -> None:
    if call.is_posted:
        call.refuse(_NOT_ALLOWED)


@fault("token-encoded", Stage.PAGE, "tokens are percent-encoded, and wanted back as they stand", rows=(11,))
def _(call: Call, _switch: Switch) -> None:
    call.token = call.token and quote(call.token, safe="")


@fault("token-encoded", Stage.REQUEST)
def _(call: Call, _switch: Switch) -> None:
    if "%" in call.given.get("resumptionToken", ""):
        raise OaiError("badResumptionToken", "the token is encoded twice")
