"""OpenID Connect Core 1.0, as a relying party: the authorization code flow with PKCE (RFC 7636).

What is asked here are issuers of the settings, never an address that somebody typed.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

from catalogue.errors import SignInFailed
from catalogue.settings import Issuer

#: Signatures by a key that we are told, and never by a secret that others have, too.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_SECONDS: Final = 10.0
_MOST_BYTES: Final = 1_000_000
#: Seconds for which what an issuer says of itself is kept; and before which its keys are not asked for anew.
_KEPT, _AT_LEAST = 3600.0, 10.0
#: Seconds by which clocks may differ.
_LEEWAY: Final = 60
_SCOPE: Final = "openid email profile"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as an issuer says."""

    issuer: str
    subject: str
    #: Empty where the issuer does not vouch for one.
    mail: str


class Provider:
    """One issuer."""

    def __init__(self, issuer: Issuer, proxy: str = "") -> None:
        self.issuer = issuer
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._lock = Lock()
        self._said: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def address(self, *, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent.

        Raises:
            SignInFailed: the issuer does not answer, or is not the one that it should be.
        """
        challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self.issuer.client_id,
            "redirect_uri": back,
            "scope": _SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        at = self._endpoint("authorization_endpoint")
        return f"{at}{'&' if urlsplit(at).query else '?'}{urlencode(query)}"

    def identity(self, code: str, *, back: str, nonce: str, verifier: str) -> Identity:
        """Who came back with this code.

        Raises:
            SignInFailed: the issuer does not know the code, or what it says cannot be believed.
        """
        given = self._exchange(code, back, verifier)
        claims = self._claims(str(given.get("id_token", "")), nonce)
        subject = claims["sub"]
        if "email" not in claims and given.get("access_token"):
            claims = claims | self._userinfo(str(given["access_token"]), subject)
        vouched = claims.get("email_verified") in {True, "true"}
        mail = claims.get("email", "")
        return Identity(self.issuer.issuer, subject, mail if vouched and isinstance(mail, str) else "")

    def _exchange(self, code: str, back: str, verifier: str) -> dict[str, Any]:
        secret = self.issuer.client_secret.get_secret_value()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.issuer.client_id,
            "code_verifier": verifier,
        }
        methods = self._configuration().get("token_endpoint_auth_methods_supported") or []
        basic = None
        if secret and ("client_secret_basic" in methods or "client_secret_post" not in methods):
            basic = (self.issuer.client_id, secret)
        elif secret:
            form["client_secret"] = secret
        return self._fetch("POST", self._endpoint("token_endpoint"), data=form, auth=basic)

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """What an ID token says, where it can be believed (OpenID Connect Core 1.0, section 3.1.3.7)."""
        rules = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": self.issuer.issuer},
            aud={"essential": True, "value": self.issuer.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = self._decoded(token).claims
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise SignInFailed(f"the ID token of {self.issuer.name} is not right: {error}") from error
        party = claims.get("azp", self.issuer.client_id)
        if party != self.issuer.client_id or not isinstance(claims["sub"], str) or not claims["sub"]:
            raise SignInFailed(f"the ID token of {self.issuer.name} is for somebody else")
        return dict(claims)

    def _decoded(self, token: str) -> jwt.Token:
        """The token with its signature checked; once more with new keys, where it is by a key not known."""
        try:
            return jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            newer = self._key_set(newer_than=_AT_LEAST)
            return jwt.decode(token, newer, algorithms=_ALGORITHMS)

    def _userinfo(self, access_token: str, subject: str) -> dict[str, Any]:
        if "userinfo_endpoint" not in self._configuration():
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        found = self._fetch("GET", self._endpoint("userinfo_endpoint"), headers=headers)
        if found.get("sub") != subject:
            raise SignInFailed(f"{self.issuer.name} tells of somebody else")
        return {name: found[name] for name in ("email", "email_verified") if name in found}

    def _configuration(self) -> dict[str, Any]:
        with self._lock:
            if self._said is None or time.monotonic() - self._said[0] > _KEPT:
                at = f"{self.issuer.issuer.rstrip('/')}/.well-known/openid-configuration"
                found = self._fetch("GET", at)
                if found.get("issuer") != self.issuer.issuer:
                    raise SignInFailed(f"{self.issuer.name} says that it is another issuer")
                self._said = (time.monotonic(), found)
            return self._said[1]

    def _endpoint(self, name: str) -> str:
        """An endpoint of the issuer: over TLS, where the issuer is."""
        found = self._configuration().get(name, "")
        schemes = {"https"} if self.issuer.issuer.startswith("https:") else {"http", "https"}
        if not isinstance(found, str) or urlsplit(found).scheme not in schemes:
            raise SignInFailed(f"{self.issuer.name} has no {name} that can be used")
        return found

    def _key_set(self, newer_than: float = _KEPT) -> KeySet:
        at = self._endpoint("jwks_uri")
        with self._lock:
            if self._keys is None or time.monotonic() - self._keys[0] > newer_than:
                try:
                    found = KeySet.import_key_set(self._fetch("GET", at))  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise SignInFailed(f"the keys of {self.issuer.name} cannot be read") from error
                self._keys = (time.monotonic(), found)
            return self._keys[1]

    def _fetch(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """A JSON object; no redirect is followed, and no setting of the environment is heeded."""
        with requests.Session() as session:
            session.trust_env = False
            session.proxies = dict(self._proxies)
            headers = {"Accept": "application/json", **more.pop("headers", {})}
            try:
                with session.request(
                    method, url, headers=headers, timeout=_SECONDS, allow_redirects=False, stream=True, **more
                ) as answer:
                    body = answer.raw.read(_MOST_BYTES + 1, decode_content=True)
                    status = answer.status_code
            except (requests.RequestException, HTTPError, OSError) as error:
                raise SignInFailed(f"{self.issuer.name} does not answer") from error
        if status != requests.codes.ok or len(body) > _MOST_BYTES:
            raise SignInFailed(f"{self.issuer.name} answered with {status}")
        try:
            found = json.loads(body)
        except ValueError as error:
            raise SignInFailed(f"{self.issuer.name} answered with something else than JSON") from error
        if not isinstance(found, Mapping):
            raise SignInFailed(f"{self.issuer.name} answered with something else than an object")
        return dict(found)
