"""From a study file to a study, and from a study to what stands in it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from umbo.appraisal.gates import gated_years
from umbo.appraisal.inflation import price_index
from umbo.elements.architecture import (
    Architecture,
    Fielding,
    as_written,
    fiscal_year,
    resolve_architectures,
)
from umbo.elements.catalog import Catalog
from umbo.elements.proposals import proposed
from umbo.engagement.raid import Launch, problems_of
from umbo.errors import StudyError, UmboError, UnknownNameError, suggest
from umbo.section import Section, key_of
from umbo.study.nodes import MAX_BYTES, dimension_in, quantity, read_section
from umbo.study.problems import Problems
from umbo.study.schema import Study
from umbo.study.standing import by_schedule, sought_from, waits_for_schedule, without_years
from umbo.study.top_lines import read_top_line
from umbo.study.views import load_view, view_names

LAST_START: Final = 2050
"""Latest fiscal year at which costs can begin: prices later are no one's to tell."""

MAX_OBJECTS: Final = 100_000
"""Most warheads and decoys of a raid."""


def load(where: str | Path, catalog: Catalog | None = None) -> Study:
    """Read a study, and check that everything it names exists and adds up.

    Args:
        where: A path, or the name of a bundled study such as ``reference``.
        catalog: The catalogue to check names against; the bundled one where left out.

    Returns:
        The study.

    Raises:
        StudyError: Anything wrong; the message tells every problem with line and column.
    """
    text, file = text_of(where)
    return read_study(text, file, catalog)


def read_study(text: str, file: str = "study", catalog: Catalog | None = None) -> Study:
    """Read a study from YAML text, as ``load`` does from a file.

    Args:
        text: The YAML text.
        file: Name of the file, for messages.
        catalog: The catalogue to check names against; the bundled one where left out.

    Returns:
        The study.

    Raises:
        StudyError: Anything wrong; the message tells every problem with line and column.
    """
    study, origin = read_section(text, file, Study)
    study = study.with_origin(origin)
    if catalog is None:
        from umbo.elements.catalog import load_catalog

        catalog = load_catalog()
    problems = Problems(origin)
    catalog = _in_view(study, catalog, problems)
    _check_names(study, catalog, problems)
    _resolve(study, catalog, problems)
    _proposed(study, catalog, problems)
    problems.refuse()
    return study


def catalog_of(study: Study, catalog: Catalog) -> Catalog:
    """Give the catalogue with the numbers of the study's view in place, if it has one."""
    problems = Problems(study.origin)
    viewed = _in_view(study, catalog, problems)
    problems.refuse()
    return viewed


def resolve(study: Study, catalog: Catalog) -> dict[str, Architecture]:
    """Give what stands in each architecture: ``like``, changes, view, overrides and year applied.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.

    Returns:
        The architectures by name, in the order of the study.

    Raises:
        StudyError: Something named does not exist or does not add up.
    """
    problems = Problems(study.origin)
    architectures = _resolve(study, _in_view(study, catalog, problems), problems)
    problems.refuse()
    return architectures


def resolve_proposals(study: Study, catalog: Catalog) -> dict[str, Architecture]:
    """Give what would stand if each proposal were taken alone, as ``resolve`` does.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.

    Returns:
        The architectures by the proposal's name, in the order of the study.

    Raises:
        StudyError: Something named does not exist or does not add up.
    """
    problems = Problems(study.origin)
    found = _proposed(study, _in_view(study, catalog, problems), problems)
    problems.refuse()
    return found


def bundled_studies() -> list[str]:
    """List the studies that come with the package."""
    folder = _studies()
    if not folder.is_dir():
        return []
    names = [file.name.removesuffix(".yaml") for file in folder.iterdir()]
    return sorted(name for name in names if name not in {"template", "__pycache__", "__init__.py"})


