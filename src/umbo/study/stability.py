"""What a study's shields do to deterrence: both sides, by size of the shield, in tables."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from umbo.appraisal.cost import summed
from umbo.appraisal.stability import OPEN, coming, delivered
from umbo.elements.catalog import Catalog
from umbo.elements.forces import COUNTRIES, POSTURES, Leg, Posture, force_of, forces_item
from umbo.elements.sourced import Value
from umbo.engagement.strikes import STRIKE
from umbo.errors import UnknownNameError, suggest
from umbo.study.deciding import sign_rows
from umbo.study.deterrence import (
    CURVE_DRAWS,
    DECOYS,
    DRAWS,
    LOSSES,
    SIZED_IN,
    SIZES,
    Side,
    Weighing,
)
from umbo.study.exposed import passing_rows, struck_rows
from umbo.study.load import catalog_of, resolve
from umbo.study.penetration import raid_of_kind, weapons_in_orbit
from umbo.study.replies import ON_MISSILES, REPLIES, Reply
from umbo.study.schema import Study
from umbo.study.sweeps import attrition_rows, limit_rows, third_rows

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Array = np.ndarray[Any, Any]
Tell = Callable[[float, str], None]

OPPONENTS: Final = ("Russia", "China")


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
        attrition, struck, passing, replies, signs, third, limits and inputs.

    Raises:
        StudyError: The study has no raid of ballistic missiles to stand for a retaliation.
        UnknownNameError: No such architecture or country.
    """
    viewed = catalog_of(study, catalog)
    standing = resolve(study, catalog)
    name = chosen or list(standing)[-1]
    if name not in standing:
        raise UnknownNameError(f"no architecture is named {name!r}; {suggest(name, standing)}")
    for country in opponents:
        forces_item(country)
    return _tables(Weighing(study, viewed, standing, name, opponents, tell))


def stability_tables(
    study: Study, catalog: Catalog, raids: Sequence[str], *, tell: Tell = lambda _share, _what: None
) -> Tables:
    """Give the tables of a run: none where it fights no raid that stands for a retaliation."""
    name = raid_of_kind(study, catalog_of(study, catalog), "ballistic")
    return weigh(study, catalog, tell=tell) if name in raids else {}


def with_sources(tables: Tables, study: Study, catalog: Catalog) -> Tables:
    """Add every number that was read, in units for people, and every source cited."""
    from umbo.study.cited import input_tables

    viewed = catalog_of(study, catalog)
    used = used_values(tables, viewed)
    cited = [row["source"] for row in tables["stability_forces"]]
    found = input_tables(
        [(value, "stability") for _, value in sorted(used.items())], {}, viewed, also_cited=cited
    )
    return {name: rows for name, rows in tables.items() if name != "stability_inputs"} | found


def used_values(tables: Tables, catalog: Catalog) -> dict[tuple[str, str], Value]:
    """Give the values behind the tables, by item and parameter."""
    keys = [(row["item"], row["parameter"]) for row in tables.get("stability_inputs", ())]
    return {key: catalog.value(*key) for key in keys}


def _tables(of: Weighing) -> Tables:
    of.tell(0.9, "weighing both sides")
    found = {
        "stability_forces": _forces(of),
        "stability": _retaliation(of),
        "stability_incentive": _incentive(of),
        "stability_size": _size(of),
        "stability_attrition": attrition_rows(of),
        "stability_struck": struck_rows(of),
        "stability_passing": passing_rows(of),
        "stability_replies": _replies(of),
        "stability_third": third_rows(of),
        "stability_limits": limit_rows(of),
    }
    found["stability_signs"] = sign_rows(of, found["stability_size"])
    found["stability_inputs"] = _inputs(of)
    of.tell(1.0, "done")
    return found


def _forces(of: Weighing) -> list[Row]:
    rows = []
    for country in COUNTRIES:
        for year in (2025, of.year):
            for posture in POSTURES:
                for leg in force_of(country, year, posture, of.catalog, of.read):
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
                            "source": _source(of, country, leg),
                        }
                    )
    return rows


