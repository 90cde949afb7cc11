"""Which addresses are of the public internet: a catalogue must not lead into one's own network."""

import ipaddress

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
