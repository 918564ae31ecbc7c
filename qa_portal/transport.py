"""Redis as Celery's broker, with one mend: a worker that loses its broker in the middle of a task stays.

Kombu closes the lost connection and then wants to use it again: to give back the messages that are being worked on, and
later to acknowledge them when their tasks have ended. A channel whose connection has gone fails there with an
AttributeError, which no caller expects, and the worker shuts down. Said as the loss that it is, every caller knows what
to do: the worker connects again, and the message comes back after the visibility timeout. Every task may run twice.
"""

from __future__ import annotations

from typing import Any

import redis
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.redis import Channel as RedisChannel
from kombu.transport.redis import Transport as RedisTransport

GONE = "The connection to the broker has gone; this message will be delivered again."


class Channel(RedisChannel):
    """A channel that says so when its connection has gone."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise redis.ConnectionError(GONE)
        return super()._connparams(asynchronous=asynchronous)


class Transport(RedisTransport):
    """Kombu's own, with our channel."""

    Channel = Channel


def install() -> None:
    """Let every address of a Redis or Valkey lead to this transport."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
