"""Fitting a budget to a top line: what slips, by how long, and what does not fit at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.appraisal.budget import Budget, ThenYear
from umbo.appraisal.inflation import then_year_factor
from umbo.appraisal.schedule import Schedule, Terms
from umbo.errors import DomainError

Array = NDArray[np.float64]

PACES: Final = (1.0, 0.5, 0.25)
"""Paces of the lines that are tried, the fastest first."""
MOST_YEARS_LATER: Final = 20


@dataclass(frozen=True, slots=True)
class Fitted:
    """What becomes of one element under a top line."""

    element: str
    fits: bool
    later_years: int
    pace: float
    full_before: int | None
    full_after: int | None
    then_usd_before: float
    then_usd_after: float
    """With the price growth of the years by which it slips."""

    @property
    def terms(self) -> Terms:
        """Give how its program is changed."""
        return Terms(float(self.later_years), self.pace)


@dataclass(frozen=True, eq=False)
class Fit:
    """An architecture under a top line, then-year dollars by fiscal year."""

    years: NDArray[np.int64]
    top_line_usd: Array
    committed_usd: Array
    """What stands today costs anyhow."""
    wanted_usd: Array
    """The whole budget as it would be without a top line."""
    fitted_usd: Array
    elements: tuple[Fitted, ...]

    @property
    def terms(self) -> dict[str, Terms]:
        """Give how each program that slips is changed."""
        return {
            one.element: one.terms
            for one in self.elements
            if one.fits and (one.later_years or one.pace != 1.0)
        }

    @property
    def left_out(self) -> tuple[str, ...]:
        """Name what does not fit."""
        return tuple(one.element for one in self.elements if not one.fits)


def fit(
    wanted: Mapping[float, tuple[Budget, Schedule]],
    committed: Budget,
    top_line_usd: Mapping[int, float],
    *,
    then_year: ThenYear = then_year_factor,
) -> Fit:
    """Fit an architecture's budget to a top line, element by element in the order of the study.

    What stands today is committed. Each element takes, of the room that those before it left,
    the way in which its whole count stands first: begun up to 20 years later, or built at a half
    or a quarter of the pace. Developments that have begun are not stopped. Left out: cancelling
    what is begun, trades within an element, and the cost of a line that is kept warm.

    Args:
        wanted: Budget and schedule of the architecture at each pace of its lines.
        committed: Budget of what stands today.
        top_line_usd: Then-year dollars by fiscal year; the last year's holds from then on.
        then_year: Price change by title, year and year of the dollars.

    Raises:
        DomainError: The top line is below what is committed.
    """
    budget, schedule = wanted[1.0]
    years = budget.years[budget.years >= budget.start]
    limit = _by_year(top_line_usd, years)
    prices = {
        title: np.array([then_year(title, int(year), budget.dollars_of) for year in years])
        for title in {line.title for line in (*budget.lines, *committed.lines)}
    }
    base = _profiles(committed, years)
    spent = sum((_then(one.whole, prices) for one in base.values()), start=np.zeros(len(years)))
    if np.any(spent > limit + 1.0):
        worst = int(np.argmax(spent - limit))
        raise DomainError(
            f"a top line of ${limit[worst] / 1e9:.3g} B in FY{years[worst]} is below the "
            f"${spent[worst] / 1e9:.3g} B that what stands today costs then; give at least "
            f"${max(spent) / 1e9:.2f} B a year"
        )
    total = sum(
        (_then(one.whole, prices) for one in _profiles(budget, years).values()),
        start=np.zeros(len(years)),
    )
    at_pace = {pace: _profiles(of, years, plan) for pace, (of, plan) in wanted.items()}
    start = spent.copy()
    fitted: list[Fitted] = []
    for name, fielding in schedule.fieldings.items():
        before = _added(at_pace[1.0].get(name), base.get(name))
        cost = _then(before.whole, prices)
        best: tuple[tuple[float, int], int, float, Array] | None = None
        for pace in at_pace if fielding.program.new else (1.0,):
            added = _added(at_pace[pace].get(name), base.get(name))
            full = wanted[pace][1].fieldings[name].full
            for later in range(MOST_YEARS_LATER + 1 if fielding.program.new else 1):
                need = _then(added.later(later), prices)
                if np.all(spent + need <= np.maximum(limit, spent) + 1.0):
                    key = (full + later if full else np.inf, later)
                    if best is None or key < best[0]:
                        best = key, later, pace, need
                    break
            if best is not None and best[1] == 0 and best[2] == 1.0:
                break  # as wanted
        if best is not None:
            spent = spent + best[3]
        fitted.append(
            Fitted(
                element=name,
                fits=best is not None,
                later_years=best[1] if best else 0,
                pace=best[2] if best else 1.0,
                full_before=fielding.full,
                full_after=None if best is None or np.isinf(best[0][0]) else int(best[0][0]),
                then_usd_before=float(cost.sum()),
                then_usd_after=float(best[3].sum()) if best else 0.0,
            )
        )
    return Fit(years, limit, start, total, spent, tuple(fitted))


@dataclass(frozen=True, eq=False)
class _Profile:
    """Constant dollars by title and year: what can be moved later, and what cannot."""

    moves: Mapping[str, Array]
    stays: Mapping[str, Array]

    @property
    def whole(self) -> dict[str, Array]:
        return self.later(0)

    def later(self, years: int) -> dict[str, Array]:
        """Move it; what would pass the last year stays in it."""
        sums = {title: of.copy() for title, of in self.stays.items()}
        for title, of in self.moves.items():
            moved = np.zeros_like(of)
            moved[years:] = of[: len(of) - years]
            moved[-1] += of[len(of) - years :].sum()
            sums[title] = sums[title] + moved if title in sums else moved
        return sums


def _profiles(
    budget: Budget, years: NDArray[np.int64], schedule: Schedule | None = None
) -> dict[str, _Profile]:
    found: dict[str, _Profile] = {}
    for line, cents in zip(budget.lines, budget.authority_cents, strict=True):
        of_line = np.zeros(len(years))
        inside = (budget.years >= years[0]) & (budget.years <= years[-1])
        of_line[budget.years[inside] - years[0]] = cents[inside] / 100.0
        of_line[-1] += cents[budget.years > years[-1]].sum() / 100.0
        profile = found.setdefault(line.element, _Profile({}, {}))
        begun = (
            schedule is not None
            and line.phase == "development"
            and schedule.fieldings[line.element].program.has_begun
        )
        sums: dict[str, Array] = dict(profile.stays if begun else profile.moves)
        sums[line.title] = sums[line.title] + of_line if line.title in sums else of_line
        found[line.element] = (
            _Profile(profile.moves, sums) if begun else _Profile(sums, profile.stays)
        )
    return found


def _added(profile: _Profile | None, base: _Profile | None) -> _Profile:
    """Give what an element costs beside what stands of it today, which does not move."""
    moves = dict(profile.moves) if profile else {}
    for title, of in (base.whole if base else {}).items():
        moves[title] = moves[title] - of if title in moves else -of
    return _Profile(moves, profile.stays if profile else {})


def _then(by_title: Mapping[str, Array], prices: Mapping[str, Array]) -> Array:
    return np.asarray(sum(of * prices[title] for title, of in by_title.items())) + 0.0


def _by_year(top_line_usd: Mapping[int, float], years: NDArray[np.int64]) -> Array:
    if not top_line_usd:
        raise DomainError("a top line needs an amount for at least one fiscal year; give one")
    known = sorted(top_line_usd)
    return np.array(
        [
            top_line_usd[max((y for y in known if y <= year), default=known[0])]
            for year in years.tolist()
        ]
    )
