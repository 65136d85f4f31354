"""The time that one answer may take, kept on every wait for the network."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable
from typing import Final

from catalogue.errors import RequestLeft

#: Bytes asked of the socket at once: fewer calls for the large answers that we fetch.
BUFFER = 128 * 1024
#: Seconds of waiting between two looks whether to go on, and how long a request may take before it is looked.
_LOOK: Final = 1.0
_GRACE: Final = 5.0


class Deadline:
    """How long the next wait may be: the wait's own timeout, and never beyond the answer's deadline.

    A timeout on each read alone would let a server that sends a byte a minute hold a worker for weeks.
    """

    def __init__(
        self, connect: float, read: float, whole: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._connect = connect
        self._read = read
        self._whole = whole
        self._clock = clock
        self._until = clock() + whole
        #: Says that nobody waits for the answer any more.
        self.stopping: Callable[[], bool] = lambda: False

    def start(self) -> None:
        """A new request begins."""
        self._until = self._clock() + self._whole

    def look(self) -> None:
        """Look whether somebody waits for the answer still, if it takes long.

        Raises:
            RequestLeft: nobody does.
        """
        if self._clock() - self._until + self._whole >= _GRACE and self.stopping():
            raise RequestLeft("the request was left: whoever waited for its answer has to stop")

    @property
    def passed(self) -> bool:
        """Whether the answer has taken longer than it may."""
        return self._clock() >= self._until

    def connect_wait(self) -> float:
        """Seconds to wait for a connection.

        Raises:
            TimeoutError: the deadline has passed.
        """
        return min(self._connect, self._left())

    def read_wait(self) -> float:
        """Seconds to wait for more of the answer.

        Raises:
            TimeoutError: the deadline has passed.
        """
        return min(self._read, self._left())

    def _left(self) -> float:
        left = self._until - self._clock()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class DeadlineReader(io.RawIOBase):
    """The reading end of a socket on which every wait ends at the deadline."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._socket = connection
        self._raw = connection.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override] # what callers pass
        """Read what there is, waiting no longer than allowed."""
        left = self._deadline.read_wait()
        while True:
            self._deadline.look()
            # Not through the file: it reads no more once a wait has ended without anything.
            self._socket.settimeout(min(left, _LOOK))
            try:
                return self._socket.recv_into(buffer)
            except TimeoutError:
                left -= _LOOK
                if left <= 0:
                    raise

    def close(self) -> None:
        """Give the socket back."""
        self._raw.close()
        super().close()
