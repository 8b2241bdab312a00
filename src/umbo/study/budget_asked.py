"""What is asked of a budget, as a person writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from umbo.appraisal import budget_calendar
from umbo.elements.architecture import fiscal_year
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.study.budget_plan import DRAWS
from umbo.study.schema import Study


@dataclass(frozen=True)
class Asked:
    """What is asked of a budget."""

    architecture: str = ""
    """The one that is planned in full; the study's selected one, or its last, where left out."""
    top_line: str = ""
    """Such as ``25 busd then-year``; the study's, or none, where left out."""
    stress: tuple[str, ...] = ("cr", "growth")
    """What is tried: continuing resolutions, cost growth."""
    decided: date | None = None
    """Day of the decision, for the budget calendar; the first of the horizon where left out."""
    not_before: Mapping[str, float] = field(default_factory=dict)
    """Fiscal year before which new work on an element cannot begin."""
    gated: bool = False
    """Whether building waits for its authorities; so it does where the study says it."""
    surge: bool = False
    """Whether lines without a published goal grow to the high end of their range."""
    leakage: bool = False
    """Whether it is fought as it stands in each year told."""
    draws: int = DRAWS


def chosen_of(study: Study, asked: str) -> str:
    """Give the architecture to plan for: as asked, as the study selects, or its last.

    Raises:
        UnknownNameError: The study has none of that name.
    """
    name = asked or (study.selected.architecture if study.selected else "")
    name = name or list(study.architectures)[-1]
    if name not in study.architectures:
        raise UnknownNameError(
            f"no architecture is named '{name}'; {suggest(name, study.architectures)}"
        )
    return name


def reason_of(study: Study, asked: str) -> str:
    """Say why that architecture is planned for."""
    if asked:
        return "asked for"
    return study.selected.reason if study.selected else "the last of the study; none is selected"


def read_stress(text: str) -> tuple[str, ...]:
    """Read which stress is tried.

    Raises:
        UnknownNameError: There is no such stress.

    Example:
        >>> read_stress(""), read_stress("cr")
        (('cr', 'growth'), ('cr',))
    """
    kinds = Asked.stress
    if text and text not in kinds:
        raise UnknownNameError(f"no stress is named {text!r}; {suggest(text, kinds)}")
    return (text,) if text else kinds


def read_gate(text: str) -> tuple[str, float]:
    """Read a gate, such as ``sbi=FY2028`` or ``sbi=2027-03-15``.

    Raises:
        StudyError: It is neither.

    Example:
        >>> read_gate("sbi=FY2028")
        ('sbi', 2028.0)
    """
    use, _, when = (part.strip() for part in text.partition("="))
    if when.startswith("FY"):
        return use, float(fiscal_year(when))
    return use, budget_calendar.fiscal_time(read_day(when, f"{text!r}"))


def read_day(text: str, where: str) -> date:
    """Read a day, such as ``2026-11-25``.

    Raises:
        StudyError: It is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StudyError(f"{where}: {text!r} is not a day; write one such as 2026-11-25") from None
