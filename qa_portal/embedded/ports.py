"""Find a port for the web server and hold it, so that nobody takes it between the look and the start."""

from __future__ import annotations

import errno
import socket

TRIES = 100


def take(wanted: int, *, host: str = "127.0.0.1") -> socket.socket:
    """Return a listening socket on the wanted port, or on the next free one."""
    for port in range(wanted, min(wanted + TRIES, 65536)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(256)
        except OSError as error:
            listener.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            continue
        listener.set_inheritable(True)
        return listener
    raise OSError(errno.EADDRINUSE, f"No free port from {wanted} on. Name another with --port.")
