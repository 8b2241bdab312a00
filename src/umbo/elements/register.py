"""The register of authorities: what the law or an office must grant before an element stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from umbo.elements.architecture import IN_ORBIT, NOT_ELEMENTS, Fielded
from umbo.elements.catalog import Item, load_catalog
from umbo.elements.sourced import Confidence, Source, Value, check_sources, read_rows
from umbo.errors import DomainError, SourceError, UnknownNameError, suggest

Stage = Literal["build", "test", "use", "none"]
Status = Literal["exists", "needs waiver", "needs new authority", "needs agreement"]

ALL: Final = "all"
"""Stands in the column of elements for every element."""
ORBIT: Final = "in_orbit"
"""Stands there for every satellite."""
MONTHS_A_YEAR: Final = 12.0

_COLUMNS: Final = [
    *("id", "name", "kind", "citation", "governs", "elements", "only_where", "stage", "owner"),
    *("low_months", "mode_months", "high_months", "lead_source", "lead_conf", "lead_note"),
    *("status", "status_conf", "expedite", "expedite_conf", "source", "conf", "note"),
]


@dataclass(frozen=True, slots=True)
class Authority:
    """Something to be granted, with who grants it, how long that takes, and where it was read."""

    id: str
    name: str
    kind: str
    """statute, appropriations rule, policy directive, delegation, licence, spectrum, and so on."""
    citation: str
    governs: str
    elements: tuple[str, ...]
    """Items of the catalogue that need it, ``all``, or ``in_orbit``."""
    only_where: str
    """Nothing, ``new_place``, ``abroad`` or ``nation:XX``: where else no one needs it."""
    stage: Stage
    """``build``: held before building begins; ``test``: sought when built, held before use;
    ``use``: held before use; ``none``: a limit, a risk or a power that gates nothing."""
    owner: str
    lead_time: Value
    """Years from the decision to seek it to holding it for one new element."""
    status: Status
    status_conf: Confidence
    expedite: str
    """Lawful ways to shorten the lead time."""
    expedite_conf: Confidence
    source: str
    conf: Confidence
    """How sure citation and content are."""
    note: str

    @property
    def gates(self) -> bool:
        """Whether an element waits for it."""
        return self.stage != "none" and self.lead_time.high > 0.0

    def names(self, item: Item) -> bool:
        """Say whether it is about an item of the catalogue."""
        if item.category in NOT_ELEMENTS:
            return False
        in_orbit = ORBIT in self.elements and item.category in IN_ORBIT[:3]
        return ALL in self.elements or in_orbit or item.id in self.elements

    def needed_by(self, element: Fielded, old_places: Iterable[str] = ()) -> bool:
        """Say whether an element of an architecture waits for it.

        Args:
            element: The element.
            old_places: Places where something stands already.
        """
        if not (self.gates and self.names(element.item)):
            return False
        nations = {place.nation or "US" for place, _ in element.sites} | {element.nation}
        match self.only_where.partition(":"):
            case ("new_place", _, _):
                return any(place.id not in old_places for place, _ in element.sites)
            case ("abroad", _, _):
                return nations != {"US"}
            case ("nation", _, nation):
                return nation in nations
        return True


@cache
def load_register() -> dict[str, Authority]:
    """Load the register of the package, by id; read once a process.

    Raises:
        SourceError: A row has no source that resolves, or cannot be read.
    """
    lines = files("umbo.data").joinpath("authorities.csv").read_text(encoding="utf-8").splitlines()
    catalog = load_catalog()
    return read_register(lines, "authorities.csv", catalog.items, catalog.sources)


def read_register(
    lines: Iterable[str], file: str, items: Mapping[str, Item], sources: Mapping[str, Source]
) -> dict[str, Authority]:
    """Read a register of authorities.

    Raises:
        SourceError: A row stands twice, names no element, or has a word or a source unknown.
    """
    register: dict[str, Authority] = {}
    for line, row in read_rows(lines, file, _COLUMNS):
        where = f"{file}, line {line} ({row['id']})"
        if row["id"] in register:
            raise SourceError(f"{where}: stands twice; rename one")
        for column in ("source", "lead_source"):
            check_sources(row[column], sources, where)
        for column, words in (("stage", Stage), ("status", Status)):
            if row[column] not in get_args(words):
                raise SourceError(
                    f"{where}: {column} is {row[column]!r}; {suggest(row[column], get_args(words))}"
                )
        for column in ("conf", "lead_conf", "status_conf", "expedite_conf"):
            if row[column] not in get_args(Confidence):
                raise SourceError(f"{where}: {column} is {row[column]!r}; correct it")
        elements = tuple(row["elements"].split())
        for one in elements:
            if one not in items and one not in (ALL, ORBIT):
                raise SourceError(f"{where}: no item is named {one!r}; {suggest(one, items)}")
        if row["only_where"].partition(":")[0] not in ("", "new_place", "abroad", "nation"):
            raise SourceError(f"{where}: only_where is {row['only_where']!r}; correct it")
        register[row["id"]] = _authority(row, elements, where)
    return register


def _authority(row: Mapping[str, str], elements: tuple[str, ...], where: str) -> Authority:
    months: dict[str, Any] = {}
    try:
        for end in ("low", "mode", "high"):
            months[end] = float(row[f"{end}_months"]) / MONTHS_A_YEAR
        lead_time = Value(
            **months,
            item=row["id"],
            parameter="lead_time",
            unit="year",
            source=row["lead_source"],
            conf=row["lead_conf"],  # type: ignore[arg-type]
            note=row["lead_note"],
        )
    except (ValueError, DomainError) as error:
        raise SourceError(f"{where}: {error}; write months, low to high") from None
    kept = ("id", "name", "kind", "citation", "governs", "only_where", "stage", "owner")
    also = ("status", "status_conf", "expedite", "expedite_conf", "source", "conf", "note")
    texts: dict[str, Any] = {column: row[column] for column in (*kept, *also)}
    return Authority(elements=elements, lead_time=lead_time, **texts)


def naming(register: Mapping[str, Authority], use: str, items: Mapping[str, Item]) -> list[str]:
    """Give the ids of the authorities that are about an item.

    Raises:
        UnknownNameError: No item has this name.
    """
    if use not in items:
        raise UnknownNameError(f"no element is named {use!r}; {suggest(use, items)}")
    return [name for name, one in register.items() if one.names(items[use])]
