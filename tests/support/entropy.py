"""The same random bytes for a test every time: keys, salts, tokens and UUIDs follow from its name.

Which conversations a plan draws follows from a random key, and the name of a conversation from how many were made
before it. A test that passes with most keys only would fail one day, on somebody else's machine. So the bytes are those
of the test's name, and the factories count from 100 in each; what several tests share (a fixture of a module or of the
run) has bytes of its own name, whoever asks for it first. QA_TEST_SEED=2 gives other bytes and other numbers: a
test that fails with any of them rests on luck.

It is a stream: two keys differ. Other processes, and the names of temporary files, stay random.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator

import pytest
from factory.django import DjangoModelFactory

SEED = os.environ.get("QA_TEST_SEED", "")


class Stream:
    """Random bytes that follow from a name. Threads may read it at once."""

    def __init__(self) -> None:
        self.begin("")

    def begin(self, name: str) -> None:
        """Begin with the bytes of a name."""
        self.source = random.Random(f"{SEED}|{name}")

    def read(self, size: int) -> bytes:
        """Return the next bytes, as os.urandom does."""
        return self.source.randbytes(size)


class Numbers:
    """Whole numbers upwards, for names that have to differ inside a test."""

    def __init__(self) -> None:
        self.restart(0)

    def restart(self, at: int) -> None:
        """Count from here on."""
        self._following = itertools.count(at + 1)

    def __next__(self) -> int:
        return next(self._following)


stream = Stream()
numbers = Numbers()


@pytest.fixture(scope="session", autouse=True)
def same_bytes() -> Iterator[None]:
    """Let everything that asks for random bytes read the stream: `secrets` and `uuid` ask these two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", stream.read)
        patch.setattr(random, "_urandom", stream.read)
        yield


@pytest.fixture(autouse=True)
def luck(request: pytest.FixtureRequest) -> None:
    """Begin the bytes and the numbers of this test."""
    stream.begin(request.node.nodeid)
    first = stream.source.randrange(100, 900) if SEED else 100  # so that names come in the order of their numbers
    numbers.restart(first)
    for factory in DjangoModelFactory.__subclasses__():
        factory.reset_sequence(first, force=True)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
    """Give a fixture that several tests share the bytes of its own name."""
    if fixturedef.scope == "function":
        return (yield)
    before = stream.source
    stream.begin(f"{fixturedef.baseid}::{fixturedef.argname}")
    try:
        return (yield)
    finally:
        stream.source = before
