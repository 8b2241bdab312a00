"""The tables of a run, and the links from every number to the cell it comes from."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from markupsafe import Markup, escape

from umbo.app import wording
from umbo.section import key_of

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

INTERVAL: Final = 0.9
"""Probability that every interval of the tables holds."""
STOPS_FROM: Final = 0.9
"""A raid counts as stopped from this probability that nothing arrives."""
FAILS_BELOW: Final = 0.1
"""A raid counts as not stopped below this probability that nothing arrives."""
OTHERS: Final = "all_others"
ELEMENTS_NAMED: Final = 6
"""Elements that the cost chart names; the others are one part."""

CAPTIONS: Final = {
    "conventions": "What the words of this report mean",
    "counts": "Rows of this run's tables",
    "study": "The study",
    "manifest": "The run",
    "leakage": "Leakage by architecture and raid",
    "compared": "Architectures on all measures, with their score",
    "compared_weights": "Weights of the score",
    "dominance": "Each architecture in place of another: what is better, worse and level",
    "regret": "What each architecture lacks against the best choice, over raids and weights",
    "flips": "What flips the order of two architectures, and at which value",
    "orders": "How firm the order of two architectures is over the assumptions",
    "kills": "Kills by layer and weapon",
    "leakers": "Warheads that arrive, by asset, class and reason",
    "shots": "Shots by weapon",
    "decoys": "What decoys cost: shots at them, and warheads passed",
    "shots_all": "Shots, all weapons (sum of the means of table shots)",
    "leakers_all": "Warheads that arrive, by reason (sum of the means of table leakers)",
    "raids": "The raids of the study",
    "raid_costs": "What each raid costs whom it comes from",
    "worst_raids": "What arrives of each raid for a billion dollars of the adversary's",
    "strikes": "What raids take of the shield first",
    "raid_sizes": "Missiles of each raid (sum of the counts of table raids)",
    "cost": "Cost by element, phase and appropriation title",
    "cost_total": "Cost by scope",
    "cost_parts": "Most likely cost by element (sum over the phases of table cost)",
    "cost_phases": "Most likely cost by phase (sum over the elements of table cost)",
    "cost_beside": "Cost in the scopes that published estimates count",
    "cost_curve": "S-curve: what a share of the draws does not exceed",
    "cost_drivers": "Inputs that move the total cost most",
    "cost_variance": "Share of each element in the variance of the total",
    "cost_payers": "Cost by the nation that pays",
    "cost_methods": "One architecture by three methods",
    "cost_gaps": "What has no price",
    "budget": "Budget by element, appropriation title and fiscal year",
    "budget_parts": "Budget by element and appropriation title, all years together",
    "budget_year": "Budget by fiscal year",
    "budget_total": "Whole budget of each architecture",
    "schedule": "When each element is developed, first stands and is whole",
    "fielding": "Units that stand by fiscal year, as scheduled and as the study plans",
    "capability": "What stands in the years told",
    "leakage_by_year": "Leakage of what stands in the years told",
    "budget_chosen": "The architecture that is planned for",
    "funding": "Money provided, requested, projected and claimed",
    "top_line": "The top line, by fiscal year",
    "top_line_elements": "What fits under the top line, and when",
    "stress": "The budget under stress",
    "growing": "Growing against buying outright",
    "thrown_away": "What is thrown away on the way",
    "s_curve": "Chance that the chosen architecture costs no more",
    "calendar": "Which budget a decision reaches",
    "deflators": "Deflators by appropriation title",
    "spend_out": "Spend-out rates by account",
    "published": "Totals that others have published",
    "published_costs": "Published estimates, in the study's dollars",
    "presets": "Missiles launched at once that each shell engages",
    "presets_all": "Missiles launched at once that all shells engage (sum of table presets)",
    "sizing_answer": "The smallest constellation for the study's question and for a published one",
    "sizing_carries": "Missiles engaged at once when one assumption moves over its range",
    "sizing_odds": "Chance that so many missiles at once all get their shots from orbit",
    "sizing_fly_outs": "Interceptors in reach by the flat disc beside thrust and free fall",
    "sizing_published": "Published numbers of interceptors beside ours",
    "sizing_architectures": "What each architecture's interceptors reach",
    "sizing_latitude": "Interceptors in reach by latitude of the target",
    "sizing_by_year": "Interceptors in reach while a constellation is built",
    "sizing_holes": "Interceptors in reach after losses",
    "sizing_beyond": "Interceptors in reach after boost",
    "sizing_shortfall": "Where payloads fall by the time of the intercept",
    "sizing_mass": "Mass, life in orbit and launches by altitude",
    "sizing_inputs": "Inputs of the sizing",
    "capacity": "Raid size at which each shield stops engaging all, leaks one, and runs dry",
    "saturation": "Expected leakers by size of the raid",
    "assignment": "The planned fire beside the least that the same rounds could let through",
    "lasers": "What directed energy reaches and kills, by class of target",
    "laser_breakeven": "When directed energy is cheaper than interceptors",
    "laser_conditions": "What would have to be true of directed energy",
    "laser_elements": "Directed energy of each architecture",
    "shortfall_by_raid": "Until when an intercepted missile's payload falls short, by launch",
    "shortfall_by_country": "Missiles by the country in which the payload would come down",
    "inputs": "Input values",
    "sources": "Sources",
    "elements": "Elements of each architecture",
    "sensitivity": "Leakage at the ends of each input's range",
    "reach": "Interceptors in orbit within reach of a missile",
    "flights": "Flights",
    "ground_tracks": "Points under the flights",
    "sites": "Sites",
    "assets": "Defended assets",
    "timeline": "Events of the replication at the median of leakers, or at the study's quantile",
    "plan": "The action plan: tasks, dates, float and status",
    "plan_about": "The action plan as a whole",
    "plan_events": "What has happened beside the plan",
    "coalition": "What each nation's elements add, by Shapley value",
    "cooperation": "What arrives on each nation's soil: alone, warned by all, and together",
    "burden": "Cost by nation, beside its part in what is stopped",
    "parts": "What elements at home, forward and in orbit add to each other",
    "shortfall": "Countries in which the payloads of missiles hit in boost fall",
    "siting": "Sites of an interceptor that cover most of the priorities",
    "siting_rounds": "Rounds placed at sites, and what they protect",
    "siting_sites": "Sites that a choice takes, with their rounds",
    "siting_categories": "What the rounds protect by category",
    "custody": "Stereo custody of flights by the tracking layer, by year and program",
    "solutions": "Target solutions of fire-control quality, by year and program",
    "latency": "Latency from sensors to shooters, by year and program",
    "coverage": "Tracking satellites in view of places, in the last year",
    "gaps": "Gaps in the stereo custody of one flight of each class",
    "gain": "Custody and solutions of an accelerated program beside the study's",
    "sensing_leakage": "What satellites buy in leakage: earlier, more, switched off",
    "sensing_orders": "When each weapon is ordered, and how well it is handed over",
    "margins": "What each element adds where it is left out or added",
    "shapley": "What each element adds on average over all orders of joining (Shapley value)",
    "proposals": "What working groups propose, why, and who does not agree",
    "proposal_worth": "What each proposal does, alone and by Shapley value among all",
    "records": "Options made of proposals: what was taken of each, and who did not agree",
    "priorities": "Locations by rank, under the weights of table priority_weights",
    "priority_weights": "Weights of the priorities, and what other weights move",
    "protection": "What is protected of each category of locations",
    "authorities": "What each authority costs, in days and dollars",
    "gates": "Elements that wait for authorities",
    "gates_total": "When each architecture stands, and what delay costs",
    "stability": "What a retaliation delivers through each shield",
    "stability_incentive": "What each side gains by going first",
    "stability_size": "Deterrence by size of the shield, with the cost at the margin",
    "stability_signs": "Where conclusions on stability flip, and what decides them",
    "stability_replies": "Replies that restore a retaliation, and their cost",
    "stability_attrition": "Retaliation as interceptors in orbit are lost",
    "stability_struck": "Deterrence where the strike takes part of the shield too",
    "stability_passing": "What share passes, by kind of attack and how many come",
    "stability_third": "Other countries' retaliation through such a shield",
    "stability_limits": "Limits on a shield's size, and what is believed of it",
    "stability_forces": "Strategic forces by leg and posture",
    "findings": "What the check found",
    "limits": "What is left out",
}


def slug(text: object) -> str:
    """Turn a name into one that an address in the page may hold."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", str(text))


