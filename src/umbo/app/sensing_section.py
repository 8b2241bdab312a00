"""What the sensing layer sees by year: its charts and maps, and its section of a run's report."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from umbo.app import sensing_worth
from umbo.app.ledger import Ledger
from umbo.app.sensing import WARNED, answers
from umbo.app.sensing_figures import Line, by_year, coasts, coverage_map, shades
from umbo.app.wording import number, percent, words
from umbo.study.sensing_worth import EARLIER, NOTHING, PLANNED

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
Chart = tuple[str, Markup]
"""A heading and what is under it."""

STUDY, ACCELERATED = "study", "accelerated"
CHANGES: Final = {"earlier": "earlier", "more": "more satellites", "without": "switched off"}


def seen_charts(names: Sequence[str], tables: Tables) -> list[Chart]:
    """Draw custody, time to a solution and delay of the network, by year and architecture."""
    charts = []
    for raid, kind in dict.fromkeys((row["raid"], row["class"]) for row in tables["custody"]):
        what = f"{words(kind)}, {words(raid)}"
        charts += [
            _chart(
                f"Share of a flight in which two satellites see it: {what}",
                names,
                _of(tables["custody"], raid, kind),
                lambda row: float(row["custody"]),
                band=("custody_p05", "custody_p95"),
                axis=percent,
                high=1.0,
            ),
            _chart(
                f"Minutes to a target solution, impact if there is none: {what}",
                names,
                _of(tables["solutions"], raid, kind),
                lambda row: float(row["solution_or_impact_s"]) / 60.0,
            ),
        ]
    linked = _latency_by_year(tables)
    charts += [
        _chart(
            "Seconds through the network from infrared satellites to shooters, 95 % of the time "
            "no more; without the battle manager's own",
            names,
            linked,
            lambda row: float(row["network_p95_s"]),
        ),
        _chart(
            "Share of time without a way from infrared satellites to shooters",
            names,
            linked,
            lambda row: float(row["unreachable"]),
            axis=percent,
            high=1.0,
        ),
    ]
    return [chart for chart in charts if chart[1]]


def worth_charts(names: Sequence[str], tables: Tables) -> list[Chart]:
    """Draw leakage by the year whose satellites stand, for the raids that it moves."""
    rows = tables.get(sensing_worth.TABLE) or ()
    charts = [
        _chart(
            f"{words(raid)}: share of warheads that arrive",
            names,
            sensing_worth.by_year(rows, raid),
            lambda row: float(row["leakage"]),
            axis=percent,
        )
        for raid in sensing_worth.raids_moved(rows)
    ]
    return [chart for chart in charts if chart[1]]


def sooner(tables: Tables) -> int:
    """Give the years by which the faster program is earlier, in the battles."""
    rows = tables.get(sensing_worth.TABLE) or ()
    return next((int(row["by"]) for row in rows if row["change"] == EARLIER), 1)


def map_charts(names: Sequence[str], tables: Tables) -> list[Chart]:
    """Draw the coverage of each architecture in the last year."""
    drawn = []
    for name in names:
        cells = [
            row
            for row in tables.get("coverage", ())
            if (row["architecture"], row["program"]) == (name, STUDY)
        ]
        if cells:
            weight = [math.cos(math.radians(row["lat_deg"])) for row in cells]
            two = sum(row["share_two"] * w for row, w in zip(cells, weight, strict=True))
            label = f"{words(name)}: two in view {percent(two / sum(weight))} of the time"
            drawn.append((label, Markup(coverage_map(cells, label))))
    return drawn


def _of(rows: Sequence[Row], raid: str, kind: str) -> list[Row]:
    return [row for row in rows if (row["raid"], row["class"]) == (raid, kind)]


def _chart(
    title: str,
    names: Sequence[str],
    rows: Sequence[Row],
    value: Callable[[Row], float],
    *,
    band: tuple[str, str] | None = None,
    axis: Callable[[float], str] = number,
    high: float | None = None,
) -> Chart:
    """Draw a line for each architecture and program, those first that stand beneath."""
    lines = []
    for i, name in enumerate(names):
        for program in (STUDY, ACCELERATED):
            mine = sorted(
                (
                    row
                    for row in rows
                    if (row["architecture"], row["program"]) == (name, program)
                    and math.isfinite(value(row))
                ),
                key=lambda row: int(row["year"]),
            )
            sides = [
                (int(row["year"]), float(row[band[0]]), float(row[band[1]]))
                for row in mine
                if band and program == STUDY and all(math.isfinite(row[end]) for end in band)
            ]
            if mine:
                points = [(int(row["year"]), value(row)) for row in mine]
                told = words(name) if program == STUDY else f"{words(name)}, {program}"
                lines.append(Line(told, i, points, program == ACCELERATED, sides))
    return title[:1].upper() + title[1:], Markup(by_year(lines, title, axis, high=high))


def _latency_by_year(tables: Tables) -> list[Row]:
    """Average latencies of infrared satellites over pairs, by architecture and year."""
    together: dict[tuple[str, int, str], list[Row]] = {}
    for row in tables["latency"]:
        if row["is_infrared"]:
            key = (row["architecture"], row["year"], row["program"])
            together.setdefault(key, []).append(row)
    made = []
    for (name, year, program), rows in together.items():
        delays = [r["p95_s"] - r["manager_s"] for r in rows if math.isfinite(r["p95_s"])]
        made.append(
            {
                "architecture": name,
                "year": year,
                "program": program,
                "network_p95_s": sum(delays) / len(delays) if delays else math.nan,
                "unreachable": sum(r["unreachable"] for r in rows) / len(rows),
            }
        )
    return made


class SensingSection:
    """What the template asks for; nothing where the run has no such tables."""

    warned = WARNED
    explained = sensing_worth.EXPLAINED
    changes = CHANGES
    because = staticmethod(sensing_worth.because)

    def __init__(self, ledger: Ledger, architectures: Sequence[str]) -> None:
        self._ledger, self._architectures = ledger, list(architectures)
        self.is_there = bool(ledger.tables.get("custody"))

    @property
    def answers(self) -> list[str]:
        """Say the answer in paragraphs."""
        return answers(self._ledger.tables)

    @property
    def charts(self) -> list[Chart]:
        """Draw what the layer sees by year."""
        return seen_charts(self._architectures, self._ledger.tables)

    @property
    def worth(self) -> list[Chart]:
        """Draw leakage by the satellites of each year."""
        return worth_charts(self._architectures, self._ledger.tables)

    @property
    def maps(self) -> list[Chart]:
        """Draw coverage in the last year."""
        return map_charts(self._architectures, self._ledger.tables)

    @property
    def coasts(self) -> Markup:
        """Draw the coasts that the maps use."""
        return Markup(coasts())

    @property
    def shades(self) -> list[tuple[str, str]]:
        """Give the maps' shades and what they stand for."""
        return shades()

    def told(self) -> list[tuple[int, int, int]]:
        """List what changes from year to year: rows of ``gain``, ``custody`` and ``solutions``."""
        ledger, before = self._ledger, dict[tuple[str, ...], list[float]]()
        told: list[tuple[tuple[str, ...], int, tuple[int, int, int]]] = []
        for i, row in enumerate(ledger.tables.get("gain", ())):
            who = {name: row[name] for name in ("architecture", "raid", "class")}
            where = who | {"year": row["year"], "program": STUDY}
            custody, solved = ledger.find("custody", **where), ledger.find("solutions", **where)
            state = [row[name] for name in ("custody", "custody_accelerated", "p_solution")]
            state += [row["solution_or_impact_s"], row["solution_or_impact_s_accelerated"]]
            key = tuple(who.values())
            if custody is not None and solved is not None and before.get(key) != state:
                told.append((key, row["year"], (i, custody, solved)))
            before[key] = state
        order = list(before)
        return [rows for _, _, rows in sorted(told, key=lambda one: (order.index(one[0]), one[1]))]

    def moved(self) -> list[int]:
        """List the comparisons in which leakage moves by more than scatter, the largest of each."""
        best: dict[tuple[str, str, str, str], int] = {}
        rows = self._ledger.tables.get(sensing_worth.TABLE, [])
        for i, row in enumerate(rows):
            low, high = row["leakage_buys_low"], row["leakage_buys_high"]
            if row["weapons"] != PLANNED or abs(row["leakage_buys"]) <= NOTHING:
                continue
            if low > 0.0 or high < 0.0:
                key = (row["change"], row["architecture"], row["raid"], row["element"])
                old = best.get(key)
                if old is None or abs(rows[old]["leakage_buys"]) < abs(row["leakage_buys"]):
                    best[key] = i
        order = list(CHANGES)
        return sorted(best.values(), key=lambda i: (order.index(rows[i]["change"]), i))
