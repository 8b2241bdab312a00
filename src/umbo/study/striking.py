"""What a strike on the shield itself does to what passes: each loss alone, and all together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from umbo.appraisal.odds import Odds, odds_of, tilted, together
from umbo.appraisal.stability import Curve, Shield
from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.engagement.strikes import HITS, STRIKE, Hit

STRUCK_PARTS: Final = (0.1, 0.5)
"""Parts of the raid that are fought against a shield that is struck."""
_PATTERNS: Final = 2
"""Losses of all parts, of equal likelihood, over which what passes is averaged."""
ALL: Final = "all"
AIR: Final = "air"
"""All losses, against what comes by air."""

Lost = Mapping[Hit, float]


def patterns_of(hits: str) -> range:
    """Give the patterns of a loss that are fought; one of a single part, for its share in all."""
    return range(_PATTERNS if hits in (ALL, AIR) else 1)


def lost_in(catalog: Catalog, read: Readings) -> dict[Hit, float]:
    """Read what share of each part of a shield a strike takes."""
    return {hit: read(catalog.value(STRIKE, hit)) for hit in HITS}


def most_likely(catalog: Catalog) -> dict[Hit, float]:
    """Give the shares for which a struck shield is fought."""
    return {hit: catalog.value(STRIKE, hit).mode for hit in HITS}


@dataclass(frozen=True)
class Struck:
    """How a strike on one architecture tilts the odds of passing.

    Each kind of loss is fought alone at its most likely share, and all together. A loss so many
    times as large is taken to move the logarithm of the odds so many times as much, and losses
    together as their sum, times what all together did over the sum of each alone.
    """

    at: Lost
    """Shares that were fought."""
    alone: Mapping[Hit, Odds]
    all: Odds
    air: Odds | None

    def odds(self, lost: Lost) -> Odds:
        """Give the ratios of odds for shares lost."""
        parts = [
            odds.times(lost[hit] / self.at[hit])
            for hit, odds in self.alone.items()
            if lost.get(hit, 0.0) > 0.0 and self.at[hit] > 0.0
        ]
        if not parts:
            return self.all.times(0.0)
        if len(parts) == 1:
            return parts[0]
        found, whole = together(parts), together(list(self.alone.values()))
        logs = tuple(
            log * every / sum_of if sum_of > 0.0 and every > 0.0 else log
            for log, every, sum_of in zip(found.logs, self.all.logs, whole.logs, strict=True)
        )
        return Odds(found.coming, logs)

    def weakened(self, shield: Shield, lost: Lost, size: float = 1.0) -> Shield:
        """Give what passes a shield that has lost so much; against air the sites decide."""
        odds = self.odds(lost)
        air = shield.air
        if self.air is not None and self.at["sites"] > 0.0:
            air = tilted(air, self.air.times(lost.get("sites", 0.0) / self.at["sites"]), size=size)
        by_sea = {
            country: tuple((share, tilted(curve, odds, size=size)) for share, curve in mixes)
            for country, mixes in shield.by_sea.items()
        }
        return Shield(tilted(shield.ballistic, odds, size=size), air, by_sea)


def struck_by(
    whole: Curve, fought: Mapping[str, Sequence[Curve]], air: Curve | None, at: Lost
) -> Struck:
    """Put together what was fought of a struck architecture.

    Args:
        whole: What passes the architecture that is not struck.
        fought: What passes with each kind of loss, and with ``all``, in each pattern; ``air``
            of what comes by air, with all.
        air: What passes of that where nothing is struck.
        at: Shares for which these were fought.
    """

    def mean(name: str, against: Curve, coming: tuple[float, ...]) -> Odds:
        curves = fought[name]
        passing = tuple(sum(curve(at) for curve in curves) / len(curves) for at in coming)
        return odds_of(Curve(coming, passing), against)

    # A shield that has lost all weapons passes everything, and was not fought.
    coming = max((fought[hit][0].coming for hit in (*HITS, ALL)), key=len)
    return Struck(
        at=at,
        alone={hit: mean(hit, whole, coming) for hit in HITS},
        all=mean(ALL, whole, coming),
        air=mean(AIR, air, fought[AIR][0].coming) if air is not None and AIR in fought else None,
    )
