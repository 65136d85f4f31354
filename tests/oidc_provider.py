"""A small issuer of OpenID Connect on loopback, which can be told to misbehave."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

CLIENT, SECRET = "clearinghouse", "a secret of the client's"


class Issuer:
    """What it knows: who signs in there, and what it says of him."""

    def __init__(self) -> None:
        self.url = ""
        self.key: Any = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.signs_with = "RS256"
        #: Of whoever signs in.
        self.claims: dict[str, Any] = {"sub": "s-1", "email": "sara@example.org", "email_verified": True}
        #: In the place of what ID tokens should say; None: it is left out.
        self.lies: dict[str, Any] = {}
        #: What discovery says otherwise.
        self.configured: dict[str, Any] = {}
        #: What /userinfo says; None: there is no such endpoint.
        self.userinfo: dict[str, Any] | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        #: Headers that its answers have besides, and bytes by which they end too early.
        self.headers: dict[str, str] = {}
        self.cut_off_by = 0

    def configuration(self) -> dict[str, Any]:
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        if self.userinfo is not None:
            found["userinfo_endpoint"] = f"{self.url}/userinfo"
        return found | self.configured

    def new_key(self, key: Any, signs_with: str) -> None:
        """Sign with another key from now on."""
        self.key, self.signs_with = key, signs_with

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to, after somebody has signed in."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return (
            f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.url})}"
        )

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint."""
        secret = form.get("client_secret", "")
        if authorization.startswith("Basic "):
            secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")[2]
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode()
        if (
            asked is None
            or secret != SECRET
            or form["redirect_uri"] != asked["redirect_uri"]
            or challenge.rstrip("=") != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        said = {
            name: value for name, value in (claims | self.claims | self.lies).items() if value is not None
        }
        header = {"alg": self.signs_with, "kid": self.key.kid}
        signed = jwt.encode(header, said, self.key, algorithms=[self.signs_with])
        return 200, {"id_token": signed, "access_token": "at", "token_type": "Bearer"}

    def unsigned(self) -> None:
        """Sign with what is public: the secret that client and issuer share is none of the issuer's."""
        self.new_key(OctKey.import_key(SECRET + "-and-more-than-32-bytes", {"kid": "shared"}), "HS256")


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        self.issuer.asked.append(path)
        if path == "/authorize":
            self.send_response(303)
            self.send_header("Location", self.issuer.authorize({k: v[0] for k, v in query.items()}))
            self.end_headers()
        elif path == "/.well-known/openid-configuration":
            self._json(200, self.issuer.configuration())
        elif path == "/jwks":
            public = [] if isinstance(self.issuer.key, OctKey) else [self.issuer.key]
            self._json(200, KeySet(public).as_dict(private=False))
        elif path == "/userinfo" and self.headers["Authorization"] == "Bearer at":
            self._json(200, self.issuer.userinfo or {})
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        self.issuer.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._json(*self.issuer.token(form, self.headers.get("Authorization", "")))

    def _json(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        length = str(len(body) + self.issuer.cut_off_by)
        self.send_header("Content-Length", length)
        for name, value in self.issuer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer that listens."""
    issuer = Issuer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"issuer": issuer}))
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def another_key() -> ECKey:
    """A key of another kind."""
    return ECKey.generate_key("P-256", {"kid": "second", "use": "sig"})
