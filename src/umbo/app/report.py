"""The report: one page that needs no network, every number a link to where it comes from."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from umbo.app import figures, maps, wording
from umbo.app.budget_section import BudgetSection
from umbo.app.capacity_section import CapacitySection
from umbo.app.cost_section import CostSection
from umbo.app.gantt import gantt
from umbo.app.judgement_section import JudgementSection
from umbo.app.laser_section import LaserSection
from umbo.app.ledger import (
    CAPTIONS,
    FAILS_BELOW,
    OTHERS,
    STOPS_FROM,
    Ledger,
    Row,
    Tables,
    input_anchor,
    slug,
)
from umbo.app.resting import Resting
from umbo.app.sensing_section import SensingSection
from umbo.app.stability_section import StabilitySection
from umbo.compiled import cache_root
from umbo.engagement.prelaunch import LEFT_OF_LAUNCH
from umbo.section import key_of
from umbo.study.answers import ANSWERS, held

if TYPE_CHECKING:
    from jinja2 import BytecodeCache

ROWS_PRINTED: Final = 400
NOT_PRINTED: Final = (
    *("ground_tracks", "coverage", "latency", "gaps"),
    *("custody", "solutions", "gain", "sensing_leakage", "sensing_orders"),
)
"""Tables too long to print; the run folder holds them."""
FEW_PRINTED: Final = 40
SHORTENED: Final = (
    *("budget", "budget_year", "cost_curve", "deflators", "spend_out", "fielding"),
    *("cost", "sites", "priorities"),
)
"""Long tables of which the page shows few rows beside those that it links to."""
FLIGHTS_SHOWN: Final = 12
SAME_SCOPE: Final = {("cbo2026", "total"): "in_cbo_scope"}
"""Which of our scopes counts the same things as a published total."""
PICTURE_WIDTH: Final = 1200.0
TRACKS_DRAWN: Final = 200
POINTS_DRAWN: Final = 60
LAYERS: Final = ("boost", "midcourse", "terminal")
NOTHING_REACHES: Final = "has nothing that reaches"


class Page:
    """What the template asks for: names, titles, charts and the ledger."""

    def __init__(self, tables: Tables, study: Row, manifest: Row) -> None:
        self.study, self.manifest = study, manifest
        self.ledger = Ledger(tables, study, manifest)
        self.architectures = _names(study.get("architectures"), tables)
        self.raids = _names(study.get("raids"), tables, "raid")
        self.rests = Resting(self.ledger)

    def color(self, architecture: str) -> int:
        """Give an architecture its colour, the same in every chart."""
        return self.architectures.index(architecture)

    def key(self, architecture: str) -> Markup:
        """Draw an architecture's sign."""
        return Markup(figures.key_symbol(self.color(architecture)))

    def title(self, kind: str, name: str) -> str:
        """Give the one line that the study says about an architecture or a raid."""
        titles = self.study.get(kind)
        text = titles.get(name) if isinstance(titles, Mapping) else None
        text = text.get("title") if isinstance(text, Mapping) else text
        return text if isinstance(text, str) else ""

    def year(self, architecture: str) -> str:
        """Give the fiscal year in which an architecture fights, if the study gives it one."""
        written = self.study.get("architectures")
        section = written.get(architecture) if isinstance(written, Mapping) else None
        return str(section.get("as_of") or "") if isinstance(section, Mapping) else ""

    def verdicts(self, architecture: str) -> list[tuple[str, list[int]]]:
        """Sort the raids into stopped, sometimes stopped, not stopped and out of all reach."""
        kinds = ("stops", "sometimes stops", "does not stop", NOTHING_REACHES)
        groups: dict[str, list[int]] = {kind: [] for kind in kinds}
        for raid in self.raids:
            row = self.ledger.find("leakage", architecture=architecture, raid=raid)
            p_none = self.ledger.value("leakage", row, "p_no_leaker")
            if row is not None and p_none is not None:
                shots = self.ledger.rows("shots", architecture=architecture, raid=raid)
                fired = any(self.ledger.value("shots", i, "shots_mean") for i in shots)
                groups[_verdict(p_none) if fired else NOTHING_REACHES].append(row)
        return [(words, rows) for words, rows in groups.items() if rows]

    def leakage_chart(self, raids: list[str]) -> Markup:
        """Draw leakage with both intervals, by raid and architecture."""
        groups = []
        for raid in raids:
            marks = [
                self._mark(row, architecture)
                for architecture in self.architectures
                for row in self.ledger.rows("leakage", architecture=architecture, raid=raid)
                if self.ledger.value("leakage", row, "leakage") is not None
            ]
            groups.append((wording.words(raid), marks))
        title = "Leakage by raid and architecture, with intervals"
        return Markup(figures.intervals(groups, title, wording.percent, 1.0))

    def _mark(self, row: int, architecture: str) -> figures.Mark:
        value = {c: self.ledger.value("leakage", row, c) for c in self.ledger.at("leakage", row)}
        return figures.Mark(
            wording.words(architecture),
            self.color(architecture),
            value["leakage"] or 0.0,
            wording.percent(value["leakage"] or 0.0),
            value.get("leakage_assumptions_low"),
            value.get("leakage_assumptions_high"),
            value.get("leakage_luck_low"),
            value.get("leakage_luck_high"),
            self.ledger.address("leakage", row, "leakage"),
        )

    def kills_chart(self, raid: str) -> Markup:
        """Draw what each layer kills and what arrives, by architecture."""
        rows = []
        for architecture in self.architectures:
            parts = [
                self._segment("kills", i, "kills_mean", self.layer_style(layer), layer, "weapon")
                for layer in self.layers
                for i in self.ledger.rows(
                    "kills", architecture=architecture, raid=raid, layer=layer
                )
            ]
            for i in self.ledger.rows("leakage", architecture=architecture, raid=raid):
                parts.append(self._segment("leakage", i, "leakers_mean", "leak", "arrive"))
            rows.append(figures.Bar(wording.words(architecture), tuple(filter(None, parts))))
        title = f"Kills by layer and warheads that arrive, {wording.words(raid)}"
        return Markup(figures.bars(rows, title, wording.number))

    def reasons_chart(self, raid: str) -> Markup:
        """Draw why warheads arrive, by architecture."""
        rows = []
        for architecture in self.architectures:
            parts = [
                self._segment("leakers_all", i, "leakers_mean", self.reason_style(reason), reason)
                for reason in self.reasons
                for i in self.ledger.rows(
                    "leakers_all", architecture=architecture, raid=raid, reason=reason
                )
            ]
            rows.append(figures.Bar(wording.words(architecture), tuple(filter(None, parts))))
        title = f"Why warheads arrive, {wording.words(raid)}"
        return Markup(figures.bars(rows, title, wording.number))

    @cached_property
    def reasons(self) -> list[str]:
        """Give the reasons for which warheads arrive."""
        return list(dict.fromkeys(r["reason"] for r in self.ledger.tables.get("leakers", ())))

    def reason_style(self, reason: str) -> str:
        """Give a reason its colour, none of a layer's while they last."""
        return f"s{(self.reasons.index(reason) + len(LAYERS)) % figures.SERIES_COLORS}"

    @cached_property
    def scopes(self) -> list[str]:
        """Give the scopes of cost in the order of the table."""
        return list(dict.fromkeys(r["scope"] for r in self.ledger.tables.get("cost_total", ())))

    @cached_property
    def layers(self) -> list[str]:
        """Give the layers in the order of a flight, unknown ones last."""
        found = {row["layer"] for row in self.ledger.tables.get("kills", ())}
        known = (LEFT_OF_LAUNCH, LAYERS[0], "ascent", *LAYERS[1:])
        return [n for n in known if n in found] + sorted(found - set(known))

    def layer_style(self, layer: str) -> str:
        """Give a layer its colour, the same whichever layers a run has."""
        place = LAYERS.index(layer) if layer in LAYERS else len(LAYERS)
        return f"s{place}"

    @cached_property
    def phases(self) -> list[str]:
        """Give the phases of cost in the order of the table."""
        return list(dict.fromkeys(row["phase"] for row in self.ledger.tables.get("cost", ())))

    @cached_property
    def parts(self) -> list[str]:
        """Give the elements that the chart of cost names, and the others as one."""
        return list(dict.fromkeys(row["element"] for row in self.ledger.tables["cost_parts"]))

    def part_style(self, element: str) -> str:
        """Give an element its colour; the others together have one of their own."""
        last = figures.SERIES_COLORS - 1
        return f"s{last if element == OTHERS else self.parts.index(element) % last}"

    @cached_property
    def parts_chart(self) -> Markup:
        """Draw what part of each architecture's cost each element is."""
        rows = []
        for architecture in self.architectures:
            parts = [
                self._segment("cost_parts", i, "share", self.part_style(element), element)
                for element in self.parts
                for i in self.ledger.rows("cost_parts", architecture=architecture, element=element)
            ]
            rows.append(figures.Bar(wording.words(architecture), tuple(filter(None, parts))))
        return Markup(figures.bars(rows, "Cost by element, as shares", wording.percent))

    def margins(self, raid: str, architecture: str) -> dict[str, list[int]]:
        """List the elements whose change moves leakage, those that move it most first."""
        moved = {
            i: abs(self.ledger.value("margins", i, "leakage_adds") or 0.0)
            for i in self.ledger.rows("margins", raid=raid, architecture=architecture)
        }
        return {"rows": sorted((i for i in moved if moved[i] >= 1e-3), key=lambda i: -moved[i])}

    @cached_property
    def priority_map(self) -> Markup:
        """Draw the prioritized locations, the first of them larger."""
        rows = self.ledger.tables["priorities"]
        return Markup(maps.location_map(rows, 25, "Locations by category; large: the first 25"))

    @cached_property
    def cost_chart(self) -> Markup:
        """Draw the total cost of each architecture with its range."""
        marks = [
            figures.Mark(
                wording.words(row["architecture"]),
                self.color(row["architecture"]),
                row["mode_usd"],
                wording.money(row["mode_usd"]),
                row["low_usd"],
                row["high_usd"],
                href=self.ledger.address("cost_total", i, "mode_usd"),
            )
            for i in self.ledger.rows("cost_total", scope="total")
            for row in (self.ledger.at("cost_total", i),)
        ]
        high = max((mark.high or mark.value for mark in marks), default=0.0)
        groups = [(mark.label, [mark]) for mark in marks]
        return Markup(figures.intervals(groups, "Cost and its range", wording.money, high))

    def _segment(
        self, table: str, row: int, column: str, style: str, what: str, by: str = ""
    ) -> figures.Segment | None:
        value = self.ledger.value(table, row, column)
        if not value:
            return None
        of = f"{wording.words(str(self.ledger.at(table, row)[by]))}, " if by else ""
        text = wording.cell(column, value)
        address = self.ledger.address(table, row, column)
        return figures.Segment(of + wording.words(what), style, value, text, address)

    def deciders(self, most: int) -> list[int]:
        """Give the inputs that move leakage most over all battles, each where it does most.

        Rows whose rank correlation may be the chance of so few values count for nothing.
        """
        swing: dict[tuple[str, str], float] = {}
        best: dict[tuple[str, str], int] = {}
        for i, row in enumerate(self.ledger.tables.get("sensitivity", ())):
            key, size = (row["item"], row["parameter"]), abs(row["swing"])
            if abs(row["rank_correlation"]) <= row["correlation_by_chance"]:
                continue
            swing[key] = swing.get(key, 0.0) + size
            if key not in best or size > abs(self.ledger.at("sensitivity", best[key])["swing"]):
                best[key] = i
        return [best[key] for key in sorted(swing, key=lambda key: -swing[key])[:most]]

    def same_scope(self, published: Row) -> str | None:
        """Give the scope of ours that a published total may stand beside, if there is one."""
        if published["dollars_of"] != self.study.get("dollars_of"):
            return None
        return SAME_SCOPE.get((published["study"], published["quantity"]))

    def idle(self, architecture: str) -> list[str]:
        """Name the elements that are costed and not fought with, each once."""
        rows = self.ledger.rows("elements", architecture=architecture, role="costed_not_fought")
        return list(dict.fromkeys(self.ledger.at("elements", i)["name"] for i in rows))

    def gantt(self) -> Markup:
        """Draw the action plan's tasks as bars."""
        tables = self.ledger.tables
        return Markup(gantt(tables["plan"], tables["plan_about"][0]))

    def evidence(self, answers: str) -> list[tuple[str, str]]:
        """Name a task's deliverables, each with its section where this run has it."""
        found = []
        for name in answers.split():
            answer = ANSWERS[name]
            rows = {table: len(some) for table, some in self.ledger.tables.items()}
            file, _, section = answer.page.partition("#")
            has = file == "report.html" and held(answer, rows)[0]
            found.append((wording.words(name), section if has else ""))
        return found

    @cached_property
    def _tracks(self) -> dict[str, list[list[tuple[float, float]]]]:
        flights: dict[tuple[str, Any], list[tuple[float, float, float]]] = {}
        for row in self.ledger.tables.get("ground_tracks", ()):
            point = row["time_s"], row["lat_deg"], row["lon_deg"]
            flights.setdefault((row["raid"], row["flight"]), []).append(point)
        tracks: dict[str, list[list[tuple[float, float]]]] = {}
        for (raid, _), points in flights.items():
            if len(tracks.setdefault(raid, [])) < TRACKS_DRAWN:
                points.sort()
                step = max(1, len(points) // POINTS_DRAWN)
                kept = points[:-1:step] + points[-1:]
                tracks[raid].append([(lat, lon) for _, lat, lon in kept])
        return tracks

    @cached_property
    def _sites(self) -> list[Row]:
        rows = self.ledger.tables.get("sites", ())
        placed = (r for r in rows if r.get("kind") in maps.SITE_KINDS)
        return list({(r["element"], r["name"]): r for r in placed}.values())

    def map(self, raid: str) -> Markup | None:
        """Draw a raid from above the pole, None where no flight was stored."""
        if raid not in self._tracks:
            return None
        title = f"Map of {wording.words(raid)}: paths from launch areas to assets, and sites"
        assets = self.ledger.tables.get("assets", [])
        flown = (self.ledger.at("flights", i) for i in self.ledger.rows("flights", raid=raid))
        launches = [
            (r["launch_lat_deg"], r["launch_lon_deg"]) for r in flown if "launch_lat_deg" in r
        ]
        return Markup(maps.raid_map(self._tracks[raid], launches, self._sites, assets, title))

    def input_text(self, row: Row, column: str) -> str:
        """Write one end of an input's range in the unit that people use."""
        return wording.with_unit(row[column], str(row.get("unit") or ""))

    def printed(self, table: str) -> list[int]:
        """Give the rows that the tables section prints: the first ones and all linked ones."""
        most = FEW_PRINTED if table in SHORTENED else ROWS_PRINTED
        first = range(0 if table in NOT_PRINTED else min(most, len(self.ledger.tables[table])))
        return sorted(set(first) | self.ledger.linked.get(table, set()))

    def table_body(self, table: str) -> Markup:
        """Write a table's rows, an anchor on every number."""
        rows = self.ledger.tables[table]
        columns = columns_of(rows)
        addresses = [slug(c) for c in columns]
        lines = []
        for i in self.printed(table):
            cells = []
            for column, address in zip(columns, addresses, strict=True):
                value = rows[i].get(column)
                if wording.is_number(value):
                    text = f"{value:.7g}" if isinstance(value, float) else str(value)
                    cells.append(f'<td id="t-{table}-{i}-{address}" class="r">{text}</td>')
                elif column == "source":
                    cells.append(f"<td>{self.ledger.source_links(value)}</td>")
                else:
                    text = "" if value is None else str(escape(str(value)))
                    cells.append(f"<td>{text}</td>")
            if self.rests.says(table):
                cells.append(f"<td>{self.rests.of(table, i) or ''}</td>")
            lines.append(f'<tr><th scope="row">{i}</th>{"".join(cells)}</tr>')
        return Markup("\n".join(lines))


def columns_of(rows: list[Row]) -> list[str]:
    """Give the columns of a table in the order in which they first appear."""
    return list(dict.fromkeys(column for row in rows for column in row))


def _verdict(p_no_leaker: float) -> str:
    if p_no_leaker >= STOPS_FROM:
        return "stops"
    return "sometimes stops" if p_no_leaker >= FAILS_BELOW else "does not stop"


def _names(given: Any, tables: Tables, column: str = "architecture") -> list[str]:
    """Give the names in the study's order, then those that only the tables know."""
    return list(dict.fromkeys([*(given or ()), *(r[column] for r in tables.get("leakage", ()))]))


def web_address(url: object) -> str:
    """Let a web address pass, and nothing else that a link could run."""
    return str(url) if re.match(r"https?://", str(url or "")) else ""


def write_report(
    path: str | Path, tables: Tables, study: Row, manifest: Row, template: str = "report.html"
) -> None:
    """Write the report of a run as one self-contained page.

    Args:
        path: File to write.
        tables: Rows by table; a table that is missing leaves its section out.
        study: Title, question, raids, architectures with their titles, seed, and so on.
        manifest: Version, digest, command and machine of the run.
        template: Which page: the whole report, or a part of it.
    """
    from jinja2 import Environment, PackageLoader

    page = Page(tables, study, manifest)
    environment = Environment(
        loader=PackageLoader("umbo.app"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_templates_kept(),
    )
    environment.filters |= {
        "words": wording.words,
        "parameter": wording.parameter,
        "heading": wording.heading,
        "key": key_of,
        "slug": slug,
        "web": web_address,
    }
    environment.globals |= {
        "page": page,
        "study": study,
        "manifest": manifest,
        "costs": CostSection(page.ledger, page.architectures),
        "judged": JudgementSection(page.ledger),
        "deterrence": StabilitySection(page.ledger, page.architectures),
        "capacities": CapacitySection(page.ledger, page.architectures),
        "beams": LaserSection(page.ledger),
        "seeing": SensingSection(page.ledger, page.architectures),
        "budgets": BudgetSection(page.ledger),
        "rests": page.rests,
        "t": page.ledger,
        "n": page.ledger.n,
        "between": page.ledger.between,
        "anchor": input_anchor,
        "columns_of": columns_of,
        "captions": CAPTIONS,
        "flights_shown": FLIGHTS_SHOWN,
        "map_background": lambda: Markup(maps.background()),
        "map_attribution": maps.attribution(),
    }
    text = _without_idle_anchors(environment.get_template(template).render())
    Path(path).write_text(text, encoding="utf-8")


def _templates_kept() -> "BytecodeCache | None":
    """Keep compiled templates beside compiled kernels, where a folder is this user's own."""
    from jinja2 import FileSystemBytecodeCache

    folder = cache_root() / "templates"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_own = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
        if is_own and os.access(folder, os.W_OK):
            return FileSystemBytecodeCache(str(folder))
    return None


def _without_idle_anchors(text: str) -> str:
    """Take out the addresses of table cells to which nothing in the page leads: a third of it."""
    led = set(re.findall(r'href="#(t-[^"]+)"', text))
    return re.sub(r' id="(t-[^"]+)"', lambda at: at[0] if at[1] in led else "", text)


def write_picture(path: str | Path, tables: Tables) -> None:
    """Draw leakage by raid and architecture beside cost, as one PNG without links.

    Args:
        path: File to write.
        tables: Rows by table, of which ``leakage`` and ``cost_total`` are drawn.
    """
    import vl_convert

    page = Page(tables, {}, {})
    raids = str(page.leakage_chart(page.raids))
    panels = [("Leakage: warheads that arrive, by raid", 1.5, raids)] if page.raids else []
    if tables.get("cost_total"):
        panels.append(("Cost", 1.0, str(page.cost_chart)))
    svg = figures.picture(
        "What each shield lets through, and what it costs",
        "Thin lines: range of the assumptions. Thick lines: luck. "
        "Kill probabilities are assumptions, not measured performance.",
        [wording.words(name) for name in page.architectures],
        panels,
        width=PICTURE_WIDTH,
    )
    Path(path).write_bytes(figures.packed(vl_convert.svg_to_png(svg)))
