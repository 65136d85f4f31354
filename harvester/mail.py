"""Delivers the letters of the outbox: a chore of every worker. The only one who speaks SMTP.

What is wrong with a letter or its address ends that letter; what is wrong with the server, or the way to
it, lets all wait. A letter is tried for four days, later and later, as mail servers do.
"""

from __future__ import annotations

import secrets
import smtplib
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Final, Protocol

import structlog

from catalogue.credentials import Secret, SecretKind
from catalogue.errors import MailNotSent, MailRefused
from catalogue.mail import Mail, Sender, composed
from catalogue.scrubbing import Scrubber
from catalogue.settings import MailSecurity, MailWay, Settings
from catalogue.store import Store
from catalogue.store.desk.outbox import Posted
from harvester.slices import utc_now

log = structlog.get_logger(__name__)

#: After so long a letter that could not be delivered is given up.
GIVEN_UP_AFTER: Final = timedelta(days=4)
_FIRST_PAUSE: Final = 60.0
_LONGEST_PAUSE: Final = 4 * 3600.0
#: Seconds that one look lasts; what is left over is done at the next.
_LOOK: Final = 30.0
#: Seconds after which the server is tried again, where it was not to be had.
AWAY_FOR: Final = 60.0
_TIMEOUT: Final = 30.0
#: From here on a server's answer is for good (RFC 5321, section 4.2.1).
_FOR_GOOD: Final = 500
#: Unless it is us whom the server does not want, which somebody mends (RFC 3463, section 3.8).
_POLICY: Final = "5.7."


class Way(Protocol):
    """By which letters leave us."""

    def send(self, message: EmailMessage) -> None:
        """Deliver one letter.

        Raises:
            MailRefused: it cannot be delivered.
            MailNotSent: none can, just now.
        """

    def close(self) -> None:
        """No more letters for now."""


class Folder:
    """Leaves letters as .eml files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write it to its file, at once and for its owner alone."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = f"{utc_now():%Y%m%dT%H%M%S%f}"
            made = self._folder / f".{name}"
            made.touch(mode=0o600)
            made.write_bytes(message.as_bytes())
            made.rename(self._folder / f"{name}.eml")
        except OSError as error:
            raise MailNotSent(f"mail_folder: {error.strerror}") from error

    def close(self) -> None:
        """There is nothing to close."""


class Log:
    """Writes letters to the log."""

    def send(self, message: EmailMessage) -> None:
        """Write it down."""
        log.info(
            "mail",
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=message.get_content().replace("\r\n", "\n"),
        )

    def close(self) -> None:
        """There is nothing to close."""


class Smtp:
    """Hands letters to a mail server; one connection as long as there are letters."""

    def __init__(self, settings: Settings, sender: str) -> None:
        self._settings = settings
        self._sender = sender
        self._server: smtplib.SMTP | None = None
        password = settings.mail_password.get_secret_value()
        secret = Secret(SecretKind.BASIC, {"user": settings.mail_user, "password": password})
        self._scrubber = Scrubber([secret] if password else ())

    def send(self, message: EmailMessage) -> None:
        """Deliver one letter; each goes to one address only."""
        try:
            self._connected().send_message(message, self._sender, [message["To"].addresses[0].addr_spec])
        except smtplib.SMTPRecipientsRefused as error:
            [(code, text)] = error.recipients.values()
            self._restart()
            raise self._refused(code, text) from error
        except smtplib.SMTPDataError as error:
            self._restart()
            raise self._refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailNotSent(self._scrubber.text(f"{type(error).__name__}: {error}")) from error

    def _refused(self, code: int, text: bytes | str) -> MailRefused:
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        why = self._scrubber.text(f"{code} {' '.join(said.split())}")
        return MailRefused(why, for_good=code >= _FOR_GOOD and not said.startswith(_POLICY))

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = self._connect()
        return self._server

    def _connect(self) -> smtplib.SMTP:
        known = self._settings
        host, port = known.mail_host, known.mail_port
        context = ssl.create_default_context(cafile=known.mail_authority or None)
        if known.mail_security is MailSecurity.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=_TIMEOUT)
        try:
            if known.mail_security is MailSecurity.STARTTLS:
                server.starttls(context=context)
            if known.mail_user:
                server.login(known.mail_user, known.mail_password.get_secret_value())
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    def _restart(self) -> None:
        """The next letter begins anew."""
        if self._server is not None:
            try:
                self._server.rset()
            except (smtplib.SMTPException, OSError):
                self.close()

    def close(self) -> None:
        """Say goodbye."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def sender_of(settings: Settings) -> Sender:
    """Who writes: `mail_sender`, or the repository under `admin_email`, where answers go in any case."""
    name, address = parseaddr(settings.mail_sender)
    answers = settings.admin_email
    return Sender(name or settings.repository_name, address or answers, answers)


