"""The address guard: which addresses may be connected to, decided on the address that is connected to.

A check of the host name at registration would be worth little: names resolve differently a second later
(DNS rebinding), servers redirect, and capabilities documents hand out URLs. So the guard sits where the
socket is made, resolves once, and connects to the very address it has judged.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, TypeAlias

from catalogue.errors import AddressRefused, SourceUnreachable
from harvester.http.deadline import Deadline

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

#: RFC 6052: an IPv4 address in the last 32 bits, as NAT64 gateways use it.
_NAT64: Final = IPv6Network("64:ff9b::/96")
#: RFC 4291, section 2.5.5.1: the deprecated IPv4-compatible form.
_IPV4_COMPATIBLE: Final = IPv6Network("::/96")
#: What `ipaddress` takes for global, or did before Python 3.12, and a public source never has.
_NEVER: Final[tuple[Network, ...]] = (
    ip_network("0.0.0.0/8"),
    ip_network("100.64.0.0/10"),
    ip_network("192.0.0.0/24"),
    ip_network("192.88.99.0/24"),
    ip_network("::/8"),
    ip_network("64:ff9b:1::/48"),
    ip_network("100::/64"),
    ip_network("2001::/32"),
    ip_network("2001:db8::/32"),
    ip_network("3fff::/20"),
    ip_network("5f00::/16"),
    ip_network("fec0::/10"),
)


def embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, 6to4, NAT64 or IPv4-compatible."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class AddressGuard:
    """Lets global addresses pass, and those of the networks that the settings allow."""

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)

    def allows(self, address: Address) -> bool:
        """Whether a connection to this address may be made."""
        if self._is_listed(address):
            return True
        inner = embedded(address) if isinstance(address, IPv6Address) else None
        if inner is not None:
            return self._is_listed(inner) or _is_public(inner)
        return _is_public(address)

    def _is_listed(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self._networks)

    def pick(self, host: str, port: int) -> list[tuple[int, Any]]:
        """Resolve a host and return (family, socket address) of each address that may be used.

        Decimal, octal and hexadecimal forms of IPv4 addresses are resolved like names, so what is
        judged is the address that they mean.

        Raises:
            AddressRefused: every address that the name resolves to is forbidden.
            SourceUnreachable: the name does not resolve.
        """
        found = _resolved(host, port)
        usable = [(family, place) for family, place in found if self._allows_place(place)]
        if not usable:
            raise _refusal(host, found)
        return usable

    def judge(self, host: str, port: int, *, unresolved: bool = False) -> None:
        """Judge a host that a proxy will connect to: since it chooses, every address must be allowed.

        The proxy resolves the name once more, and what it gets then is beyond us: docs/settings.md says
        what it has to refuse by itself.

        Args:
            host: a name or an address, in any spelling.
            port: where it will be connected to.
            unresolved: whether a name that does not resolve here is left to the proxy.

        Raises:
            AddressRefused: an address that it resolves to is forbidden.
            SourceUnreachable: the name does not resolve.
        """
        try:
            found = _resolved(host, port)
        except SourceUnreachable:
            if unresolved:
                return
            raise
        if not all(self._allows_place(place) for _, place in found):
            raise _refusal(host, found)

    def _allows_place(self, place: Any) -> bool:
        return self.allows(ip_address(str(place[0])))


def _resolved(host: str, port: int) -> list[tuple[int, Any]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceUnreachable(f"{host}: the name does not resolve") from error
    return [(family, place) for family, _, _, _, place in found]


def _refusal(host: str, found: Sequence[tuple[int, Any]]) -> AddressRefused:
    addresses = ", ".join(sorted({str(place[0]) for _, place in found})) or "nothing"
    called = host if host == addresses else f"{host} is {addresses}"
    return AddressRefused(
        f"{called}: private, local and reserved addresses are not harvested"
        " unless allowed_networks names them"
    )


def _is_public(address: Address) -> bool:
    if any(address.version == network.version and address in network for network in _NEVER):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    )


class Unguarded(AddressGuard):
    """Lets everything pass: for the proxy alone, whose address an operator has set."""

    def allows(self, address: Address) -> bool:  # noqa: ARG002 - the signature is the guard's
        """Any address."""
        return True


def connect(
    host: str,
    port: int,
    guard: AddressGuard,
    deadline: Deadline,
    *,
    options: Sequence[tuple[int, int, int | bytes]] = (),
) -> socket.socket:
    """Connect to the first address of a host that passes the guard and answers.

    Raises:
        AddressRefused: no address of the host may be used.
        SourceUnreachable: none answers, with the cause of the last one.
    """
    last: OSError = OSError("no address")
    for family, place in guard.pick(host, port):
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            for option in options:
                made.setsockopt(*option)
            made.settimeout(deadline.connect_wait())
            made.connect(place)
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise SourceUnreachable(f"{host}:{port}: {_in_words(last)}") from last


def _in_words(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no connection within the time allowed"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    return (error.strerror or str(error) or type(error).__name__).lower()
