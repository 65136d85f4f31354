"""Calls webhooks: a chore of every worker, by the session with the address guard, as all that goes out.

Calls are signed as Standard Webhooks has it: HMAC-SHA256 over the message id, the time and the body, under
the secret that the receiver was given, so that it needs to believe nobody else, and nothing twice.
See https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hmac
import threading
import time
from datetime import datetime, timedelta
from typing import Final

import structlog

from catalogue.alerts import SECRET_PREFIX, Subscription
from catalogue.errors import HarvestError, HttpFailure, SecretsLocked, UnknownSubscription
from catalogue.scrubbing import shown_text
from catalogue.sealing import Sealer, keys_of
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.alerting.calls import Call
from harvester.http import HarvestSession, Limits, Proxy
from harvester.http.answer import place
from harvester.slices import utc_now

log = structlog.get_logger(__name__)

#: Seconds after each attempt, as Standard Webhooks recommends; after the last it is given up.
PAUSES: Final = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
#: Who answers so wants no more calls (RFC 9110, section 15.5.11).
_GONE: Final = 410
#: Seconds that one look lasts; what is left over is done at the next.
_LOOK: Final = 30.0
_CONNECT, _READ, _ANSWER = 10.0, 15.0, 20.0
_LIMIT: Final = 65_536


def signed(message_id: str, body: str, secret: str, now: datetime) -> dict[str, str]:
    """The headers of a call."""
    at = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.new(key, f"{message_id}.{at}.{body}".encode(), "sha256").digest()
    return {
        "Content-Type": "application/json",
        "Webhook-Id": message_id,
        "Webhook-Timestamp": at,
        "Webhook-Signature": f"v1,{base64.b64encode(digest).decode()}",
    }


class Caller:
    """The worker's side of calls. Any number of workers may look at the same time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._stopping = threading.Event()

    def look(self) -> None:
        """Send what is due."""
        begun = time.monotonic()
        while not self._stopping.is_set() and time.monotonic() - begun < _LOOK:
            call = self._store.calls.take(utc_now())
            if call is None:
                return
            self._deliver(call)

    def stop(self) -> None:
        """Stop after the call in hand."""
        self._stopping.set()

    def _deliver(self, call: Call) -> None:
        try:
            webhook = self._store.subscriptions.get(call.subscription_id)
            self._send(call, webhook)
        except UnknownSubscription:
            return  # it was ended this very moment, and its calls with it
        except SecretsLocked as locked:
            self._not_delivered(call, str(locked))
        except HttpFailure as failure:
            gone = failure.status == _GONE
            self._not_delivered(call, _without_path(failure, webhook), for_good=gone)
        except HarvestError as error:
            self._not_delivered(call, _without_path(error, webhook))
        else:
            self._store.calls.sent(call, utc_now())
            log.info("webhook called", call=call.id, subscription=call.subscription_id)

    def _send(self, call: Call, webhook: Subscription) -> None:
        """Send one call.

        Raises:
            UnknownSubscription: its webhook has been ended.
            SecretsLocked: the secret cannot be opened.
            HarvestError: its receiver does not have it.
        """
        store, settings = self._store, self._settings
        keys = keys_of(settings.secret_key.get_secret_value(), store.key_file)
        secret = store.subscriptions.secret_of(webhook, Sealer(keys))
        with self._session() as session:
            answer = session.fetch(
                "POST",
                webhook.wish.address,
                data=call.body.encode(),
                headers=signed(call.message_id, call.body, secret, utc_now()),
            )
            answer.require_success()

    def _session(self) -> HarvestSession:
        settings = self._settings
        return HarvestSession(
            user_agent=settings.user_agent,
            limits=Limits(_CONNECT, _READ, _ANSWER, _LIMIT, redirects=0),
            networks=settings.networks,
            proxy=Proxy(settings.proxy.get_secret_value(), settings.proxy_resolves),
        )

    def _not_delivered(self, call: Call, why: str, *, for_good: bool = False) -> None:
        now, told = utc_now(), shown_text(why)
        if for_good or call.attempts > len(PAUSES):
            self._store.calls.give_up(call, now, told)
            log.warning("webhook given up", call=call.id, subscription=call.subscription_id, why=told)
        else:
            pause = timedelta(seconds=PAUSES[call.attempts - 1])
            self._store.calls.postpone(call, now + pause, told)
            log.info("webhook postponed", call=call.id, attempts=call.attempts, why=told)


def _without_path(error: HarvestError, webhook: Subscription) -> str:
    """What went wrong, without what of the address is nobody's business."""
    return str(error).replace(place(webhook.wish.address), webhook.wish.shown)
