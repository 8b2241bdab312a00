"""What is legal in a study, but probably not meant."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from umbo.elements.architecture import Change, Element, Fielded, fiscal_year
from umbo.elements.catalog import Catalog, Item
from umbo.elements.command import of_command
from umbo.elements.constellations import Constellation, shells
from umbo.elements.inventories import LATER, NOW, Inventory, class_of, load_inventories
from umbo.elements.overrides import read_range
from umbo.elements.places import Place
from umbo.elements.proposals import parts_of
from umbo.engagement.prelaunch import LEFT_OF_LAUNCH
from umbo.engagement.raid import Launch, adversary_of, in_reach
from umbo.section import name_of
from umbo.study.load import catalog_of, resolve
from umbo.study.problems import Path
from umbo.study.schema import Study
from umbo.study.standing import without_years

WARNS: Final = frozenset({"warning", "tracking"})
"""What an element is to the battle that tells interceptors in orbit of a launch."""
SENSORS: Final = ("radar", "space_sensor", "air_sensor")
WEAPONS: Final = ("interceptor", "space_interceptor", "directed_energy")
"""Categories whose elements take part in the battle; others are counted and costed only."""
LAUNCH_KINDS: Final = ("launch_area", "test_range", "sea_box", "air_box")

_STARTS: Final = {
    "launch_area": ("icbm", "irbm", "mrbm", "srbm", "hgv", "fobs", "lacm", "hcm", "uas"),
    "sea_box": ("slbm", "lacm", "hcm", "uas"),
    "air_box": ("lacm", "hcm", "uas"),
}
"""What starts from a place of a kind of which nothing more is known."""

FIGHTER: Final = "fighter"

AT_ONCE: Final = 10
"""From so many missiles of one kind, a launch without spacing is worth a question."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should look at."""

    where: str
    """File, line, column and path."""
    severity: Literal["warning", "note"]
    """``warning``: probably not meant; ``note``: chosen or left out by Umbo."""
    message: str
    """What was found, and what to do."""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.message}"


def check(study: Study, catalog: Catalog) -> list[Finding]:
    """Find what is legal in a study but probably wrong, or chosen for it, in the file's order.

    Args:
        study: A study that ``load`` accepted.
        catalog: The catalogue, without the study's view.

    Returns:
        The findings; none for a study in which nothing stands out.

    Raises:
        StudyError: The study does not resolve.
    """
    catalog = catalog_of(study, catalog)
    found = [
        *_perfect(study),
        *_raids(study, catalog),
        *_elements(study, catalog),
        *_architectures(study, catalog),
        *_proposals(study),
    ]
    origin = study.origin
    findings = [
        Finding(
            origin.where(path, key=True),
            severity,
            message,
            (origin.at(path, key=True) or (0, 0))[0],
        )
        for path, severity, message in found
    ]
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.line)


_Found = Iterator[tuple[Path, Literal["warning", "note"], str]]


def _perfect(study: Study) -> _Found:
    if study.perfect:
        yield (
            ("perfect",),
            "warning",
            "sensors know every missile from launch on, without error: a limit, not a shield "
            "that could stand; leave 'perfect' out for the study's own sensors",
        )


def _raids(study: Study, catalog: Catalog) -> _Found:
    year = max(architecture.as_of for architecture in resolve(study, catalog).values())
    for name, launches in study.raids.items():
        sums: Counter[tuple[str, str]] = Counter()
        for i, launch in enumerate(launches):
            if launch.count >= AT_ONCE and launch.spacing_s == 0.0:
                yield (
                    ("raids", name, i),
                    "warning",
                    f"{launch.count} missiles are launched at the same second; "
                    "write a spacing, such as 'spacing: 15 s', unless that is meant",
                )
            place = catalog.places[launch.from_]
            yield from _start(("raids", name, i, "from"), launch.missile, place)
            yield from _not_aimed_at(("raids", name, i, "at"), launch, catalog)
            sums[adversary_of(launch, catalog), class_of(launch.missile)] += launch.count
        for (adversary, group), count in sums.items():
            known = load_inventories().get((adversary, group))
            if known and count > known.most_in(year):
                yield (
                    ("raids", name),
                    "warning",
                    f"{count} {group} of {adversary} are more than the {known.most_in(year)} that "
                    f"public sources give it in FY{year} ({', '.join(known.source.split())}; "
                    f"{_between(known)}); lower the count, or say why in a note",
                )


def _between(known: Inventory) -> str:
    if known.later is None:
        return f"the count of {NOW}, for none looks ahead"
    return f"on the line from {known.now_high} in {NOW} to {known.later} in {LATER}"


