"""A public number that never travels without its unit, range, source and dollar year."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from umbo.errors import DomainError, SourceError
from umbo.units import SI, dimension_of

Confidence = Literal["verified", "derived", "computed", "memory", "ours"]

ASSUMED: Final = ("memory", "ours")
"""Values so marked are assumptions: recalled, or chosen by us."""

VALUE_COLUMNS: Final = [
    "item",
    "parameter",
    "low",
    "mode",
    "high",
    "unit",
    "source",
    "locator",
    "dollars_of",
    "conf",
    "note",
]
"""The header of every table of values."""

SOURCE_COLUMNS: Final = ["id", "author", "year", "title", "publisher", "url", "retrieved"]
"""The header of ``sources.csv``."""

_ASSUMED_SOURCES: Final = {"memory", "ours"}
_CONFIDENCES: Final = get_args(Confidence)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from."""

    id: str
    author: str
    year: str
    title: str
    publisher: str
    url: str
    retrieved: str


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its credible range, unit (SI) and source.

    ``low``, ``mode`` and ``high`` are a triangular distribution, or a lognormal one whose
    5th, 50th and 95th percentiles they are where ``shape`` says so.
    """

    item: str
    parameter: str
    low: float
    mode: float
    high: float
    unit: str
    source: str
    locator: str = ""
    dollars_of: int | None = None
    conf: Confidence = "ours"
    note: str = ""
    shape: Literal["triangular", "lognormal"] = "triangular"

    def __hash__(self) -> int:
        """Tell values apart quickly: by name and mode."""
        return hash((self.item, self.parameter, self.mode))

    def __post_init__(self) -> None:
        if not self.low <= self.mode <= self.high or not math.isfinite(self.high - self.low):
            raise DomainError(
                f"{self.item}.{self.parameter}: low, mode and high must be finite and in order; "
                f"got {self.low}, {self.mode}, {self.high}"
            )

    @property
    def is_assumption(self) -> bool:
        """Say whether the number is recalled or chosen, not read in a source."""
        return self.conf in ASSUMED

    def quantile(self, u: float) -> float:
        """Give the value below which a share ``u`` of the range's probability lies.

        Example:
            >>> value = Value("gbi", "p_kill", 0.25, 0.57, 0.73, "1", "record")
            >>> round(value.quantile(2 / 3), 4)
            0.57
        """
        if not 0.0 <= u <= 1.0:
            raise DomainError(f"u must lie in 0 to 1; got {u}")
        low, mode, high = self.low, self.mode, self.high
        if high == low:
            return mode
        if self.shape == "lognormal":
            from statistics import NormalDist

            sigma = math.log(high / low) / (2.0 * 1.6448536269514722)
            u = min(max(u, 1e-6), 1.0 - 1e-6)
            return mode * math.exp(sigma * NormalDist().inv_cdf(u))
        split = (mode - low) / (high - low)
        if u < split:
            return low + math.sqrt(u * (high - low) * (mode - low))
        return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


def read_rows(
    lines: Iterable[str], file: str, columns: list[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a table with the given header, one row after another with its line number.

    Raises:
        SourceError: The header or the number of cells of a row is not the one expected.
    """
    reader = csv.reader(lines)
    if (header := next(reader, None)) != columns:
        raise SourceError(f"{file}, line 1: the header is {header}; write {','.join(columns)}")
    for cells in reader:
        if len(cells) != len(columns):
            raise SourceError(
                f"{file}, line {reader.line_num}: {len(cells)} cells instead of {len(columns)}; "
                "quote a cell that holds a comma"
            )
        yield reader.line_num, dict(zip(columns, cells, strict=True))


def read_sources(lines: Iterable[str], file: str = "sources.csv") -> dict[str, Source]:
    """Read the table of sources, by id.

    Raises:
        SourceError: An id stands twice, or a source has no title.
    """
    sources: dict[str, Source] = {}
    for line, row in read_rows(lines, file, SOURCE_COLUMNS):
        if row["id"] in sources or not row["title"]:
            wrong = "stands twice; remove one" if row["id"] in sources else "needs a title"
            raise SourceError(f"{file}, line {line}: source {row['id']!r} {wrong}")
        sources[row["id"]] = Source(**row)
    return sources


def check_sources(ids: str, sources: Mapping[str, Source], where: str) -> None:
    """Refuse a cell of sources that names none, or one that is not in the table.

    Raises:
        SourceError: A source does not resolve.
    """
    for source in ids.split() or [""]:
        if source not in sources:
            raise SourceError(
                f"{where}: source {source!r} is not in sources.csv; add it there, or correct the id"
            )


def read_values(
    lines: Iterable[str], file: str, sources: Mapping[str, Source]
) -> dict[tuple[str, str], Value]:
    """Read a table of values into SI, by item and parameter.

    Raises:
        SourceError: A row has no source that resolves, an unknown unit, a range out of order,
            money without its year, or stands twice; the message says where and what to do.
    """
    values: dict[tuple[str, str], Value] = {}
    for line, row in read_rows(lines, file, VALUE_COLUMNS):
        key = row["item"], row["parameter"]
        where = f"{file}, line {line} ({'.'.join(key)})"
        check_sources(row["source"], sources, where)
        if key in values:
            raise SourceError(f"{where}: stands twice; keep one, put the other in a view")
        values[key] = _value(row, where)
    return values


def _value(row: Mapping[str, str], where: str) -> Value:
    dimension = dimension_of(row["unit"])
    if dimension is None or not row["unit"]:
        known = sorted(unit for units in SI.values() for unit in units if unit)
        raise SourceError(f"{where}: unit {row['unit']!r} is unknown; use 1, {', '.join(known)}")
    if row["conf"] not in _CONFIDENCES:
        raise SourceError(f"{where}: conf is {row['conf']!r}; use {', '.join(_CONFIDENCES)}")
    if row["conf"] not in ASSUMED and _ASSUMED_SOURCES.issuperset(row["source"].split()):
        raise SourceError(
            f"{where}: conf is {row['conf']!r} without a public source; cite one, or use memory"
        )
    if dimension.startswith("usd") != row["dollars_of"].isdecimal():
        raise SourceError(
            f"{where}: dollars_of is {row['dollars_of']!r}; write a year for money, else nothing"
        )
    factor = 1.0 if dimension == "1" else SI[dimension][row["unit"]]
    given: dict[str, Any] = {}
    try:
        for name in ("low", "mode", "high"):
            given[name] = float(row[name]) * factor
    except ValueError:
        raise SourceError(f"{where}: {name} is {row[name]!r}; write a number") from None
    try:
        return Value(
            **given,
            item=row["item"],
            parameter=row["parameter"],
            unit=dimension,
            source=row["source"],
            locator=row["locator"],
            dollars_of=int(row["dollars_of"]) if row["dollars_of"] else None,
            conf=row["conf"],  # type: ignore[arg-type]
            note=row["note"],
            shape="lognormal" if "lognormal" in row["note"] else "triangular",
        )
    except DomainError as error:
        raise SourceError(f"{where}: {error}; correct the row") from None