def input_anchor(row: Mapping[str, Any]) -> str:
    """Give the anchor of an input's row."""
    return f"input-{slug(row['item'])}-{slug(row['parameter'])}"


class Ledger:
    """The tables of a run, and the links from a number to its cell."""

    def __init__(self, tables: Tables, study: Row, manifest: Row) -> None:
        self.tables: dict[str, list[Row]] = {
            name: list(tables.get(name, ())) for name in CAPTIONS if name in tables
        } | {name: list(rows) for name, rows in tables.items() if name not in CAPTIONS}
        self.tables |= _about(self.tables, study, manifest)
        self.linked: dict[str, set[int]] = {}
        self._index: dict[tuple[str, ...], dict[tuple[Any, ...], list[int]]] = {}

    def rows(self, table: str, **where: Any) -> list[int]:
        """Give the numbers of the rows whose columns hold these values."""
        key = (table, *where)
        if key not in self._index:
            index: dict[tuple[Any, ...], list[int]] = {}
            for i, row in enumerate(self.tables.get(table, ())):
                index.setdefault(tuple(row.get(c) for c in where), []).append(i)
            self._index[key] = index
        return self._index[key].get(tuple(where.values()), [])

    def find(self, table: str, **where: Any) -> int | None:
        """Give the first such row, None where there is none."""
        return next(iter(self.rows(table, **where)), None)

    def at(self, table: str, row: int) -> Row:
        """Give a row."""
        return self.tables[table][row]

    def value(self, table: str, row: int | None, column: str) -> float | None:
        """Give a number, None where it was not computed."""
        value = None if row is None else self.tables[table][row].get(column)
        return value if wording.is_number(value) else None

    def address(self, table: str, row: int, column: str) -> str:
        """Give the address of a cell, and see to it that its row is printed."""
        self.linked.setdefault(table, set()).add(row)
        return f"#t-{table}-{row}-{slug(column)}"

    def n(self, table: str, row: int | None, column: str) -> Markup:
        """Write a number as a link to its cell, or say that it was not computed."""
        value = self.value(table, row, column)
        if row is None or value is None:
            return Markup(f'<span class="none">{wording.NOT_COMPUTED}</span>')
        text = wording.cell(column, value)
        if table == "inputs":
            text = wording.with_unit(value, str(self.at(table, row).get("unit", "")))
            if column == "dollars_of":
                text = f"{value:.0f}"
        elif column == "dollars_of" or (table, column) == ("study", "value"):
            text = f"{value:,}" if self.at(table, row).get("what") in _COUNTED else str(value)
        elif table == "conventions":
            text = wording.percent(value)
        return Markup('<a class="n" href="%s">%s</a>') % (self.address(table, row, column), text)

    def between(self, table: str, row: int | None, low: str, high: str) -> Markup:
        """Write an interval, both ends linked."""
        if self.value(table, row, low) is None or self.value(table, row, high) is None:
            return Markup(f'<span class="none">{wording.NOT_COMPUTED}</span>')
        ends = self.n(table, row, low), self.n(table, row, high)
        return Markup("%s to %s") % ends

    def input_of(self, item: str, parameter: str, architecture: str = "") -> int | None:
        """Give the row of an input: the architecture's own value where it has one."""
        own = self.find("inputs", item=f"{architecture}/{item}", parameter=parameter)
        return self.find("inputs", item=item, parameter=parameter) if own is None else own

    def input_link(self, item: str, parameter: str, architecture: str = "") -> Markup:
        """Name an input, as a link to its row (``input_of``) where the run has it."""
        text = f"{wording.heading(item)}: {wording.parameter(key_of(parameter))}"
        row = self.input_of(item, parameter, architecture)
        if row is None:
            return escape(text)
        return Markup('<a href="#%s">%s</a>') % (input_anchor(self.at("inputs", row)), text)

    @cached_property
    def _told(self) -> set[str]:
        """Sources that have an entry."""
        return {row["id"] for row in self.tables.get("sources", ())}

    def source_links(self, ids: object) -> Markup:
        """Name sources, each a link to its entry where there is one."""
        links = [
            Markup('<a href="#source-%s">%s</a>') % (slug(i), i) if i in self._told else escape(i)
            for i in str(ids or "").split()
        ]
        return Markup(" ").join(links)


