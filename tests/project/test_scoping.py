"""Every kind of row that people look at can be narrowed to what one person may see."""

from __future__ import annotations

from django.apps import apps

from tests.project.tree import APPS

# model: who reads it, since no person does.
READ_BY_NOBODY = {
    "sampling.QuotaBoost": "the draw alone: a reviewer must not learn whose follow-up they score",
}


def test_a_model_with_its_own_queryset_says_what_a_person_may_see() -> None:
    own = {
        model._meta.label: model._default_manager.get_queryset()
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if type(model._default_manager.get_queryset()).__module__.split(".")[0] in APPS
    }

    assert sorted(label for label, rows in own.items() if not hasattr(rows, "visible_to")) == sorted(READ_BY_NOBODY)
