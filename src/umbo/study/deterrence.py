"""A study's shields and both sides' forces: read once, fought once, asked many times."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from umbo.appraisal.cost import CostModel, summed
from umbo.appraisal.stability import (
    OPEN,
    Curve,
    Shield,
    capped,
    delivered,
    incentive,
    stability,
)
from umbo.compiled import in_parallel
from umbo.elements.architecture import Architecture, fiscal_year
from umbo.elements.catalog import Catalog
from umbo.elements.forces import Posture, force_of, forces_item
from umbo.elements.readings import Readings
from umbo.errors import StudyError
from umbo.study.penetration import (
    Attack,
    attack,
    curve_of,
    raid_of_kind,
    scaled,
    weapons_in_orbit,
)
from umbo.study.replies import Replier
from umbo.study.schema import Study

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Array = np.ndarray[Any, Any]
Tell = Callable[[float, str], None]

SHIELDED: Final = "United States"
"""Whose shield a study's architectures are."""
SIZES: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Sizes of the shield whose weapons are scaled, as multiples of the architecture."""
SIZED_IN: Final[tuple[Posture, ...]] = ("day", "generated")
"""Postures in which a shield's size is swept."""
LOSSES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the interceptors in orbit that are lost beforehand."""
DECOYS: Final = (0, 4, 12)
"""Decoys that each missile carries beside its own."""
CURVE_DRAWS: Final = 3
DRAWS: Final = 32


class Side:
    """What a reading says of one opponent and of the side behind the shield."""

    def __init__(
        self, opponent: str, year: int, posture: Posture, catalog: Catalog, read: Readings
    ) -> None:
        self.theirs = force_of(opponent, year, posture, catalog, read)
        self.ours = force_of(SHIELDED, year, posture, catalog, read)
        stops = read(catalog.value(forces_item(opponent), "own_shield_stops"))
        self.their_shield = Shield(ballistic=capped(stops))
        self.low = read(catalog.value("exchange", "low_threshold"))
        self.high = read(catalog.value("exchange", "high_threshold"))

    def measures(self, shield: Shield, *, mirrored: bool = False) -> dict[str, float]:
        """Give what each side delivers and what each gains by going first."""
        other = shield if mirrored else self.their_shield
        ours_first = delivered(self.theirs, shield, struck=True)
        ours_second = delivered(self.theirs, shield, struck=False)
        their_first = delivered(self.ours, other, struck=True)
        their_second = delivered(self.ours, other, struck=False)
        i_ours = incentive(ours_first, ours_second, self.high)
        i_theirs = incentive(their_first, their_second, self.high)
        return {
            "retaliation": ours_first,
            "first_strike": ours_second,
            "our_retaliation": their_first,
            "their_first_strike_answered": their_second,
            "incentive_shielded": i_ours,
            "incentive_opponent": i_theirs,
            "stability": stability(i_ours, i_theirs),
        }


class Weighing:
    """A study's shields and forces, read and fought once; its tables come from these."""

    curve_draws = CURVE_DRAWS

    def __init__(
        self,
        study: Study,
        catalog: Catalog,
        standing: Mapping[str, Architecture],
        chosen: str,
        opponents: Sequence[str],
        tell: Tell,
    ) -> None:
        self.study, self.catalog, self.standing = study, catalog, standing
        self.chosen, self.opponents, self.tell = chosen, tuple(opponents), tell
        self.read = Readings()
        self.draws = [Readings(study.seed, k, DRAWS) for k in range(DRAWS)]
        self.baseline = next(iter(standing))
        self.model = CostModel(
            catalog,
            start=fiscal_year(study.horizon.from_),
            years=study.horizon.years,
            dollars_of=study.dollars_of,
            draws=DRAWS,
            seed=study.seed,
        )
        self.year = max(one.as_of for one in standing.values())
        self.attacks = self._fly()
        self.sized = {size: scaled(standing[chosen], size) for size in SIZES}
        self._fight()
        self.replier = Replier(catalog, self.model)

    def _fly(self) -> dict[str, Attack]:
        self.tell(0.0, "flying the raids")
        attacks = {}
        for kind in ("ballistic", "glide", "cruise"):
            if name := raid_of_kind(self.study, self.catalog, kind):
                attacks[kind] = attack(self.study, self.catalog, name, self.read)
        if "ballistic" not in attacks:
            raise StudyError(
                "the study has no raid of intercontinental missiles alone, which would stand for "
                "a retaliation; add one"
            )
        return attacks

    def _fight(self) -> None:
        """Find every curve, as many at once as there are threads."""
        curves: dict[tuple[Any, ...], Curve] = {}
        jobs: list[tuple[tuple[Any, ...], Callable[[], Curve]]] = []
        spread_s = self.read(self.catalog.value("exchange", "ragged_spread"))
        # One reading a draw, so that shields with the same sensors share their tracks.
        drawings: dict[int | None, Readings] = {None: self.read} | {
            draw: Readings(self.study.seed, draw, CURVE_DRAWS) for draw in range(CURVE_DRAWS)
        }

        def ask(
            key: tuple[Any, ...], one: Architecture, kind: str = "ballistic", **how: Any
        ) -> None:
            read = drawings[key[-1]]
            against = self.attacks[kind]

            def find() -> Curve:
                return curve_of(one, against, self.catalog, read, self.study.seed, **how)

            jobs.append((key, find))

        everything: dict[tuple[str, Any], Architecture] = {
            **{("as_is", name): one for name, one in self.standing.items()},
            **{("size", size): one for size, one in self.sized.items() if size != 1.0},
        }
        drawn = [None, *range(CURVE_DRAWS)]
        for (what, of), one in everything.items():
            for draw in drawn:
                ask((what, of, "ballistic", draw), one)
        for name, one in self.standing.items():
            for kind in ("glide", "cruise"):
                if kind in self.attacks:
                    ask(("as_is", name, kind, None), one, kind, parts=(0.3, 1.0, 2.0))
            ask(("ragged", name, None), one, spread_s=spread_s)
            for more in DECOYS[1:]:
                ask(("decoys", name, more, None), one, more_decoys=more)
            if weapons_in_orbit(one):
                for lost in LOSSES[1:]:
                    ask(("lost", name, lost, None), scaled(one, 1.0, lost=lost))
        done = iter(range(1, len(jobs) + 1))

        def do(i: int) -> None:
            key, find = jobs[i]
            curves[key] = find()
            self.tell(0.1 + 0.8 * next(done) / len(jobs), "fighting parts of raids")

        in_parallel(do, len(jobs))
        self.curves = curves

    def shield(self, what: str, of: Any, draw: int | None = None) -> Shield:
        """Give a shield: as it is or scaled; what comes by air meets the architecture's own."""
        air = self.curves.get(("as_is", of if what == "as_is" else self.chosen, "cruise", None))
        if what == "size" and of == 0.0:
            air = OPEN
        if (what, of) == ("size", 1.0):
            what, of = "as_is", self.chosen
        return Shield(self.curves[what, of, "ballistic", draw], air or OPEN)

    def lost(self, name: str, share: float) -> Shield:
        """Give an architecture of which a share of the interceptors in orbit is lost."""
        shield = self.shield("as_is", name)
        if share == 0.0:
            return shield
        return replace(shield, ballistic=self.curves["lost", name, share, None])

    def side(
        self, opponent: str, posture: Posture = "day", read: Readings | None = None, year: int = 0
    ) -> Side:
        """Read both sides' forces."""
        return Side(opponent, year or self.year, posture, self.catalog, read or self.read)

    def compared(self, side: Side, size: float, draw: int | None = None) -> dict[str, float]:
        """Give a side's measures behind a shield of a size, and how they stand to the limits."""
        found = side.measures(self.shield("size", size, draw))
        today = side.measures(self.shield("as_is", self.baseline, draw))
        return {
            "delivered": found["retaliation"],
            "over_low": found["retaliation"] / side.low,
            "over_high": found["retaliation"] / side.high,
            "incentive_shielded": found["incentive_shielded"],
            "incentive_change": found["incentive_shielded"] - today["incentive_shielded"],
            "incentive_opponent": found["incentive_opponent"],
            "stability": found["stability"],
        }

    @cached_property
    def costs_by_size(self) -> dict[float, Array]:
        """Give the cost of each size, what stands today paid for: point estimate, then draws."""
        today = self.standing[self.baseline]
        return {size: summed(self.model.of(one, today)) for size, one in self.sized.items()}

    def step_of_one(self) -> tuple[Array, float]:
        """Give the cost of the step to the whole shield, and the size from which it goes."""
        less = SIZES[SIZES.index(1.0) - 1]
        return self.costs_by_size[1.0] - self.costs_by_size[less], less

    @property
    def glide(self) -> Curve:
        """What passes the chosen shield of gliders."""
        return self.curves.get(("as_is", self.chosen, "glide", None)) or OPEN

    def over(self, drawn: Sequence[float], mode: float) -> dict[str, float]:
        """Give 5th, 50th and 95th percentile over the draws, the ends widened to the mode."""
        low, middle, high = (float(end) for end in np.quantile(drawn, (0.05, 0.5, 0.95)))
        return {"p05": min(low, mode), "p50": middle, "p95": max(high, mode)}