_COUNTED: Final = ("replications", "phases")


def _about(tables: Tables, study: Row, manifest: Row) -> dict[str, list[Row]]:
    """Tabulate what the page itself states: the study, the run, sums, and how many rows."""
    confidence: dict[str, int] = {}
    for row in tables.get("inputs", ()):
        confidence[row["conf"]] = confidence.get(row["conf"], 0) + 1
    assumed = confidence.get("memory", 0) + confidence.get("ours", 0)
    counted = {"inputs: all": sum(confidence.values())}
    counted |= {"inputs: sourced": counted["inputs: all"] - assumed, "inputs: assumed": assumed}
    counted |= {f"inputs: {name}": count for name, count in confidence.items()}
    counted |= {name: len(rows) for name, rows in tables.items()}
    counted |= {name: len(study.get(name) or ()) for name in ("architectures", "raids")}
    rules = (
        ("interval", INTERVAL, "probability that an interval of this report holds"),
        ("stops", STOPS_FROM, "a raid is stopped where nothing arrives at least this often"),
        ("fails", FAILS_BELOW, "a raid is not stopped where nothing arrives less often than this"),
    )
    raids = list(_launches(study.get("raids")))
    plain = {k: v for k, v in study.items() if isinstance(v, str | int | float)}
    horizon = {"horizon": study["horizon"]} if isinstance(study.get("horizon"), Mapping) else {}
    made = {
        "conventions": [{"word": w, "value": v, "meaning": m} for w, v, m in rules],
        "counts": [{"what": k, "count": n} for k, n in counted.items()],
        "study": [{"what": k, "value": v} for k, v in _flat(plain | horizon)],
        "manifest": [{"what": k, "value": v} for k, v in _flat(manifest)],
        "raids": raids,
        "raid_sizes": _summed(raids, "missiles", "raid"),
        "cost_parts": _cost_parts(tables.get("cost", ())),
        "cost_phases": _summed(tables.get("cost", ()), "mode_usd", "architecture", "phase"),
    }
    for name, column, *by in (
        ("shots", "shots_mean", "architecture", "raid"),
        ("leakers", "leakers_mean", "architecture", "raid", "reason"),
        ("presets", "engaged_at_once", "architecture", "missile", "preset"),
    ):
        made[f"{name}_all"] = _summed(tables.get(name, ()), column, *by)
    return made


