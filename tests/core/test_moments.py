"""Each moment says in which time zone it is told."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.template import Context, Template
from django.utils import timezone
from django.utils.html import strip_tags

AT = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)


def drawn(value: datetime | None) -> str:
    return Template('{{ value|moment:"j M H:i"|default:"never" }}').render(Context({"value": value}))


def test_a_moment_is_short_and_says_the_rest_with_its_zone_when_it_is_pointed_at() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert drawn(AT) == (
            '<time datetime="2026-03-01T00:30:00+01:00" title="Sunday 1 March 2026, 00:30 Europe/Berlin">'
            "1 Mar 00:30</time>"
        )


def test_the_end_of_a_day_is_that_day() -> None:
    def words(at: datetime) -> str:
        return strip_tags(Template("{{ at|until }}").render(Context({"at": at})))

    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert [words(datetime(2026, 12, 31, 23, tzinfo=UTC)), words(AT)] == ["31 Dec 2026", "1 Mar 2026 00:30"]


def test_no_moment_is_nothing() -> None:
    assert drawn(None) == "never"
