"""Strategic forces by leg: public counts of warheads, and stated fractions; nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from umbo.elements.catalog import Catalog
from umbo.elements.sourced import Value
from umbo.errors import UnknownNameError, suggest

Posture = Literal["day", "generated", "warned"]
"""Ready day to day and riding out; raised and riding out; day to day and launched on warning."""

POSTURES: Final[tuple[Posture, ...]] = ("day", "generated", "warned")
COUNTRIES: Final[Mapping[str, str]] = {
    "United States": "us",
    "Russia": "ru",
    "China": "cn",
    "United Kingdom": "uk",
    "France": "fr",
    "North Korea": "nk",
    "Iran": "ir",
}
NOW: Final = 2025
LATER: Final = 2035
_LEGS: Final = {"icbm": ("icbm_silo", "icbm_mobile"), "slbm": ("slbm",), "bomber": ("bomber",)}


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a country's force in one posture; counts and fractions only."""

    name: str
    """icbm_silo, icbm_mobile, slbm or bomber."""
    warheads: float
    available: float
    """Share that is ready in this posture."""
    survival: float
    """Share of those ready that survives a first strike: stated, not computed."""
    reliability: float
    """Share of launched warheads that would arrive where nothing stops them."""
    penetration: float = 1
    """Share that passes air defenses other than the shield; 1 for missiles."""
    country: str = ""

    @property
    def is_air(self) -> bool:
        """Whether it comes by bomber and cruise missile."""
        return self.name == "bomber"

    def arriving(self, *, struck: bool) -> float:
        """Count the warheads that come to the shield, after a first strike or in one."""
        ready = self.warheads * self.available * self.reliability * self.penetration
        return ready * self.survival if struck else ready


def forces_item(country: str) -> str:
    """Name the item of the catalogue that holds a country's force.

    Raises:
        UnknownNameError: There is none.
    """
    if country not in COUNTRIES:
        raise UnknownNameError(f"no force of {country!r} is known; {suggest(country, COUNTRIES)}")
    return f"forces_{COUNTRIES[country]}"


def warheads_in(
    values: Mapping[str, Value], leg: str, year: int, read: Callable[[Value], float]
) -> float:
    """Read a leg's warheads in a year: on the line from 2025 to 2035, as at its end beyond.

    A leg without a projection stays as it is; without a count it has none.
    """
    if f"{leg}_warheads" not in values:
        return 0.0
    now = read(values[f"{leg}_warheads"])
    later = values.get(f"{leg}_warheads_2035")
    if later is None:
        return now
    share = min(max((year - NOW) / (LATER - NOW), 0.0), 1.0)
    return now + share * (read(later) - now)


def force_of(
    country: str, year: int, posture: Posture, catalog: Catalog, read: Callable[[Value], float]
) -> tuple[Leg, ...]:
    """Give a country's force by leg.

    Left out: warheads in store, weapons of shorter range, what the strike itself was aimed at.
    Launched on warning, a force is as ready as day to day.

    Args:
        country: Its name, such as ``Russia``.
        year: Year in which it stands.
        posture: How ready it is, and what it does under attack.
        catalog: Where the counts are.
        read: Reads a value at its mode or in a draw.

    Raises:
        UnknownNameError: No such force is known.
    """
    values = catalog.item(forces_item(country)).values
    ready = "generated" if posture == "generated" else "day"
    legs = []
    for family, names in _LEGS.items():
        warheads = warheads_in(values, family, year, read)
        available = values.get(f"{family}_{ready}")
        if warheads == 0.0 or available is None:
            continue
        mobile = read(values["icbm_mobile_share"]) if "icbm_mobile_share" in values else 0.0
        shares = (1.0 - mobile, mobile) if family == "icbm" else (1.0,)
        for name, share in zip(names, shares, strict=True):
            if share > 0.0:
                of_leg = catalog.item(f"leg_{name}").values
                legs.append(
                    Leg(
                        name,
                        warheads * share,
                        read(available),
                        read(of_leg[f"survival_{posture}"]),
                        read(of_leg["reliability"]),
                        read(of_leg["penetration"]) if "penetration" in of_leg else 1.0,
                        country,
                    )
                )
    return tuple(legs)