def _summed(rows: Iterable[Row], column: str, *by: str) -> list[Row]:
    """Sum a column over the rows alike in some others."""
    sums: dict[tuple[Any, ...], float] = {}
    for row in rows:
        key = tuple(row[name] for name in by)
        sums[key] = sums.get(key, 0) + (row[column] or 0)
    return [dict(zip(by, key, strict=True)) | {column: value} for key, value in sums.items()]


def _cost_parts(rows: Iterable[Row]) -> list[Row]:
    """Sum cost by element, those that are nowhere a large part of it together as one."""
    by_element = _summed(rows, "mode_usd", "architecture", "element")
    total = {
        r["architecture"]: r["mode_usd"] for r in _summed(by_element, "mode_usd", "architecture")
    }
    share: dict[str, float] = {}
    for row in by_element:
        part = row["mode_usd"] / (total[row["architecture"]] or 1.0)
        share[row["element"]] = max(part, share.get(row["element"], 0.0))
    named = sorted(share, key=lambda name: -share[name])[:ELEMENTS_NAMED]
    place = {name: i for i, name in enumerate(named)}
    parts = _summed(
        (r | {"element": r["element"] if r["element"] in place else OTHERS} for r in by_element),
        "mode_usd",
        "architecture",
        "element",
    )
    for row in parts:
        row["share"] = row["mode_usd"] / (total[row["architecture"]] or 1.0)
    return sorted(parts, key=lambda row: place.get(row["element"], len(place)))


def _launches(raids: object) -> Iterator[Row]:
    """List the missiles of every raid as the study launches them."""
    for raid, launches in raids.items() if isinstance(raids, Mapping) else ():
        for launch in launches if isinstance(launches, list) else ():
            yield {
                "raid": raid,
                "missile": launch["missile"],
                "missiles": launch["count"],
                "launch": launch["from"],
                "aim": launch["at"] if isinstance(launch["at"], str) else ", ".join(launch["at"]),
                "spacing_s": launch["spacing"],
                "warheads_each": launch["warheads_each"],
                "decoys_each": launch["decoys_each"],
                "source": launch["source"],
                "note": launch.get("note"),
            }


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, int | float) else str(value)
