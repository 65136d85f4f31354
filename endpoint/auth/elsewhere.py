"""The pages /sign-in/with/{name}: signing in at an issuer of the settings, and coming back from there."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from datetime import UTC, datetime
from typing import Final

import structlog
from cryptography.fernet import Fernet, InvalidToken
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import SignInFailed, UnknownPerson
from catalogue.people import Person
from endpoint.auth import onward
from endpoint.auth.oidc import Identity, Provider
from endpoint.auth.pages import language_for
from endpoint.auth.router import asking, entered
from endpoint.deps import services
from endpoint.languages import N_, words

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)

_COOKIE: Final = "clearinghouse-elsewhere"
#: Seconds that one may stay there.
_LASTS: Final = 600
_LONGEST: Final = 4_000
_FAILED: Final = N_("Signing in there did not work. Please try again, or sign in here.")
_STRANGER: Final = N_(
    "Nobody here has the mail address that you signed in with there, or it was not confirmed there."
)


def _provider(request: Request, name: str) -> Provider | None:
    """The issuer of this name; what it said of itself is kept as long as the application is."""
    known: dict[str, Provider] | None = getattr(request.app.state, "providers", None)
    if known is None:
        settings = services(request).settings
        proxy = settings.proxy.get_secret_value()
        known = {one.name: Provider(one, proxy) for one in settings.issuers}
        request.app.state.providers = known
    return known.get(name)


@router.get("/sign-in/with/{name}")
def leave(request: Request, name: str) -> Response:
    """Send the browser to an issuer."""
    provider = _provider(request, name)
    if provider is None:
        return _refused(request, _FAILED, 404)
    kept = {
        "name": name,
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "next": onward.safe(request.query_params.get("next", "")),
    }
    try:
        there = provider.address(
            back=_back(request, name),
            state=kept["state"],
            nonce=kept["nonce"],
            verifier=kept["verifier"],
        )
    except SignInFailed as error:
        log.warning("sign-in elsewhere failed", issuer=name, why=str(error))
        return _refused(request, _FAILED, 502)
    found = RedirectResponse(there, 303, {"Cache-Control": "no-store"})
    found.set_cookie(
        _COOKIE,
        _sealer(request).encrypt(json.dumps(kept).encode()).decode(),
        max_age=_LASTS,
        path=f"{onward.root(request)}/sign-in/with",
        httponly=True,
        samesite="lax",
        secure=services(request).settings.public_url.startswith("https:"),
    )
    return found


@router.get("/sign-in/with/{name}/back")
def come_back(request: Request, name: str) -> Response:
    """Take up somebody who comes back from an issuer."""
    provider, kept, query = _provider(request, name), _kept(request), request.query_params
    right = hmac.compare_digest(kept.get("state", "").encode(), query.get("state", "").encode())
    if provider is None or kept.get("name") != name or not right:
        return _refused(request, _FAILED, 422)
    if query.get("iss", provider.issuer.issuer) != provider.issuer.issuer:  # RFC 9207
        return _refused(request, _FAILED, 422)
    if "code" not in query:  # he changed his mind there
        return _refused(request, _FAILED, 422)
    try:
        identity = provider.identity(
            query["code"], back=_back(request, name), nonce=kept["nonce"], verifier=kept["verifier"]
        )
    except SignInFailed as error:
        log.warning("sign-in elsewhere failed", issuer=name, why=str(error))
        return _refused(request, _FAILED, 422)
    person = _known(request, identity)
    if person is None:
        told = {"by": name, "subject": identity.subject}
        store = services(request).store
        store.audit.note("", "sign-in-failed", "person:unknown", told, datetime.now(UTC))
        return _refused(request, _STRANGER, 422)
    agent = request.headers.get("user-agent", "")
    secret = services(request).store.sessions.begin(person.id, datetime.now(UTC), by=name, user_agent=agent)
    found = entered(request, secret, kept["next"])
    found.delete_cookie(_COOKIE, path=f"{onward.root(request)}/sign-in/with")
    return found


def _known(request: Request, identity: Identity) -> Person | None:
    """Whom we know by this identity: as it was known before, else by the mail address; nobody is made."""
    people, now = services(request).store.people, datetime.now(UTC)
    known = people.by_identity(identity.issuer, identity.subject)
    if known is not None or not identity.mail:
        return known
    try:
        person = people.by_mail(identity.mail)
    except UnknownPerson:
        return None
    people.link_identity(person.id, identity.issuer, identity.subject, person.mail, now)
    return person


def _back(request: Request, name: str) -> str:
    return f"{services(request).settings.public_url}/sign-in/with/{name}/back"


def _refused(request: Request, said: str, status: int) -> Response:
    text = words(language_for(request).tag).gettext(said)
    found = asking(request, "", error=text, status=status)
    found.delete_cookie(_COOKIE, path=f"{onward.root(request)}/sign-in/with")
    return found


def _sealer(request: Request) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(services(request).store.keys.secret("elsewhere")))


def _kept(request: Request) -> dict[str, str]:
    """What was put into the cookie when the browser left; nothing where that was too long ago."""
    sealed = request.cookies.get(_COOKIE, "")
    if not sealed or len(sealed) > _LONGEST:
        return {}
    try:
        found: dict[str, str] = json.loads(_sealer(request).decrypt(sealed.encode(), ttl=_LASTS))
    except InvalidToken:
        return {}
    return found
