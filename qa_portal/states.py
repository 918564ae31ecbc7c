"""Write docs/states.md from the TRANSITIONS tables beside the models. Pure: machines in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEAD = """# States

Which states a thing goes through, and which moves there are. Generated from the `TRANSITIONS` table beside each model
by `manage.py states`; a test fails when this file and the tables differ. Services refuse every other move.
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """One model's states in the order of its choices, and the moves between them."""

    app: str
    model: str
    sentence: str
    initial: str
    labels: Mapping[str, str]
    moves: Mapping[str, frozenset[str]]

    @property
    def title(self) -> str:
        """Return the name of the section."""
        return f"{self.app}: {self.model}"

    def targets(self, state: str) -> list[str]:
        """Return where a state leads, in the order of the choices."""
        return [name for name in self.labels if name in self.moves.get(state, ())]


def render(machines: Sequence[Machine]) -> str:
    """Return the whole document: a diagram and a table for each machine."""
    return "\n".join([HEAD, *(_section(machine) for machine in machines)])


def _section(machine: Machine) -> str:
    return f"## {machine.title}\n\n{machine.sentence}\n\n{_diagram(machine)}\n\n{_table(machine)}\n"


def _diagram(machine: Machine) -> str:
    names = [f"    {state}: {label}" for state, label in machine.labels.items()]
    moves = [f"    {state} --> {target}" for state in machine.labels for target in machine.targets(state)]
    ends = [f"    {state} --> [*]" for state in machine.labels if not machine.targets(state)]
    lines = ["stateDiagram-v2", *names, f"    [*] --> {machine.initial}", *moves, *ends]
    return "```mermaid\n" + "\n".join(lines) + "\n```"


def _table(machine: Machine) -> str:
    rows = [
        f"| {label} | `{state}` | {', '.join(machine.labels[name] for name in machine.targets(state)) or 'ends here'} |"
        for state, label in machine.labels.items()
    ]
    return "\n".join(["| state | stored as | can become |", "|---|---|---|", *rows])
