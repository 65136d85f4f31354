"""GetCapabilities of CSW 2.0.2 and 3.0.0: version, addresses, and what may be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from catalogue.errors import AnswerUnreadable, HarvestError, HttpFailure, ProtocolFailure, SourceBusy
from catalogue.namespaces import CSW, CSW30, XLINK
from catalogue.xml import local_name
from harvester.clients import soap
from harvester.clients.answers import read_xml, unreadable
from harvester.clients.csw_answer import require_no_report
from harvester.clients.csw_request import GET, POST, SOAP, V2, V3, bare
from harvester.http import HarvestSession

_VERSIONS: Final = {CSW: V2, CSW30: V3}
#: HTTP statuses that say something of the method or the request, not of the address.
_ABOUT_THE_REQUEST: Final = frozenset({400, 405, 406, 411, 415, 500, 501})


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server says of itself, as far as we have to know it."""

    #: As in the document: a server may answer in another version than the one asked for.
    version: str
    title: str = ""
    #: Advertised for GetRecords, as sent; empty where not.
    get_url: str = ""
    post_url: str = ""
    #: Advertised as taking SOAP (PostEncoding of OGC 07-006r1, section 10.3.2).
    soap_url: str = ""
    #: It was told in an envelope of SOAP, and in no other way.
    by_soap: bool = False
    output_schemas: tuple[str, ...] = ()
    typenames: tuple[str, ...] = ()
    #: Values of every constraint of GetRecords and of the service as a whole: queryables among them.
    constraints: tuple[str, ...] = ()


def ask_capabilities(base_url: str, session: HarvestSession, version: str = "") -> Capabilities:
    """Ask by GET, where that is not understood by POST, and by SOAP, for 2.0.2 and then for 3.0.0.

    Args:
        base_url: as registered; where it holds a request already, that is written anew.
        session: asks.
        version: the only one to ask for; empty: as above.

    Raises:
        HarvestError: the first failure.
    """
    first: HarvestError | None = None
    for wanted in (version,) if version else (V2, V3):
        for method in (GET, POST, SOAP):
            try:
                return _asked(base_url, session, wanted, method)
            except (ProtocolFailure, AnswerUnreadable) as error:
                first = first or error
            except HttpFailure as error:
                if error.status not in _ABOUT_THE_REQUEST:
                    raise first or error from None
                first = first or error
    raise first if first is not None else AnswerUnreadable("no version of CSW was asked for")


def in_other_version(known: Capabilities, base_url: str, session: HarvestSession) -> Capabilities | None:
    """The same in the version that has not been asked for; None where nothing is to be had in it.

    Why is no matter: what counts is what was said in the version that the server does speak.

    Raises:
        SourceBusy: it wants a pause; then it may be asked again.
    """
    wanted = V2 if known.version == V3 else V3
    try:
        found = ask_capabilities(base_url, session, wanted)
    except SourceBusy:
        raise
    except HarvestError:
        return None
    return found if found.version == wanted else None


def _asked(base_url: str, session: HarvestSession, version: str, method: str) -> Capabilities:
    pairs = {"service": "CSW", "version": version, "request": "GetCapabilities"}
    if version == V3:
        pairs["acceptVersions"] = V3
    address = bare(base_url, pairs)
    if method == GET:
        answer = session.fetch(GET, address, params=pairs)
    elif method == POST:
        headers = {"Content-Type": "text/xml", "Accept": "application/xml, text/xml"}
        answer = session.fetch(POST, address, data=_document(version), headers=headers)
    else:
        headers = {"Content-Type": f"{soap.MEDIA_TYPE}; charset=utf-8", "Accept": soap.MEDIA_TYPE}
        answer = session.fetch(POST, address, data=soap.wrapped(_document(version)), headers=headers)
    root = soap.opened(read_xml(answer, mend=True).root)
    require_no_report(root)
    answer.require_success()
    namespace, _, name = str(root.tag).lstrip("{").partition("}")
    if name != "Capabilities" or namespace not in _VERSIONS:
        raise unreadable(answer, f"not csw:Capabilities but {root.tag!s}")
    return replace(read_capabilities(root, bare(base_url)), by_soap=method == SOAP)


def _document(version: str) -> bytes:
    own, ows = (
        (CSW30, "http://www.opengis.net/ows/2.0") if version == V3 else (CSW, "http://www.opengis.net/ows")
    )
    return (
        f'<csw:GetCapabilities xmlns:csw="{own}" xmlns:ows="{ows}" service="CSW"><ows:AcceptVersions>'
        f"<ows:Version>{version}</ows:Version></ows:AcceptVersions></csw:GetCapabilities>"
    ).encode()


def read_capabilities(root: etree._Element, base_url: str) -> Capabilities:
    """What stands in csw:Capabilities; OWS 1.0, 1.1 and 2.0 differ in namespace and little else."""
    get_records = next(
        (found for found in root.iter("{*}Operation") if (found.get("name") or "").lower() == "getrecords"),
        None,
    )
    version = _VERSIONS[str(root.tag).lstrip("{").partition("}")[0]]
    title = " ".join((root.findtext("{*}ServiceIdentification/{*}Title") or "").split())
    of_service = root.findall("{*}OperationsMetadata/{*}Constraint")
    posts = [] if get_records is None else get_records.findall("{*}DCP/{*}HTTP/{*}Post")
    if get_records is None:
        return Capabilities(version, title, constraints=tuple(_values(of_service)))
    return Capabilities(
        version,
        title,
        get_url=_absolute(base_url, get_records.findall("{*}DCP/{*}HTTP/{*}Get")),
        post_url=_absolute(base_url, [one for one in _plain_first(posts) if not _is_soap_alone(one)]),
        soap_url=_absolute(base_url, [one for one in posts if "soap" in _encodings_of(one)]),
        output_schemas=tuple(_values(_named(get_records, "outputschema"))),
        typenames=tuple(_values(_named(get_records, "typenames"))),
        constraints=tuple(_values([*get_records.findall("{*}Constraint"), *of_service])),
    )


def _named(operation: etree._Element, name: str) -> list[etree._Element]:
    return [one for one in operation.findall("{*}Parameter") if (one.get("name") or "").lower() == name]


def _values(holders: list[etree._Element]) -> Iterator[str]:
    for holder in holders:
        for value in holder.iter("{*}Value"):
            text = (value.text or "").strip()
            if text:
                yield text


def _plain_first(posts: list[etree._Element]) -> list[etree._Element]:
    """Addresses that take plain XML before those that take SOAP or do not say."""
    return sorted(posts, key=lambda post: "xml" not in _encodings_of(post))


def _is_soap_alone(post: etree._Element) -> bool:
    return _encodings_of(post) == {"soap"}


def _encodings_of(post: etree._Element) -> set[str]:
    """What an address says that it takes, in small letters."""
    named = [one for one in post if local_name(one) == "Constraint"]
    wanted = [one for one in named if (one.get("name") or "").lower() == "postencoding"]
    return {value.lower() for value in _values(wanted)}


def _absolute(base_url: str, methods: list[etree._Element]) -> str:
    for method in methods:
        advertised = (method.get(f"{{{XLINK}}}href") or "").strip()
        try:
            return urljoin(base_url, advertised) if advertised else ""
        except ValueError:
            return ""
    return ""
