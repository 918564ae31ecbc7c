"""manage.py load_rubrics."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from rubrics.document import Document, to_json, to_yaml
from rubrics.library import starters
from rubrics.models import RubricVersion
from tests.factories.rubrics import small_card

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def load(*arguments):
    out = StringIO()
    call_command("load_rubrics", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_without_a_file_the_missing_starters_are_installed():
    first, second = load(), load()

    assert first == [f"{starter.name}: version 1 is published." for starter in starters()]
    assert second == ["All starter rubrics are there already."]


def test_files_are_imported_and_published(tmp_path):
    (tmp_path / "a.yaml").write_text(to_yaml(Document("a", "A", "", small_card())))
    (tmp_path / "b.json").write_text(to_json(Document("b", "B", "", small_card())))

    said = load(str(tmp_path / "a.yaml"), str(tmp_path / "b.json"))

    assert said == ["A: version 1 is published.", "B: version 1 is published."]


def test_files_can_stay_drafts(tmp_path):
    (tmp_path / "a.yaml").write_text(to_yaml(Document("a", "A", "", small_card())))

    said = load(str(tmp_path / "a.yaml"), "--draft")

    assert said == ["A: version 1 is draft."]


def test_mistakes_are_named_with_file_and_path(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("format: 1\nrubric: broken\n")

    with pytest.raises(CommandError) as raised:
        load(str(path))

    assert str(raised.value).splitlines() == [
        f"{path}: name: This field is missing.",
        f"{path}: sections: This field is missing.",
    ]
    assert RubricVersion.objects.count() == 0


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError) as raised:
        load(str(tmp_path / "nowhere.yaml"))

    assert str(raised.value) == f"{tmp_path / 'nowhere.yaml'}: No such file or directory."
