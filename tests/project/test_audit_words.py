"""Every verb that the code records has its sentence for the audit page, and every kind of thing its word."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from django.apps import apps

from core.audit_words import KINDS, SENTENCES
from tests.project.tree import APPS, parsed, python_files


def recorded_verbs() -> Iterator[str]:
    """Yield each verb that is written out as the first word of `record(…)` or `event(…)`."""
    for path in python_files():
        for node in ast.walk(parsed(path)):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            words = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
            if name in {"record", "event"}:
                yield from (word for word in words if isinstance(word, str) and "." in word.strip("."))


def test_every_recorded_verb_has_a_sentence() -> None:
    assert sorted(set(recorded_verbs()) - set(SENTENCES)) == []


@pytest.mark.parametrize("verb", SENTENCES)
def test_a_sentence_names_who_and_what(verb: str) -> None:
    said = str(SENTENCES[verb]) % {"actor": "Ada", "thing": "the team"}

    assert (said.startswith("Ada "), "the team" in said, said.endswith(".")) == (True, True, True)


def test_every_kind_is_a_model() -> None:
    models = {model._meta.label_lower for app in APPS for model in apps.get_app_config(app).get_models()}

    assert sorted(set(KINDS) - models) == []
