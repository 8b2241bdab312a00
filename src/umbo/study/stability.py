"""What a study's shields do to deterrence: both sides, by size of the shield, in tables."""

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
    coming,
    crossing,
    delivered,
    incentive,
    stability,
)
from umbo.compiled import in_parallel
from umbo.elements.architecture import Architecture, fiscal_year
from umbo.elements.catalog import Catalog
from umbo.elements.forces import COUNTRIES, POSTURES, Leg, Posture, force_of, forces_item
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.study.load import catalog_of, resolve
from umbo.study.penetration import Attack, attack, curve_of, raid_of_kind, scaled, weapons_in_orbit
from umbo.study.replies import Replier, Reply
from umbo.study.schema import Study

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Array = np.ndarray[Any, Any]
Tell = Callable[[float, str], None]

SHIELDED: Final = "United States"
"""Whose shield a study's architectures are."""
OPPONENTS: Final = ("Russia", "China")
THIRD: Final = ("United Kingdom", "France", "North Korea", "Iran", "China", "Russia")
SIZES: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Sizes of the shield whose weapons are scaled, as multiples of the architecture."""
LOSSES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the interceptors in orbit that are lost beforehand."""
DECOYS: Final = (0, 4, 12)
"""Decoys that each missile carries beside its own."""
BELIEVED: Final = (1.0, 1.5, 2.0)
"""How much larger than it is the other side takes a shield to be."""
CURVE_DRAWS: Final = 4
DRAWS: Final = 32


class _Side:
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


