"""What passes of each kind of attack, and what a strike on the shield changes: two tables."""

from typing import Any, Final

from umbo.appraisal.stability import Curve, delivered
from umbo.engagement.strikes import HITS
from umbo.study.deterrence import SIZED_IN, Weighing
from umbo.study.striking import ALL, most_likely

Row = dict[str, Any]

NOTHING: Final = "nothing"
SEVERITIES: Final = (0.5, 1.0, 1.5)
"""How many times its most likely share a strike takes of every part."""
COUNTS: Final = (10, 100, 500)
"""Warheads of which the share that passes is told."""


def struck_rows(of: Weighing) -> list[Row]:
    """Tell what is delivered where a strike takes part of the shield first."""
    at = most_likely(of.catalog)
    cases: list[tuple[str, float, dict[Any, float]]] = [(NOTHING, 0.0, {})]
    cases += [(hit, 1.0, {hit: at[hit]}) for hit in HITS]
    cases += [(ALL, x, {hit: min(x * at[hit], 1.0) for hit in HITS}) for x in SEVERITIES]
    rows = []
    for opponent, posture in ((o, p) for o in of.opponents for p in SIZED_IN):
        side = of.side(opponent, posture)
        for name in of.standing:
            for struck, severity, lost in cases:
                weakened = of.weakened("as_is", name, lost)
                found = side.measures(of.shield("as_is", name), weakened)
                rows.append(
                    {
                        "opponent": opponent,
                        "posture": posture,
                        "architecture": name,
                        "struck": struck,
                        "severity": severity,
                        **{f"{hit}_lost": lost.get(hit, 0.0) for hit in HITS},
                        "delivered": delivered(side.theirs, weakened, struck=True),
                        "first_strike": found["first_strike"],
                        "incentive_shielded": found["incentive_shielded"],
                        "stability": found["stability"],
                    }
                )
    return rows


def passing_rows(of: Weighing) -> list[Row]:
    """Tell what share passes each architecture, by kind of attack and how many come."""
    rows = []
    for name in of.standing:
        shield = of.shield("as_is", name)
        attacks: list[tuple[str, str, float | None, Curve]] = [
            ("missiles of the raid", "", of.sea_share, shield.ballistic)
        ]
        for country, mixes in shield.by_sea.items():
            attacks += [
                ("missiles by origin", country, share, curve)
                for share, curve in mixes
                if share in (0.0, 1.0)
            ]
        for kind, told in (("glide", "gliders"), ("cruise", "cruise missiles")):
            if curve := of.curves.get(("as_is", name, kind, None)):
                attacks.append((told, "", None, curve))
        for kind, country, share, curve in attacks:
            for count in COUNTS:
                rows.append(
                    {
                        "architecture": name,
                        "attack": kind,
                        "country": country,
                        "share_from_sea": share,
                        "coming": count,
                        "passing": curve(count),
                        "share_passing": curve(count) / count,
                    }
                )
    return rows
