"""The parts of the embedded house, each by itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_portal.embedded import broker, ports, processes
from qa_portal.embedded.broker import NoBroker
from qa_portal.embedded.child import Child
from qa_portal.embedded.family import AlreadyRunning, Family
from qa_portal.embedded.output import Output
from tests.support.waiting import until

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture
def clock() -> None:
    """Real time: these parts wait for other processes."""


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    output = Output("part", folder=tmp_path, write=None)
    yield Child("part", [sys.executable, "-c", "print('up', flush=True); import signal; signal.pause()"], output)
    output.close()


def test_a_port_in_use_makes_way_for_the_next() -> None:
    with ports.take(8900) as first, ports.take(first.getsockname()[1]) as second:
        assert second.getsockname()[1] > first.getsockname()[1]


def test_a_process_is_known_by_its_number_and_its_start() -> None:
    running = subprocess.Popen(SLEEPER)
    start = processes.started(running.pid)

    known = processes.is_same(running.pid, start)
    stranger = processes.is_same(running.pid, "another start")
    processes.end(running.pid, start)

    assert (known, stranger) == (True, False)
    assert running.wait() == -signal.SIGTERM
    assert processes.is_same(running.pid, start) is False


def test_a_process_that_ignores_the_request_is_killed() -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    running = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert running.stdout is not None
    running.stdout.readline()

    processes.end(running.pid, processes.started(running.pid), patience=0.2)

    assert running.wait() == -signal.SIGKILL
    running.stdout.close()


def test_a_folder_has_one_family_at_a_time(tmp_path: Path) -> None:
    first = Family(tmp_path)
    first.claim()
    first.set_url("http://localhost:8000")

    with pytest.raises(AlreadyRunning) as refused:
        Family(tmp_path).claim()

    first.release()
    assert refused.value.url == "http://localhost:8000"
    assert Family(tmp_path).claim() == []


def test_a_family_ends_what_a_killed_one_left_and_spares_a_stranger_with_the_same_number(tmp_path: Path) -> None:
    orphan, stranger = subprocess.Popen(SLEEPER), subprocess.Popen(SLEEPER)
    members = {"web": (orphan.pid, processes.started(orphan.pid)), "worker": (stranger.pid, "1")}
    (tmp_path / "family.json").write_text(json.dumps({"url": "", "members": members}))

    ended = Family(tmp_path).claim()

    alive = stranger.poll() is None
    stranger.kill()
    stranger.wait()
    assert (ended, orphan.wait(), alive) == (["web"], -signal.SIGTERM, True)


@pytest.mark.parametrize("words", ["", "{", "[1]", '{"members": {}}'])
def test_a_record_that_was_cut_off_is_no_obstacle(tmp_path: Path, words: str) -> None:
    (tmp_path / "family.json").write_text(words)

    assert Family(tmp_path).claim() == []


def test_a_child_that_crashes_again_and_again_waits_longer_each_time(child: Child) -> None:
    child.started_at = time.monotonic()

    pauses = [child.note_crash() for _ in range(9)]

    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_a_child_that_had_lived_a_while_starts_again_at_once(child: Child) -> None:
    child.crashes = 6
    child.started_at = time.monotonic() - 61

    assert child.note_crash() == 0.5


def test_a_child_does_not_hear_ctrl_c_but_does_hear_stop(child: Child) -> None:
    child.start()
    until(lambda: list(child.output.last) == ["up"], what="the child runs")
    assert child.process is not None

    child.process.send_signal(signal.SIGINT)
    child.stop()

    assert child.process.returncode == -signal.SIGTERM


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    # A parent of its own, which is killed while its child runs.
    script = (
        "import sys; sys.path.insert(0, '.'); from pathlib import Path; "
        "from qa_portal.embedded.child import Child; from qa_portal.embedded.output import Output; "
        f"c = Child('x', {SLEEPER!r}, Output('x', folder=Path({str(tmp_path)!r}), write=None)); "
        "print(c.start(), flush=True); import signal; signal.pause()"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    start = processes.started(pid)
    until(lambda: "signal.pause" in Path(f"/proc/{pid}/cmdline").read_text(), what="the child is the sleeper by now")

    parent.kill()
    parent.wait()
    parent.stdout.close()

    until(lambda: not processes.is_same(pid, start), what="the child is gone")


def test_words_are_kept_and_carry_the_name_of_who_said_them(tmp_path: Path) -> None:
    said: list[str] = []
    output = Output("web", folder=tmp_path, write=said.append)

    output.say("ready")

    assert said == ["web    │ ready"]
    assert (tmp_path / "web.log").read_text() == "ready\n"
    output.close()


def test_the_broker_listens_on_a_socket_only_and_keeps_a_log(tmp_path: Path) -> None:
    chosen = broker.choose(outside="", socket=tmp_path / "a b.sock", folder=tmp_path)

    options = dict(zip(chosen.command[1::2], chosen.command[2::2], strict=True))
    assert chosen.url == f"unix://{tmp_path}/a%20b.sock"
    assert (options["--port"], options["--appendonly"], options["--maxmemory-policy"]) == ("0", "yes", "noeviction")


def test_a_named_broker_that_does_not_answer_is_said() -> None:
    with pytest.raises(NoBroker) as refused:
        broker.choose(outside="redis://127.0.0.1:1/0", socket=Path("unused"), folder=Path("unused"))

    assert str(refused.value) == (
        "The broker that REDIS_URL names does not answer. Start it, or unset REDIS_URL to use our own."
    )
