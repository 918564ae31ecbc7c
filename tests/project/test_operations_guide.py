"""docs/operations.md names every variable with the default that the code has, and the checks and queues that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from core.health import CHECKS, SILENCE
from qa_portal.embedded.commands import QUEUES
from tests.project.tree import ROOT, parsed

GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([A-Z][A-Z_]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
READERS = {"text", "flag", "number", "words", "choice"}
SCRIPT_VARIABLE = re.compile(r"\$\{(PORT|WEB_CONCURRENCY|QA_[A-Z_]+):?-?([^}]*)\}")
# In words, because the code computes it or an empty value means something.
SAID_IN_WORDS = {
    "QA_VAR",
    "QA_HOSTS",
    "QA_LOG_FORMAT",
    "QA_SECRET_KEY",
    "QA_PYTHON",
    "QA_REQUIRE_ALL",
    "QA_SITE_URL",
    "QA_PROXIES",
}


def read_by_the_settings() -> dict[str, str]:
    """Return each variable that the settings read, with its default as the guide writes it."""
    found = {}
    for file in ("settings.py", "environment.py"):
        for node in ast.walk(parsed(ROOT / "qa_portal" / file)):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in READERS and re.fullmatch(r"[A-Z][A-Z_]+", str(node.args[0].value)):
                found[str(node.args[0].value)] = default_of(node)
    return found


def default_of(call: ast.Call) -> str:
    """Return the default of one read, as text."""
    given = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "default")]
    value = given[0].value if given and isinstance(given[0], ast.Constant) else ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def read_by_the_scripts() -> dict[str, str]:
    """Return each variable that a shell script reads, with its default."""
    files = [path for path in (ROOT / "script").rglob("*") if path.is_file()]
    tests = [ROOT / "tests" / "support" / name for name in ("machine.py", "postgres.py")]
    found = {name: default for path in files for name, default in SCRIPT_VARIABLE.findall(path.read_text())}
    said = {name for path in tests for name in re.findall(r"QA_[A-Z_]+", path.read_text())}
    return found | dict.fromkeys(said, "")


SETTINGS, SCRIPTS = read_by_the_settings(), read_by_the_scripts()
WRITTEN = {name: default for name, default, _meaning in ROW.findall(GUIDE)}


def test_every_variable_that_is_read_is_in_the_guide_and_no_other() -> None:
    assert sorted(set(WRITTEN) ^ (set(SETTINGS) | set(SCRIPTS))) == []


@pytest.mark.parametrize("name", sorted((set(SETTINGS) | set(SCRIPTS)) - SAID_IN_WORDS))
def test_the_default_in_the_guide_is_that_of_the_code(name: str) -> None:
    default = SETTINGS.get(name) or SCRIPTS.get(name) or ""

    assert WRITTEN[name] == (f"`{default}`" if default else "empty")


def test_the_guide_names_every_check_and_how_long_the_clock_may_be_silent() -> None:
    sentence = " ".join(GUIDE.split())

    assert [name for name in CHECKS if f"`{name}`" not in sentence] == []
    assert f"silent after {SILENCE.seconds} seconds" in sentence


def test_the_guide_explains_every_queue() -> None:
    explained = re.findall(r"^\| `([a-z]+)` \|", GUIDE, re.MULTILINE)

    assert sorted(explained) == sorted(QUEUES)


def test_every_file_that_the_guide_names_exists() -> None:
    names = re.findall(r"`((?:script|qa_portal|deploy)/[\w./]*)`", GUIDE)

    assert [name for name in names if not Path(ROOT / name).exists()] == []


def test_the_restore_commands_take_what_the_backup_commands_made() -> None:
    made = set(re.findall(r"/backup/[\w.]+", GUIDE.split("## Restore")[0]))
    taken = set(re.findall(r"/backup/[\w.]+", GUIDE.split("## Restore")[1]))

    assert made == taken == {"/backup/qa_portal.sqlite3", "/backup/files.tar.gz", "/backup/qa.dump"}
