"""The product as people meet it: a live server, a real broker and worker, and the machine's Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

import pytest
import redis
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import User
from tests.support import browser as looks
from tests.support import machine
from tests.support.background import Worker
from tests.support.waiting import until

# Journeys share the cores, perhaps with something else, and the first page takes seconds of work by itself; only what
# fails has to wait so long (milliseconds).
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
# These take longest: begun first, they leave no core without work at the end.
LONG = (
    "test_whole_path.py",
    "test_rubric_to_dispute.py",
    "test_screens.py",
    "test_skips_and_numbers.py",
    "test_coaching.py",
    "test_sampling_plan.py",
    "test_self_review.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONG)))
    long = [item for item in items if item.path.name in place]
    short = items[len(long) :]
    # Each process is handed two to begin with: behind a long one waits a short one, never the next long one.
    items[:] = [item for pair in zip_longest(long, short) for item in pair if item is not None]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the machine's Chromium once."""
    program = looks.program()
    if program is None:
        machine.lacks("Chromium (install chromium or google-chrome)")
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=looks.OPTIONS)
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(live_server: Any, celery_worker_real: Worker, broker: redis.Redis) -> Iterator[str]:
    """The address of the running product. What its worker was told to do is done before the data goes."""
    yield live_server.url
    until(lambda: celery_worker_real.is_idle(broker), what="the worker finishes its tasks", seconds=60)


@pytest.fixture
def complaints(site: str) -> looks.Complaints:
    """What the browser complains about; a test that provokes a complaint says so with `complaints.expect(…)`."""
    return looks.Complaints(home=site)


@pytest.fixture
def browse(chromium: Browser, site: str, complaints: looks.Complaints) -> Iterator[Callable[..., Page]]:
    """Open a window of one's own: browse(user) is logged in, browse() is a stranger."""
    windows: list[BrowserContext] = []

    def open_window(user: User | None = None, *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        window = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            locale="en-GB",
            reduced_motion="reduce",
            **options,
        )
        windows.append(window)
        window.set_default_timeout(PATIENCE)
        if user is not None:
            window.add_cookies([session_cookie(user, site)])
        page = window.new_page()
        complaints.listen(page)
        return page

    yield open_window
    for window in windows:
        window.close()
    assert complaints.unexpected() == []


@pytest.fixture
def page(browse: Callable[..., Page]) -> Page:
    """A stranger's window."""
    return browse()


def session_cookie(user: User, site: str) -> Any:
    """Log a person in without the form."""
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": site,
    }
