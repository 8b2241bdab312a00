"""What raids cost whom they come from, which lets most through for its price, what they strike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from umbo.appraisal.inflation import in_dollars_of
from umbo.elements.catalog import Catalog
from umbo.elements.forces import COUNTRIES, forces_item
from umbo.elements.sourced import Value
from umbo.engagement.raid import Launch, adversary_of
from umbo.study.penetration import LEAST_RANGE_M
from umbo.study.schema import Study

Row = dict[str, Any]

EQUAL_USD: Final = 1e9
"""What each raid is scaled to cost where they are compared."""
_DECOYS: Final = "reply_decoys"
_ENDS: Final = ("low", "mode", "high")


def raid_tables(
    study: Study, catalog: Catalog, raids: Sequence[str], leakage: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, list[Row]], dict[tuple[str, str], Value]]:
    """Give cost and worth of raids to whom they come from, and what each takes of the shield.

    Args:
        study: The study.
        catalog: With the numbers of its view in place.
        raids: Raids that were fought.
        leakage: The table of that name.

    Returns:
        ``raid_costs``, ``worst_raids`` and ``strikes``; and the values behind them.
    """
    used: dict[tuple[str, str], Value] = {}
    costs = [_cost_of(study, catalog, name, used) for name in raids]
    tables = {
        "raid_costs": costs,
        "worst_raids": list(_worst(leakage, {row["raid"]: row for row in costs})),
        "strikes": list(_strikes(study, catalog, raids)),
    }
    return tables, used


def _cost_of(study: Study, catalog: Catalog, name: str, used: dict[tuple[str, str], Value]) -> Row:
    """Add up the prices of a raid's missiles and decoys, each at the scale of who launches them.

    Ends add up end by end, as if all prices were low or high together. Left out: warheads,
    launchers, crews and development, so that raids of many warheads a missile look cheap.
    """
    sums = dict.fromkeys(_ENDS, 0.0)
    unpriced = 0
    launches = study.raids[name]
    for launch in launches:
        price = catalog.item(launch.missile).values.get("unit_cost")
        if price is None:
            unpriced += launch.count
            continue
        scale = _scale_of(launch, catalog)
        decoy = catalog.value(_DECOYS, "unit_cost") if launch.decoys_each else None
        for value in filter(None, (price, scale, decoy)):
            used[value.item, value.parameter] = value
        for end in _ENDS:
            usd = getattr(in_dollars_of(price, study.dollars_of), end)
            if decoy is not None:
                each = getattr(in_dollars_of(decoy, study.dollars_of), end)
                usd += launch.decoys_each * each
            sums[end] += launch.count * usd * (getattr(scale, end) if scale else 1.0)
    return {
        "raid": name,
        "missiles": sum(launch.count for launch in launches),
        "is_intercontinental": all(_flies_far(launch, catalog) for launch in launches),
        **{f"cost_{end}_usd": usd if not unpriced else None for end, usd in sums.items()},
        "unpriced": unpriced,
    }


def _scale_of(launch: Launch, catalog: Catalog) -> Value | None:
    """Give what an adversary pays of a price in the United States; None where nobody says."""
    country = adversary_of(launch, catalog)
    return catalog.value(forces_item(country), "cost_scale") if country in COUNTRIES else None


def _flies_far(launch: Launch, catalog: Catalog) -> bool:
    reach = catalog.item(launch.missile).values.get("range")
    return reach is not None and reach.mode >= LEAST_RANGE_M


def _worst(leakage: Iterable[Mapping[str, Any]], costs: Mapping[str, Row]) -> Iterator[Row]:
    """Scale each raid to one cost, and rank them by what arrives: all, and those that fly far.

    In proportion: a raid twice as large lets through twice as many, or more, since magazines
    empty; so a small raid is told too mildly.
    """
    by_architecture: dict[str, list[Row]] = {}
    for row in leakage:
        cost = costs[row["raid"]]
        usd = {end: cost[f"cost_{end}_usd"] for end in _ENDS}
        if not usd["mode"]:
            continue
        # Dear missiles are few for a sum: the low end of what arrives is at the high price.
        per = {end: EQUAL_USD * row["leakers_mean"] / usd[end] for end in _ENDS}
        by_architecture.setdefault(row["architecture"], []).append(
            {
                "architecture": row["architecture"],
                "raid": row["raid"],
                "is_intercontinental": cost["is_intercontinental"],
                "leakers_mean": row["leakers_mean"],
                "cost_mode_usd": usd["mode"],
                "leakers_per_busd": per["mode"],
                "leakers_per_busd_low": per["high"],
                "leakers_per_busd_high": per["low"],
            }
        )
    for rows in by_architecture.values():
        far = [row for row in rows if row["is_intercontinental"]]
        for row in rows:
            more = [r for r in rows if r["leakers_per_busd"] > row["leakers_per_busd"]]
            yield row | {
                "rank": 1 + len(more),
                "is_worst": not more,
                "is_worst_intercontinental": row in far
                and all(r["leakers_per_busd"] <= row["leakers_per_busd"] for r in far),
            }


def _strikes(study: Study, catalog: Catalog, raids: Sequence[str]) -> Iterator[Row]:
    for name in raids:
        for strike in study.strikes_first.get(name, ()):
            share = strike.share(catalog)
            yield {
                "raid": name,
                "hits": strike.hits,
                "lost_low": share.low,
                "lost": share.mode,
                "lost_high": share.high,
                "arrives_s": strike.arrives_s,
                "source": strike.source,
                "note": strike.note,
            }
