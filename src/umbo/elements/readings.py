"""Which number of a value's range a model reads: its mode, or one draw over all ranges."""

from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, Final, TypeVar

from umbo.draws import decision_id, uniform
from umbo.elements.sourced import Value

T = TypeVar("T")

_SEED_OF_DRAWS: Final = "assumptions"


class Readings:
    """Reads numbers out of values, and remembers which values were read.

    Without a draw every value is read at its mode. With draw ``i`` of ``n`` each value is read
    at a quantile of its own: the ``n`` draws of a value are a Latin hypercube, each taking
    one of ``n`` equal slices of probability, so that 64 draws cover every range evenly. A value
    named alike (item and parameter) is read at the same quantile in every architecture.
    """

    def __init__(
        self, seed: int = 0, draw: int | None = None, draws: int = 1, trial: int = 0
    ) -> None:
        """Read modes (``draw`` None), or draw ``draw`` of ``draws`` under ``seed``.

        Where what is drawn cannot be, another ``trial`` takes other slices.
        """
        self._seed = seed
        self._draw = draw
        self._draws = draws
        self._trial = trial
        self.used: dict[tuple[str, str], Value] = {}
        self._read: dict[tuple[str, str], tuple[Value, float]] = {}
        self._at: dict[tuple[str, str], float] = {}  # quantile at which each is read
        self._kept: dict[tuple[Hashable, ...], tuple[object, Any, dict[Any, Value]]] = {}

    @property
    def is_drawn(self) -> bool:
        """Say whether a draw is read, not modes."""
        return self._draw is not None

    def alike(self) -> "Readings":
        """Give readings of the same draw that remember for themselves, and know what was found."""
        other = Readings(self._seed, self._draw, self._draws, self._trial)
        other._kept, other._read, other._at = self._kept, self._read, self._at
        return other

    @property
    def quantiles(self) -> dict[tuple[str, str], float]:
        """Give the quantile at which each value with a range was read."""
        return {key: self._at[key] for key, value in self.used.items() if value.low < value.high}

    def once(
        self, key: tuple[Hashable, ...], find: Callable[["Readings"], T], *, of: object = None
    ) -> T:
        """Find something once for all readings of this draw that are ``alike``.

        What it takes counts as read here too, whoever found it.

        Args:
            key: What is found, and out of what.
            find: Finds it, with the readings that it is given.
            of: What has its number in the key, which stays as long as what is kept.

        Returns:
            What was found; not to be changed. It goes when the readings go.
        """
        if key not in self._kept:
            part = self.alike()
            self._kept[key] = (of, find(part), part.used)
        _, found, used = self._kept[key]
        self.used |= used
        return found

    def __call__(self, value: Value) -> float:
        """Give the number to use for this value."""
        key = (value.item, value.parameter)
        self.used[key] = value
        if self._draw is None:
            return value.mode
        known = self._read.get(key)
        if known is not None and known[0] is value:
            return known[1]
        number = value.mode
        if value.low < value.high:
            self._at[key] = _slices(self._seed, key, self._draws, self._trial)[self._draw]
            number = value.quantile(self._at[key])
        self._read[key] = (value, number)
        return number


@cache
def _slices(seed: int, key: tuple[str, str], draws: int, trial: int) -> tuple[float, ...]:
    """Give the middle of the slice of probability that each draw of a value takes."""
    decision = decision_id(f"{_SEED_OF_DRAWS}/{key[0]}.{key[1]}")
    luck = [uniform(seed, draw, trial, decision) for draw in range(draws)]
    rank = {of: place for place, of in enumerate(sorted(luck))}
    return tuple((rank[of] + 0.5) / draws for of in luck)
