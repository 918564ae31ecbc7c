"""A part of a page that is kept is drawn once for each of the values it depends on, and for each language."""

from __future__ import annotations

from django.template import Context, Template
from django.utils.functional import SimpleLazyObject
from django.utils.translation import override


class Counter:
    """Count how often a template asks."""

    def __init__(self) -> None:
        self.asked = 0

    def next(self) -> int:
        self.asked += 1
        return self.asked


def drawn(template: Template, counter: Counter, **values: object) -> str:
    return template.render(Context({"counter": counter, **values}))


def test_a_part_is_drawn_once_for_each_of_its_values() -> None:
    template, counter = Template("{% load keeping %}{% keep a %}{{ counter.next }}{% endkeep %}"), Counter()

    assert [drawn(template, counter, a=value) for value in (1, 2, 1, 2)] == ["1", "2", "1", "2"]


def test_a_part_is_drawn_once_for_each_language() -> None:
    template, counter = Template("{% load keeping %}{% keep %}{{ counter.next }}{% endkeep %}"), Counter()

    first = drawn(template, counter)
    with override("de"):
        second = drawn(template, counter)

    assert (first, second, drawn(template, counter)) == ("1", "2", "1")


def test_a_lazy_value_counts_as_what_it_stands_for() -> None:
    template, counter = Template("{% load keeping %}{% keep a %}{{ counter.next }}{% endkeep %}"), Counter()

    assert [drawn(template, counter, a=SimpleLazyObject(lambda: (1, 2))) for _time in range(2)] == ["1", "1"]
    assert drawn(template, counter, a=(1, 2)) == "1"


def test_what_is_kept_longest_unused_makes_room(monkeypatch) -> None:
    monkeypatch.setattr("core.templatetags.keeping.MOST", 2)
    template, counter = Template("{% load keeping %}{% keep a %}{{ counter.next }}{% endkeep %}"), Counter()

    assert [drawn(template, counter, a=value) for value in (1, 2, 3, 3, 1)] == ["1", "2", "3", "3", "4"]
