"""The envelope of every answer (OAI-PMH 2.0, section 3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from catalogue import namespaces as ns
from catalogue.oai_record import utc
from catalogue.xml import escape, escape_attribute
from endpoint.oai_pmh.arguments import Pairs
from endpoint.oai_pmh.errors import OaiError
from endpoint.transport.deflated import Part

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OPENING: Final = (
    f'<OAI-PMH xmlns="{ns.OAI}" xmlns:xsi="{ns.XSI}"'
    f' xsi:schemaLocation="{ns.OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"><responseDate>'
)
_CLOSING: Final = "</OAI-PMH>\n"


def answer(
    verb: str, content: Iterable[Part], *, response_date: int, pairs: Pairs, base_url: str
) -> Sequence[Part]:
    """A whole answer: the content of the element that is named for the verb, in its envelope."""
    begin = opening(verb, response_date=response_date, pairs=pairs, base_url=base_url)
    return begin, *content, closing(verb)


def opening(verb: str, *, response_date: int, pairs: Pairs, base_url: str) -> bytes:
    """Everything before the content of the element that is named for the verb."""
    begin = f"{_prolog(base_url)}{_OPENING}{utc(response_date)}</responseDate>"
    return f"{begin}{_request(pairs, base_url)}<{verb}>".encode()


def closing(verb: str) -> bytes:
    """Everything behind it."""
    return f"</{verb}>{_CLOSING}".encode()


def error_answer(error: OaiError, *, response_date: int, pairs: Pairs, base_url: str) -> bytes:
    """An answer that tells an error, or several; where the arguments are illegal, it does not repeat them."""
    request = _request(pairs if error.echo else (), base_url)
    told = "".join(
        f'<error code="{error.code}">{escape(message)}</error>' for message in (str(error), *error.others)
    )
    begin = f"{_prolog(base_url)}{_OPENING}{utc(response_date)}</responseDate>{request}"
    return f"{begin}{told}{_CLOSING}".encode()


@lru_cache(8)
def _prolog(base_url: str) -> str:
    """The XML declaration, and the style sheet by which a browser shows the answer to a person."""
    href = f"{urlsplit(base_url).path}/stylesheet.xsl"
    return f'{_DECLARATION}<?xml-stylesheet type="text/xsl" href="{escape_attribute(href)}"?>\n'


def _request(pairs: Pairs, base_url: str) -> str:
    attributes = "".join(f' {name}="{escape_attribute(value)}"' for name, value in pairs)
    return f"<request{attributes}>{escape(base_url)}</request>"
