"""What many replications of one battle gave, as counts, and the estimates drawn from them."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from umbo.engagement.intercept import jeffreys_interval
from umbo.engagement.windows import REASONS

_Z_90 = 1.6448536269514722  # 95th percentile of the normal distribution


class Estimate(NamedTuple):
    """A value and its 90 % interval of luck."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """Counts over all replications of one architecture against one raid.

    Shapes: N warheads in the raid, A assets, C missile classes, K weapons (those of boost
    first, then those after boost, each in the order of the windows). Intervals are of luck
    alone: phases are taken evenly, so that their spread widens the intervals a little more
    than it should; assumptions are not in them.
    """

    architecture: str
    raid: str
    seed: int
    replications: int
    weapons: tuple[str, ...]
    """(K,)"""
    layers: tuple[str, ...]
    """(K,) boost, midcourse or terminal."""
    assets: tuple[str, ...]
    classes: tuple[str, ...]
    histogram: NDArray[np.int64]
    """(N + 1,) replications with so many leakers."""
    arriving: int
    """Warheads that would have arrived undefended, those of missiles that worked."""
    arriving_squared: int
    """Sum over replications of the square of that number."""
    arriving_times_leakers: int
    """Sum over replications of that number times the leakers."""
    leakers: NDArray[np.int64]
    """(A, C, reasons) leakers by asset aimed at, missile class and reason."""
    kills: NDArray[np.int64]
    """(K,) warheads killed."""
    kills_squared: NDArray[np.int64]
    """(K,) sum over replications of the squares."""
    shots: NDArray[np.int64]
    """(K,) rounds fired, at decoys too."""
    shots_squared: NDArray[np.int64]
    """(K,) sum over replications of the squares."""
    at_decoys: NDArray[np.int64]
    """(K,) rounds fired at decoys."""
    at_decoys_squared: NDArray[np.int64]
    """(K,) sum over replications of the squares."""
    passed: NDArray[np.int64]
    """(K,) warheads in track that a weapon could have fired at and did not, for they were taken
    for decoys. Weapons that follow the same call count the same warhead."""
    passed_squared: NDArray[np.int64]
    """(K,) sum over replications of the squares."""
    engaged: int
    """Replications in which every arriving warhead got a full doctrine salvo or died earlier."""
    attacks: int
    """Replications in which any warhead would have arrived undefended."""

    @property
    def leakage(self) -> Estimate:
        """Leakers over warheads that would arrive undefended; nan where none would.

        The interval is Jeffreys' with an effective number of trials, so that warheads of one
        replication need not be independent. With L leakers and A arriving warheads in a
        replication, p = sum L / sum A, n replications,

            var p = (var L - 2 p cov(L, A) + p^2 var A) / (n mean(A)^2),  trials = p (1 - p) / var p

        (ratio estimator; Cochran, *Sampling Techniques*, 3rd ed., sec. 6.3). Where p is 0 or
        1 there is no variance to go by, and each replication counts as one trial.
        """
        n = self.replications
        if self.arriving == 0:
            return Estimate(math.nan, math.nan, math.nan)
        count = np.arange(len(self.histogram))
        leakers = int(self.histogram @ count)
        leakers_squared = int(self.histogram @ count**2)
        p = leakers / self.arriving
        if leakers in {0, self.arriving}:
            return Estimate(p, *jeffreys_interval(p * n, n))
        # The means of L - p A are 0 by the choice of p.
        squares = (
            leakers_squared - 2.0 * p * self.arriving_times_leakers + p**2 * self.arriving_squared
        )
        variance = squares * n / (max(n - 1, 1) * float(self.arriving) ** 2)
        if variance < 1e-18:  # luck decides nothing
            return Estimate(p, p, p)
        trials = p * (1.0 - p) / variance
        return Estimate(p, *jeffreys_interval(p * trials, trials))

    @property
    def leakers_mean(self) -> Estimate:
        """Leakers in a replication, with the interval of their mean."""
        count = np.arange(len(self.histogram))
        return self._mean(int(self.histogram @ count), int(self.histogram @ count**2))

    @property
    def leakers_p10(self) -> int:
        """10th percentile of the leakers in a replication."""
        return self.leakers_quantile(0.10)

    @property
    def leakers_p90(self) -> int:
        """90th percentile of the leakers in a replication."""
        return self.leakers_quantile(0.90)

    def leakers_quantile(self, share: float) -> int:
        """Give the smallest number of leakers that this share of replications stays within."""
        within = np.cumsum(self.histogram) >= share * self.replications
        return int(np.argmax(within))

    @property
    def p_no_leaker(self) -> Estimate:
        """Chance that no warhead arrives."""
        return self._proportion(int(self.histogram[0]), self.replications)

    @property
    def p_stopped(self) -> Estimate:
        """Chance that no warhead arrives where any would have; nan where none ever would.

        Unlike ``p_no_leaker`` it gives the shield no credit for missiles that fail by themselves.
        """
        return self._proportion(
            int(self.histogram[0]) - (self.replications - self.attacks), self.attacks
        )

    @property
    def p_fully_engaged(self) -> Estimate:
        """Chance that every arriving warhead gets its doctrine's shots: engaged, not defeated.

        Of the replications in which any warhead arrives; nan where none does.
        """
        return self._proportion(self.engaged, self.attacks)

    @property
    def kills_by_weapon(self) -> tuple[Estimate, ...]:
        """Warheads that each weapon kills in a replication, as ``weapons`` are ordered."""
        return self._means(self.kills, self.kills_squared)

    @property
    def shots_by_weapon(self) -> tuple[Estimate, ...]:
        """Rounds that each weapon fires in a replication, as ``weapons`` are ordered."""
        return self._means(self.shots, self.shots_squared)

    @property
    def shots_at_decoys(self) -> tuple[Estimate, ...]:
        """Rounds that each weapon wastes on decoys in a replication, as ``weapons`` are ordered."""
        return self._means(self.at_decoys, self.at_decoys_squared)

    @property
    def warheads_passed(self) -> tuple[Estimate, ...]:
        """Warheads that each weapon lets pass as decoys in a replication."""
        return self._means(self.passed, self.passed_squared)

    @property
    def leakers_by_asset(self) -> dict[str, float]:
        """Leakers in a replication, by the asset aimed at."""
        means = self.leakers.sum(axis=(1, 2)) / self.replications
        return dict(zip(self.assets, map(float, means), strict=True))

    @property
    def leakers_by_reason(self) -> dict[str, float]:
        """Leakers in a replication, by the one reason that each has."""
        means = self.leakers.sum(axis=(0, 1)) / self.replications
        return dict(zip(REASONS, map(float, means), strict=True))

    def _proportion(self, successes: int, trials: int) -> Estimate:
        if trials == 0:
            return Estimate(math.nan, math.nan, math.nan)
        return Estimate(successes / trials, *jeffreys_interval(successes, trials))

    def _means(self, sums: NDArray[np.int64], squares: NDArray[np.int64]) -> tuple[Estimate, ...]:
        return tuple(
            self._mean(int(total), int(square)) for total, square in zip(sums, squares, strict=True)
        )

    def _mean(self, total: int, squares: int) -> Estimate:
        n = self.replications
        mean = total / n
        variance = max(squares - total * mean, 0.0) / max(n - 1, 1)
        half = _Z_90 * math.sqrt(variance / n)
        return Estimate(mean, max(mean - half, 0.0), mean + half)
