"""Which number of a value's range a model reads: its mode, or one draw over all ranges."""

from collections.abc import Hashable
from functools import cache
from typing import Any, Final

from umbo.draws import decision_id, uniform
from umbo.elements.sourced import Value

_SEED_OF_DRAWS: Final = "assumptions"


class Readings:
    """Reads numbers out of values, and remembers which values were read.

    Without a draw every value is read at its mode. With draw ``i`` of ``n`` each value is read
    at a quantile of its own: the ``n`` draws of a value are a Latin hypercube, each taking
    one of ``n`` equal slices of probability, so that 64 draws cover every range evenly. A value
    named alike (item and parameter) is read at the same quantile in every architecture.
    """

    def __init__(self, seed: int = 0, draw: int | None = None, draws: int = 1) -> None:
        """Read modes (``draw`` None), or draw ``draw`` of ``draws`` under ``seed``."""
        self._seed = seed
        self._draw = draw
        self._draws = draws
        self.used: dict[tuple[str, str], Value] = {}
        self.quantiles: dict[tuple[str, str], float] = {}
        self._read: dict[tuple[str, str], tuple[Value, float]] = {}
        self.kept: dict[tuple[Hashable, ...], tuple[object, Any]] = {}
        """What was found with these readings and no others, each with what has its number in
        the key. It goes when they go."""

    @property
    def is_drawn(self) -> bool:
        """Say whether a draw is read, not modes."""
        return self._draw is not None

    def __call__(self, value: Value) -> float:
        """Give the number to use for this value."""
        key = (value.item, value.parameter)
        if self._draw is None:
            self.used[key] = value
            return value.mode
        known = self._read.get(key)
        if known is not None and known[0] is value:
            return known[1]
        self.used[key] = value
        if value.low == value.high:
            number = value.mode
        else:
            if key not in self.quantiles:
                self.quantiles[key] = self._quantile(f"{_SEED_OF_DRAWS}/{key[0]}.{key[1]}")
            number = value.quantile(self.quantiles[key])
        self._read[key] = (value, number)
        return number

    def _quantile(self, name: str) -> float:
        assert self._draw is not None
        return _slices(self._seed, name, self._draws)[self._draw]


@cache
def _slices(seed: int, name: str, draws: int) -> tuple[float, ...]:
    """Give the middle of the slice of probability that each draw of a value takes."""
    decision = decision_id(name)
    luck = [uniform(seed, draw, 0, decision) for draw in range(draws)]
    rank = {of: place for place, of in enumerate(sorted(luck))}
    return tuple((rank[of] + 0.5) / draws for of in luck)
