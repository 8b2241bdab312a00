"""What a constellation of interceptors is sized for, as a study writes it."""

from typing import Literal

from pydantic import Field

from umbo.elements.interceptors import FlyOut
from umbo.section import Name, Section
from umbo.units import Meters, Radians, Seconds

Deadline = Literal["burnout", "before_useful_range"]
Least = Literal["number", "mass", "cost"]


class Question(Section):
    """Missiles launched at once from one place, and the chance that all get their shots."""

    missile: Name = "icbm_solid"
    """A missile of the catalogue that has a boost."""
    from_: list[Name] = Field(default=["nk_interior"], min_length=1, max_length=20)
    """Launch areas; the constellation must do for each of them."""
    at: Name = "conus_cities"
    """Asset, or group of assets, aimed at and defended."""
    raid: int = Field(default=1, ge=1, le=500)
    """Missiles launched at once from one place."""
    shots: int | None = Field(default=None, ge=1, le=10)
    """Interceptors at each missile; the catalogue's number where left out."""
    probability: float = Field(default=0.9, gt=0.0, lt=1.0)
    """Wanted chance, over constellation phase and a day, that all missiles get their shots."""
    decision_time_s: Seconds | None = Field(default=None, ge=0.0, le=600.0)
    """From detection to the interceptor's launch, ``30 s``; the catalogue's delay if left out."""
    deadline: Deadline = "burnout"
    """Last intercept: ``burnout``, or ``before_useful_range``, while the payload still falls short
    of everything aimed at."""
    fly_out: FlyOut = "disc"
    """``disc``, the flat fly-out of published studies, or ``exact``, thrust and free fall."""
    least: Least = "number"
    """What altitude, inclination and shells make least: ``number``, ``mass`` or ``cost``."""
    altitude_m: Meters | None = Field(default=None, ge=180e3, le=700e3)
    """Altitude of the orbits, 180 to 700 km; chosen where left out."""
    inclination_rad: Radians | None = Field(default=None, ge=0.0, le=3.1416)
    """Inclination of the orbits; chosen where left out."""
