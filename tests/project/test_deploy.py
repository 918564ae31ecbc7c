"""The files for containers start what exists: every queue has a worker, the clock is one, each variable is known."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from qa_portal.embedded.commands import QUEUES
from tests.project.tree import ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(DEPLOY.rglob("*.yaml"))
IMAGES = re.compile(r"qa-portal|postgres:\d+|valkey/valkey:\d+")


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


def test_whatever_ends_is_started_again() -> None:
    policies = {
        part["metadata"]["name"]: part["spec"]["template"]["spec"].get("restartPolicy", "Always")
        for part in manifests()
        if part["kind"] == "Deployment"
    }
    ends_by_itself = [name for name, service in compose().items() if service.get("restart") != "unless-stopped"]

    assert (set(policies.values()), ends_by_itself) == ({"Always"}, ["migrate"])


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


def values_of(node: Any, key: str) -> Iterator[Any]:
    """Yield every value under a key, however deep."""
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == key)
        for value in node.values():
            yield from values_of(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from values_of(value, key)


def name_of_file(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", FILES, ids=name_of_file)
def test_only_our_own_image_and_official_ones_are_started(path: Path) -> None:
    images = [image for part in yaml.safe_load_all(path.read_text()) for image in values_of(part, "image")]

    assert [image for image in images if not IMAGES.fullmatch(image)] == []


@pytest.mark.parametrize("path", FILES, ids=name_of_file)
def test_a_file_is_tidy(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if "\t" in line or line != line.rstrip()] == []


def test_the_image_begins_with_the_official_python() -> None:
    assert re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE) == ["python:3.12-slim"]


def test_a_deployment_selects_its_own_pods() -> None:
    specs = [part["spec"] for part in manifests() if part["kind"] == "Deployment"]

    labels = [(spec["selector"]["matchLabels"], spec["template"]["metadata"]["labels"]) for spec in specs]
    assert [pair for pair in labels if pair[0] != pair[1]] == []
    assert len({pair[0]["part"] for pair in labels}) == len(specs)


def test_the_probes_ask_what_a_page_needs() -> None:
    probes = {
        key: probe["httpGet"]["path"]
        for key in ("livenessProbe", "readinessProbe")
        for probe in values_of(manifests(), key)
    }

    assert probes == {"livenessProbe": "/healthz", "readinessProbe": "/readyz?only=database,migrations"}


@pytest.mark.parametrize("path", ["script/serve", "deploy/Dockerfile"])
def test_production_keeps_addresses_and_what_was_searched_for_out_of_the_log(path: str) -> None:
    started = (ROOT / path).read_text()
    settings: dict[str, Any] = runpy.run_path(str(ROOT / "deploy/gunicorn.conf.py"))

    assert ("deploy/gunicorn.conf.py" in started, "access-log" in started) == (True, False)
    assert settings["accesslog"] is None
    assert settings["logconfig_dict"]["formatters"]["json"] == {"()": "core.logs.JsonFormatter"}
