"""A page as a person sees it, that takes note of everything the browser complains about."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No sandbox, because CI is root; the rest keeps Chromium from calling home.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]
SAY_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
NOTHING_IN_FLIGHT = """() => document.documentElement !== null && document.readyState === "complete"
  && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")"""
SIZES = {"1280": (1280, 900), "390": (390, 844)}
THEMES = ("light", "dark")


def program() -> str | None:
    """Return the machine's Chromium."""
    return next((found for found in map(shutil.which, PROGRAMS) if found), None)


@dataclass
class Complaints:
    """What the browser said was wrong, less what the journey provokes on purpose."""

    home: str
    heard: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Let complaints pass that match: a refusal with status 409 is one in Chromium's eyes."""
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        """Return the complaints that nobody announced."""
        return [line for line in self.heard if not any(re.search(pattern, line) for pattern in self.expected)]

    def listen(self, page: Page) -> None:
        """Take note of errors, of CSP violations and of every request to another machine."""
        page.add_init_script(SAY_VIOLATIONS)
        page.on("console", lambda message: self._note(message.text, page) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(f"script error: {error}", page))
        page.on("request", lambda request: self._note_request(request.url, page))

    def _note(self, words: str, page: Page) -> None:
        self.heard.append(f"{page.url}: {words}")

    def _note_request(self, url: str, page: Page) -> None:
        if not url.startswith((self.home, "data:", "blob:", "about:")):
            self._note(f"request to another machine: {url}", page)


def wait_htmx(page: Page) -> None:
    """Wait until the page stands and htmx has swapped and settled everything it asked for."""
    page.wait_for_function(NOTHING_IN_FLIGHT)


def follow(what: Locator) -> None:
    """Click what leads to another page (a link, the button of a form), and return when that page stands.

    A click alone returns while the old page is still there, and what looks at the page next may see that one.
    """
    with what.page.expect_navigation():
        what.click()


def log_in(page: Page, email: str, password: str) -> None:
    """Log a person in by the form, with the keyboard only."""
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    with page.expect_navigation(url=lambda url: "/account/login/" not in url):
        page.keyboard.press("Enter")


def longest_task(page: Page, act: Callable[[], object]) -> float:
    """Return the milliseconds of processor time that the page's longest task took while something was done.

    Processor time, because a loaded machine makes everything last longer without anybody doing more.
    """
    browser = page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=["toplevel"])
    act()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        one.get("tdur", 0)
        for one in events
        if (one["pid"], one["tid"]) in mains and one["ph"] == "X" and "RunTask" in one["name"]
    ]
    return max(tasks) / 1000


AXE = Axe()


def axe_everywhere(page: Page) -> None:
    """Check the page as axe does: on a desk in the light, and on a telephone in the dark.

    Every rule is asked at both widths, since either shows what the other hides. A colour follows from the theme and
    never from the width, so each theme is looked at once; the frame and the components are, in all four, at /ui.
    """
    before = page.viewport_size
    for (width, height), theme in zip(SIZES.values(), THEMES, strict=True):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        fits(page)
        axe(page)
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)


def axe(page: Page) -> None:
    """Fail with rule, place and help for each accessibility violation on the page."""
    wait_htmx(page)
    options = {"resultTypes": ["violations"]}
    # Half a megabyte of program, which a page keeps while its size and theme change.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.axe_script)
    violations = page.evaluate("(options) => axe.run(options).then((found) => found.violations)", options)
    lines = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    at {node['target']}: {node['html'][:200]}"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert not lines, f"axe on {page.url}:\n" + "\n".join(lines)


def fits(page: Page) -> None:
    """Fail when the page is wider than its window."""
    wait_htmx(page)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in a window of {window} px"


def fits_everywhere(page: Page) -> None:
    """Fail when the page is wider than a desk's or a telephone's window."""
    before = page.viewport_size
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
    if before:
        page.set_viewport_size(before)
