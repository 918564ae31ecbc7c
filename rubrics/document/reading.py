"""Turn the text of a file into plain lists, mappings, text, numbers and flags; nothing else can come out."""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

import msgspec
import yaml
from django.utils.translation import gettext as _

LARGEST = 1_000_000
DEEPEST = 20
MOST = 10**15
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(ValueError):
    """Say why a file cannot be read at all."""


def read(source: str | bytes) -> Any:
    """Return the content of a YAML or JSON text; text that starts with a brace is JSON. Raises Unreadable."""
    text = _text(source)
    if text.lstrip().startswith("{"):
        return _json(text)
    return _yaml(text)


def _text(source: str | bytes) -> str:
    size = len(source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        raise Unreadable(_("The file is larger than 1 MB. A rubric is a few pages of text; is this the right file?"))
    if isinstance(source, bytes):
        try:
            source = source.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Unreadable(
                _("The file is not UTF-8 text (byte %(byte)s). Save it as UTF-8.") % {"byte": error.start}
            ) from None
    if not source.strip():
        raise Unreadable(_("The file is empty."))
    return source.removeprefix("\ufeff")


def _json(text: str) -> Any:
    try:
        plain = msgspec.json.decode(text, type=Any, strict=True)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise Unreadable(_("The file is not valid JSON: %(error)s.") % {"error": error}) from None
    except RecursionError:
        raise Unreadable(_("The file is nested more than %(levels)s levels deep.") % {"levels": DEEPEST}) from None
    return _decimals(plain, 0)


def _decimals(plain: Any, depth: int) -> Any:
    """Make every JSON number a Decimal, so that 0.1 stays 0.1."""
    if depth > DEEPEST:
        raise Unreadable(_("The file is nested more than %(levels)s levels deep.") % {"levels": DEEPEST})
    if isinstance(plain, dict):
        return {key: _decimals(value, depth + 1) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_decimals(value, depth + 1) for value in plain]
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        # A number of thousands of digits is left as it is: it is refused where it is read.
        return Decimal(repr(plain)) if abs(plain) < MOST else plain
    return plain


def _yaml(text: str) -> Any:
    try:
        _refuse_traps(text)
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 (a SafeLoader that knows fewer types still)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = {"line": mark.line + 1, "column": mark.column + 1} if mark else {}
        where = _(" (line %(line)s, column %(column)s)") % words if mark else ""
        raise Unreadable(
            _("The file is not valid YAML: %(problem)s%(where)s.")
            % {"problem": error.problem or error.context, "where": where}
        ) from None
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise Unreadable(
            _("The file is not valid YAML: %(error)s.") % {"error": " ".join(str(error).split())}
        ) from None


def _refuse_traps(text: str) -> None:
    """Refuse aliases (they can make a small file huge), tags and great depth before anything is built."""
    depth = 0
    event: Any
    for event in yaml.parse(text, Loader=SafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable(
                _("Line %(line)s uses a YAML alias (*%(anchor)s). Write the content out instead.")
                % {"line": line, "anchor": event.anchor}
            )
        if getattr(event, "tag", None):
            raise Unreadable(
                _("Line %(line)s uses a YAML tag (%(tag)s). Leave it out.") % {"line": line, "tag": event.tag}
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise Unreadable(_("The file is nested more than %(levels)s levels deep.") % {"levels": DEEPEST})


class _PlainLoader(SafeLoader):
    """Load text, numbers, true, false and null only: ``no`` is a word here and a date is text."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(None, None, "a field name must be text", key_node.start_mark)
            if key in seen:
                problem = f"the field “{key}” is written twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return dict(super().construct_mapping(node, deep=deep))


def _number(loader: Any, node: Any) -> Decimal:
    return Decimal(loader.construct_scalar(node))


_PlainLoader.yaml_constructors = {
    "tag:yaml.org,2002:null": SafeLoader.construct_yaml_null,
    "tag:yaml.org,2002:bool": SafeLoader.construct_yaml_bool,
    "tag:yaml.org,2002:float": _number,
    "tag:yaml.org,2002:str": SafeLoader.construct_yaml_str,
    "tag:yaml.org,2002:seq": SafeLoader.construct_yaml_seq,
    "tag:yaml.org,2002:map": SafeLoader.construct_yaml_map,
}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:~|null|)$"), ["~", "n", ""])
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(f"^(?:{NUMBER.pattern})$"), list("-0123456789")
)
