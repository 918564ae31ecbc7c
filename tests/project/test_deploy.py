"""The files for containers start what exists: every queue has a worker, the clock is one, each variable is known."""

from __future__ import annotations

import re
from typing import Any

import yaml

from qa_portal.embedded.commands import QUEUES
from tests.project.tree import ROOT

DEPLOY = ROOT / "deploy"


def manifests() -> list[dict[str, Any]]:
    return [
        part for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")) for part in yaml.safe_load_all(path.read_text())
    ]


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def containers() -> list[tuple[int, list[str]]]:
    """Return the number of copies and the command of each container that runs on."""
    return [
        (part["spec"]["replicas"], container.get("command", []))
        for part in manifests()
        if part["kind"] == "Deployment"
        for container in part["spec"]["template"]["spec"]["containers"]
    ]


def queues(commands: list[list[str]]) -> list[str]:
    return sorted(
        queue
        for command in commands
        if "worker" in command
        for queue in command[command.index("--queues") + 1].split(",")
    )


def test_every_queue_has_one_kind_of_worker() -> None:
    assert queues([command for _, command in containers()]) == sorted(QUEUES)
    assert queues([service.get("command", []) for service in compose().values()]) == sorted(QUEUES)


def test_there_is_one_clock() -> None:
    assert [copies for copies, command in containers() if "beat" in command] == [1]
    assert [name for name, service in compose().items() if "beat" in service.get("command", [])] == ["beat"]


def test_every_variable_is_one_that_the_settings_know() -> None:
    known = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    secret = next(part for part in manifests() if part["kind"] == "Secret")
    product = {
        name for service in compose().values() for name in service.get("environment", {}) if "POSTGRES" not in name
    }

    assert sorted((set(secret["stringData"]) | product) - known) == []


def test_no_password_but_an_example_lies_in_the_files() -> None:
    secret = next(part for part in manifests() if part["kind"] == "Secret")["stringData"]

    assert (secret["QA_SECRET_KEY"], "password@" in secret["DATABASE_URL"]) == ("", True)
