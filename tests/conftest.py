"""What every test stands on: throw-away places, a fixed clock, no network, and no luck (tests/support/entropy.py)."""

from __future__ import annotations

import gc
import os

# Before numpy: two test processes on two cores, so one thread each.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import time_machine
from django.core.cache import cache

from tests.support import machine, network, sandbox

# Until all tests are found nearly all that is made stays: to look through it again and again frees nothing.
gc.disable()
pytest_plugins = [
    "tests.support.background", "tests.support.emptying", "tests.support.entropy", "tests.support.house",
    "tests.support.migrated", "tests.support.second_database",
]  # fmt: skip

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # a Wednesday

# The same examples every time: a failure here is a failure there.
hypothesis.settings.register_profile(
    "same", derandomize=True, deadline=None, database=None, print_blob=True, max_examples=60
)
hypothesis.settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-screens", action="store_true", help="take the pictures of docs/screens anew")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.stash[SANDBOX] = sandbox.make()


def pytest_unconfigure(config: pytest.Config) -> None:
    sandbox.remove(config.stash[SANDBOX])


SANDBOX = pytest.StashKey[Path]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.relative_to(ROOT / "tests").parts:
            item.add_marker(pytest.mark.e2e)


def pytest_collection_finish() -> None:
    """Let the collector pass over what lives as long as the process: modules, models and the tests themselves."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in machine.lacking(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line)
    # What simulations measured; several processes would keep what they print to themselves.
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        for name, value in report.user_properties:
            if name == "figures" and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[0]}: {value}")


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    with pytest.MonkeyPatch.context() as patch:
        network.close_the_network(patch)
        yield


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Coordinates | None]:
    """Stand still at NOW. Tests with other processes (markers broker and e2e) live in real time."""
    if request.node.get_closest_marker("broker") or request.node.get_closest_marker("e2e"):
        yield None
        return
    with time_machine.travel(NOW, tick=False) as travel:
        yield travel


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Forget what earlier tests counted, such as attempts to log in."""
    cache.clear()


@pytest.fixture
def now() -> datetime:
    """The moment at which the test happens."""
    return NOW


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real conversations and reference vectors that lies beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        machine.lacks("../shared, the real conversations and reference vectors beside the checkout")
    return folder
