"""A public number that never travels without its unit, range, source and dollar year."""

import math
from dataclasses import dataclass
from typing import Final, Literal

from umbo.errors import DomainError

Confidence = Literal["verified", "derived", "computed", "memory", "ours"]

ASSUMED: Final = ("memory", "ours")
"""Values so marked are assumptions: recalled, or chosen by us."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from."""

    id: str
    author: str
    year: str
    title: str
    publisher: str
    url: str
    retrieved: str


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its credible range, unit (SI) and source.

    ``low``, ``mode`` and ``high`` are a triangular distribution, or a lognormal one whose
    5th, 50th and 95th percentiles they are where ``shape`` says so.
    """

    item: str
    parameter: str
    low: float
    mode: float
    high: float
    unit: str
    source: str
    locator: str = ""
    dollars_of: int | None = None
    conf: Confidence = "ours"
    note: str = ""
    shape: Literal["triangular", "lognormal"] = "triangular"

    def __post_init__(self) -> None:
        if not self.low <= self.mode <= self.high or not math.isfinite(self.high - self.low):
            raise DomainError(
                f"{self.item}.{self.parameter}: low, mode and high must be finite and in order; "
                f"got {self.low}, {self.mode}, {self.high}"
            )

    @property
    def is_assumption(self) -> bool:
        """Say whether the number is recalled or chosen, not read in a source."""
        return self.conf in ASSUMED

    def quantile(self, u: float) -> float:
        """Give the value below which a share ``u`` of the range's probability lies.

        Example:
            >>> value = Value("gbi", "p_kill", 0.25, 0.57, 0.73, "1", "record")
            >>> round(value.quantile(2 / 3), 4)
            0.57
        """
        if not 0.0 <= u <= 1.0:
            raise DomainError(f"u must lie in 0 to 1; got {u}")
        low, mode, high = self.low, self.mode, self.high
        if high == low:
            return mode
        if self.shape == "lognormal":
            from statistics import NormalDist

            sigma = math.log(high / low) / (2.0 * 1.6448536269514722)
            u = min(max(u, 1e-6), 1.0 - 1e-6)
            return mode * math.exp(sigma * NormalDist().inv_cdf(u))
        split = (mode - low) / (high - low)
        if u < split:
            return low + math.sqrt(u * (high - low) * (mode - low))
        return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))
