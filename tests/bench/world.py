"""A filled database, and everything that a benchmark needs to know about it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.bench.databases import Place, Server


@dataclass(frozen=True)
class World:
    """A place with its keys."""

    place: Place
    keys: dict[str, Any]

    def form(self, *, number: int = 0) -> dict[str, str]:
        """Return a full review of ten criteria with two comments and two pins, as the workspace's form sends it."""
        fields = {
            "number": str(number),
            "active_seconds": "240",
            "summary": "Clear from the first message to the last.",
        }
        for lineage, options in self.keys["criteria"].items():
            fields[f"a.{lineage}.choice"] = options[-1]
            fields[f"a.{lineage}.comment"] = ""
            fields[f"a.{lineage}.pins"] = ""
        for lineage in list(self.keys["criteria"])[:2]:
            fields[f"a.{lineage}.choice"] = self.keys["criteria"][lineage][-2]
            fields[f"a.{lineage}.comment"] = "The order was asked for twice, although it stood in the first message."
            fields[f"a.{lineage}.pins"] = '[{"message":1}]'
        return fields


def make(server: Server, name: str = "one", *, afresh: bool = False, **sizes: Any) -> World:
    """Make a database, fill what is not there yet, and collect the static files that the product's pages name."""
    place = server.place(name, afresh=afresh)
    keys = place.folder / "keys.json"
    options = [f"--{option}={value}" for option, value in sizes.items()]
    try:
        sys.stdout.write(place.run("-m", "tests.bench.generate", *options, f"--keys={keys}"))
    except subprocess.CalledProcessError as refused:  # it has said why
        sys.exit(refused.returncode)
    sys.stdout.flush()
    place.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    return World(place, json.loads(keys.read_text()))
