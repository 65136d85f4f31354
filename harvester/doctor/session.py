"""The session of a check-up: the one guarded session, and a budget that no server can overdraw."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from catalogue.errors import CheckupOver
from catalogue.settings import Settings
from harvester.http import Answer, HarvestSession, Limits, Proxy, Terms

#: Seconds to wait for the next bytes, and for one whole answer: who asks is waiting for the report.
READ_TIMEOUT: Final = 20.0
ANSWER_DEADLINE: Final = 40.0
#: Bytes of one answer.
ANSWER_LIMIT: Final = 8 * 1024 * 1024


@dataclass
class Budget:
    """What one check-up may cost its target and us, however many sessions it takes."""

    requests: int
    size: int
    seconds: float
    should_stop: Callable[[], bool] = lambda: False
    monotonic: Callable[[], float] = time.monotonic
    asked: int = 0
    read: int = 0
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        """The time runs from now on."""
        self._until = self.monotonic() + self.seconds

    def require(self) -> None:
        """Refuse a further request where the budget is spent.

        Raises:
            CheckupOver: it is, or this process ends.
        """
        if self.should_stop():
            raise CheckupOver("this process ends", stopped=True)
        if self.asked >= self.requests or self.read >= self.size or self.monotonic() >= self._until:
            raise CheckupOver(f"the check-up has cost what it may: {self.asked} requests, {self.read} bytes")


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard last: what an answer cost, and what its headers say."""

    url: str = ""
    status: int | None = None
    seconds: float = 0.0
    size: int = 0
    media_type: str = ""
    charset: str = ""
    coding: str = ""
    server: str = ""
    start: bytes = b""


class CheckupSession(HarvestSession):
    """Asks as a harvest does, within a budget, and remembers what it heard last."""

    def __init__(self, settings: Settings, budget: Budget, base_url: str = "") -> None:
        super().__init__(
            user_agent=settings.user_agent,
            limits=Limits(
                connect_timeout=min(settings.connect_timeout, READ_TIMEOUT),
                read_timeout=min(settings.read_timeout, READ_TIMEOUT),
                answer_deadline=min(settings.answer_deadline, ANSWER_DEADLINE),
                answer_limit=min(settings.answer_limit, ANSWER_LIMIT),
                host_pause=settings.host_pause,
                # A check-up has not the time, and tells that the node is busy.
                slowest_pause=0.0,
            ),
            networks=settings.networks,
            terms=Terms(base_url),
            proxy=Proxy(settings.proxy.get_secret_value(), settings.proxy_resolves),
        )
        self.budget = budget
        self.last = Heard()

    def fetch(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """As any session does, where the budget allows it.

        Raises:
            CheckupOver: the budget is spent, or this process ends.
            HarvestError: as any session.
        """
        self.budget.require()
        self.budget.asked += 1
        self.last = Heard(url)
        begun = self.budget.monotonic()
        try:
            answer = super().fetch(method, url, params=params, data=data, headers=headers)
        finally:
            self.last = Heard(url, seconds=self.budget.monotonic() - begun)
        self.budget.read += len(answer.content)
        self.last = Heard(
            answer.url,
            answer.status,
            self.last.seconds,
            len(answer.content),
            answer.media_type,
            answer.charset,
            answer.headers.get("Content-Encoding", "").lower(),
            answer.headers.get("Server", "")[:200],
            answer.content[:200],
        )
        return answer