def _not_aimed_at(path: Path, launch: Launch, catalog: Catalog) -> _Found:
    """Tell which places of a group lie beyond a missile's longest aimed flight."""
    for name in launch.shares:
        group = catalog.asset_group(name).places
        within = in_reach(launch.model_copy(update={"at": name}), catalog)
        beyond = [place.id for place in group if place not in within]
        if beyond:
            longest = catalog.item(launch.missile).values.get("longest_aim")
            far = f" ({longest.mode / 1e3:,.0f} km)" if longest else ""
            shown = ", ".join(beyond[:3]) + (", ..." if len(beyond) > 3 else "")
            yield (
                path,
                "note",
                f"{len(beyond)} of {len(group)} places of '{name}' lie beyond the reach of "
                f"{launch.missile}{far} and are not aimed at: {shown}",
            )


def _start(path: Path, missile: str, place: Place) -> _Found:
    if place.kind not in LAUNCH_KINDS:
        message = f"'{place.id}' is a {place.kind}, not a place that missiles are launched from"
        yield path, "warning", f"{message}; name a launch area, a test range or a box"
        return
    kinds = place.category.split() or _STARTS.get(place.kind, ())
    like = missile.replace("cm_supersonic", "lacm")
    if kinds and not any(like.startswith(kind) for kind in kinds):
        yield (
            path,
            "warning",
            f"no {missile} is known to start from '{place.id}', only {', '.join(kinds)}; "
            "name another place, or say why in a note",
        )


def _elements(study: Study, catalog: Catalog) -> _Found:
    seen: set[str] = set()
    for path, part in _parts(study):
        item = catalog.items[name_of(part.use)]
        if part.constellation is not None:
            yield from _planes((*path, "constellation"), part.constellation)
        for parameter, override in part.override.items():
            if parameter in _WRITTEN:
                yield (
                    (*path, "override", parameter),
                    "note",
                    f"the study writes {part.use}'s {parameter} as a constant, {override.value}, "
                    "in place of the model of sensing and command",
                )
            old = item.values[parameter]
            mode = read_range(override.value, old.unit)[1]
            if not old.low <= mode <= old.high:
                yield (
                    (*path, "override", parameter),
                    "warning",
                    f"{override.value} lies outside the catalogue's range of {part.use}'s "
                    f"{parameter} ({old.low:g} to {old.high:g} in SI); check value and unit",
                )
        if "glide" in (part.layers or ()):
            yield from _glides((*path, "layers"), part, item, catalog)
        if item.id not in seen:
            seen.add(item.id)
            yield from _item((*path, "use"), item)


def _glides(path: Path, part: Element | Change, item: Item, catalog: Catalog) -> _Found:
    """Tell of interceptors in orbit that are to fight gliders, but not as low as those fly."""
    floor = item.values.get("min_intercept_altitude")
    if floor is None:
        return
    written = part.override.get("min_intercept_altitude")
    floor_m = read_range(written.value, floor.unit)[1] if written else floor.mode
    top_m = max(
        one.values["glide_altitude"].high
        for one in catalog.items.values()
        if "glide_altitude" in one.values
    )
    if floor_m > top_m:
        yield (
            path,
            "warning",
            f"{part.use} meets nothing below {floor_m / 1e3:g} km, and no glider glides above "
            f"{top_m / 1e3:g} km; override min_intercept_altitude, or leave glide out",
        )


def _parts(study: Study) -> Iterator[tuple[Path, Element | Change]]:
    for name, section in study.architectures.items():
        for i, element in enumerate(section.elements):
            yield ("architectures", name, "elements", i), element
        for i, element in enumerate(section.add):
            yield ("architectures", name, "add", i), element
        for i, change in enumerate(section.change):
            yield ("architectures", name, "change", i), change
    for name, proposal in study.proposals.items():
        for i, element in enumerate(proposal.add):
            yield ("proposals", name, "add", i), element
        for i, change in enumerate(proposal.change):
            yield ("proposals", name, "change", i), change


def _proposals(study: Study) -> _Found:
    """Tell where two proposals for one architecture want one element otherwise."""
    for (one, first), (other, second) in combinations(study.proposals.items(), 2):
        if first.like != second.like:
            continue
        parts, others = parts_of(first), parts_of(second)
        for use in sorted(parts.keys() & others.keys()):
            if parts[use] != others[use]:
                yield (
                    ("proposals", other),
                    "note",
                    f"'{one}' and '{other}' want '{use}' otherwise; merged, the one that is named "
                    "first prevails",
                )


