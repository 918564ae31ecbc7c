"""`manage.py up` as a person uses it: real processes, real signals, and what a kill leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_portal.embedded import processes, readiness
from qa_portal.embedded.family import Family
from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.broker


class Up:
    """One run of the command in a folder of its own."""

    def __init__(self, var: Path, *options: str) -> None:
        self.lines: list[str] = []
        self.family = Family(var / "run")
        environment = os.environ | {"QA_VAR": str(var), "DATABASE_URL": "", "REDIS_URL": "", "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", "8700", *options],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.lines.extend(iter(lines.readline, ""))

    def says(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def wait_until_ready(self) -> None:
        until(lambda: self.says("QA Portal is ready") or self.process.poll() is not None, what="ready", seconds=60)
        assert self.process.poll() is None, "".join(self.lines)

    def members(self) -> dict[str, tuple[int, str]]:
        found = self.family._read().get("members", {})
        return {name: (pid, start) for name, (pid, start) in found.items()}

    def living(self) -> list[str]:
        return [name for name, (pid, start) in self.members().items() if processes.is_same(pid, start)]

    def kill(self, name: str) -> None:
        os.kill(self.members()[name][0], signal.SIGKILL)

    def ends(self, *, seconds: float = 40) -> int:
        code = self.process.wait(timeout=seconds)
        self._reader.join(timeout=10)
        return code


@pytest.fixture
def runs() -> Iterator[list[Up]]:
    started: list[Up] = []
    yield started
    for run in started:
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
            run.process.wait()


def begin(runs: list[Up], var: Path, *options: str) -> Up:
    run = Up(var, *options)
    runs.append(run)
    return run


def test_ctrl_c_in_the_terminal_stops_everything_in_order(runs: list[Up], tmp_path: Path) -> None:
    run = begin(runs, tmp_path)
    run.wait_until_ready()
    members = run.members()

    # The terminal sends Ctrl-C to every process of the group at once.
    os.killpg(run.process.pid, signal.SIGINT)
    code = run.ends()

    assert code == 0
    assert sorted(members) == ["broker", "web", "worker"]
    assert [name for name, (pid, start) in members.items() if processes.is_same(pid, start)] == []
    assert [line for line in run.lines if "Traceback" in line or "ConnectionError" in line] == []
    assert not (tmp_path / "run" / "family.json").exists()


def test_a_killed_part_comes_back_and_a_second_run_is_refused(runs: list[Up], tmp_path: Path) -> None:
    run = begin(runs, tmp_path)
    run.wait_until_ready()
    before = run.members()
    port = int(run.family._read()["url"].rpartition(":")[2])

    for name in ("broker", "web", "worker"):
        run.kill(name)

    until(lambda: all(run.members()[name] != before[name] for name in before), what="three new processes")
    until(lambda: sorted(run.living()) == ["broker", "web", "worker"], what="three living processes")
    until(lambda: readiness.web_answers(port), what="the web server answers again")
    second = begin(runs, tmp_path)
    assert second.ends() == 1
    assert second.lines[-1] == (
        f"CommandError: QA Portal already runs from this folder: http://localhost:{port}  "
        "Stop it there first (Ctrl-C).\n"
    )


def test_a_killed_run_leaves_nothing_that_breaks_the_next(runs: list[Up], tmp_path: Path) -> None:
    first = begin(runs, tmp_path)
    first.wait_until_ready()
    orphans = first.members()
    first.process.kill()
    first.ends()

    second = begin(runs, tmp_path, "--once")
    code = second.ends()

    assert (code, "".join(second.lines) if code else "") == (0, "")
    assert [name for name, (pid, start) in orphans.items() if processes.is_same(pid, start)] == []


def test_a_port_in_use_is_left_alone_and_the_next_one_named(runs: list[Up], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        run = begin(runs, tmp_path, "--once", "--port", str(taken))
        code = run.ends()

    assert code == 0
    assert [line for line in run.lines if line.startswith(f"Port {taken} is taken; using ")] != []


def test_a_broker_log_that_cannot_be_read_is_set_aside(runs: list[Up], tmp_path: Path) -> None:
    log = tmp_path / "broker" / "appendonlydir"
    log.mkdir(parents=True)
    (log / "appendonly.aof.manifest").write_text("this is no manifest\n")

    run = begin(runs, tmp_path, "--once")
    code = run.ends()

    assert code == 0
    assert run.says("The broker could not read its own log and starts with an empty one.")


def test_a_demo_that_was_killed_while_it_was_built_begins_again_and_ends_with_its_counts(
    runs: list[Up], tmp_path: Path
) -> None:
    size = ("--demo", "--once", "--scale", "small", "--weeks", "2")
    first = begin(runs, tmp_path, *size)
    until(lambda: first.says("Week  2 of") or first.process.poll() is not None, what="the second week", seconds=90)
    os.killpg(first.process.pid, signal.SIGKILL)
    first.ends()

    second = begin(runs, tmp_path, *size)
    code = second.ends(seconds=120)

    assert (code, second.lines if code else []) == (0, [])
    assert second.says("An earlier demo was cut off while it was built; beginning again.")
    counts = json.loads(second.lines[-1])
    assert sorted(counts) == [
        "conversations", "picks", "plans_accepted", "plans_proposed", "reviews_published", "seconds",
    ]  # fmt: skip
    assert min(counts["conversations"], counts["picks"], counts["reviews_published"]) > 0