def resolved_yaml(study: Study, *, defaults: bool = True) -> str:
    """Write a study with every setting in it; loading it again gives an equal study.

    Args:
        study: The study.
        defaults: Whether what is as it would be by itself is written too.

    Returns:
        The text of a study file.
    """
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    plain = _written(study, defaults)
    text: str = yaml.dump(plain, Dumper=dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


def _studies() -> Traversable:
    return files("umbo.data").joinpath("studies")


def text_of(where: str | Path) -> tuple[str, str]:
    """Give the text of a file or a bundled study, and its name for messages.

    Raises:
        StudyError: There is no such file, or it cannot be read as text.
    """
    file: Traversable = Path(where)
    name = str(where)
    if not file.is_file() and name in bundled_studies():
        file = _studies().joinpath(f"{name}.yaml")
        name = file.name
    elif not Path(where).exists():
        known = suggest(name, bundled_studies())
        raise UnknownNameError(
            f"{name}: no such file, and no bundled study of that name; give the path of a "
            f"study file, or a bundled study ({known})"
        )
    if not file.is_file():
        raise StudyError(f"{name}: not a file; give the path of a study file")
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise StudyError(f"{name}: cannot be read ({error.strerror}); check its rights") from None
    if len(content) > MAX_BYTES:
        raise StudyError(
            f"{name}: larger than {MAX_BYTES / 1e6:.0f} MB; a study is a few hundred lines: "
            "give the right file, or split it"
        )
    try:
        return content.decode("utf-8-sig"), name
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise StudyError(
            f"{name}, line {line}: not text in UTF-8; save the file as UTF-8"
        ) from None


def _in_view(study: Study, catalog: Catalog, problems: Problems) -> Catalog:
    """Give the catalogue with the study's own places, and its view's numbers in place."""
    own = {name: section.place(name) for name, section in study.places.items()}
    for name, place in own.items():
        if name in catalog.asset_groups or catalog.places.get(name, place) != place:
            message = f"the catalogue has a place or a group '{name}' already; name yours otherwise"
            problems.add(("places", name), message, key=True)
    catalog = replace(catalog, places={**catalog.places, **own})
    if study.view is None:
        return catalog
    if study.view not in view_names():
        hint = suggest(study.view, view_names())
        message = f"no view is named '{study.view}'; {hint}"
        problems.add(("view",), message, UnknownNameError)
        return catalog
    return load_view(study.view, catalog)


def _check_names(study: Study, catalog: Catalog, problems: Problems) -> None:
    missiles = {id_ for id_, item in catalog.items.items() if item.category == "missile"}
    targets = {*catalog.asset_groups, *catalog.places}
    for name, launches in study.raids.items():
        _check_size(name, launches, problems)
        for i, launch in enumerate(launches):
            named = [
                ("missile", launch.missile, missiles, "missile"),
                ("from", launch.from_, catalog.places, "launch area"),
                *(("at", one, targets, "asset or group of assets") for one in launch.shares),
            ]
            for key, given, known, what in named:
                if given not in known:
                    message = f"no {what} is named '{given}'; {suggest(given, known)}"
                    problems.add(("raids", name, i, key), message, UnknownNameError)
            if not problems.touches(("raids", name, i)):
                for key, message in problems_of(launch, catalog):
                    problems.add(("raids", name, i, key), message)
    for name in study.strikes_first:
        if name not in study.raids:
            message = f"no raid is named '{name}'; {suggest(name, study.raids)}"
            problems.add(("strikes_first", name), message, UnknownNameError, key=True)
    for i, name in enumerate(study.fight):
        if name not in study.raids:
            message = f"no raid is named '{name}'; {suggest(name, study.raids)}"
            problems.add(("fight", i), message, UnknownNameError)
    years = price_index()
    if study.dollars_of not in years:
        message = f"no price index for {study.dollars_of}; write {min(years)} to {max(years)}"
        problems.add(("dollars_of",), message)
    if not min(years) <= fiscal_year(study.horizon.from_) <= LAST_START:
        message = f"{study.horizon.from_} is out of bounds; write FY{min(years)} to FY{LAST_START}"
        problems.add(("horizon", "from"), message)
    try:
        datetime.fromisoformat(study.epoch)
    except ValueError:
        message = f"{study.epoch!r} is not a time there is; write one such as 2036-01-01T00:00Z"
        problems.add(("epoch",), message)
    if study.top_line:
        try:
            read_top_line(study.top_line, fiscal_year(study.horizon.from_))
        except StudyError as error:
            problems.add(("top_line",), str(error))
    if study.selected and study.selected.architecture not in study.architectures:
        given = study.selected.architecture
        message = f"no architecture is named '{given}'; {suggest(given, study.architectures)}"
        problems.add(("selected", "architecture"), message, UnknownNameError)


def _check_size(name: str, launches: Sequence[Launch], problems: Problems) -> None:
    objects = sum(
        launch.count * ((launch.warheads_each or 1) + launch.decoys_each) for launch in launches
    )
    if objects > MAX_OBJECTS:
        message = (
            f"{objects} warheads and decoys are more than the {MAX_OBJECTS} that can be fought"
        )
        problems.add(("raids", name), f"{message}; lower the counts, or make it several raids")


def _resolve(study: Study, catalog: Catalog, problems: Problems) -> dict[str, Architecture]:
    def report(path: tuple[str | int, ...], error: UmboError) -> None:
        kind = type(error) if isinstance(error, StudyError) else StudyError
        is_key = path[-2:-1] in {("at",), ("override",)}
        problems.add(("architectures", *path), str(error), kind, key=is_key)

    resolving = partial(
        resolve_architectures, catalog=catalog, dollars_of=study.dollars_of, report=report
    )
    standing = resolving(study.architectures)
    if not standing or len(standing) < len(study.architectures):
        return standing
    today = next(iter(standing.values()))
    if study.authorities == "gate":
        resolving = partial(resolving, fielding=gated_years(today, sought_from(study)))
        standing = resolving(study.architectures)
    if waits_for_schedule(study):
        everything = resolving(without_years(study.architectures))
        standing |= by_schedule(study, catalog, everything, today)
    return standing


def _proposed(study: Study, catalog: Catalog, problems: Problems) -> dict[str, Architecture]:
    """Resolve proposals; what is wrong with the architectures is told by ``_resolve``."""
    if not study.proposals:
        return {}

    def report(path: tuple[str | int, ...], error: UmboError) -> None:
        kind = type(error) if isinstance(error, StudyError) else StudyError
        is_key = len(path) == 1 or path[-2:-1] in {("at",), ("override",)}
        problems.add(("proposals", *path), str(error), kind, key=is_key)

    fielding: Fielding = as_written
    if study.authorities == "gate":
        standing = _resolve(study, catalog, Problems(study.origin))
        if standing:
            fielding = gated_years(next(iter(standing.values())), sought_from(study))
    return proposed(
        study.proposals,
        study.architectures,
        catalog,
        dollars_of=study.dollars_of,
        report=report,
        fielding=fielding,
    )


def _written(section: Section, defaults: bool) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, info in type(section).model_fields.items():
        value = getattr(section, name)
        key, dimension = key_of(name), dimension_in(name)
        if not defaults and not info.is_required() and value == info.default:
            continue
        if isinstance(value, float) and dimension:
            written[key] = quantity(value, dimension)
        elif value is not None and (value not in ("", [], {}) or info.is_required()):
            written[key] = _plain(value, defaults)
    return written


def _plain(value: Any, defaults: bool) -> Any:
    if isinstance(value, Section):
        return _written(value, defaults)
    if isinstance(value, dict):
        return {key: _plain(part, defaults) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part, defaults) for part in value]
    return value
