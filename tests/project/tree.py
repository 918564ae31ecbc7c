"""Which files the rules about the code look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "accounts", "conversations", "rubrics", "sampling", "reviews", "coaching", "insights")
PACKAGES = (*APPS, "stats", "qa_portal")


def python_files(*, tests: bool = False) -> Iterator[Path]:
    """Yield the product's Python files without migrations, and the tests' if wanted."""
    for package in (*PACKAGES, *(("tests",) if tests else ())):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    """Return a path as it is written in a message."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
