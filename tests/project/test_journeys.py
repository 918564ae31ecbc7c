"""A journey never looks at the page it is about to leave: a click or a key returns before the next page is there.

`follow` (tests/support/browser.py) or `page.expect_navigation()` waits for another page; `expect`, `until` and
`wait_for` wait for a change of this one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.project.tree import ROOT, name_of, parsed

ACTS = {"click", "press", "type", "press_sequentially"}
SHORTHANDS = {"press", "write", "kind"}  # what journeys call page.keyboard.press and .type
WAITS = {"expect", "until"}
LOOKS = {
    "all", "all_inner_texts", "axe", "axe_everywhere", "count", "evaluate", "exists", "fits", "fits_everywhere",
    "get_attribute", "goto", "inner_text", "input_value", "is_hidden", "is_visible", "refresh_from_db", "reload",
    "screenshot", "text_content",
}  # fmt: skip


def called(node: ast.AST) -> str:
    """Return the last name of what is called."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", ""))


def acts(statement: ast.stmt) -> bool:
    """Say whether a statement presses something and nothing else."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    is_method = isinstance(statement.value.func, ast.Attribute)
    return called(statement.value) in (ACTS if is_method else SHORTHANDS)


def looks(statement: ast.stmt) -> bool:
    """Say whether a statement takes what it sees at this moment for the answer."""
    if isinstance(statement, ast.Expr) and called(statement.value).startswith("to_"):
        return False  # expect(…).to_…(…)
    if isinstance(statement, ast.Expr) and called(statement.value) in WAITS:
        return False
    inside = list(ast.walk(statement.iter if isinstance(statement, ast.For) else statement))
    return any(called(one) in LOOKS for one in inside) or any(
        isinstance(one, ast.Attribute) and one.attr == "objects" for one in inside
    )


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield each row of statements, and with each `with` that waits for what is pressed in it only its inside."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                yield block


def follows_a_link_and_goes_on(statement: ast.stmt) -> bool:
    """Say whether a link is clicked with nothing that waits for where it leads."""
    if not acts(statement):
        return False
    return any(
        called(one) == "get_by_role" and isinstance(one, ast.Call) and ast.unparse(one.args[0]) == "'link'"
        for one in ast.walk(statement)
    )


def faults(tree: ast.Module) -> list[tuple[int, str]]:
    """Return the line of each place that looks too early, and what it says."""
    found = []
    waiting = [node.body for node in ast.walk(tree) if isinstance(node, ast.With)]
    for block in blocks(tree):
        if block not in waiting:
            found += [(one.lineno, ast.unparse(one)) for one in block if follows_a_link_and_goes_on(one)]
        found += [(later.lineno, ast.unparse(later)) for one, later in pairwise(block) if acts(one) and looks(later)]
    return found


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("page.get_by_role('link', name='Edit').first.click()", [1]),
        ("with page.expect_download() as got:\n    page.get_by_role('link', name='Edit').click()", []),
        ("follow(page.get_by_role('link', name='Edit'))\naxe(page)", []),
        ("page.get_by_role('button').click()\naxe(page)", [2]),
        ("page.get_by_role('button').click()\nexpect(page.locator('dialog')).to_be_visible()\naxe(page)", []),
        ("page.keyboard.press('Enter')\nassert page.locator('li').count() == 2", [2]),
        ("press('Enter')\nfor one in page.locator('li').all():\n    one.check()", [2]),
        ("button.click()\nassert Review.objects.count() == 1", [2]),
        ("button.click()\nuntil(lambda: Review.objects.count() == 1, what='it is there')", []),
        ("if late:\n    button.click()\n    review.refresh_from_db()", [3]),
    ],
)
def test_what_looks_too_early_is_found(code: str, lines: list[int]) -> None:
    assert [line for line, _words in faults(ast.parse(code))] == lines


def test_no_journey_looks_at_the_page_it_is_about_to_leave() -> None:
    found = [
        f"{name_of(path)}:{line}: {words}"
        for path in sorted((ROOT / "tests/e2e").glob("*.py"))
        for line, words in faults(parsed(path))
    ]

    assert found == []
