"""A letter that we send by mail: plain text to one address, in the reader's language.

Whoever wants one sent puts it into the outbox of the store; a worker delivers it (`harvester.mail`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from catalogue.errors import InvalidMail

#: RFC 5321, section 4.5.3.1.3: a path has 256 octets with its brackets.
_LONGEST_ADDRESS: Final = 254
#: RFC 5321, section 4.5.3.1.1.
_LONGEST_LOCAL: Final = 64
#: One address and no more: no display name, no comment, no quotes, nothing that could end a header.
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
#: What would end a header or a line, or is not seen.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]+")
#: The same, but for the ends of lines.
_CONTROL_IN_TEXT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
_LONGEST_SUBJECT: Final = 250
#: Base64 and quoted-printable alone: every server takes them.
_POLICY: Final = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter to one person.

    Raises:
        InvalidMail: `to` is not one address of the form name@host.
    """

    to: str
    subject: str
    text: str
    #: BCP 47.
    language: str = "en"
    #: Where its reader ends such letters, by POST at once (RFC 8058); empty: nowhere.
    unsubscribe: str = ""
    #: It holds what lets its reader in: its text is not kept once it has been delivered.
    confidential: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "to", normal_address(self.to))
        subject = _CONTROL.sub(" ", self.subject).strip()[:_LONGEST_SUBJECT]
        object.__setattr__(self, "subject", subject)
        text = self.text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
        object.__setattr__(self, "text", _CONTROL_IN_TEXT.sub("", text))
        object.__setattr__(self, "unsubscribe", _CONTROL.sub("", self.unsubscribe))


def normal_address(typed: str) -> str:
    """One address of the form name@host, its host in ASCII and small letters.

    Raises:
        InvalidMail: it is none.
    """
    address = typed.strip()
    if not _ADDRESS.fullmatch(address):
        raise InvalidMail("not a mail address of the form name@example.org")
    local, _, host = address.rpartition("@")
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise InvalidMail("the host of the mail address is not a name of the Internet") from error
    if not local.isascii():
        raise InvalidMail("before the @ only letters from a to z, digits and signs can be written to")
    labels = host.split(".")
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    if dots or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):  # noqa: PLR2004 - example.org
        raise InvalidMail("not a mail address of the form name@example.org")
    if len(local) > _LONGEST_LOCAL or len(local) + 1 + len(host) > _LONGEST_ADDRESS:
        raise InvalidMail("the mail address is longer than mail addresses may be")
    return f"{local}@{host}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes."""

    name: str
    address: str
    #: Where answers go; empty: to the sender.
    reply_to: str = ""


def composed(mail: Mail, sender: Sender, *, key: str, at: datetime) -> EmailMessage:
    """The message as it goes over the wire (RFC 5322), marked as written by a machine (RFC 3834).

    Its Message-ID is made from the `key`.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(_CONTROL.sub(" ", sender.name), addr_spec=sender.address)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{key}@{sender.address.rpartition('@')[2]}>"
    if sender.reply_to and sender.reply_to != sender.address:
        message["Reply-To"] = Address(addr_spec=sender.reply_to)
    message["Auto-Submitted"] = "auto-generated"
    # What answers by itself at Microsoft's servers heeds this alone.
    message["X-Auto-Response-Suppress"] = "All"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message["Content-Language"] = mail.language
    return message
