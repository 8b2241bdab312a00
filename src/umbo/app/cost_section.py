"""The part of the report that says how sure a cost is, what drives it, and what others say."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from umbo.app import cost_figures, figures, wording
from umbo.app.costing import METHOD_WORDS, SCOPE_WORDS, driver_name, driver_range
from umbo.app.ledger import Ledger, Row

DRIVERS_DRAWN: Final = 8
_BESIDE: Final = ("above_baseline", "in_cbo_scope", "space_interceptors")
"""Scopes drawn on one axis with published estimates of the same."""
_PUBLISHED_COLOR: Final = 5
_BEYOND: Final = 1.3
"""An estimate dearer than so many times our dearest is told, not drawn."""


@dataclass(frozen=True)
class CostSection:
    """Charts and words over the cost tables of a run."""

    ledger: Ledger
    architectures: list[str]

    @property
    def is_there(self) -> bool:
        """Say whether the run has these tables."""
        return bool(self.ledger.tables.get("cost_curve"))

    def scope(self, scope: str) -> str:
        """Say a scope in words."""
        return SCOPE_WORDS.get(scope, wording.words(scope))

    def method(self, method: str) -> str:
        """Say whose prices and rules a method is."""
        return METHOD_WORDS.get(method, method)

    def curve_row(self, architecture: str, share: float, *, growth: bool) -> int | None:
        """Find the row of a point of an S-curve of the total."""
        return next(
            (
                row
                for row in self._curve(architecture, growth=growth)
                if abs(self.ledger.at("cost_curve", row)["share_not_exceeded"] - share) < 1e-9
            ),
            None,
        )

    def _curve(self, architecture: str, *, growth: bool) -> list[int]:
        return self.ledger.rows(
            "cost_curve", architecture=architecture, scope="total", growth=growth
        )

    @property
    def s_curve(self) -> Markup:
        """Draw the S-curves of all architectures, as estimated and as past programs grew."""
        curves = []
        for color, name in enumerate(self.architectures):
            for growth in (False, True):
                rows = [self.ledger.at("cost_curve", i) for i in self._curve(name, growth=growth)]
                points = tuple((row["cost_usd"], row["share_not_exceeded"]) for row in rows)
                label = f"{wording.words(name)}{', with past growth' if growth else ''}"
                if points:
                    curves.append(cost_figures.Curve(label, color, growth, points))
        title = "Chance that an architecture costs no more"
        return Markup(cost_figures.s_curve(curves, title, wording.money))

    @property
    def drawn(self) -> list[str]:
        """Name the architectures whose drivers are drawn: all but today's, if there are more."""
        names = [
            name
            for name in self.architectures
            if self.ledger.rows("cost_drivers", architecture=name)
        ]
        return names[1:] or names

    def tornado(self, architecture: str) -> Markup:
        """Draw the inputs that move an architecture's total most."""
        swings = []
        for i in self.ledger.rows("cost_drivers", architecture=architecture)[:DRIVERS_DRAWN]:
            row = self.ledger.at("cost_drivers", i)
            low, high = row["at_low_usd"], row["at_high_usd"]
            swings.append(
                cost_figures.Swing(
                    driver_name(row),
                    driver_range(row),
                    low,
                    high,
                    f"{wording.money(low)} at its low end, {wording.money(high)} at its high end",
                    wording.money(row["swing_usd"]),
                    self.ledger.address("cost_drivers", i, "swing_usd"),
                )
            )
        total = self.ledger.find("cost_total", architecture=architecture, scope="total")
        middle = self.ledger.value("cost_total", total, "mode_usd") or 0.0
        return Markup(
            cost_figures.tornado(
                swings,
                middle,
                self.architectures.index(architecture),
                f"What moves the cost of {wording.words(architecture)}",
                wording.money,
            )
        )

    @property
    def axis(self) -> Markup:
        """Draw ours and the published estimates that count the same, by scope, on one axis."""
        high = self._high
        groups = []
        for scope in _BESIDE:
            marks = [self._own(i) for i in self.ledger.rows("cost_beside", scope=scope)]
            marks += [self._other(i) for i in self._comparable(scope) if self._usd(i) <= high]
            if marks:
                groups.append((f"{wording.heading(self.scope(scope))}", marks))
        title = "Ours beside published estimates"
        return Markup(figures.intervals(groups, title, wording.money, high))

    @property
    def beyond(self) -> list[int]:
        """Give the comparable estimates that lie beyond the axis."""
        return [
            i for scope in _BESIDE for i in self._comparable(scope) if self._usd(i) > self._high
        ]

    @property
    def aside(self) -> list[int]:
        """Give the estimates that may not share the axis."""
        return self.ledger.rows("published_costs", comparable=False)

    @property
    def _high(self) -> float:
        own = [row["high_usd"] for row in self.ledger.tables.get("cost_beside", ())]
        return _BEYOND * max(own, default=0.0)

    def _comparable(self, scope: str) -> list[int]:
        return self.ledger.rows("published_costs", comparable=True, scope=scope)

    def _usd(self, row: int) -> float:
        return self.ledger.value("published_costs", row, "converted_usd") or 0.0

    def _own(self, i: int) -> figures.Mark:
        row: Row = self.ledger.at("cost_beside", i)
        name = row["architecture"]
        return figures.Mark(
            wording.words(name),
            self.architectures.index(name),
            row["mode_usd"],
            f"{wording.money(row['mode_usd'])} {wording.words(name)}",
            row["low_usd"],
            row["high_usd"],
            href=self.ledger.address("cost_beside", i, "mode_usd"),
        )

    def _other(self, i: int) -> figures.Mark:
        row: Row = self.ledger.at("published_costs", i)
        title = f"{row['title'][:1].lower()}{row['title'][1:]}"
        return figures.Mark(
            row["title"],
            _PUBLISHED_COLOR,
            row["converted_usd"],
            f"{wording.money(row['converted_usd'])} {row['by']}, {title}",
            href=self.ledger.address("published_costs", i, "converted_usd"),
        )