def weigh(
    study: Study,
    catalog: Catalog,
    *,
    chosen: str | None = None,
    opponents: Sequence[str] = OPPONENTS,
    tell: Tell = lambda _share, _what: None,
) -> Tables:
    """Find what each shield does to deterrence, and what would answer it.

    Args:
        study: The study; its first architecture is what stands today.
        catalog: The catalogue, without the study's view.
        chosen: The architecture whose weapons are scaled; the last where left out.
        opponents: Countries whose retaliation meets the shield.
        tell: Told how far the work is.

    Returns:
        Tables whose names begin with ``stability``: forces, retaliation, incentive, size,
        attrition, replies, signs, third, limits and inputs.

    Raises:
        StudyError: The study has no raid of ballistic missiles to stand for a retaliation.
        UnknownNameError: No such architecture or country.
    """
    viewed = catalog_of(study, catalog)
    standing = resolve(study, catalog)
    name = chosen or list(standing)[-1]
    if name not in standing:
        raise UnknownNameError(
            f"no architecture is named {name!r}; {suggest(name, standing)}"
        )
    for country in opponents:
        forces_item(country)
    return Weighing(study, viewed, standing, name, opponents, tell).tables()


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
        self.attacks = self._attacks()
        self.sized = {size: scaled(standing[chosen], size) for size in SIZES}
        self._fight()
        self.replier = Replier(catalog, self.model)

    def _attacks(self) -> dict[str, Attack]:
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

        def ask(
            key: tuple[Any, ...], one: Architecture, kind: str = "ballistic", **how: Any
        ) -> None:
            read = Readings(self.study.seed, key[-1], CURVE_DRAWS) if key[-1] is not None else None
            against = self.attacks[kind]

            def find() -> Curve:
                return curve_of(
                    one, against, self.catalog, read or self.read, self.study.seed, **how
                )

            jobs.append((key, find))

        everything: dict[tuple[str, Any], Architecture] = {
            **{("as_is", name): one for name, one in self.standing.items()},
            **{("size", size): one for size, one in self.sized.items()},
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
        return Shield(self.curves[what, of, "ballistic", draw], air or OPEN)

    def side(
        self, opponent: str, posture: Posture = "day", read: Readings | None = None, year: int = 0
    ) -> _Side:
        """Read both sides' forces."""
        return _Side(opponent, year or self.year, posture, self.catalog, read or self.read)

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

    def over(self, what: Callable[[int], float]) -> dict[str, float]:
        """Give 5th, 50th and 95th percentile over the draws."""
        low, middle, high = np.quantile([what(k) for k in range(DRAWS)], (0.05, 0.5, 0.95))
        return {"p05": float(low), "p50": float(middle), "p95": float(high)}

    def tables(self) -> Tables:
        """Make every table."""
        self.tell(0.9, "weighing both sides")
        found = {
            "stability_forces": self._forces(),
            "stability": self._retaliation(),
            "stability_incentive": self._incentive(),
            "stability_size": self._size(),
            "stability_attrition": self._attrition(),
            "stability_replies": self._replies(),
            "stability_third": self._third(),
            "stability_limits": self._limits(),
        }
        found["stability_signs"] = self._signs(found)
        found["stability_inputs"] = self._inputs()
        self.tell(1.0, "done")
        return found

    def _forces(self) -> list[Row]:
        rows = []
        for country in COUNTRIES:
            for year in (2025, self.year):
                for posture in POSTURES:
                    for leg in force_of(country, year, posture, self.catalog, self.read):
                        rows.append(
                            {
                                "country": country,
                                "year": year,
                                "posture": posture,
                                "leg": leg.name,
                                "warheads": leg.warheads,
                                "available": leg.available,
                                "survival": leg.survival,
                                "reliability": leg.reliability,
                                "arriving_struck": leg.arriving(struck=True),
                                "arriving_first": leg.arriving(struck=False),
                                "source": self._source(country, leg),
                            }
                        )
        return rows

    def _source(self, country: str, leg: Leg) -> str:
        family = leg.name.split("_", maxsplit=1)[0]
        values = self.catalog.item(forces_item(country)).values
        of = [values[n] for n in (f"{family}_warheads", f"{family}_warheads_2035") if n in values]
        return " ".join(dict.fromkeys(" ".join(value.source for value in of).split()))

    def _retaliation(self) -> list[Row]:
        rows = []
        for opponent in self.opponents:
            for year in dict.fromkeys((2025, self.year)):
                for posture in POSTURES:
                    side = self.side(opponent, posture, year=year)
                    drawn = [self.side(opponent, posture, read, year) for read in self.draws]
                    base = delivered(side.theirs, self.shield("as_is", self.baseline), struck=True)
                    for name in self.standing:
                        rows.append(
                            {
                                "opponent": opponent,
                                "year": year,
                                "posture": posture,
                                "architecture": name,
                                **self._delivered(name, side, drawn, base),
                            }
                        )
        return rows

    def _delivered(self, name: str, side: _Side, drawn: list[_Side], base: float) -> Row:
        shield = self.shield("as_is", name)
        ragged = replace(shield, ballistic=self.curves["ragged", name, None])
        mode = delivered(side.theirs, shield, struck=True)
        luck = [
            (delivered(one.theirs, self.shield("as_is", name, k % CURVE_DRAWS), struck=True), one)
            for k, one in enumerate(drawn)
        ]
        return {
            "coming": sum(coming(side.theirs, struck=True)),
            "delivered": mode,
            **{f"delivered_{k}": v for k, v in self.over(lambda k: luck[k][0]).items()},
            "delivered_ragged": delivered(side.theirs, ragged, struck=True),
            "change": mode - base,
            "low_threshold": side.low,
            "high_threshold": side.high,
            "p_above_low": sum(d >= one.low for d, one in luck) / DRAWS,
            "p_above_high": sum(d >= one.high for d, one in luck) / DRAWS,
        }

    def _incentive(self) -> list[Row]:
        rows = []
        for opponent in self.opponents:
            for posture in POSTURES:
                side = self.side(opponent, posture)
                drawn = [self.side(opponent, posture, read) for read in self.draws]
                for name in self.standing:
                    for mirrored in (False, True):
                        found = side.measures(self.shield("as_is", name), mirrored=mirrored)
                        many = [
                            one.measures(
                                self.shield("as_is", name, k % CURVE_DRAWS), mirrored=mirrored
                            )
                            for k, one in enumerate(drawn)
                        ]
                        row: Row = {
                            "opponent": opponent,
                            "posture": posture,
                            "architecture": name,
                            "mirrored": mirrored,
                            "threshold": side.high,
                            **found,
                        }
                        for key in ("incentive_shielded", "incentive_opponent", "stability"):
                            ends = np.quantile([one[key] for one in many], (0.05, 0.95))
                            row |= {f"{key}_p05": float(ends[0]), f"{key}_p95": float(ends[1])}
                        rows.append(row)
        return rows

    def _size(self) -> list[Row]:
        costs = self.costs_by_size
        rows = []
        for opponent in self.opponents:
            side = self.side(opponent)
            drawn = [self.side(opponent, read=read) for read in self.draws]
            before: float | None = None
            for size in SIZES:
                shield = self.shield("size", size)
                found = side.measures(shield)
                passing = [
                    delivered(one.theirs, self.shield("size", size, k % CURVE_DRAWS), struck=True)
                    for k, one in enumerate(drawn)
                ]
                row: Row = {
                    "opponent": opponent,
                    "architecture": self.chosen,
                    "size": size,
                    "cost_usd": float(costs[size][0]),
                    "delivered": found["retaliation"],
                    **{f"delivered_{k}": v for k, v in self.over(lambda k: passing[k]).items()},
                    "incentive_shielded": found["incentive_shielded"],
                    "incentive_opponent": found["incentive_opponent"],
                    "stability": found["stability"],
                    "incentive_generated": self.side(opponent, "generated").measures(shield)[
                        "incentive_shielded"
                    ],
                    "step_usd": None,
                    "stopped": None,
                    "reply": None,
                    "reply_usd_per_warhead": None,
                    **dict.fromkeys(("ratio", "ratio_p05", "ratio_p50", "ratio_p95")),
                }
                if before is not None:
                    row |= self._margin(
                        opponent, side, drawn, (before, size), costs[size] - costs[before]
                    )
                before = size
                rows.append(row)
        return rows

    def _margin(
        self,
        opponent: str,
        side: _Side,
        drawn: list[_Side],
        step: tuple[float, float],
        usd: Array,
    ) -> Row:
        small, large = (self.shield("size", size) for size in step)
        stopped = delivered(side.theirs, small, struck=True) - delivered(
            side.theirs, large, struck=True
        )
        margin = self.replier.margin(opponent, side.theirs, large, self.glide)
        row: Row = {"step_usd": float(usd[0]), "stopped": stopped}
        if margin is None or stopped <= 0.0:
            return row
        reply, each = margin
        ratios = []
        for k, one in enumerate(drawn):
            draw = k % CURVE_DRAWS
            less, more = (self.shield("size", size, draw) for size in step)
            stops = delivered(one.theirs, less, struck=True) - delivered(
                one.theirs, more, struck=True
            )
            found = self.replier.margin(opponent, one.theirs, more, self.glide, 1 + k)
            if found is not None:
                ratios.append(usd[1 + k] / stops / found[1] if stops > 0.0 else np.inf)
        ends = np.quantile(ratios, (0.05, 0.5, 0.95), method="nearest") if ratios else [None] * 3
        return row | {
            "reply": reply,
            "reply_usd_per_warhead": each,
            "ratio": float(usd[0]) / stopped / each,
            **dict(zip(("ratio_p05", "ratio_p50", "ratio_p95"), map(float, ends), strict=True)),
        }

    def _attrition(self) -> list[Row]:
        rows = []
        for opponent in self.opponents:
            side = self.side(opponent)
            for name, one in self.standing.items():
                if not weapons_in_orbit(one):
                    continue
                for lost in LOSSES:
                    shield = self._lost(name, lost)
                    found = side.measures(shield)
                    rows.append(
                        {
                            "opponent": opponent,
                            "architecture": name,
                            "lost": lost,
                            "in_orbit": weapons_in_orbit(one),
                            "delivered": found["retaliation"],
                            "incentive_shielded": found["incentive_shielded"],
                            "stability": found["stability"],
                        }
                    )
        return rows

    def _lost(self, name: str, lost: float) -> Shield:
        shield = self.shield("as_is", name)
        if lost == 0.0:
            return shield
        return replace(shield, ballistic=self.curves["lost", name, lost, None])

    def _replies(self) -> list[Row]:
        rows = []
        today = self.standing[self.baseline]
        base_cost = self.model.of(today, today)
        for opponent in self.opponents:
            side = self.side(opponent)
            wanted = delivered(side.theirs, self.shield("as_is", self.baseline), struck=True)
            for name, one in list(self.standing.items())[1:]:
                usd = summed(self.model.of(one, today), above=base_cost)
                for reply in self._answers(opponent, name, side, wanted):
                    ratio = usd / reply.usd if reply.usd is not None and reply.units else None
                    rows.append(
                        {
                            "opponent": opponent,
                            "architecture": name,
                            "reply": reply.name,
                            "wanted": wanted,
                            "units": reply.units,
                            **_three("reply", reply.usd),
                            **_three("shield", usd),
                            **{
                                f"ratio_{end}": None if ratio is None else value
                                for end, value in _ends(ratio).items()
                            },
                            "is_cheapest": False,
                        }
                    )
                mine = [r for r in rows if (r["opponent"], r["architecture"]) == (opponent, name)]
                priced = [r for r in mine if r["reply_usd"] is not None]
                if priced:
                    min(priced, key=lambda r: float(r["reply_usd"]))["is_cheapest"] = True
        return rows

    def _answers(self, opponent: str, name: str, side: _Side, wanted: float) -> list[Reply]:
        shield = self.shield("as_is", name)
        decoyed = [shield.ballistic, *(self.curves["decoys", name, m, None] for m in DECOYS[1:])]
        in_orbit = weapons_in_orbit(self.standing[name])
        lost = {x: self._lost(name, x).ballistic for x in LOSSES} if in_orbit else {}
        return self.replier.restore(
            opponent,
            side.theirs,
            shield,
            wanted,
            glide=self.curves.get(("as_is", name, "glide", None)) or OPEN,
            decoyed=dict(zip(DECOYS, decoyed, strict=True)),
            lost=lost,
            in_orbit=in_orbit,
            missile_warheads=self._each,
        )

    @property
    def _each(self) -> float:
        raid = self.attacks["ballistic"].raid
        return float(raid.is_warhead.sum() / len(raid.start_s))

    def _third(self) -> list[Row]:
        rows = []
        for country in dict.fromkeys((*THIRD, *self.opponents)):
            if country == SHIELDED:
                continue
            for posture in POSTURES[:2]:
                legs = force_of(country, self.year, posture, self.catalog, self.read)
                for name in self.standing:
                    found = delivered(legs, self.shield("as_is", name), struck=True)
                    rows.append(
                        {
                            "country": country,
                            "posture": posture,
                            "architecture": name,
                            "meets": "a like shield in other hands"
                            if country in ("United Kingdom", "France")
                            else "this shield",
                            "coming": sum(coming(legs, struck=True)),
                            "delivered": found,
                            "low_threshold": self.read(
                                self.catalog.value("exchange", "low_threshold")
                            ),
                        }
                    )
        return rows

    def _limits(self) -> list[Row]:
        """Sweep a limit on size, and what the other side believes where it cannot look."""
        rows = []
        for opponent in self.opponents:
            side = self.side(opponent)
            wanted = delivered(side.theirs, self.shield("as_is", self.baseline), struck=True)
            for limit in SIZES:
                found = side.measures(self.shield("size", limit))
                for believed in BELIEVED:
                    taken = self._between(limit * believed)
                    units = self.replier.units_added(side.theirs, taken, wanted)
                    rows.append(
                        {
                            "opponent": opponent,
                            "architecture": self.chosen,
                            "limit": limit,
                            "believed": believed,
                            "delivered": found["retaliation"],
                            "stability": found["stability"],
                            "warheads_added": units,
                            "delivered_with_reply": None
                            if units is None
                            else self.replier.with_added(
                                side.theirs, self.shield("size", limit), units
                            ),
                        }
                    )
        return rows

    def _between(self, size: float) -> Shield:
        """Give a shield of a size between those fought, straight between their curves."""
        size = min(size, SIZES[-1])
        above = next(i for i, at in enumerate(SIZES) if at >= size)
        one = self.shield("size", SIZES[above])
        if SIZES[above] == size:
            return one
        two = self.shield("size", SIZES[above - 1])
        share = (size - SIZES[above - 1]) / (SIZES[above] - SIZES[above - 1])
        x = one.ballistic.coming
        mixed = tuple(share * one.ballistic(at) + (1 - share) * two.ballistic(at) for at in x)
        return Shield(Curve(x, mixed), one.air)

    def _signs(self, found: Tables) -> list[Row]:
        """Say at what size each conclusion flips, and which assumption decides it."""
        from umbo.study.deciding import decide

        rows = []
        for opponent in self.opponents:
            sizes = [r for r in found["stability_size"] if r["opponent"] == opponent]
            side = self.side(opponent)
            for conclusion, column, at in (
                ("retaliation above the high threshold", "delivered", side.high),
                ("retaliation above the low threshold", "delivered", side.low),
                ("incentive to strike first above a half", "incentive_shielded", 0.5),
                ("the reply is cheaper at the margin", "ratio", 1.0),
            ):
                ends = (f"{column}_p05", f"{column}_p95")
                at_size = {
                    key: crossing([r["size"] for r in sizes], [r.get(name) for r in sizes], at)
                    for key, name in zip(("flips_at", "flips_p05", "flips_p95"), (column, *ends),
                                         strict=True)
                }
                whole = next(r for r in sizes if r["size"] == 1.0)
                rows.append(
                    {
                        "opponent": opponent,
                        "architecture": self.chosen,
                        "conclusion": conclusion,
                        "limit": at,
                        "value": whole[column],
                        "holds": whole[column] is not None and whole[column] >= at,
                        **at_size,
                        **decide(self, opponent, column, at),
                    }
                )
        return rows

    def _inputs(self) -> list[Row]:
        kept = {
            key: value
            for key, value in (self.read.used | self.model.used).items()
            if value.item.startswith(("forces_", "leg_", "reply_")) or value.item == "exchange"
        }
        return [_input(value) for _, value in sorted(kept.items())]


def _input(value: Value) -> Row:
    fields = ("item", "parameter", "low", "mode", "high", "unit", "source", "conf", "note")
    return {name: getattr(value, name) for name in fields}


def _ends(usd: Array | None) -> dict[str, float | None]:
    if usd is None:
        return dict.fromkeys(("p05", "mode", "p95"))
    low, high = np.quantile(usd[1:], (0.05, 0.95))
    return {"p05": float(low), "mode": float(usd[0]), "p95": float(high)}


def _three(name: str, usd: Array | None) -> Row:
    ends = _ends(usd)
    return {f"{name}_usd": ends["mode"], f"{name}_p05_usd": ends["p05"],
            f"{name}_p95_usd": ends["p95"]}
