"""What Identify says of the repository (OAI-PMH 2.0, section 4.2), and its description containers.

http://www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm, guidelines-eprints.htm,
guidelines-friends.htm, guidelines-branding.htm, and the toolkit schema. Each claim is computed: policies from
the settings, friends from the sources, compression from what the application does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from catalogue import namespaces as ns
from catalogue import oai_identifier
from catalogue.oai_record import utc
from catalogue.release import release
from catalogue.settings import Settings
from catalogue.xml import escape

_OAI: Final = "http://www.openarchives.org/OAI"
_ICON: Final = "/static/mark.svg"


class Identity:
    """What a repository says of itself, as far as its settings say it."""

    def __init__(self, settings: Settings, base_url: str, compression: Iterable[str]) -> None:
        before = (
            ("repositoryName", settings.repository_name),
            ("baseURL", base_url),
            ("protocolVersion", "2.0"),
            ("adminEmail", settings.admin_email),
        )
        behind = (
            ("deletedRecord", "persistent"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
            *(("compression", coding) for coding in compression),
        )
        self._before = "".join(_elements(before))
        self._behind = "".join(
            (*_elements(behind), _description(_identifiers(settings)), _description(_policies(settings)))
        )
        self._end = _description(_branding(settings)) + _description(_toolkit())

    def content(self, *, earliest: int, friends: Iterable[str]) -> bytes:
        """The content of the Identify element.

        Args:
            earliest: no list has an earlier datestamp.
            friends: the repositories that we harvest.
        """
        dated = f"<earliestDatestamp>{utc(earliest)}</earliestDatestamp>"
        known = _description(_friends(friends))
        return f"{self._before}{dated}{self._behind}{known}{self._end}".encode()


def _description(container: str) -> str:
    return f"<description>{container}</description>" if container else ""


def _elements(said: Iterable[tuple[str, str]]) -> list[str]:
    return [f"<{name}>{escape(text)}</{name}>" for name, text in said if text]


def _container(name: str, namespace: str, schema: str, inside: Iterable[str]) -> str:
    return f'<{name} xmlns="{namespace}" xsi:schemaLocation="{namespace} {schema}">{"".join(inside)}</{name}>'


def _identifiers(settings: Settings) -> str:
    said = (
        ("scheme", "oai"),
        ("repositoryIdentifier", settings.repository_identifier),
        ("delimiter", ":"),
        ("sampleIdentifier", oai_identifier.mint(settings.repository_identifier, "source", "identifier")),
    )
    return _container("oai-identifier", ns.OAI_IDENTIFIER, f"{_OAI}/2.0/oai-identifier.xsd", _elements(said))


def _policies(settings: Settings) -> str:
    """What there is, and under which terms; nothing where the settings have not the two that must be."""
    if not (settings.metadata_policy and settings.data_policy):
        return ""
    policies = (
        ("content", settings.content_policy),
        ("metadataPolicy", settings.metadata_policy),
        ("dataPolicy", settings.data_policy),
        ("submissionPolicy", settings.submission_policy),
    )
    inside = (f"<{name}><text>{escape(text)}</text></{name}>" for name, text in policies if text)
    return _container("eprints", f"{_OAI}/1.1/eprints", f"{_OAI}/1.1/eprints.xsd", inside)


def _friends(base_urls: Iterable[str]) -> str:
    """The repositories that we harvest: whoever harvests us may want to know them."""
    inside = _elements(("baseURL", base_url) for base_url in base_urls)
    if not inside:
        return ""
    return _container("friends", f"{_OAI}/2.0/friends/", f"{_OAI}/2.0/friends.xsd", inside)


def _branding(settings: Settings) -> str:
    icon = (
        ("url", f"{settings.public_url}{_ICON}"),
        ("link", f"{settings.public_url}/"),
        ("title", settings.repository_name),
    )
    inside = ("<collectionIcon>", *_elements(icon), "</collectionIcon>")
    return _container("branding", f"{_OAI}/2.0/branding/", f"{_OAI}/2.0/branding.xsd", inside)


def _toolkit() -> str:
    namespace = "http://oai.dlib.vt.edu/OAI/metadata/toolkit"
    said = (("title", "Clearinghouse"), ("version", release()))
    return _container(
        "toolkit", namespace, "http://oai.dlib.vt.edu/OAI/metadata/toolkit.xsd", _elements(said)
    )
