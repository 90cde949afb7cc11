"""Connections to the public internet alone: a catalogue must not lead into the operator's network.

The check is made on the very address that is then connected to, so that a name which changes its
address between two looks (DNS rebinding) gains nothing.
"""

import ipaddress
import socket

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from startwin.errors import FetchError

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""The only IPv6 addresses that the internet routes (RFC 4291)."""

_CARRIERS = tuple(
    ipaddress.IPv6Network(network)
    for network in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
"""IPv6 addresses that lead to the IPv4 address in their last 32 bits (RFCs 4291, 6052, 8215)."""

_INNER = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "3fff::/20")
)
"""What older tables take for public: two are where clouds keep their machines' secrets."""


def is_public(address: str) -> bool:
    """Whether an IP address can belong to a host of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in _CARRIERS):
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip.sixtofour is not None:
            ip = ip.sixtofour
        elif ip not in _GLOBAL_UNICAST:
            return False
    return ip.is_global and not (ip.is_multicast or any(ip in network for network in _INNER))


class _Guarded(HTTPConnection):
    """Overrides where urllib3 makes its sockets, as its own SOCKS connections do."""

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self.host.strip("[]"), self.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise NameResolutionError(self.host, self, socket.gaierror(*error.args)) from error
        except UnicodeError:  # a part of the name is empty, or too long
            raise FetchError(f"{self.host[:100]} is no host's name") from None
        public = [str(place[4][0]) for place in found if is_public(str(place[4][0]))]
        if not public:
            raise FetchError(
                f"{self.host} is a private address: --allow-private lets such be fetched from"
            )
        for address in public:
            try:
                return create_connection(
                    (address, self.port),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                failure = error
        raise NewConnectionError(self, f"cannot be reached: {failure}") from failure


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


def guard(manager: PoolManager) -> None:
    """Let a pool of connections reach public addresses only."""
    manager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTlsPool}
