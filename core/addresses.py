"""Tell the addresses of the open internet from those inside: pure, asked before every outgoing connection."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Where clouds hand out credentials; the one that looks like any other address of the internet is Azure's.
METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254"))
)
# An IPv4 address inside an IPv6 one, behind a translator.
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def is_public(text: str) -> bool:
    """Say whether an address belongs to the open internet, by every name it has."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(one) for one in (address, *_inside(address)))


def _is_public(address: Address) -> bool:
    refused = (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
        or address.is_loopback or address.is_private or address in METADATA
    )  # fmt: skip
    return address.is_global and not refused


def _inside(address: Address) -> list[Address]:
    """Return the IPv4 addresses that an IPv6 address stands for: mapped, 6to4, Teredo, translated."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if any(address in network for network in _NAT64):
        found.append(last)
    return [one for one in found if one is not None]
