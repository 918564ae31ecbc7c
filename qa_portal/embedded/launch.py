"""Become another program that ends with its parent and leaves Ctrl-C to it.

Run by its path, outside Django: launch.py PARENT PROGRAM ARGUMENT…
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Set what survives exec, then exec."""
    # The terminal sends Ctrl-C to the whole group at once. Blocked here, it reaches the supervisor only,
    # which stops the family in order: nobody talks to a broker that has already gone.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("The supervisor is gone.")
    os.execv(command[0], command)  # noqa: S606  (the family names its own programs)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
