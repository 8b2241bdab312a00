"""Draws over the credible ranges of public numbers, the same wherever a number is used."""

import math
from collections.abc import Iterable
from functools import cache, lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.draws import decision_id, uniforms
from umbo.elements.sourced import Value
from umbo.errors import DomainError

_Z95: Final = 1.6448536269514722


class Ranges:
    """Draws of values: stratified by value, correlated within an item and between items.

    A value's own luck, that of its item and that of the whole are normal and add up; the ranks
    of the sum place the draws, so that each value's draws fill its range evenly, and a value
    used twice, or in two architectures, has the same draws.
    """

    def __init__(
        self, draws: int = 256, *, within: float = 0.0, between: float = 0.0, seed: int = 0
    ) -> None:
        """Set the number of draws and the two correlations.

        Args:
            draws: Number of draws, 2 or more.
            within: Correlation of two values of one item, 0 to 1.
            between: Correlation of two values of different items, 0 to ``within``.
            seed: Where the luck starts.

        Raises:
            DomainError: A correlation is out of range, or there are fewer than two draws.
        """
        if not (0.0 <= between <= within <= 1.0 and draws >= 2):
            raise DomainError(
                "draws need 0 <= between <= within <= 1 and at least two of them; got "
                f"{between}, {within} and {draws}"
            )
        self.draws = draws
        self._seed = seed
        self._weights = math.sqrt(between), math.sqrt(within - between), math.sqrt(1.0 - within)
        self._scores = _scores(draws)
        self._drawn: dict[tuple[Value, bool], NDArray[np.float64]] = {}

    def of(self, value: Value, *, falling: bool = False) -> NDArray[np.float64]:
        """Give the mode of a value, then its draws: an array of ``1 + draws``.

        Args:
            value: The value.
            falling: Whether it falls where others rise, as a life does where costs rise.
        """
        key = value, falling
        if value.high == value.low:
            return np.full(1 + self.draws, value.mode)
        if key not in self._drawn:
            shared, of_item, own = self._weights
            sign = -1.0 if falling else 1.0
            luck = sign * (
                shared * self._normal("all") + of_item * self._normal(value.item)
            ) + own * self._normal(f"{value.item}/{value.parameter}")
            self._drawn[key] = np.concatenate(([value.mode], self._place(value, _ranks(luck))))
        return self._drawn[key]

    def _normal(self, name: str) -> NDArray[np.float64]:
        return _normals(self._seed, self.draws, name)

    def _place(self, value: Value, ranks: NDArray[np.intp]) -> NDArray[np.float64]:
        low, mode, high = value.low, value.mode, value.high
        if value.shape == "lognormal":
            return np.asarray(
                mode * np.exp(math.log(high / low) / (2.0 * _Z95) * self._scores[ranks])
            )
        u = (ranks + 0.5) / self.draws
        return np.where(
            u * (high - low) < mode - low,
            low + np.sqrt(u * (high - low) * (mode - low)),
            high - np.sqrt((1.0 - u) * (high - low) * (high - mode)),
        )


class Ends:
    """Values at the low and the high end of their ranges, one at a time, all others at the mode.

    Stands where ``Ranges`` does: what would be draws are pairs of low and high, so that one pass
    of a model answers for every value.
    """

    def __init__(self, values: Iterable[Value]) -> None:
        """Take the values that are to be moved, each told by item and parameter."""
        self._place = {(v.item, v.parameter): 1 + 2 * i for i, v in enumerate(values)}
        self.draws = 2 * len(self._place)

    def of(self, value: Value, *, falling: bool = False) -> NDArray[np.float64]:
        """Give the mode of a value, then its mode or an end in each place."""
        del falling
        numbers = np.full(1 + self.draws, value.mode)
        place = self._place.get((value.item, value.parameter))
        if place is not None:
            numbers[place : place + 2] = value.low, value.high
        return numbers


@cache
def _scores(draws: int) -> NDArray[np.float64]:
    """Give the normal scores of so many even strata."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((rank + 0.5) / draws) for rank in range(draws)])


@lru_cache(maxsize=512)
def _normals(seed: int, draws: int, name: str) -> NDArray[np.float64]:
    """Give a name's luck: standard normal, stratified, the same in every model."""
    return _scores(draws)[_ranks(uniforms(seed, draws, 0, decision_id(f"range/{name}")))]


def _ranks(luck: NDArray[np.float64]) -> NDArray[np.intp]:
    ranks = np.empty(len(luck), dtype=np.intp)
    ranks[np.argsort(luck)] = np.arange(len(luck))  # 53 bits: no two are alike
    return ranks
