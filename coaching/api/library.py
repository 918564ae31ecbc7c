"""The API of the library of suggestions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import URLValidator
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import idempotent
from accounts.models import Agent
from accounts.rest import Doors, Resource
from accounts.roles import Permission
from accounts.scopes import Scope
from coaching.examples import Example, written
from coaching.models import Action, LibraryEntry
from coaching.selectors import library as read
from coaching.services import library
from coaching.services.library import MOST_DAYS, EntryEdit
from rubrics.models import Skill

MOST_NUMBER = 2**31 - 1


class SuggestionSerializer(serializers.Serializer[Any]):
    """One thing to do. `number` is 0 as shipped, and names the state for a change."""

    key = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    link = serializers.CharField(allow_blank=True)
    levels = serializers.ListField(child=serializers.CharField())
    channels = serializers.ListField(child=serializers.CharField(), help_text="None: for all.")
    days = serializers.IntegerField()
    is_retired = serializers.BooleanField()
    number = serializers.IntegerField()


class LibraryExampleSerializer(serializers.Serializer[Any]):
    """What is often written, what would be better, and why; one line each."""

    instead = serializers.CharField(max_length=600)
    better = serializers.CharField(max_length=600)
    because = serializers.CharField(max_length=600)


class LibrarySkillSerializer(serializers.Serializer[Any]):
    """What the library says and offers for one skill, in the order in which plans take it; retired ones apart."""

    skill = serializers.CharField(source="skill.slug")
    cost = serializers.CharField(source="advice.cost", allow_blank=True)
    focus = serializers.ListField(source="advice.focus", child=serializers.CharField())
    examples = LibraryExampleSerializer(source="advice.examples", many=True)
    number = serializers.IntegerField(source="words_number")
    suggestions = SuggestionSerializer(source="advice.suggestions", many=True)
    retired = SuggestionSerializer(many=True)


class LibraryWordsSerializer(serializers.Serializer[Any]):
    """What plans of a skill say; focus: one to three points."""

    number = serializers.IntegerField(min_value=0, max_value=MOST_NUMBER)
    cost = serializers.CharField(max_length=1000)
    focus = serializers.ListField(child=serializers.CharField(max_length=600), min_length=1, max_length=3)
    examples = LibraryExampleSerializer(many=True, required=False, help_text="Left out: those that are shown stay.")


class SuggestionInputSerializer(serializers.Serializer[Any]):
    """A suggestion as it shall be."""

    kind = serializers.ChoiceField(choices=Action.Kind.choices)
    text = serializers.CharField(max_length=1000)
    link = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="",
        validators=[URLValidator(schemes=["http", "https"])],
    )  # fmt: skip
    levels = serializers.ListField(
        child=serializers.ChoiceField(choices=Agent.Level.choices), min_length=1, max_length=4
    )
    channels = serializers.ListField(child=serializers.CharField(max_length=20), max_length=10, default=list)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)


class SuggestionChangeSerializer(SuggestionInputSerializer):
    """A change of the suggestion with a key, from the state with a number."""

    key = serializers.CharField(max_length=80)
    number = serializers.IntegerField(min_value=0, max_value=MOST_NUMBER)
    is_retired = serializers.BooleanField(required=False, default=False)


class Library(Resource):
    """The suggestions that new plans take, by skill."""

    serializer_class = LibrarySkillSerializer
    model = LibraryEntry
    write_scope = Scope.COACH
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    pagination_class = None
    doors: ClassVar[dict[str, Doors]] = {
        **dict.fromkeys(("list", "retrieve"), (Permission.COACH,)),
        **dict.fromkeys(("update", "add", "change"), (Permission.MANAGE_COACHING,)),
    }

    @extend_schema(responses=LibrarySkillSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List the whole library, skill by skill."""
        return Response(LibrarySkillSerializer(read.pages(), many=True).data)

    @extend_schema(responses=LibrarySkillSerializer)
    def retrieve(self, request: Request, slug: str) -> Response:
        """Show one skill of the library."""
        return self._shown(slug)

    @extend_schema(request=LibraryWordsSerializer, responses=LibrarySkillSerializer)
    def update(self, request: Request, slug: str) -> Response:
        """Say what a skill costs the customer and what to focus on; 409 when somebody else was faster."""
        skill = get_object_or_404(Skill, slug=slug)
        form = LibraryWordsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        focus = "\n".join(" ".join(line.split()) for line in sent["focus"])
        examples = None
        if "examples" in sent:
            lines = [{name: " ".join(text.split()) for name, text in one.items()} for one in sent["examples"]]
            examples = written(Example(**one) for one in lines)
        library.say(
            skill, cost=sent["cost"], focus=focus, number=sent["number"], examples=examples, by=self.person,
            now=timezone.now(),
        )  # fmt: skip
        return self._shown(slug)

    @extend_schema(request=SuggestionInputSerializer, responses={201: SuggestionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def add(self, request: Request, slug: str) -> Response:
        """Add a suggestion; plans offer it before the shipped ones."""
        skill = get_object_or_404(Skill, slug=slug)
        form = SuggestionInputSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = library.add(skill, EntryEdit(number=0, **form.validated_data), by=self.person, now=timezone.now())
        return Response(SuggestionSerializer(made).data, status=201)

    @extend_schema(request=SuggestionChangeSerializer, responses=SuggestionSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def change(self, request: Request, slug: str) -> Response:
        """Change a suggestion of this skill, or offer it no more; 409 when somebody else was faster."""
        get_object_or_404(Skill, slug=slug)
        form = SuggestionChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = dict(form.validated_data)
        key = sent.pop("key")
        if key.partition("/")[0] != slug:
            raise serializers.ValidationError({"key": "This skill has no such suggestion."})
        made = library.write(key, EntryEdit(**sent), by=self.person, now=timezone.now())
        return Response(SuggestionSerializer(made).data)

    def _shown(self, slug: str) -> Response:
        return Response(LibrarySkillSerializer(read.page(get_object_or_404(Skill, slug=slug))).data)