def _planes(path: Path, constellation: Constellation) -> _Found:
    if constellation.planes is not None or constellation.per_plane is not None:
        return
    for shell in shells(constellation):
        chosen = f"{shell.count} satellites stand in {shell.planes} planes of {shell.per_plane}"
        if shell.planes == 1 and shell.count > 3:
            yield (
                path,
                "warning",
                f"{chosen}, for {shell.count} has no other divisor; "
                "write another count, or planes and per_plane",
            )
        else:
            yield path, "note", f"{chosen}; write planes and per_plane to choose others"


_WRITTEN: Final = ("decision_delay", "commit_delay", "track_delay")
"""Delays that stand for a model of sensing and command, but only where a study writes them."""


def _constants(item: Item) -> tuple[str, ...]:
    """Name the delays of the catalogue that the battle reads where a model belongs."""
    if item.model != "fights" or item.layer == "boost":
        return ()
    # A site's own radar leads to its launchers without the network.
    has_release = "release_delay" in item.values and not item.model_with
    return ("look_time",) if has_release else ("commit_delay", "look_time")


def _item(path: Path, item: Item) -> _Found:
    if item.id == LEFT_OF_LAUNCH:
        value = item.values["fraction_lost"]
        yield (
            path,
            "warning",
            f"missiles are taken to be lost before launch, {value.mode:g} of them unless "
            "'fraction_lost' is overridden: no public number supports any share, and it is an "
            "assumption in every result of this architecture",
        )
        return
    if item.part == "costed_not_fought":
        yield (
            path,
            "note",
            f"'{item.id}' ({item.category}) is counted and costed, and takes no part in a battle "
            "itself",
        )
    elif item.category in WEAPONS and "p_kill" not in item.values:
        yield (
            path,
            "warning",
            f"'{item.id}' has no p_kill in the catalogue, so it does not fight; use another",
        )
    elif constants := [name for name in _constants(item) if name in item.values]:
        written = ", ".join(f"{name} {item.values[name].mode:g} s" for name in constants)
        yield path, "note", f"'{item.id}' has a constant in place of a model: {written}"
    if not any(value.unit.startswith("usd") for value in item.values.values()):
        yield (
            path,
            "warning",
            f"'{item.id}' has no cost in the catalogue, so it counts as free; "
            "say so beside any sum",
        )


def _architectures(study: Study, catalog: Catalog) -> _Found:
    everything = resolve(
        study.model_copy(
            update={
                "view": None,
                "architectures": without_years(study.architectures),
            }
        ),
        catalog,
    )
    standing = resolve(study.model_copy(update={"view": None}), catalog)
    for name, architecture in standing.items():
        path: Path = ("architectures", name)
        year = study.architectures[name].as_of
        if year is not None:
            yield from _late(
                (*path, "as_of"), year, everything[name].elements, architecture.elements
            )
        if said := of_command(architecture.command, architecture.outages):
            yield path, "note", said
        if not architecture.elements:
            yield path, "warning", "nothing stands in it, so every missile arrives; add elements"
            continue
        kinds = {fielded.item.category for fielded in architecture.elements}
        has_weapon = any("p_kill" in fielded.values for fielded in architecture.elements)
        if has_weapon and not kinds.intersection(SENSORS):
            yield (
                path,
                "warning",
                "it has weapons but no sensor, so nothing is seen or shot at; add a radar or a "
                "tracking constellation",
            )
        models = {fielded.item.model for fielded in architecture.elements}
        in_orbit = [e.use for e in architecture.elements if e.item.layer == "boost"]
        if in_orbit and kinds.intersection(SENSORS) and not models.intersection(WARNS):
            yield (
                path,
                "warning",
                f"no satellite warns '{in_orbit[0]}' of a launch, so that it never fires; add "
                "sbirs or a tracking constellation",
            )
        for one in architecture.elements:
            if one.use == FIGHTER and not one.sites:
                lacks = "its fighters never fly, for they have no bases; add 'at' with places"
                yield path, "warning", lacks
        if not has_weapon:
            yield path, "warning", "it has no weapon, so every missile arrives; add one"


def _late(
    path: Path, year: str, everything: tuple[Fielded, ...], standing: tuple[Fielded, ...]
) -> _Found:
    whole, now = _counts(everything), _counts(standing)
    for use, count in whole.items():
        if now[use] >= count:
            continue
        late = max(one.in_service for one in everything if one.use == use)
        amount = f"only {now[use]} of {count} '{use}'" if now[use] else f"no '{use}'"
        why = (
            f"for all stand in FY{late} only; write a later as_of, or an earlier in_service"
            if late > fiscal_year(year)
            else f"by the schedule, though the study wants all by FY{late}; see umbo budget, or "
            "write 'fielding: written' for the study's years"
        )
        yield path, "note" if now[use] else "warning", f"{amount} in {year}, {why}"


def _counts(elements: tuple[Fielded, ...]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in elements:
        counts[one.use] += one.count
    return counts
