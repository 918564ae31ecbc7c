"""What lies in the repository: scripts any shell can read, no secrets, no addresses of one machine or one registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.project.tree import ROOT

SCRIPTS = ("script/demo", "script/test", "script/check", "script/serve", "script/lib/environment.sh")
FORBIDDEN = {
    "a package registry": r"https?://[\w.-]*(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|deb\.debian\.org)",
    "one machine's folder": r"(?<![\w.>}])/(work|root|home/\w+)/",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        return [path for path in ROOT.rglob("*") if path.is_file() and not {".venv", "var"} & set(path.parts)]
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_read_by_the_plainest_shell(name: str) -> None:
    answer = subprocess.run(["sh", "-n", name], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("name", [*SCRIPTS[:4], ".ci/run"])
def test_a_script_can_be_started(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111 == 0o111


def test_nothing_names_a_machine_a_registry_or_a_secret() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in tracked()
        if path != Path(__file__).resolve() and path.suffix not in {".png", ".gz", ".woff2"}
        for what, pattern in FORBIDDEN.items()
        if re.search(pattern, path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


def test_pages_operations_and_races_are_asked_on_every_database() -> None:
    names = ("api/test_reads", "api/test_schema_fuzz", "project/test_hostile_queries", "races/*", "*/test_immutability")
    files = [path for name in names for path in (ROOT / "tests").glob(f"{name}.py")]

    left_out = [path.name for path in files if "any_database" in path.read_text(encoding="utf-8")]

    assert (left_out, len(files) > 10) == ([], True)


def test_every_requirement_says_why_it_is_here() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines() + (
        ROOT / "requirements-dev.txt"
    ).read_text().splitlines()

    without = [line for line in lines if line and not line.startswith(("#", "-r ")) and " # " not in line]

    assert without == []
