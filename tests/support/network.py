"""Close every socket that does not stay on this machine."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

HERE = {"localhost", "", "0.0.0.0", "::"}


class LeavesTheMachine(RuntimeError):
    """A test tried to reach another machine."""


def stays_here(address: Any) -> bool:
    """Say whether an address is a Unix socket or loopback."""
    if not isinstance(address, tuple):
        return True
    host = address[0] or ""
    if host in HERE:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def close_the_network(patch: pytest.MonkeyPatch) -> None:
    """Refuse connections to, and names of, other machines."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guard(address: Any) -> None:
        if not stays_here(address):
            raise LeavesTheMachine(f"Tests stay on this machine; this one wanted {address!r}.")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        guard(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        guard(address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        guard((name, 0))
        return look_up(host, *args, **options)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
