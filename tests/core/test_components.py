"""The components expand, escape what they are given, and are wired for assistive technology."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory

from core.refusals import Refusal


def draw(markup: str, *, address: str = "/", **context: Any) -> str:
    """Draw markup as a template of the product would."""
    template = engines["django"].from_string(compiled(markup))
    return template.render(context, request_for(address)).strip()


def compiled(markup: str) -> str:
    """Expand <c-…> tags, as cotton's loader does for files."""
    from django_cotton.compiler_regex import CottonCompiler

    return CottonCompiler().process(markup)


def request_for(address: str) -> HttpRequest:
    return RequestFactory().get(address)


class PlanForm(forms.Form):
    name = forms.CharField(label="Name", help_text="People see it.")
    note = forms.CharField(label="Note", required=False)
    hides = forms.BooleanField(label="Hide the name", required=False)
    pool = forms.ChoiceField(label="Pool", choices=[("r", "Random"), ("t", "Targeted")], widget=forms.RadioSelect)
    since = forms.CharField(label="Since", widget=forms.TextInput(attrs={"placeholder": "Since when"}), required=False)


def test_a_badge_has_its_tone_and_its_words() -> None:
    assert draw('<c-badge tone="caution">Due</c-badge>') == '<span class="badge" data-tone="caution">Due</span>'


def test_words_are_escaped_once_however_they_come() -> None:
    bound = draw('<c-person :name="name" />', name="A & <b>")
    written = draw('<c-person name="{{ name }}" />', name="A & <b>")

    assert bound.count("A &amp; &lt;b&gt;") == 1
    assert written == bound


def test_an_attribute_that_is_passed_on_cannot_break_out_of_its_quotes() -> None:
    drawn = draw('<c-badge :data-note="note">x</c-badge>', note='" onclick="alert(1)')

    assert drawn == '<span class="badge" data-tone="neutral" data-note="&quot; onclick=&quot;alert(1)">x</span>'


def test_a_component_does_not_take_its_words_from_the_page_around_it() -> None:
    drawn = draw("<c-avatar />", name="Somebody Else", size="small", tone="critical")

    assert drawn == '<span class="avatar" data-hue="1" aria-hidden="true">?</span>'


def test_components_expand_inside_a_partial_of_a_file() -> None:
    refusal = Refusal("taken", 409, "Somebody else has it.")

    drawn = get_template("refused.html#refusal").render({"refusal": refusal}, request_for("/"))

    assert "<c-" not in drawn
    assert drawn.strip().startswith('<div class="toast" data-toast data-tone="critical">')


def test_an_icon_beside_a_word_is_hidden_and_one_alone_has_a_name() -> None:
    beside = draw('<c-icon name="check" />')
    alone = draw('<c-icon name="check" label="Done & dusted" />')

    opening = '<svg class="icon" viewBox="0 0 24 24" width="16" height="16" '
    assert beside.startswith(f'{opening}aria-hidden="true">')
    assert alone.startswith(f'{opening}role="img" aria-label="Done &amp; dusted">')


def test_a_field_names_its_help_and_its_mistakes() -> None:
    form = PlanForm({"pool": "r"})
    form.is_valid()

    drawn = draw('<c-field :field="form.name" />', form=form)

    assert '<label for="id_name">Name</label>' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_name_helptext">People see it.</div>' in drawn
    assert '<div id="id_name_error">' in drawn


def test_a_field_without_mistakes_says_nothing_of_them() -> None:
    drawn = draw('<c-field :field="form.note" optional="yes" />', form=PlanForm())

    assert "aria-invalid" not in drawn
    assert "_error" not in drawn
    assert '<span class="field-optional">optional</span>' in drawn


def test_one_box_stands_beside_its_label_and_several_choices_share_a_legend() -> None:
    box = draw('<c-field :field="form.hides" />', form=PlanForm())
    choices = draw('<c-field :field="form.pool" />', form=PlanForm())

    assert '<label class="choice"><input type="checkbox" name="hides" id="id_hides"> <span>Hide the name</span>' in box
    assert '<fieldset class="choices">' in choices
    assert "<legend>Pool</legend>" in choices
    assert choices.count('type="radio"') == 2


def test_a_placeholder_that_repeats_the_label_is_left_out() -> None:
    assert "placeholder" not in draw('<c-field :field="form.since" />', form=PlanForm())


def test_form_errors_link_to_the_fields_and_take_the_focus() -> None:
    form = PlanForm({"pool": "r"})
    form.is_valid()

    drawn = draw('<c-form-errors :form="form" />', form=form)

    assert '<div class="form-errors" tabindex="-1" role="alert" data-focus>' in drawn
    assert '<li><a href="#id_name">Name</a>: Fill this in.</li>' in drawn


def test_a_form_in_order_has_no_error_summary() -> None:
    assert draw('<c-form-errors :form="form" />', form=PlanForm()) == ""


