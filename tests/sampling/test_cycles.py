"""Periods: half-open, whole local days, without gap or overlap whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import cycles
from sampling.cycles import Era, Period, containing

ZONES = [
    "UTC", "Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Asia/Kolkata",
    "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Etc/GMT+12", "Africa/Cairo", "America/St_Johns",
]  # fmt: skip
MOMENTS = st.integers(1_104_537_600, 2_051_222_400).map(lambda second: datetime.fromtimestamp(second, UTC))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def period(cycle: str, zone: str, moment: str) -> Period:
    return containing([Era(cycle, zone)], utc(moment))


@pytest.mark.parametrize(
    ("cycle", "label", "starts_at", "ends_at"),
    [
        ("daily", "2026-03-04", "2026-03-04T00:00", "2026-03-05T00:00"),
        ("weekly", "2026-W10", "2026-03-02T00:00", "2026-03-09T00:00"),
        ("two_weekly", "2026-W10-W11", "2026-03-02T00:00", "2026-03-16T00:00"),
        ("monthly", "2026-03", "2026-03-01T00:00", "2026-04-01T00:00"),
    ],
)
def test_each_cycle_has_its_bounds_and_its_name(cycle: str, label: str, starts_at: str, ends_at: str) -> None:
    made = period(cycle, "UTC", "2026-03-04T10:00")

    assert (made.label, made.starts_at, made.ends_at) == (label, utc(starts_at), utc(ends_at))


@pytest.mark.parametrize(("moment", "label"), [("2026-03-08T23:59:59", "2026-W10"), ("2026-03-09T00:00", "2026-W11")])
def test_a_period_includes_its_start_and_not_its_end(moment: str, label: str) -> None:
    assert period("weekly", "UTC", moment).label == label


@pytest.mark.parametrize(
    ("moment", "label"),
    [("2027-01-01T12:00", "2026-W53"), ("2024-12-30T12:00", "2025-W01"), ("2027-01-04T12:00", "2027-W01")],
)
def test_weeks_are_iso_weeks_at_the_turn_of_the_year(moment: str, label: str) -> None:
    assert period("weekly", "UTC", moment).label == label


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("Europe/London", "2026-03-29T12:00", 23),
        ("Europe/London", "2026-10-25T12:00", 25),
        ("Australia/Lord_Howe", "2026-04-05T00:00", 24.5),  # half an hour
        ("America/Sao_Paulo", "2018-11-04T12:00", 23),  # the clock skips midnight itself
        ("Asia/Beirut", "2022-03-27T12:00", 23),
        ("America/Havana", "2026-11-01T12:00", 25),
    ],
)
def test_a_day_is_as_long_as_the_clock_makes_it(zone: str, moment: str, hours: float) -> None:
    made = period("daily", zone, moment)

    assert made.ends_at - made.starts_at == timedelta(hours=hours)


def test_a_week_with_a_clock_change_is_an_hour_shorter() -> None:
    made = period("weekly", "America/New_York", "2026-03-06T12:00")

    assert (made.starts_at, made.ends_at) == (utc("2026-03-02T05:00"), utc("2026-03-09T04:00"))


def test_a_day_that_a_country_skipped_has_no_period() -> None:
    eras = [Era("daily", "Pacific/Apia")]
    last = containing(eras, datetime(2011, 12, 29, 12, tzinfo=ZoneInfo("Pacific/Apia")))

    assert (last.label, cycles.after(eras, last).label) == ("2011-12-29", "2011-12-31")


@given(
    st.sampled_from(["daily", "weekly", "two_weekly", "monthly"]),
    st.sampled_from(ZONES),
    MOMENTS,
)
def test_periods_touch_and_never_overlap(cycle: str, zone: str, moment: datetime) -> None:
    eras = [Era(cycle, zone)]
    now = containing(eras, moment)

    then, earlier = cycles.after(eras, now), cycles.before(eras, now)

    assert now.starts_at <= moment < now.ends_at
    assert (earlier.ends_at, now.ends_at) == (now.starts_at, then.starts_at)
    assert len({earlier.label, now.label, then.label}) == 3
    assert cycles.before(eras, then) == now


@given(
    st.sampled_from(["daily", "weekly", "two_weekly", "monthly"]),
    st.sampled_from(["daily", "weekly", "two_weekly", "monthly"]),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    MOMENTS,
)
def test_changing_cycle_and_zone_at_a_period_end_leaves_no_gap_no_overlap_and_no_name_twice(
    cycle: str, next_cycle: str, zone: str, next_zone: str, moment: datetime
) -> None:
    last = containing([Era(cycle, zone)], moment)
    eras = [
        Era(cycle, zone, ends_at=last.ends_at),
        Era(next_cycle, next_zone, first_day=last.day_after, starts_at=last.ends_at),
    ]

    walked = [cycles.before(eras, last), last]
    for _ in range(3):
        walked.append(cycles.after(eras, walked[-1]))

    assert [one.ends_at for one in walked[:-1]] == [other.starts_at for other in walked[1:]]
    assert [one for one in walked if one.starts_at >= one.ends_at] == []
    assert len({one.label for one in walked}) == len(walked)
    assert [cycles.before(eras, one) for one in walked[1:]] == walked[:-1]


def test_a_plan_that_moves_west_keeps_the_evening_in_the_next_week() -> None:
    last = period("weekly", "Europe/London", "2026-03-04T10:00")
    eras = [
        Era("weekly", "Europe/London", ends_at=last.ends_at),
        Era("weekly", "America/New_York", first_day=date(2026, 3, 9), starts_at=last.ends_at),
    ]

    made = cycles.after(eras, last)

    assert (made.label, made.starts_at, made.ends_at) == ("2026-W11", utc("2026-03-09T00:00"), utc("2026-03-16T04:00"))
