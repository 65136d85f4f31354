"""An HTTP server on loopback, in a thread of its own, that gives its port back when it ends."""

from __future__ import annotations

import logging
import socket
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import uvicorn
from starlette.types import ASGIApp

HOST: Final = "127.0.0.1"
#: Seconds to wait for the server to begin and to end.
_PATIENCE: Final = 10.0


class Server:
    """Serves an application between `start` and `stop`, or inside a `with` block.

    Args:
        port: where to listen on loopback; 0 takes any free port.
        name: of the thread.
        host: where else to listen; 0.0.0.0 is every address, all of 127.0.0.0/8 among them.
        certificate: a file with a certificate and its key, to serve over TLS.
    """

    def __init__(
        self, port: int = 0, name: str = "simulator", host: str = HOST, certificate: Path | None = None
    ) -> None:
        self._certificate = certificate
        self._wanted_port = port
        self._host = host
        self._name = name
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None

    def app(self) -> ASGIApp:
        """What is served."""
        raise NotImplementedError

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at the end."""
        port = self._socket.getsockname()[1] if self._socket else self._wanted_port
        return f"http{'s' if self._certificate else ''}://{HOST}:{port}"

    def start(self) -> None:
        """Begin to serve; returns when the port answers.

        Raises:
            OSError: the port is taken.
            RuntimeError: the server did not come up.
        """
        self._socket = _listen(self._host, self._wanted_port)
        config = uvicorn.Config(
            self.app(),
            log_config=None,
            access_log=False,
            lifespan="off",
            interface="asgi3",
            ws="none",
            timeout_graceful_shutdown=1,
            ssl_certfile=self._certificate,
        )
        logging.getLogger("uvicorn.error").addFilter(_is_not_on_purpose)
        self._server = server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=server.run, kwargs={"sockets": [self._socket]}, name=self._name, daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + _PATIENCE
        while not server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                self.stop()
                raise RuntimeError(f"the {self._name} did not start")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop serving and give the port back; doing so twice does no harm."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_PATIENCE)
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = None

    def wait(self) -> None:
        """Wait until the server ends, or until the process is interrupted."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


def _is_not_on_purpose(entry: logging.LogRecord) -> bool:
    """Whether the server complains of something else than an answer that broke off as it should."""
    return "without completing response" not in entry.getMessage()


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens; made here so that a port that is taken is an error at once."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