def _source(of: Weighing, country: str, leg: Leg) -> str:
    family = leg.name.split("_", maxsplit=1)[0]
    values = of.catalog.item(forces_item(country)).values
    counts = [values[n] for n in (f"{family}_warheads", f"{family}_warheads_2035") if n in values]
    return " ".join(dict.fromkeys(" ".join(value.source for value in counts).split()))


def _retaliation(of: Weighing) -> list[Row]:
    rows = []
    for opponent in of.opponents:
        for year in dict.fromkeys((2025, of.year)):
            for posture in POSTURES:
                side = of.side(opponent, posture, year=year)
                drawn = [of.side(opponent, posture, read, year) for read in of.draws]
                base = delivered(side.theirs, of.shield("as_is", of.baseline), struck=True)
                for name in of.standing:
                    rows.append(
                        {
                            "opponent": opponent,
                            "year": year,
                            "posture": posture,
                            "architecture": name,
                            **_delivered(of, name, side, drawn, base),
                        }
                    )
    return rows


def _delivered(of: Weighing, name: str, side: Side, drawn: list[Side], base: float) -> Row:
    shield = of.shield("as_is", name)
    ragged, weakened = of.ragged(name), of.weakened("as_is", name, side.lost)
    mode = delivered(side.theirs, shield, struck=True)
    luck = [
        (delivered(one.theirs, of.shield("as_is", name, k % CURVE_DRAWS), struck=True), one)
        for k, one in enumerate(drawn)
    ]
    return {
        "coming": sum(coming(side.theirs, struck=True)),
        "delivered": mode,
        **{f"delivered_{k}": v for k, v in of.over([d for d, _ in luck], mode).items()},
        "delivered_ragged": delivered(side.theirs, ragged, struck=True),
        "delivered_striking": delivered(side.theirs, weakened, struck=True),
        "change": mode - base,
        "low_threshold": side.low,
        "high_threshold": side.high,
        "p_above_low": sum(d >= one.low for d, one in luck) / DRAWS,
        "p_above_high": sum(d >= one.high for d, one in luck) / DRAWS,
    }


def _incentive(of: Weighing) -> list[Row]:
    rows = []
    for opponent in of.opponents:
        for posture in POSTURES:
            side = of.side(opponent, posture)
            drawn = [of.side(opponent, posture, read) for read in of.draws]
            for name in of.standing:
                for mirrored in (False, True):
                    found = of.measured(side, "as_is", name, mirrored=mirrored)
                    many = [
                        of.measured(one, "as_is", name, k % CURVE_DRAWS, mirrored=mirrored)
                        for k, one in enumerate(drawn)
                    ]
                    row: Row = {
                        "opponent": opponent,
                        "posture": posture,
                        "architecture": name,
                        "mirrored": mirrored,
                        "threshold": side.high,
                        **found,
                        "first_strike_on_whole": delivered(
                            side.theirs, of.shield("as_is", name), struck=False
                        ),
                    }
                    for key in ("incentive_shielded", "incentive_opponent", "stability"):
                        ends = of.over([one[key] for one in many], found[key])
                        row |= {f"{key}_{end}": ends[end] for end in ("p05", "p95")}
                    rows.append(row)
    return rows


def _size(of: Weighing) -> list[Row]:
    return [
        row
        for opponent in of.opponents
        for posture in SIZED_IN
        for row in _sizes(of, opponent, posture)
    ]


def _sizes(of: Weighing, opponent: str, posture: Posture) -> list[Row]:
    rows: list[Row] = []
    costs = of.costs_by_size
    side = of.side(opponent, posture)
    drawn = [of.side(opponent, posture, read) for read in of.draws]
    for i, size in enumerate(SIZES):
        found = of.compared(side, size)
        many = [of.compared(one, size, k % CURVE_DRAWS) for k, one in enumerate(drawn)]
        row: Row = {
            "opponent": opponent,
            "posture": posture,
            "architecture": of.chosen,
            "size": size,
            "cost_usd": float(costs[size][0]),
        }
        for column, value in found.items():
            ends = of.over([one[column] for one in many], value)
            row |= {column: value, **{f"{column}_{end}": at for end, at in ends.items()}}
        row |= dict.fromkeys(("step_usd", "stopped", "reply", "reply_usd_per_warhead"))
        for column in ("ratio", "ratio_missiles"):
            row |= dict.fromkeys((column, *(f"{column}_{end}" for end in ("p05", "p50", "p95"))))
        if i > 0:
            step = SIZES[i - 1], size
            row |= _margin(of, opponent, side, drawn, step, costs[size] - costs[SIZES[i - 1]])
        rows.append(row)
    return rows