def way_of(settings: Settings) -> Way:
    """The way that the settings name."""
    if settings.mail_delivery is MailWay.SMTP:
        return Smtp(settings, sender_of(settings).address)
    return Log() if settings.mail_delivery is MailWay.LOG else Folder(Path(settings.mail_folder))


def dispatch(settings: Settings, mail: Mail) -> None:
    """Deliver a letter at once, past the outbox.

    Raises:
        MailRefused: it cannot be delivered.
        MailNotSent: none can, just now.
    """
    way = way_of(settings)
    try:
        way.send(composed(mail, sender_of(settings), key=secrets.token_hex(16), at=utc_now()))
    finally:
        way.close()


def pause(attempts: int) -> timedelta:
    """How long a letter waits after so many attempts: 1, 2, 4, ... minutes."""
    return timedelta(seconds=min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (attempts - 1)))


class Postman:
    """The worker's side of the outbox. Any number of workers may look at the same time."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        way: Callable[[Settings], Way] = way_of,
        away_for: float = AWAY_FOR,
    ) -> None:
        self._store = store
        self._settings = settings
        self._sender = sender_of(settings)
        self._way = way(settings)
        self._stopping = threading.Event()
        self._away_for = away_for
        self._away_until = 0.0

    def look(self) -> None:
        """Deliver what is due."""
        now = time.monotonic()
        if now < self._away_until:
            return
        try:
            while not self._stopping.is_set() and time.monotonic() - now < _LOOK:
                posted = self._store.outbox.take(utc_now())
                if posted is None:
                    return
                self._deliver(posted)
        except MailNotSent as closed:
            self._away_until = time.monotonic() + self._away_for
            log.warning("no mail can be sent", why=str(closed))
        finally:
            self._way.close()

    def stop(self) -> None:
        """Stop after the letter in hand."""
        self._stopping.set()

    def forget(self) -> None:
        """Forget letters that have been kept as long as they are to be."""
        self._store.outbox.forget(utc_now() - timedelta(days=self._settings.mail_days))

    def _deliver(self, posted: Posted) -> None:
        message = composed(posted.mail, self._sender, key=posted.message_key, at=posted.put_at)
        try:
            self._way.send(message)
        except MailRefused as refused:
            self._not_delivered(posted, str(refused), for_good=refused.for_good)
        except MailNotSent as closed:
            # It may be this letter at which the server breaks off: the next one is tried before it.
            self._not_delivered(posted, str(closed), for_good=False)
            raise
        else:
            self._store.outbox.sent(posted, utc_now())
            log.info("mail sent", mail=posted.id, about=posted.about)

    def _not_delivered(self, posted: Posted, why: str, *, for_good: bool) -> None:
        now = utc_now()
        if for_good or now - posted.put_at >= GIVEN_UP_AFTER:
            self._store.outbox.give_up(posted, now, why)
            log.warning("mail given up", mail=posted.id, about=posted.about, why=why)
        else:
            self._store.outbox.postpone(posted, now + pause(posted.attempts), why)
            log.info("mail postponed", mail=posted.id, attempts=posted.attempts, why=why)
