"""A YAML file as text: every part with its line and column, typed only by the schema.

YAML's own typing reads ``NO`` as false, ``12:30`` as 750 and ``1e3`` as text, keeps the last of
two equal keys and expands anchors without end; none of it is used here.
"""

import math
import re
import types
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BeforeValidator, ValidationError
from pydantic.fields import FieldInfo

from umbo.errors import StudyError, UnitError, UnknownNameError, suggest
from umbo.section import Section, key_of
from umbo.study.problems import Origin, Path, Problems
from umbo.units import SI

MAX_BYTES: Final = 5_000_000
MAX_DEPTH: Final = 40
MAX_PARTS: Final = 200_000

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal or a page would obey instead of showing."""
_UNSEEN: Final = "a control character; write what can be read alone"
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9_]*)(\.0*)?(e\+?[0-9])?", re.IGNORECASE)
_NUMBER: Final = re.compile(
    r"[-+]?([0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]{1,3})?", re.IGNORECASE
)
_MISSING: Final = object()

S = TypeVar("S", bound=Section)


def read_section(text: str, file: str, model: type[S]) -> tuple[S, Origin]:
    """Read YAML text as one section of a study; refuse whatever the section does not know.

    Args:
        text: The YAML text.
        file: Name of the file, for messages.
        model: The section that the whole file is.

    Returns:
        The section, and where each of its parts stands.

    Raises:
        StudyError: Anything wrong, each problem with line and column.
    """
    node = _compose(text, file)
    origin = Origin(file)
    problems = Problems(origin)
    plain = _Reader(origin, problems).read(node, (), model)
    section = None
    if plain is not _MISSING:
        try:
            section = model.model_validate(plain)
        except ValidationError as error:
            _note(error, problems)
    problems.refuse()
    assert section is not None
    return section, origin


def quantity(value: float, dimension: str) -> str:
    """Write a quantity so that reading it gives the very same number.

    Example:
        >>> quantity(550e3, "m"), quantity(15.0, "s")
        ('550 km', '15 s')
    """
    for unit, factor in SI[dimension].items():
        text = f"{value / factor:.10g}"
        if float(text) * factor == value and "e" not in text:
            return f"{text} {unit}"
    unit = next(unit for unit, factor in SI[dimension].items() if factor == 1.0)
    return f"{value!r} {unit}"


def dimension_in(field_name: str) -> str:
    """Give the dimension that a field's name ends with, empty if it has none.

    Example:
        >>> dimension_in("spacing_s"), dimension_in("from_")
        ('s', '')
    """
    dimension = field_name.removeprefix(key_of(field_name)).strip("_")
    return dimension if dimension in SI else ""


def _compose(text: str, file: str) -> yaml.Node:
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise StudyError(
            f"{file}, line {line}: holds the control character {control[0]!r}; "
            "it looks like a binary file; give a text file in YAML"
        )
    depth = 0
    try:
        for parts, event in enumerate(yaml.parse(text, Loader=_LOADER)):
            mark = event.start_mark
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise StudyError(
                    f"{_at(mark, file)}: nested deeper than {MAX_DEPTH} levels; flatten it"
                )
            if parts > MAX_PARTS:
                raise StudyError(
                    f"{_at(mark, file)}: more than {MAX_PARTS} keys and values; split the study"
                )
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise StudyError(
                    f"{_at(mark, file)}: anchors and aliases (&name, *name) are not read; "
                    "write the part out, quote the text, or use 'like' for a variant"
                )
            if getattr(event, "tag", None):
                raise StudyError(
                    f"{_at(mark, file)}: the tag '{event.tag}' is not read; leave it out"
                )
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise StudyError(_syntax(error, file, text)) from None
    if not isinstance(node, yaml.MappingNode):
        found = "is empty" if node is None else "does not begin with a key"
        raise StudyError(
            f"{file}, line 1, column 1: the file {found}; "
            "begin with 'umbo: 1', or let 'umbo new' write a study to start from"
        )
    return node


def _at(mark: Any, file: str) -> str:
    return f"{file}, line {mark.line + 1}, column {mark.column + 1}"


def _syntax(error: yaml.YAMLError, file: str, text: str) -> str:
    mark = getattr(error, "problem_mark", None)
    where = _at(mark, file) if mark else file
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    advice = "correct the indentation, quotes or brackets there"
    rest = text.splitlines()[mark.line][mark.column :] if mark and "start any" in problem else ""
    if rest and not rest.startswith("\t"):
        problem, advice = f"{rest[0]!r} cannot begin a value", "put the text in quotes"
    elif "tab" in problem or rest:
        problem, advice = "a tab stands where YAML wants spaces", "indent with spaces"
    elif "nesting depth" in problem:
        problem, advice = f"nested deeper than {MAX_DEPTH} levels", "flatten it"
    elif "mapping values" in problem:
        advice = "put text that holds ': ' in quotes, or begin a new line"
    elif "another document" in problem:
        advice = "keep one study a file; delete the line '---'"
    return f"{where}: not YAML: {problem}; {advice}"


class _Reader:
    """Turns nodes into plain values as the schema types them, noting where each stands."""

    def __init__(self, origin: Origin, problems: Problems) -> None:
        self.origin = origin
        self.problems = problems

    def read(self, node: yaml.Node, path: Path, wanted: Any, notes: tuple[Any, ...] = ()) -> Any:
        """Give the plain value of a node, ``_MISSING`` where a problem was noted."""
        self.origin.values[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.ScalarNode):
            self.origin.texts[path] = node.value
            if _CONTROL.search(node.value):
                self.problems.add(path, f"{_short(node.value)} holds {_UNSEEN}")
                return _MISSING
        if get_origin(wanted) is Annotated:
            inner, *more = get_args(wanted)
            return self.read(node, path, inner, (*notes, *more))
        choices = [wanted]
        if get_origin(wanted) in {Union, types.UnionType}:
            choices = list(get_args(wanted))
        if _is_null(node):
            if type(None) in choices:
                return None
            self.problems.add(path, "has no value; give one, or leave the key out")
            return _MISSING
        for choice in choices:
            if isinstance(node, _node_type(choice)):
                return self._as(node, path, choice, notes)
        is_list = "is a list" if isinstance(node, yaml.SequenceNode) else "has keys of its own"
        is_list = f"is {_short(node.value)}" if isinstance(node, yaml.ScalarNode) else is_list
        self.problems.add(path, f"{is_list}, but must be {_shape(choices)}")
        return _MISSING

    def _as(self, node: yaml.Node, path: Path, wanted: Any, notes: tuple[Any, ...]) -> Any:
        if get_origin(wanted) is Annotated:
            inner, *more = get_args(wanted)
            return self._as(node, path, inner, (*notes, *more))
        if isinstance(node, yaml.SequenceNode):
            (inner,) = get_args(wanted)
            read = [self.read(part, (*path, i), inner) for i, part in enumerate(node.value)]
            return _MISSING if _MISSING in read else read
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, wanted)
        return self._scalar(node.value, path, wanted, notes)

    def _mapping(self, node: yaml.MappingNode, path: Path, wanted: Any) -> Any:
        fields = None if get_origin(wanted) is dict else _fields(wanted)
        read: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.add(path, "a key must be plain text; put a quantity in its value")
                continue
            if _CONTROL.search(key_node.value):
                at = f"in line {key_node.start_mark.line + 1}"
                self.problems.add(path, f"the key {_short(key_node.value)} {at} holds {_UNSEEN}")
                continue
            key, here = key_node.value, (*path, key_node.value)
            mark = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if here in self.origin.keys:
                first = self.origin.keys[here]
                self.origin.keys[here] = mark
                self.problems.add(
                    here,
                    f"the key '{key}' stands twice (first in line {first[0]}); keep one",
                    key=True,
                )
                continue
            self.origin.keys[here] = mark
            if fields is None:
                value = self.read(value_node, here, get_args(wanted)[1])
            elif key in fields:
                info, self.origin.dimensions[here] = fields[key]
                value = self.read(value_node, here, info.annotation, tuple(info.metadata))
            else:
                self.origin.values[here] = mark
                hint = suggest(key, fields)
                message = f"unknown key '{key}'; {hint}"
                self.problems.add(here, message, UnknownNameError, key=True)
                if hint.startswith("did you mean"):
                    self.problems.cover((*path, hint.split("'")[1]))
                continue
            if value is not _MISSING:
                read[key] = value
        return read

    def _scalar(self, text: str, path: Path, wanted: Any, notes: tuple[Any, ...]) -> Any:
        if any(isinstance(note, BeforeValidator) for note in notes):
            return text
        literal = get_args(wanted) if get_origin(wanted) is Literal else ()
        if literal:
            for value in literal:
                if text == str(value):
                    return value
            known = [str(value) for value in literal]
            self.problems.add(path, f"{_short(text)} is not possible; {suggest(text, known)}")
            return _MISSING
        if wanted is bool:
            if text in {"true", "false"}:
                return text == "true"
            self.problems.add(
                path, f"{_short(text)} is neither true nor false; write one of the two"
            )
            return _MISSING
        if wanted is int:
            if _INTEGER.fullmatch(text) and len(text) <= 30:
                return int(float(text)) if re.search("[.e]", text, re.I) else int(text)
            bare = text.lstrip("0")
            advice = (
                bare if _INTEGER.fullmatch(bare) and len(bare) <= 30 else "digits alone, such as 12"
            )
            self.problems.add(path, f"{_short(text)} is not a whole number; write {advice}")
            return _MISSING
        if wanted is float:
            if _NUMBER.fullmatch(text) and len(text) <= 40:
                return float(text)
            self.problems.add(path, f"{_short(text)} is not a number; write one such as 0.5")
            return _MISSING
        return text


@cache
def _fields(section: type[Section]) -> dict[str, tuple[FieldInfo, str]]:
    """Give each key of a section its field, and the dimension if it is a quantity."""
    return {key_of(name): (info, dimension_in(name)) for name, info in section.model_fields.items()}


def _is_null(node: yaml.Node) -> bool:
    plain = isinstance(node, yaml.ScalarNode) and node.style in {None, ""}
    return plain and node.value in {"", "~", "null"}


def _node_type(wanted: Any) -> Any:
    if get_origin(wanted) is Annotated:
        return _node_type(get_args(wanted)[0])
    if get_origin(wanted) is list:
        return yaml.SequenceNode
    is_section = isinstance(wanted, type) and issubclass(wanted, Section)
    if get_origin(wanted) is dict or is_section:
        return yaml.MappingNode
    return yaml.ScalarNode


def _shape(choices: list[Any]) -> str:
    names = {
        yaml.SequenceNode: "a list (each entry on a line that begins with '- ')",
        yaml.MappingNode: "keys with values (key: value)",
        yaml.ScalarNode: "one value",
    }
    wanted = dict.fromkeys(_node_type(choice) for choice in choices if choice is not type(None))
    return " or ".join(names[node_type] for node_type in wanted)


def _note(error: ValidationError, problems: Problems) -> None:
    errors = error.errors(include_url=False)
    # The reader has seen to every type, so a wrong one is only the other branch of a union.
    telling = [one for one in errors if not one["type"].endswith("_type")]
    for one in telling or errors:
        path = _path_of(one["loc"], problems.origin)
        kind, message = StudyError, one["msg"]
        given, limits = one.get("input"), one.get("ctx", {})
        match one["type"]:
            case "missing":
                missing = str(one["loc"][-1])
                path = _path_of(one["loc"][:-1], problems.origin)
                if problems.touches((*path, missing)):
                    continue
                message = f"the key '{missing}' is missing; add it"
            case "value_error":
                message, kind = str(limits["error"]), UnitError
            case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
                shown = problems.origin.texts.get(path, given)
                bound = _bound(limits, problems.origin.dimensions.get(path, ""))
                message = f"{_short(str(shown))[1:-1]} is out of bounds: {bound}"
            case "string_pattern_mismatch":
                message = _pattern(str(given), str(limits["pattern"]))
            case "string_too_short":
                message = f"{given!r} is too short; write at least {limits['min_length']} letters"
            case "string_too_long":
                message = (
                    f"{_short(str(given))} is too long; at most {limits['max_length']} letters"
                )
            case "too_short":
                message = "is empty; write at least one entry"
        if problems.touches(path) and one["type"] != "missing":
            continue
        problems.add(path, message, kind, key=one["loc"][-1:] == ("[key]",))


def _bound(limits: dict[str, Any], dimension: str) -> str:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    (sign, limit), *_ = limits.items()
    shown = f"{limit:g}" if isinstance(limit, float) else str(limit)
    if dimension:
        shown = quantity(limit, dimension)
    if dimension == "rad":
        shown = f"{math.degrees(limit):.4g} deg"
    return f"it must be {words[sign]} {shown}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _pattern(given: str, pattern: str) -> str:
    if pattern.startswith("^FY"):
        return (
            f"{_short(str(given))} is not a fiscal year; write FY and four digits, such as FY2026"
        )
    if pattern.startswith("^["):
        lower = re.sub(r"[^a-z0-9]+", "_", given.lower()).strip("_")
        advice = f"such as '{lower}'" if lower[:1].isalpha() else "beginning with a letter"
        return f"{_short(str(given))} is not a name; write small letters, digits and _, {advice}"
    return f"{_short(str(given))} is not a time; write one such as 2036-01-01T00:00Z"


def _path_of(location: tuple[int | str, ...], origin: Origin) -> Path:
    """Drop the parts of pydantic's location that name a union's branch, not a key."""
    path: Path = ()
    for part in location:
        if (*path, part) in origin.values:
            path = (*path, part)
    return path