def test_pages_keep_the_filters_of_the_address() -> None:
    page = Paginator(range(57), 10).page(2)

    drawn = draw('<c-pagination :page="page" unit="items" />', address="/?team=4&page=2&q=a+b", page=page)

    assert "<span>11–20 of 57 items</span>" in drawn
    assert 'rel="prev" href="?team=4&amp;page=1&amp;q=a+b"' in drawn
    assert 'rel="next" href="?team=4&amp;page=3&amp;q=a+b"' in drawn


def test_an_empty_list_has_no_pages() -> None:
    assert draw('<c-pagination :page="page" />', page=Paginator([], 10).page(1)) == ""


class FilterForm(forms.Form):
    plan = forms.CharField(widget=forms.HiddenInput, required=False)
    q = forms.CharField(label="Search", required=False)
    team = forms.CharField(label="Team", required=False)
    tag = forms.CharField(label="Tag", required=False)


def test_a_filter_bar_works_without_a_script() -> None:
    drawn = draw('<c-filter-bar :form="form" label="Filter the queue" />', form=FilterForm())

    assert '<form class="filter-bar" method="get" role="search" aria-label="Filter the queue" data-filter-bar>' in drawn
    assert '<label class="visually-hidden" for="id_q">Search</label>' in drawn
    assert '<button class="button" type="submit">' in drawn
    assert "Clear" not in drawn


def test_seldom_needed_filters_wait_behind_a_word_and_open_when_they_are_used() -> None:
    markup = '<c-filter-bar :form="form" shown="2" />'

    closed = draw(markup, form=FilterForm())
    used = draw(markup, address="/?tag=refund", form=FilterForm(QueryDict("tag=refund")))

    assert '<details class="filter-more">' in closed
    assert '<details class="filter-more" open>' in used
    assert '<span class="badge" data-tone="accent">1</span>' in used
    assert '<a class="button button-quiet" href="/">Clear</a>' in used


def test_a_filter_set_is_taken_as_it_is() -> None:
    class Filter:
        form = FilterForm()

    assert 'id="id_team"' in draw('<c-filter-bar :filter="filter" />', filter=Filter())


def test_an_interval_is_a_picture_with_words() -> None:
    drawn = draw('<c-interval :value="81.4" :low="76.2" :high="86.1" :target="80" label="Leila" />')

    assert 'role="img" aria-label="Leila: 81, between 76 and 86, target 80"' in drawn
    assert '<rect class="interval-band" x="76.2%" width="9.9%"' in drawn
    assert '<circle class="interval-dot" cx="81.4%"' in drawn


def test_an_interval_without_a_number_draws_nothing() -> None:
    assert draw("<c-interval />") == ""


def test_an_estimate_says_why_there_is_no_number() -> None:
    drawn = draw('<c-estimate :value="value" reason="not enough reviews" />', value=None)

    assert drawn == '<span class="estimate"><span>not enough reviews</span></span>'


def test_an_estimate_carries_its_interval_and_its_count() -> None:
    drawn = draw('<c-estimate :value="81.5" :low="76.2" :high="86.1" :n="1" />')

    assert drawn == '<span class="estimate"><b>82</b> <span>76–86</span> <span>1 review</span></span>'


def test_a_score_says_its_outcome_in_words() -> None:
    passed = draw('<c-score :value="81.62" outcome="pass" />')
    none = draw('<c-score :value="score" outcome="none" />', score=None)

    assert passed.endswith("<b>81.6</b>pass</span>")
    assert none == '<span class="score" data-outcome="none">No score</span>'


def test_progress_without_a_total_has_no_value() -> None:
    known = draw('<c-progress label="Rows" :done="41200" :total="120000" />')
    unknown = draw('<c-progress label="Rows" :done="12" unit="rows" />')

    assert '<progress class="progress" max="120000" value="41200" aria-label="Rows"></progress>' in known
    assert "<strong>41,200 of 120,000</strong>" in known
    assert '<progress class="progress" aria-label="Rows"></progress>' in unknown
    assert "<strong>12 rows</strong>" in unknown


def test_an_empty_list_says_why_and_what_to_do() -> None:
    drawn = draw('<c-empty title="All done">The next draw is on Monday.</c-empty>')

    assert "<h2>All done</h2>" in drawn
    assert "<p>The next draw is on Monday.</p>" in drawn


def test_a_dialog_is_named_by_its_title() -> None:
    drawn = draw('<c-dialog id="skip" title="Skip this">body</c-dialog>')

    assert drawn.startswith('<dialog class="dialog" id="skip" aria-labelledby="skip-title">')
    assert '<h2 id="skip-title">Skip this</h2>' in drawn


def test_a_menu_opens_without_a_script() -> None:
    drawn = draw('<c-menu id="more" label="More">items</c-menu>')

    assert 'type="button" popovertarget="more"' in drawn
    assert '<div class="menu-panel" id="more" popover data-menu>items</div>' in drawn


def test_an_unknown_pool_is_not_shown_as_random() -> None:
    assert draw('<c-pool value="mystery" />') == '<span class="pool" data-pool="mystery">mystery</span>'
