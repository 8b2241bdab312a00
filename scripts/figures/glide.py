"""Draw the figures of the pages on glide, cruise and fractional orbit.

Run ``python scripts/figures/glide.py``; each picture is written to ``docs/models``.
"""

from pathlib import Path

import altair as alt
import numpy as np

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.raid import Launch, draw_raid
from umbo.physics.atmosphere import standard_atmosphere
from umbo.physics.glide_arcs import stagnation_heat_flux, wall_temperature

FOLDER = Path(__file__).parents[2] / "docs" / "models"
RADIUS_KM = 6_371.0
ROUTES = {
    "icbm_solid": ("ru_central", "new_york"),
    "hgv_long": ("ru_central", "new_york"),
    "fobs": ("cn_jiuquan", "new_york"),
    "hgv_regional": ("cn_southeast", "kadena"),
    "hcm": ("us_east_coast", "new_york"),
    "cm_supersonic": ("us_east_coast", "new_york"),
    "lacm_subsonic": ("us_east_coast", "new_york"),
}


def flown(missile: str) -> tuple[Flights, np.ndarray, np.ndarray]:
    """Fly one missile; give its flight, its way over ground [km], and what is in flight."""
    catalog = load_catalog()
    from_, at = ROUTES[missile]
    launch = Launch.model_validate({"missile": missile, "count": 1, "from": from_, "at": at})
    raid = draw_raid("one", [launch], catalog, phases=1, seed=1, launch_points=1)
    flights = fly_raid(raid, catalog, Readings(), sample_s=2.0)
    unit = flights.position_ecef_m[0] / np.linalg.norm(flights.position_ecef_m[0], axis=1)[:, None]
    legs = np.arccos(np.clip(np.sum(unit[1:] * unit[:-1], axis=1), -1.0, 1.0))
    way = RADIUS_KM * np.concatenate([[0.0], np.cumsum(legs)])
    return flights, way, flights.time_s <= flights.impact_s[0]


def profile(missiles: list[str], file: str, title: str) -> None:
    """Draw altitude over the way flown."""
    rows = []
    for missile in missiles:
        flights, way, flying = flown(missile)
        for x, y in zip(way[flying], flights.altitude_m[0, flying] / 1e3, strict=True):
            rows.append({"missile": missile, "way_km": float(x), "altitude_km": float(y)})
    chart = (
        alt.Chart(alt.Data(values=rows), title=title, width=640, height=260)
        .mark_line()
        .encode(
            alt.X("way_km:Q", title="way over ground [km]"),
            alt.Y("altitude_km:Q", title="altitude [km]"),
            alt.Color("missile:N", sort=None),
        )
    )
    chart.save(FOLDER / file, scale_factor=1.5)


def heating(file: str) -> None:
    """Draw speed and the temperature of the nose of an intercontinental glider over time."""
    catalog = load_catalog()
    flights, _, flying = flown("hgv_long")
    altitude = np.clip(flights.altitude_m[0, flying], 0.0, 1_000e3)
    speed = np.linalg.norm(flights.velocity_ecef_m_per_s[0, flying], axis=1)
    density = standard_atmosphere(altitude).density_kg_per_m3
    nose = catalog.value("hgv_long", "nose_radius").mode
    flux = stagnation_heat_flux(density, speed, nose)
    hot = wall_temperature(flux, catalog.value("hgv_long", "emissivity").mode)
    rows = [
        {"time_min": float(t) / 60.0, "what": what, "value": float(y)}
        for what, values in (("speed [m/s]", speed), ("nose, upper bound [K]", hot))
        for t, y in zip(flights.time_s[flying], values, strict=True)
    ]
    title = "Intercontinental glider: speed over ground, and the nose in radiative balance"
    chart = (
        alt.Chart(alt.Data(values=rows), title=title, width=640, height=240)
        .mark_line()
        .encode(
            alt.X("time_min:Q", title="time after launch [min]"),
            alt.Y("value:Q", title=None),
            alt.Color("what:N"),
        )
    )
    chart.save(FOLDER / file, scale_factor=1.5)


if __name__ == "__main__":
    profile(["icbm_solid", "hgv_long"], "glide.png", "A ballistic missile and a glider, same ends")
    profile(["hgv_regional", "hcm", "cm_supersonic"], "cruise.png", "Theater glide and cruise")
    profile(
        ["icbm_solid", "fobs"], "fractional_orbit.png", "A ballistic missile and a part of an orbit"
    )
    heating("glide_heating.png")
