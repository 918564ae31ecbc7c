"""The house: imports point down, files stay small, the environment is read in one place."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.project.tree import PACKAGES, ROOT, name_of, parsed, python_files

LONGEST_FILE = 400  # the aim is 300
LONGEST_FUNCTION = 60  # the aim is 30
READS_THE_ENVIRONMENT = {
    "qa_portal/environment.py",
    # They hand it on to the programs they start.
    "qa_portal/embedded/child.py",
    "qa_portal/embedded/step.py",
    # Django and Celery look for the name of the settings there.
    "qa_portal/celery.py",
    "qa_portal/wsgi.py",
}
SLEEPS_AND_MOCKS = {"time.sleep", "sleep", "page.wait_for_timeout", "unittest.mock", "mock"}
# They look again at another process until it is so.
WAITS = {"qa_portal/embedded/processes.py"}


def test_imports_point_down() -> None:
    answer = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    pages = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*.*")]
    texts = [*python_files(tests=True), *(path for path in pages if path.suffix in {".html", ".css", ".js"})]

    lengths = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in texts}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{name_of(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef)
    }

    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_the_environment_is_read_in_the_settings_only() -> None:
    readers = {
        name_of(path)
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    }

    assert sorted(readers - READS_THE_ENVIRONMENT) == []


def test_stored_times_are_given_never_taken_from_the_clock() -> None:
    from django.apps import apps

    automatic = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES
        for field in model._meta.local_fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]

    assert automatic == []


def test_no_row_can_be_changed_past_the_services_in_an_admin() -> None:
    from django.apps import apps

    assert apps.is_installed("django.contrib.admin") is False


def test_nobody_sleeps_and_nobody_mocks() -> None:
    last_words = {name.rpartition(".")[2] for name in SLEEPS_AND_MOCKS}
    found = [
        f"{name_of(path)}: {word}"
        for path in python_files(tests=True)
        if any(word in path.read_text(encoding="utf-8") for word in last_words)
        for node in ast.walk(parsed(path))
        for word in [called_or_imported(node)]
        if word in SLEEPS_AND_MOCKS and name_of(path) not in WAITS
    ]

    assert found == []


def called_or_imported(node: ast.AST) -> str:
    """Return the name of what is called or imported here."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func)
    return (node.module or "") if isinstance(node, ast.ImportFrom) else ""
