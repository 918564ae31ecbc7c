"""The product's processes for tests that kill them: broker, worker and web of their own, on the test database.

`house.worker.kill()` is kill -9 of a part with its children; `house.start()` starts what does not run;
`house.send(…)` sends a task as the clock does; `house.stop_before(…)` lets whoever comes to a statement stand still in
front of it. Nothing is started again that a test did not ask for.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest
from django.conf import settings

from qa_portal.celery import app
from qa_portal.embedded import broker as brokers
from qa_portal.embedded import commands, readiness
from tests.support import machine
from tests.support.background import ROOT, environment
from tests.support.waiting import until


@dataclass
class Part:
    """One process with its children, that is killed as a power cut would and started again."""

    name: str
    command: Sequence[str]
    folder: Path
    environment: dict[str, str]
    is_ready: Callable[[], bool]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    # How long its log was when it was last started.
    before: int = 0

    @property
    def log(self) -> Path:
        """Return where its words go."""
        return self.folder / f"{self.name}.log"

    @property
    def is_alive(self) -> bool:
        """Say whether it runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers."""
        if not self.is_alive:
            self.before = self.log.stat().st_size if self.log.exists() else 0
            with self.log.open("ab") as output:
                self.process = subprocess.Popen(
                    self.command, cwd=ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT,
                    pass_fds=self.pass_fds, start_new_session=True,
                )  # fmt: skip
        until(self._answers, what=f"the {self.name} to answer", seconds=60, tell=self.said)

    def kill(self) -> None:
        """End it and its children at once: kill -9."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def said_since_start(self) -> str:
        """Return what it said since it was last started."""
        return self.log.read_bytes()[self.before :].decode(errors="replace")

    def said(self) -> str:
        """Return the last of what it said."""
        return self.said_since_start()[-4000:]

    def _answers(self) -> bool:
        if not self.is_alive:
            pytest.fail(f"the {self.name} ended by itself:\n{self.said()}", pytrace=False)
        return self.is_ready()


class House:
    """A broker that writes its log to disk, one worker and one web server. Nobody starts again what a test kills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "broker.sock"
        self.around = environment() | {
            "DJANGO_SETTINGS_MODULE": "tests.support.disturbed_settings",
            "QA_VAR": str(folder),
            "QA_SECRET_KEY": settings.SECRET_KEY,
        }
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.port: int = self.listener.getsockname()[1]
        self.node = f"house{os.getpid()}@here"
        self.broker = self._broker()
        self.worker = self._part("worker", commands.worker(name=self.node), self._worker_answers)
        listening = self.listener.fileno()
        web = commands.web(listener=listening, processes=1, shows_requests=False)
        self.web = self._part("web", web, lambda: readiness.web_answers(self.port), pass_fds=(listening,))
        self.parts = (self.broker, self.worker, self.web)

    def start(self) -> None:
        """Start what does not run."""
        for part in self.parts:
            part.start()

    def end(self) -> None:
        """End everything and leave nothing behind."""
        for part in self.parts:
            part.kill()
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop_before(self, statement: str) -> None:
        """Let the first process that comes to a statement which begins like this stop itself in front of it."""
        (self.folder / "stopped").unlink(missing_ok=True)
        told = self.folder / "stop-before.new"
        told.write_text(statement)
        told.rename(self.folder / "stop-before")

    def wait_for_the_stop(self) -> None:
        """Return when a process stands still in front of that statement."""
        until(self._has_stopped, what="a process to come to the statement", seconds=60, tell=self.worker.said)

    def go_on(self) -> None:
        """Let the process that stands still go on."""
        os.kill(self._stopped(), signal.SIGCONT)

    def set_clock_back(self, seconds: float) -> None:
        """Let what is started from now on live so long ago; 0 puts the clock right."""
        (self.folder / "clock-back").write_text(str(seconds))

    def send(self, task: str, *args: Any, queue: str) -> None:
        """Send a task by its name, as the clock does."""
        with app.connection_for_write(self.broker_url) as connection:
            app.send_task(task, args=args, queue=queue, connection=connection)

    def done(self, task: str) -> int:
        """Return how often the worker has done a task since it was last started."""
        return sum(task in line and " succeeded in " in line for line in self.worker.said_since_start().splitlines())

    def taken(self, task: str) -> int:
        """Return how often the worker has taken a task up since it was last started."""
        return sum(
            task in line and line.rstrip().endswith(" received") for line in self.worker.said_since_start().splitlines()
        )

    def post(self, path: str, token: str, *, fields: dict[str, str], file: bytes, name: str) -> tuple[int, Any]:
        """Upload a file over the API; its status and answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/{path}",
            data=form(fields, file=file, name=name),
            headers={"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)

    def ask(self, path: str, token: str) -> int:
        """Ask for something over the API that takes no words; the status of the answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/{path}",
            data=b"{}",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)

    def attempt(self, path: str, token: str) -> None:
        """Ask for something while the house falls down; there need be no answer."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.ask(path, token)

    def get(self, path: str, token: str) -> Any:
        """Read something over the API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/{path}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def _stopped(self) -> int:
        told = self.folder / "stopped"
        return int(told.read_text() or 0) if told.exists() else 0

    def _has_stopped(self) -> bool:
        return (pid := self._stopped()) > 0 and psutil.Process(pid).status() == psutil.STATUS_STOPPED

    @property
    def broker_url(self) -> str:
        """Return the address of the broker."""
        return f"redis+socket://{quote(str(self.socket))}?virtual_host=0"

    def _part(
        self, name: str, command: Sequence[str], is_ready: Callable[[], bool], *, pass_fds: tuple[int, ...] = ()
    ) -> Part:
        return Part(name, command, self.folder, self.around, is_ready, pass_fds)

    def _broker(self) -> Part:
        program = brokers.program_here()
        if program is None:
            machine.lacks("a Valkey or Redis server")
        folder = self.folder / "broker"
        folder.mkdir()
        known = brokers.Broker(f"unix://{quote(str(self.socket))}")
        return self._part("broker", brokers.command(program, socket=self.socket, folder=folder), known.answers)

    def _worker_answers(self) -> bool:
        """Say whether this run of the worker has said that it is ready."""
        return f"{self.node} ready." in self.worker.said_since_start()


BOUNDARY = "a-boundary-that-no-file-holds"


def form(fields: dict[str, str], *, file: bytes, name: str) -> bytes:
    """Return the body of a form with a file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return b"".join([*parts, head, file, f"\r\n--{BOUNDARY}--\r\n".encode()])


@pytest.fixture(scope="session")
def _house(django_db_setup: None) -> Iterator[House]:
    house = House(Path(tempfile.mkdtemp(prefix="qa-house-")))
    yield house
    house.end()


@pytest.fixture
def house(_house: House, transactional_db: None) -> House:
    """Return the house with all its parts running. One house serves the whole run; what a test killed is started."""
    _house.start()
    return _house
