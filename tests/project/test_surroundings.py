"""The tests' own surroundings: closed network, fixed clock, bytes of each test's own, real broker and worker."""

from __future__ import annotations

import os
import secrets
import socket
import uuid

import pytest
import redis
from django.utils import timezone

from qa_portal.celery import app
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.support.background import Worker
from tests.support.entropy import SEED, numbers, stream
from tests.support.network import LeavesTheMachine, stays_here
from tests.support.waiting import until


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        (("127.0.0.1", 80), True),
        (("localhost", 80), True),
        (("::1", 80, 0, 0), True),
        ("/var/run/some.sock", True),
        (("192.0.2.1", 80), False),
        (("example.org", 443), False),
    ],
)
def test_only_loopback_and_unix_sockets_count_as_this_machine(address: object, answer: bool) -> None:
    assert stays_here(address) is answer


def test_a_connection_to_another_machine_is_refused() -> None:
    with pytest.raises(LeavesTheMachine):
        socket.create_connection(("192.0.2.1", 80))


def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(LeavesTheMachine):
        socket.getaddrinfo("example.org", 443)


def test_the_clock_stands_still() -> None:
    assert timezone.now() == NOW


def test_random_bytes_follow_from_the_name_of_the_test_and_no_two_are_alike(request: pytest.FixtureRequest) -> None:
    def some() -> list[bytes]:
        return [os.urandom(16), secrets.token_bytes(16), secrets.token_hex(8).encode(), uuid.uuid4().bytes]

    runs = []
    for name in (request.node.nodeid, request.node.nodeid, "another test"):
        stream.begin(name)
        runs.append(some() + some())

    assert (runs[0] == runs[1], len(set(runs[0] + runs[2]))) == (True, 16)


@pytest.mark.parametrize("_time", [1, 2])
def test_each_test_counts_from_the_beginning(_time: int) -> None:
    made = [UserFactory.build().email, UserFactory.build().email, next(numbers), next(numbers)]

    assert len(set(made)) == 4
    assert SEED != "" or made == ["person100@example.com", "person101@example.com", 101, 102]


@pytest.mark.broker
@pytest.mark.django_db(transaction=True)
def test_a_new_worker_takes_what_a_killed_one_left(celery_worker_real: Worker, broker: redis.Redis) -> None:
    celery_worker_real.kill()
    app.send_task("celery.backend_cleanup", queue="default")
    queued = broker.llen("default")

    celery_worker_real.start()

    until(lambda: broker.llen("default") == 0, what="the new worker takes the task")
    assert queued == 1
