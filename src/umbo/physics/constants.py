"""Defined and geodetic constants, with their citation; not data, so not in ``data/``."""

from typing import Final

# WGS 84 (NGA.STND.0036, 2014): defining parameters.
EARTH_EQUATORIAL_RADIUS_M: Final = 6_378_137.0
EARTH_FLATTENING: Final = 1.0 / 298.257223563
EARTH_MU_M3_PER_S2: Final = 3.986004418e14
EARTH_ROTATION_RAD_PER_S: Final = 7.292115e-5
# J2 of EGM2008, as WGS 84 uses it: -sqrt(5) times C20 = -4.84165143790815e-4.
EARTH_J2: Final = 1.0826261738e-3
EARTH_POLAR_RADIUS_M: Final = EARTH_EQUATORIAL_RADIUS_M * (1.0 - EARTH_FLATTENING)
# Mean radius of the sphere of published closed forms.
EARTH_MEAN_RADIUS_M: Final = 6_371_000.0
# CGPM 1901 and CODATA 2018, exact.
STANDARD_GRAVITY_M_PER_S2: Final = 9.80665
SPEED_OF_LIGHT_M_PER_S: Final = 299_792_458.0
