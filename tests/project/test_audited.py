"""What pages, scripts, tasks and commands change is on the audit trail, or stands here with the reason why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.project.test_writes import ON_MANAGERS, ON_ROWS, is_row_or_query
from tests.project.tree import name_of, parsed, python_files

RECORDERS = {"record", "record_many", "event"}
OWN_READING = "what a person has read is theirs alone"
CALCULATION = "works something out and changes nothing; its job says who asked, and when"
DERIVED = "counted anew from what was audited when it happened"
SENT = "notes that something was sent, so that it is sent once; what it is about is on the trail"
# service.function: why it writes without an event.
EXCEPTIONS = {
    "accounts.services.digests.send_due": SENT,
    "accounts.services.idempotency.forget_expired": "forgets answers that are older than a day",
    "accounts.services.idempotency.once": "keeps the answer beside what was done, which is on the trail itself",
    "accounts.services.notifications.read": OWN_READING,
    "accounts.services.notifications.read_all": OWN_READING,
    "accounts.services.people.choose_theme": "how pages look for oneself",
    "accounts.services.tokens.recognise": "notes when a token was used last",
    "coaching.services.dry_runs.cancel": CALCULATION,
    "coaching.services.dry_runs.start": CALCULATION,
    "coaching.services.dry_runs.work": CALCULATION,
    "coaching.services.feeds.recognise": "notes when a calendar was fetched last",
    "coaching.services.reminders.remind": SENT,
    "conversations.services.indexing.work": "writes what search looks into, from the conversations",
    "conversations.services.reading.count_at_once": DERIVED,
    "core.services.audit_seals.seal_all": "seals the trail itself",
    "core.services.heartbeats.beat": "the clock says that it beats",
    "core.services.jobs.create": "how far a task is",
    "core.services.jobs.finish": "how far a task is",
    "reviews.services.calibration_replays.start": CALCULATION,
    "reviews.services.calibration_replays.work": CALCULATION,
    "reviews.services.cell_checks.check_due": "a comparison that changes nothing",
    "reviews.services.cells.rebuild": DERIVED,
    "reviews.services.self_reviews.remind": SENT,
    "reviews.services.signalling.tell_spreads": DERIVED,
    "reviews.services.what_if.cancel": CALCULATION,
    "reviews.services.what_if.start": CALCULATION,
    "reviews.services.what_if.work": CALCULATION,
    "sampling.services.checks.cancel": CALCULATION,
    "sampling.services.checks.start": CALCULATION,
    "sampling.services.checks.tidy": "forgets what was worked out, and files that nobody knows of",
    "sampling.services.checks.work": CALCULATION,
    "sampling.services.replays.cancel": CALCULATION,
    "sampling.services.replays.start": CALCULATION,
    "sampling.services.replays.work": CALCULATION,
    "rubrics.services.editing.change": "typing into a draft: that it is begun, published and discarded is on the trail",
}
Place = tuple[str, str]  # module, function or class


def module_of(path: Path) -> str:
    return name_of(path).removesuffix(".py").replace("/", ".")


@cache
def named_in(path: Path) -> dict[str, Place]:
    """Return what each imported name of a file stands for."""
    return {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in parsed(path).body if isinstance(node, ast.ImportFrom) for alias in node.names
    }  # fmt: skip


SERVICES = {module_of(path): path for path in python_files() if "services" in path.parts}
PARTS: dict[Place, ast.AST] = {
    (module, node.name): node
    for module, path in SERVICES.items()
    for node in parsed(path).body
    if isinstance(node, ast.FunctionDef | ast.ClassDef)
}


def used(node: ast.AST, path: Path) -> Iterator[Place]:
    """Yield each function and class of a service that a piece of code names."""
    names, module = named_in(path), module_of(path)
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield from (place for place in ((module, one.id), names.get(one.id)) if place in PARTS)
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in names:
            place = (".".join(names[one.value.id]), one.attr)
            yield from (place,) * (place in PARTS)


@cache
def looked_at(place: Place) -> tuple[frozenset[Place], bool, bool]:
    """Return what a function names, whether it writes rows itself, and whether it records."""
    node = PARTS[place]
    called = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    writes = any(
        isinstance(one, ast.Attribute) and one.attr in ON_ROWS | ON_MANAGERS and is_row_or_query(one.value, one.attr)
        for one in called
    )
    recorded = any((getattr(one, "id", "") or getattr(one, "attr", "")) in RECORDERS for one in called)
    return frozenset(used(node, SERVICES[place[0]])), writes, recorded


def is_silent(place: Place) -> bool:
    """Say whether a function writes, with all that it calls in services, and nothing of it records."""
    seen, left = {place}, [place]
    while left:
        new = looked_at(left.pop())[0] - seen
        seen |= new
        left += new
    return any(looked_at(one)[1] for one in seen) and not any(looked_at(one)[2] for one in seen)


def asked_from_outside() -> set[Place]:
    """Return the services that anything but a service calls."""
    outside = [path for path in python_files() if "services" not in path.parts and ".services" in path.read_text()]
    return {place for path in outside for place in used(parsed(path), path)}


def test_every_service_that_writes_leaves_an_audit_event() -> None:
    asked = asked_from_outside()
    silent = {".".join(place) for place in asked if is_silent(place)}

    assert len(asked) > 150
    assert sorted(silent - EXCEPTIONS.keys()) == [], "Record what these change, or say in EXCEPTIONS why not."
    assert sorted(EXCEPTIONS.keys() - silent) == [], "These leave an event by now, or are no more: take them out."
