"""What a shield's plan asks for, and which of Umbo's answers is the evidence: one row each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Answer:
    """A deliverable of the plan with where Umbo answers it."""

    asks: str
    """What the plan asks for."""
    commands: tuple[str, ...] = ()
    """Commands that answer, ``STUDY`` standing for the study; the first word names it."""
    functions: tuple[str, ...] = ()
    """The same from Python."""
    tables: tuple[str, ...] = ()
    """Tables that hold the answer, in a run folder or in what the command prints with --json."""
    page: str = ""
    """Where it is shown: a section of a run's report, or the page that the command writes."""
    sources: tuple[str, ...] = ("inputs", "sources")
    """Tables that say where its numbers come from."""
    lacks: str = ""
    """What of the deliverable is not answered yet."""


# Add a command: write its row. `umbo plan` shows what a run folder holds of it.
ANSWERS: Final[Mapping[str, Answer]] = {
    "threats": Answer(
        asks="a shield against ballistic, hypersonic and cruise missiles of several adversaries",
        commands=("run STUDY", "catalog --threats", "fly --table"),
        functions=("umbo.study.run.run",),
        tables=("leakage", "leakers", "flights"),
        page="report.html#raids",
    ),
    "architectures": Answer(
        asks="three scalable reference architectures, with cost",
        commands=("run STUDY", "cost STUDY", "compare RUN"),
        functions=("umbo.study.run.run", "umbo.study.comparison.comparison_tables"),
        tables=("leakage", "cost", "cost_total", "compared", "dominance", "regret", "flips"),
        page="report.html#compare",
    ),
    "elements": Answer(
        asks="the elements of each option",
        commands=("run STUDY", "margins STUDY", "merge STUDY", "catalog", "check STUDY"),
        functions=("umbo.study.proposals.judged", "umbo.study.proposals.next_study"),
        tables=("elements", "margins", "sensitivity", "proposals"),
        page="report.html#margins",
        sources=("elements", "inputs", "sources"),
    ),
    "tracking_layer": Answer(
        asks="acceleration of the tracking layer: data transport and target solutions",
        commands=("sensors STUDY", "run STUDY --in-full"),
        functions=("umbo.study.sensing.sense",),
        tables=("sensing_leakage", "custody", "latency", "solutions", "coverage"),
        page="sensors.html",
        sources=("inputs",),
    ),
    "space_interceptors": Answer(
        asks="a large constellation of space-based interceptors",
        commands=("size STUDY", "run STUDY"),
        functions=("umbo.study.sizing.size", "umbo.study.presets.preset_rows"),
        tables=(
            "reach",
            "presets",
            "sizing_answer",
            "sizing_carries",
            "sizing_odds",
            "sizing_fly_outs",
            "sizing_published",
            "sizing_by_year",
            "sizing_beyond",
            "shortfall_by_raid",
            "shortfall_by_country",
        ),
        page="report.html#sizing",
        lacks="a raid that starts apart in place or time needs fewer than the number sized",
    ),
    "directed_energy": Answer(
        asks="directed energy within the architecture",
        commands=("lasers STUDY", "run STUDY"),
        functions=("umbo.study.lasers.laser_tables", "umbo.engagement.beams.find_beams"),
        tables=("lasers", "laser_breakeven", "laser_conditions", "kills"),
        page="report.html#lasers",
        lacks="a turn whose target is dead already goes to no other",
    ),
    "underlayer": Answer(
        asks="underlayer and terminal phase against a countervalue attack",
        commands=("run STUDY",),
        functions=("umbo.study.run.run",),
        tables=("kills", "shots", "capacity", "saturation", "assignment"),
        page="report.html#raids",
    ),
    "authorities": Answer(
        asks="review of the authorities",
        commands=("authorities STUDY",),
        functions=("umbo.study.gating.authority_tables",),
        tables=("authorities", "gates"),
        page="report.html#authorities",
        sources=("authorities", "sources"),
    ),
    "budget": Answer(
        asks="a budget plan of the selected architecture",
        commands=("budget STUDY",),
        functions=("umbo.study.budgeting.budget",),
        tables=(
            *("budget", "budget_year", "budget_total", "schedule", "fielding", "leakage_by_year"),
            *("funding", "top_line", "top_line_elements", "stress", "growing", "thrown_away"),
        ),
        sources=("inputs", "sources"),
        page="report.html#budget",
    ),
    "locations": Answer(
        asks="prioritized defended locations",
        commands=("priorities STUDY", "siting STUDY", "run STUDY"),
        functions=("umbo.study.priorities.priority_tables", "umbo.study.siting.siting_tables"),
        tables=("priorities", "priority_weights", "protection"),
        page="report.html#priorities",
    ),
    "stability": Answer(
        asks="what the shield means for strategic stability",
        commands=("stability STUDY",),
        functions=("umbo.study.stability.weigh",),
        tables=(
            "stability",
            "stability_incentive",
            "stability_size",
            "stability_struck",
            "stability_signs",
        ),
        page="report.html#stability",
    ),
    "allies": Answer(
        asks="allied and theater missile defense review",
        commands=("allies STUDY",),
        functions=("umbo.study.allies.allied_tables",),
        tables=("coalition", "cooperation", "burden", "parts", "shortfall"),
        page="report.html#allies",
        lacks="allied systems that the catalogue has not; consent and release between nations",
    ),
    "plan": Answer(
        asks="two phases, owners, due dates, a 60-day clock",
        commands=("plan STUDY",),
        functions=("umbo.study.planning.plan_tables",),
        tables=("plan", "plan_events"),
        page="report.html#plan",
        sources=("plan", "plan_events", "sources"),
    ),
}


def held(answer: Answer, rows: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Say which tables of an answer a run holds, and which it does not.

    Args:
        answer: The answer.
        rows: Number of rows by table of the run.

    Returns:
        Tables with rows, and tables without or not there.
    """
    has = [table for table in answer.tables if rows.get(table)]
    return has, [table for table in answer.tables if table not in has]


def possible(answer: Answer, commands: Sequence[str]) -> list[str]:
    """Give the commands of an answer that there are."""
    return [command for command in answer.commands if command.split()[0] in commands]
