"""One question to a server, and what came of it as a `Reply`: errors are findings here, and end nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final, TypeVar

from catalogue.errors import HarvestError, ProtocolFailure, SourceBusy
from catalogue.scrubbing import shown_url
from harvester.doctor.observation import Reply
from harvester.doctor.session import CheckupSession, Heard

T = TypeVar("T")
_DECLARED: Final = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z][\w.:-]*)[\"']")
_LONGEST: Final = 300
#: Whoever says that he is busy is asked once more, if that is within so many seconds, and so often at most.
_PATIENCE: Final = 5.0
_UNSAID: Final = 1.0
_TIMES: Final = 3


class Asking:
    """Asks, and keeps every reply."""

    def __init__(self, session: CheckupSession) -> None:
        self.session = session
        self.replies: list[Reply] = []
        self._patience = _TIMES

    def ask(self, what: str, question: Callable[[], T]) -> tuple[T | None, Reply]:
        """What a question gives, and what came of it; None where it failed.

        Raises:
            CheckupOver: there is no budget for it.
        """
        self.session.last = Heard()
        try:
            answer = question()
        except SourceBusy as busy:
            reply = self._reply(what, error=str(busy)[:_LONGEST], kind=type(busy).__name__)
            self.replies.append(reply)
            wait = _UNSAID if busy.retry_after is None else busy.retry_after
            if not self._patience or wait > _PATIENCE:
                return None, reply
            self._patience -= 1
            time.sleep(wait)
            return self.ask(what, question)
        except HarvestError as error:
            code = error.code if isinstance(error, ProtocolFailure) else ""
            reply = self._reply(what, error=str(error)[:_LONGEST], kind=type(error).__name__, code=code)
            self.replies.append(reply)
            return None, reply
        reply = self._reply(what, repairs=tuple(getattr(answer, "repairs", ())))
        self.replies.append(reply)
        return answer, reply

    def _reply(
        self, what: str, *, repairs: tuple[str, ...] = (), error: str = "", kind: str = "", code: str = ""
    ) -> Reply:
        heard = self.session.last
        declared = _DECLARED.search(heard.start)
        return Reply(
            what,
            shown_url(heard.url),
            heard.status,
            heard.seconds,
            heard.size,
            heard.media_type,
            heard.charset,
            heard.coding,
            declared=declared[1].decode("ascii").lower() if declared else "",
            repairs=repairs,
            error=error,
            kind=kind,
            code=code,
        )
