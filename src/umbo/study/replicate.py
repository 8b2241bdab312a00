"""Published results beside computed ones, each through the functions that studies use."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from umbo.elements.catalog import load_catalog
from umbo.errors import UnknownNameError, suggest
from umbo.study.published import MODELS
from umbo.study.views import load_view
from umbo.units import SI

COLUMNS: Final = {
    "mathematics": "verified against mathematics or another program",
    "study": "agrees with a study",
    "record": "compared with a test or operational record",
}
"""Three kinds of comparison, kept apart; none of them is called validation."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One published number beside ours."""

    study: str
    case: str
    title: str
    quantity: str
    unit: str
    published: float | None
    """None where the study does not say it: ours is what would make the rest agree."""
    computed: float | None
    """None where the number is only shown beside ours, in the comparison of a study."""
    difference: float | None
    """Computed less published."""
    tolerance: float | None
    """Difference allowed, in the unit; part of the case, never loosened."""
    verdict: str
    """agrees, differs, or differs as stated; by construction if the inputs hold the answer;
    shown if there is no tolerance; would agree if it is an input that would make the rest agree."""
    column: str
    """Which of the three kinds of comparison."""
    seen: str
    """P the study's page; S press or another author; C source code or data; A formula."""
    source: str
    note: str


def replicate(only: str = "") -> list[Verdict]:
    """Recompute published results and hold them against ours.

    Args:
        only: A study, a case, or how the name of cases begins; everything where left out.

    Returns:
        A verdict for each published number, in the order of the table.

    Raises:
        UnknownNameError: No study or case has such a name.
    """
    cases = [case for case in _cases() if case["study"] == only or case["case"].startswith(only)]
    if not cases:
        names = {case[key] for case in _cases() for key in ("study", "case")}
        raise UnknownNameError(f"no published case is named {only!r}; {suggest(only, names)}")
    return [verdict for case in cases for verdict in _verdicts(case)]


def published_costs() -> list[dict[str, Any]]:
    """List published totals with their dollar year and scope, to stand beside ours.

    Returns:
        Rows of table ``published``: study, quantity, value_usd, dollars_of, scope, source.
    """
    return [
        {
            "study": case["study"],
            "quantity": expected["quantity"],
            "value_usd": float(expected["value"]) * SI["usd"][expected["unit"]],
            "dollars_of": case["dollars_of"],
            "scope": case["scope"],
            "source": case["source"],
        }
        for case in _cases()
        if "scope" in case
        for expected in case["expect"]
        if "value" in expected
    ]


@cache
def _cases() -> tuple[dict[str, Any], ...]:
    text = files("umbo.data").joinpath("published.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["case"])


def _verdicts(case: dict[str, Any]) -> Iterator[Verdict]:
    catalog = load_catalog()
    if "view" in case:
        catalog = load_view(case["view"], catalog)
    computed = MODELS[case["model"]](case.get("inputs", {}), catalog)
    for expected in case["expect"]:
        ours = computed.get(expected["quantity"])
        published = float(expected["value"]) if "value" in expected else None
        tolerance = expected.get("abs")
        if "rel" in expected and published is not None:
            tolerance = expected["rel"] * abs(published)
        difference = None if ours is None or published is None else ours - published
        yield Verdict(
            study=case["study"],
            case=case["case"],
            title=case["title"],
            quantity=expected["quantity"],
            unit=expected["unit"],
            published=published,
            computed=ours,
            difference=difference,
            tolerance=tolerance,
            verdict=_verdict(expected, difference, tolerance),
            column=COLUMNS[case["column"]],
            seen=expected["seen"],
            source=case["source"],
            note=expected.get("note", ""),
        )


def _verdict(expected: Mapping[str, Any], difference: float | None, tolerance: float | None) -> str:
    if "value" not in expected:
        return "would agree"
    if tolerance is None or difference is None:
        return "shown"
    if abs(difference) > tolerance:
        return "differs as stated" if expected.get("stated") else "differs"
    return "by construction" if expected.get("by_construction") else "agrees"
