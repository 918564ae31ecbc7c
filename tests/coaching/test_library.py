"""The library is useful as shipped: for every skill, level and channel."""

from __future__ import annotations

import pytest
import yaml

from accounts.models import Agent
from coaching.examples import read, written
from coaching.models import Action
from coaching.suggestions import LIBRARY, advice, suggest
from conversations.models import Conversation
from rubrics.skills import STARTER_SKILLS

SLUGS = [skill.slug for skill in STARTER_SKILLS]
CHANNELS = {channel for channel in Conversation.Channel.values if channel}


def test_there_is_advice_on_every_skill_and_on_nothing_else():
    assert sorted(file.stem for file in LIBRARY.iterdir()) == sorted(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_advice_says_what_it_costs_and_what_to_focus_on(slug):
    known = advice(slug)

    assert len(known.cost) > 40
    assert 1 <= len(known.focus) <= 4
    assert all(point.endswith(".") for point in known.focus)


@pytest.mark.parametrize("slug", SLUGS)
def test_suggestions_are_of_known_kinds_levels_and_channels_and_have_keys_of_their_own(slug):
    found = advice(slug).suggestions

    assert {one.kind for one in found} <= set(Action.Kind.values)
    assert all(one.levels and one.levels <= set(Agent.Level.values) for one in found)
    assert all(one.channels <= CHANNELS for one in found)
    assert all(1 <= one.days <= 28 for one in found)
    assert len({one.key for one in found}) == len(found)
    content = yaml.safe_load((LIBRARY / f"{slug}.yaml").read_text())
    assert set(content) == {"cost", "focus", "examples", "suggestions"}


@pytest.mark.parametrize("slug", SLUGS)
def test_examples_put_a_better_sentence_beside_each_and_say_why(slug):
    found = advice(slug).examples

    assert 3 <= len(found) <= 8
    assert all(one.instead != one.better and len(one.because) > 25 for one in found)
    assert read(written(found)) == found


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("level", Agent.Level.values)
def test_there_are_at_least_five_suggestions_for_each_level_in_each_channel(slug, level):
    mine = [one for one in advice(slug).suggestions if level in one.levels]

    assert {c for c in CHANNELS if sum(not one.channels or c in one.channels for one in mine) >= 5} == CHANNELS


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("level", Agent.Level.values)
@pytest.mark.parametrize("channel", ["", *sorted(CHANNELS)])
def test_a_plan_gets_four_actions_that_fit_level_and_channel(slug, level, channel):
    found = suggest(slug, level=level, channel=channel)

    assert len(found) == 4
    assert len({one.kind for one in found}) >= 3
    assert all(level in one.levels and (not one.channels or channel == "" or channel in one.channels) for one in found)
    assert any(one.channels for one in found) or channel == ""


@pytest.mark.parametrize("slug", SLUGS)
def test_each_level_and_each_channel_gets_suggestions_of_its_own(slug):
    def keys(level, channel):
        return frozenset(one.key for one in suggest(slug, level=level, channel=channel))

    kinds = ("chat", "email", "voice")
    assert [len({keys(level, channel) for level in Agent.Level.values}) for channel in kinds] == [4, 4, 4]
    assert [len({keys(level, channel) for channel in kinds}) for level in Agent.Level.values] == [3, 3, 3, 3]


def test_what_was_written_for_the_channel_comes_first_and_last_where_no_channel_is_known():
    chat, unknown = (suggest("empathy", level="entry", channel=channel, most=20) for channel in ("chat", ""))

    assert (chat[0].key, chat[0].channels) == ("empathy/slow-down", {"chat", "messaging"})
    assert next(one for one in unknown if one.kind == "practise").channels == set()


def test_a_skill_that_the_library_does_not_know_gets_none():
    assert (advice("juggling"), suggest("juggling", level="entry")) == (None, [])
