"""docs/states.md is what the tables beside the models say."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from qa_portal.management.commands import states as command
from qa_portal.states import Machine, render

DOOR = Machine(
    app="House",
    model="Door",
    sentence="A door.",
    initial="open",
    labels={"open": "Open", "shut": "Shut", "gone": "Taken out"},
    moves={"open": frozenset({"gone", "shut"}), "shut": frozenset({"open"}), "gone": frozenset()},
)


def test_a_machine_is_a_diagram_and_a_table():
    text = render([DOOR])

    assert text[text.index("## ") :] == (
        "## House: Door\n\nA door.\n\n```mermaid\nstateDiagram-v2\n    open: Open\n    shut: Shut\n"
        "    gone: Taken out\n    [*] --> open\n    open --> shut\n    open --> gone\n    shut --> open\n"
        "    gone --> [*]\n```\n\n| state | stored as | can become |\n|---|---|---|\n"
        "| Open | `open` | Shut, Taken out |\n| Shut | `shut` | Open |\n| Taken out | `gone` | ends here |\n"
    )


def test_the_document_is_up_to_date():
    call_command("states", check=True)


@pytest.mark.parametrize("machine", command.machines(), ids=lambda machine: machine.title)
def test_every_state_is_in_its_table_and_can_be_reached(machine):
    reached, before = {machine.initial}, set()
    while reached != before:
        before = set(reached)
        reached |= {target for state in before for target in machine.moves[state]}

    assert set(machine.moves) == set(machine.labels)
    assert reached == set(machine.labels)


def test_the_things_with_states_are_all_there():
    assert {machine.title for machine in command.machines()} >= {
        "Rubrics: Rubric version", "Sampling: Plan", "Reviews: Queue item", "Reviews: Review", "Coaching: Plan",
    }  # fmt: skip