def _margin(
    of: Weighing,
    opponent: str,
    side: Side,
    drawn: list[Side],
    step: tuple[float, float],
    usd: Array,
) -> Row:
    small, large = (of.shield("size", size) for size in step)
    stopped = delivered(side.theirs, small, struck=True) - delivered(
        side.theirs, large, struck=True
    )
    row: Row = {"step_usd": float(usd[0]), "stopped": stopped}
    for column, only in (("ratio", REPLIES), ("ratio_missiles", ON_MISSILES)):
        margin = of.replier.margin(opponent, side.theirs, large, of.glide, only=only)
        if margin is None or stopped <= 0.0:
            continue
        if column == "ratio":
            row |= {"reply": margin[0], "reply_usd_per_warhead": margin[1]}
        row[column] = float(usd[0]) / stopped / margin[1]
        ratios = []
        for k, one in enumerate(drawn):
            less, more = (of.shield("size", size, k % CURVE_DRAWS) for size in step)
            stops = delivered(one.theirs, less, struck=True) - delivered(
                one.theirs, more, struck=True
            )
            found = of.replier.margin(opponent, one.theirs, more, of.glide, 1 + k, only=only)
            if found is not None:
                ratios.append(usd[1 + k] / stops / found[1] if stops > 0.0 else np.inf)
        for end, share in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
            value = float(np.quantile(ratios, share, method="nearest")) if ratios else np.inf
            row[f"{column}_{end}"] = value if np.isfinite(value) else None
    return row


def _replies(of: Weighing) -> list[Row]:
    rows = []
    today = of.standing[of.baseline]
    base_cost = of.model.of(today, today)
    for opponent in of.opponents:
        side = of.side(opponent)
        wanted = delivered(side.theirs, of.shield("as_is", of.baseline), struck=True)
        for name, one in list(of.standing.items())[1:]:
            usd = summed(of.model.of(one, today), above=base_cost)
            for reply in _answers(of, opponent, name, side, wanted):
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


def _answers(of: Weighing, opponent: str, name: str, side: Side, wanted: float) -> list[Reply]:
    shield = of.shield("as_is", name)
    decoyed = [shield, *(of.decoyed(name, more) for more in DECOYS[1:])]
    in_orbit = weapons_in_orbit(of.standing[name])
    lost = {x: of.lost(name, x) for x in LOSSES} if in_orbit else {}
    return of.replier.restore(
        opponent,
        side.theirs,
        shield,
        wanted,
        glide=of.curves.get(("as_is", name, "glide", None)) or OPEN,
        decoyed={
            more: one.of(side.theirs, struck=True).ballistic
            for more, one in zip(DECOYS, decoyed, strict=True)
        },
        lost={x: one.of(side.theirs, struck=True).ballistic for x, one in lost.items()},
        in_orbit=in_orbit,
        missile_warheads=_each(of),
    )


def _each(of: Weighing) -> float:
    raid = of.attacks["ballistic"].raid
    return float(raid.is_warhead.sum() / len(raid.start_s))


def _inputs(of: Weighing) -> list[Row]:
    kept = {
        key: value
        for key, value in (of.read.used | of.model.used).items()
        if value.item.startswith(("forces_", "leg_", "reply_"))
        or value.item in ("exchange", STRIKE)
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
    return {
        f"{name}_usd": ends["mode"],
        f"{name}_p05_usd": ends["p05"],
        f"{name}_p95_usd": ends["p95"],
    }
