"""A study's shields and both sides' forces: read once, fought once, asked many times."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np

from umbo.appraisal.cost import CostModel, summed
from umbo.appraisal.odds import extended, grown, refined
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
from umbo.engagement.strikes import HITS, without_sites
from umbo.errors import StudyError
from umbo.study.mixes import MIX_PARTS, curves_by_sea, mixes_of, sea_share_of
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
from umbo.study.striking import (
    AIR,
    ALL,
    STRUCK_PARTS,
    Lost,
    Struck,
    lost_in,
    most_likely,
    patterns_of,
    struck_by,
)

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
SHORT: Final = (0.01, 0.03, 0.1, 0.25, 1.0)
"""Parts that are fought where a curve is carried on by the odds at its last."""
DRAWN: Final = (0.01, 0.03, 0.1, 0.5)
"""The same of draws over a shield's own values."""
IN_AIR_PARTS: Final = (0.3, 1.0, 4.0, 16.0)
"""The same of raids of gliders and cruise missiles, which are few."""
CURVE_DRAWS: Final = 3
DRAWS: Final = 32


class Side:
    """What a reading says of one opponent and of the side behind the shield."""

    def __init__(
        self, opponent: str, year: int, posture: Posture, catalog: Catalog, read: Readings
    ) -> None:
        self.theirs = force_of(opponent, year, posture, catalog, read)
        self.ours = force_of(SHIELDED, year, posture, catalog, read)
        self.lost = lost_in(catalog, read)
        stops = read(catalog.value(forces_item(opponent), "own_shield_stops"))
        self.their_shield = Shield(ballistic=capped(stops))
        self.their_struck_shield = Shield(ballistic=capped(stops * (1.0 - self.lost["sites"])))
        self.low = read(catalog.value("exchange", "low_threshold"))
        self.high = read(catalog.value("exchange", "high_threshold"))

    def measures(
        self, shield: Shield, weakened: Shield, *, mirrored: bool = False
    ) -> dict[str, float]:
        """Give what each side delivers and what each gains by going first.

        Who strikes first takes part of the other's shield too; who answers meets one that is whole.
        """
        other = shield if mirrored else self.their_shield
        other_struck = weakened if mirrored else self.their_struck_shield
        ours_first = delivered(self.theirs, shield, struck=True)
        ours_second = delivered(self.theirs, weakened, struck=False)
        their_first = delivered(self.ours, other, struck=True)
        their_second = delivered(self.ours, other_struck, struck=False)
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
        self.mixes = mixes_of(
            study, catalog, self.attacks["ballistic"].raid.name, self.opponents, self.read
        )
        self.sea_share = sea_share_of(self.attacks["ballistic"], catalog)
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
            key: tuple[Any, ...],
            one: Architecture,
            against: Attack = self.attacks["ballistic"],
            **how: Any,
        ) -> None:
            read = drawings[key[-1]]

            def find() -> Curve:
                return curve_of(one, against, self.catalog, read, self.study.seed, **how)

            jobs.append((key, find))

        everything: dict[tuple[str, Any], Architecture] = {
            **{("as_is", name): one for name, one in self.standing.items()},
            **{("size", size): one for size, one in self.sized.items() if size != 1.0},
        }
        for (what, of), one in everything.items():
            ask((what, of, "ballistic", None), one)
            for draw in range(CURVE_DRAWS):
                ask((what, of, "ballistic", draw), one, parts=DRAWN)
        at = most_likely(self.catalog)
        for name, one in self.standing.items():
            for kind in ("glide", "cruise"):
                if kind in self.attacks:
                    ask(("as_is", name, kind, None), one, self.attacks[kind], parts=IN_AIR_PARTS)
            ask(("ragged", name, None), one, spread_s=spread_s, parts=SHORT)
            for more in DECOYS[1:]:
                ask(("decoys", name, more, None), one, more_decoys=more, parts=SHORT)
            if weapons_in_orbit(one):
                for lost in LOSSES[1:]:
                    ask(("lost", name, lost, None), scaled(one, 1.0, lost=lost), parts=SHORT)
            for mix, against in self.mixes.items():
                ask(("mix", name, *mix, None), one, against, parts=MIX_PARTS)
            for hits in (*((hit,) for hit in HITS), HITS):
                what = hits[0] if len(hits) == 1 else ALL
                for pattern in patterns_of(what):
                    left = without_sites(
                        one, {hit: at[hit] for hit in hits}, seed=self.study.seed, pattern=pattern
                    )
                    ask(("struck", name, what, pattern, None), left, parts=STRUCK_PARTS)
                    if what == ALL and "cruise" in self.attacks:
                        key = ("struck", name, AIR, pattern, None)
                        ask(key, left, self.attacks["cruise"], parts=(1.0,))
        done = iter(range(1, len(jobs) + 1))

        def do(i: int) -> None:
            key, find = jobs[i]
            curves[key] = find()
            self.tell(0.1 + 0.8 * next(done) / len(jobs), "fighting parts of raids")

        in_parallel(do, len(jobs))
        curves = {key: refined(curve) for key, curve in curves.items()}
        self.curves = {key: self._carried_on(key, curves) for key in curves}
        self._shields: dict[tuple[Any, ...], Shield] = {}
        self._struck = {name: self._struck_of(name, at) for name in self.standing}

    def _carried_on(self, key: tuple[Any, ...], curves: Mapping[tuple[Any, ...], Curve]) -> Curve:
        """Give a curve to the largest raid that was fought of the shield that it is like."""
        if key[0] in ("as_is", "size") and key[2] == "ballistic":
            return extended(curves[key], curves[*key[:3], None])
        if key[0] in ("ragged", "decoys", "lost"):
            return extended(curves[key], curves["as_is", key[1], "ballistic", None])
        return curves[key]

    def _struck_of(self, name: str, at: Lost) -> Struck:
        fought = {
            what: [self.curves["struck", name, what, k, None] for k in patterns_of(what)]
            for what in (*HITS, ALL, AIR)
            if ("struck", name, what, 0, None) in self.curves
        }
        air = self.curves.get(("as_is", name, "cruise", None))
        return struck_by(self.curves["as_is", name, "ballistic", None], fought, air, at)

    def shield(self, what: str, of: Any, draw: int | None = None) -> Shield:
        """Give a shield: as it is, or scaled, when what comes by air meets as much more."""
        key = (what, of, draw)
        if key not in self._shields:
            self._shields[key] = self._made(*key)
        return self._shields[key]

    def _made(self, what: str, of: Any, draw: int | None) -> Shield:
        if (what, of) == ("size", 1.0):
            what, of = "as_is", self.chosen
        whole = self.curves[what, of, "ballistic", draw]
        return self._with_mixes(whole, *self._like(what, of))

    def _like(self, what: str, of: Any) -> tuple[str, float]:
        """Name the architecture that a shield is like, and how many times as large it is."""
        return (self.chosen, of) if what == "size" else (of, 1.0)

    def _with_mixes(self, whole: Curve, name: str, size: float) -> Shield:
        air = self.curves.get(("as_is", name, "cruise", None)) or OPEN
        if size == 0.0:
            return Shield(whole)
        by_sea = curves_by_sea(
            whole,
            self.curves["as_is", name, "ballistic", None],
            {mix: self.curves["mix", name, *mix, None] for mix in self.mixes},
            self.sea_share,
            size=size,
        )
        return Shield(whole, grown(air, size), by_sea)

    def weakened(
        self, what: str, of: Any, lost: Lost, draw: int | None = None, shield: Shield | None = None
    ) -> Shield:
        """Give a shield, or one like it, of which a strike has taken a share of each part."""
        key = (what, of, draw, tuple(lost.items()), shield and id(shield))
        if key not in self._shields:
            name, size = self._like(what, of)
            whole = shield or self.shield(what, of, draw)
            struck = whole if size == 0.0 else self._struck[name].weakened(whole, lost, size)
            self._shields[key] = struck
        return self._shields[key]

    def measured(
        self, side: Side, what: str, of: Any, draw: int | None = None, *, mirrored: bool = False
    ) -> dict[str, float]:
        """Give a side's measures behind a shield, which its opponent's first strike hits too."""
        weakened = self.weakened(what, of, side.lost, draw)
        return side.measures(self.shield(what, of, draw), weakened, mirrored=mirrored)

    def lost(self, name: str, share: float) -> Shield:
        """Give an architecture of which a share of the interceptors in orbit is lost."""
        if share == 0.0:
            return self.shield("as_is", name)
        key = ("lost", name, share)
        if key not in self._shields:
            self._shields[key] = self._with_mixes(self.curves["lost", name, share, None], name, 1.0)
        return self._shields[key]

    def decoyed(self, name: str, more: int) -> Shield:
        """Give an architecture as it meets missiles that carry more decoys."""
        return self._with_mixes(self.curves["decoys", name, more, None], name, 1.0)

    def ragged(self, name: str) -> Shield:
        """Give an architecture as it meets missiles that start over hours."""
        return self._with_mixes(self.curves["ragged", name, None], name, 1.0)

    def side(
        self, opponent: str, posture: Posture = "day", read: Readings | None = None, year: int = 0
    ) -> Side:
        """Read both sides' forces."""
        return Side(opponent, year or self.year, posture, self.catalog, read or self.read)

    def compared(self, side: Side, size: float, draw: int | None = None) -> dict[str, float]:
        """Give a side's measures behind a shield of a size, and how they stand to the limits."""
        found = self.measured(side, "size", size, draw)
        today = self.measured(side, "as_is", self.baseline, draw)
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
