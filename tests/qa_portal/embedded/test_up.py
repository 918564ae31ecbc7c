"""`manage.py up` as a person uses it: real processes, real signals, and what a kill leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa_portal.embedded import processes, readiness
from qa_portal.embedded.family import Family
from tests.support import migrated
from tests.support.waiting import until

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.broker


Members = dict[str, tuple[int, str]]


def living(members: Members) -> list[str]:
    return [name for name, (pid, start) in members.items() if processes.is_same(pid, start)]


def same_as(before: Members, run: Up) -> bool:
    return any(member == before.get(name) for name, member in run.members().items())


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
        self.wait_for("QA Portal is ready")
        assert self.process.poll() is None, "".join(self.lines)

    def wait_for(self, words: str) -> None:
        self.wait_for_fact(lambda: self.says(words) or self.process.poll() is not None, words)

    def wait_for_fact(self, fact: Callable[[], bool], words: str) -> None:
        until(fact, what=words, seconds=90, tell=lambda: "".join(self.lines))

    def members(self) -> Members:
        found = self.family._read().get("members", {})
        return {name: (pid, start) for name, (pid, start) in found.items()}

    def living(self) -> list[str]:
        return living(self.members())

    def kill(self, name: str) -> None:
        os.kill(self.members()[name][0], signal.SIGKILL)

    def ends(self, *, seconds: float = 90) -> int:
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


def test_a_lost_part_comes_back_a_second_run_is_refused_and_ctrl_c_ends_it_all(runs: list[Up], tmp_path: Path) -> None:
    migrated.copy_to(tmp_path / "qa_portal.sqlite3")
    run = begin(runs, tmp_path)
    run.wait_until_ready()
    before = run.members()
    port = int(run.family._read()["url"].rpartition(":")[2])

    for name in ("broker", "clock", "web", "worker"):
        run.kill(name)

    run.wait_for_fact(
        lambda: sorted(run.living()) == ["broker", "clock", "web", "worker"] and not same_as(before, run),
        "four new parts",
    )
    run.wait_for_fact(lambda: readiness.web_answers(port), "the web server answers again")
    second = begin(runs, tmp_path)
    assert second.ends() == 1
    assert second.lines[-1] == (
        f"CommandError: QA Portal already runs from this folder: http://localhost:{port}  "
        "Stop it there first (Ctrl-C).\n"
    )

    crashed, members = len(run.lines), run.members()
    # The terminal sends Ctrl-C to every process of the group at once.
    os.killpg(run.process.pid, signal.SIGINT)
    code = run.ends()

    assert code == 0
    assert living(members) == []
    assert [line for line in run.lines[crashed:] if "Traceback" in line or "ConnectionError" in line] == []
    assert not (tmp_path / "run" / "family.json").exists()


def test_nothing_that_a_killed_run_leaves_breaks_the_next(runs: list[Up], tmp_path: Path) -> None:
    migrated.copy_to(tmp_path / "qa_portal.sqlite3")
    first = begin(runs, tmp_path)
    first.wait_until_ready()
    orphans = first.members()
    first.process.kill()
    first.ends()
    first.wait_for_fact(lambda: living(orphans) == [], "the orphans end")
    (tmp_path / "broker" / "appendonlydir" / "appendonly.aof.manifest").write_text("cut off in the middle\n")

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        second = begin(runs, tmp_path, "--once", "--port", str(taken))
        code = second.ends()

    assert (code, second.lines if code else []) == (0, [])
    assert second.says(f"Port {taken} is taken; using ")
    assert second.says("The broker could not read its own log and starts with an empty one.")


def test_a_demo_that_was_killed_while_it_was_built_begins_again_and_ends_with_its_counts(
    runs: list[Up], tmp_path: Path
) -> None:
    migrated.copy_to(tmp_path / "qa_portal.sqlite3")
    size = ("--demo", "--once", "--scale", "small", "--weeks", "1")
    first = begin(runs, tmp_path, *size)
    first.wait_for("Week  1 of")
    os.killpg(first.process.pid, signal.SIGKILL)
    first.ends()

    second = begin(runs, tmp_path, *size)
    code = second.ends(seconds=180)

    assert (code, second.lines if code else []) == (0, [])
    assert second.says("An earlier demo was cut off while it was built; beginning again.")
    counts = json.loads(second.lines[-1])
    assert sorted(counts) == [
        "conversations", "picks", "plans_accepted", "plans_proposed", "reviews_published", "seconds",
    ]  # fmt: skip
    assert min(counts["conversations"], counts["picks"], counts["reviews_published"]) > 0
