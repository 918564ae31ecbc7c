"""Open the house: broker, database, worker, web server, in the order in which they need each other."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from qa_portal.embedded import broker, commands, guard, ports, preparation, readiness
from qa_portal.embedded.child import Child
from qa_portal.embedded.family import Family
from qa_portal.embedded.output import Output
from qa_portal.embedded.step import Step
from qa_portal.embedded.supervisor import DoesNotStart, Supervisor


class NotHere(Exception):
    """The demo may not be built on this database; the sentence says why."""


class StepFailed(Exception):
    """The demo could not be built; it has said why."""


class House:
    """All processes of the product on one machine."""

    def __init__(self, *, port: int, quiet: bool, write: Callable[[str], None]) -> None:
        self.wanted_port = port
        self.quiet = quiet
        self.write = write
        self.url = ""
        # Held open for as long as the house stands: a web server that is started again finds it where it was.
        self.listener: socket.socket | None = None
        self.family = Family(settings.VAR / "run")
        self.supervisor = Supervisor(family=self.family, say=write)
        self.worker_name = f"up-{os.getpid()}@localhost"

    def run(self, *, once: bool, demo: list[str] | None = None) -> None:
        """Start everything, build the demo with its options if there are any, and stay until asked to stop."""
        last_line = ""
        for name in self.family.claim():
            self.write(f"Ended the {name} that a killed run had left.")
        with self.supervisor.signals():
            try:
                self._open(demo=demo is not None)
                if demo is not None:
                    last_line = self._build_demo(demo, once=once)
                if not once:
                    self._stay()
            finally:
                self.supervisor.stop()
                self.family.release()
                if self.listener is not None:
                    self.listener.close()
        if last_line:
            self.write(last_line)

    def _open(self, *, demo: bool) -> None:
        if demo and (why_not := guard.why_not_demo()):
            raise NotHere(why_not)
        chosen = self._start_broker()
        preparation.prepare_database(self.write)
        if demo:
            self._begin_again_if_cut_off(chosen)
        preparation.prepare_static_files(self.write)
        self.listener = ports.take(self.wanted_port)
        self._start_worker()
        port = self._start_web(self.listener)
        ready = {"web": False, "worker": False}

        def everything_answers() -> bool:
            ready["web"] = ready["web"] or readiness.web_answers(port)
            ready["worker"] = ready["worker"] or readiness.worker_answers(self.worker_name)
            return all(ready.values())

        self.supervisor.watch(until=everything_answers, patience=4)

    def _begin_again_if_cut_off(self, chosen: broker.Broker) -> None:
        from qa_portal.embedded import afresh  # brings the whole demo with it, which nobody else needs

        if afresh.was_cut_off():
            self.write("An earlier demo was cut off while it was built; beginning again.")
            afresh.clear()
            chosen.forget()
            preparation.prepare_database(self.write)

    def _start_broker(self) -> broker.Broker:
        folder = settings.VAR / "broker"
        folder.mkdir(parents=True, exist_ok=True)
        chosen = broker.choose(outside=settings.REDIS_URL, socket=settings.BROKER_SOCKET, folder=folder)
        if not chosen.command:
            return chosen
        if chosen.answers():
            chosen.end()
        child = self._child("broker", list(chosen.command))
        self.supervisor.add(child)
        try:
            self.supervisor.watch(until=chosen.answers, patience=2)
        except DoesNotStart:
            aside = broker.set_aside(folder)
            folder.mkdir()
            child.crashes = 0
            self.write(f"The broker could not read its own log and starts with an empty one. The old one: {aside}")
            self.supervisor.watch(until=chosen.answers, patience=2)
        return chosen

    def _start_worker(self) -> None:
        self.supervisor.add(self._child("worker", commands.worker(name=self.worker_name)))

    def _start_web(self, listener: socket.socket) -> int:
        port: int = listener.getsockname()[1]
        if port != self.wanted_port:
            self.write(f"Port {self.wanted_port} is taken; using {port}.")
        self.url = f"http://localhost:{port}"
        self.family.set_url(self.url)
        command = commands.web(
            listener=listener.fileno(),
            processes=1 if connection.vendor == "sqlite" else 2,
            shows_requests=not self.quiet,
        )
        self.supervisor.add(self._child("web", command, pass_fds=(listener.fileno(),)))
        return port

    def _build_demo(self, options: list[str], *, once: bool) -> str:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", *options]
        command += ["--once"] if once else []
        step = Step(
            command, folder=settings.BASE_DIR, environment=self._environment(), keep=self.write if once else None
        )
        self.family.remember("demo", step.pid)
        try:
            self.supervisor.watch(until=lambda: step.is_done)
        finally:
            step.stop()
        if step.code:
            raise StepFailed(f"The demo could not be built; the reason is above, more in {settings.VAR / 'log'}.")
        return step.kept

    def _stay(self) -> None:
        # Not before: a demo lives through its weeks by itself; the clock would draw the later ones too early.
        self.supervisor.add(self._child("clock", commands.clock(folder=settings.VAR / "run")))
        self.write(f"\nQA Portal is ready: {self.url}   (Ctrl-C stops everything; logs: {settings.VAR / 'log'})")
        try:
            self.supervisor.watch(until=lambda: False)
        finally:
            self.write("Stopping …")

    def _child(self, name: str, command: list[str], *, pass_fds: tuple[int, ...] = ()) -> Child:
        output = Output(name, folder=settings.VAR / "log", write=None if self.quiet else self.write)
        return Child(
            name, command, output, environment=self._environment(), folder=settings.BASE_DIR, pass_fds=pass_fds
        )

    def _environment(self) -> dict[str, str]:
        # Links in mails follow the port that was free, unless the person set an address.
        address = {"QA_SITE_URL": self.url} if settings.SITE_URL == settings.NEWCOMER_URL else {}
        return {"PYTHONUNBUFFERED": "1"} | address
