"""Draw the figures of docs/models/{glide,cruise,fractional_orbit}.md."""

from typing import Any

import numpy as np
from drawing import write

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.raid import Launch, draw_raid
from umbo.physics.atmosphere import standard_atmosphere
from umbo.physics.glide_arcs import stagnation_heat_flux, wall_temperature

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


def lines(name: str, title: str, rows: list[dict[str, Any]], **axes: Any) -> None:
    """Draw lines, one a missile or quantity."""
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"view": {"stroke": None}, "font": "sans-serif"},
        "title": title,
        "data": {"values": rows},
        "width": 560,
        "height": 240,
        "mark": "line",
        "encoding": {
            **{key: {"type": "quantitative", **axes[key]} for key in "xy"},
            "color": {"field": "what", "type": "nominal", "sort": None, "title": None},
        },
    }
    write(name, spec)


def profile(missiles: list[str], name: str, title: str) -> None:
    """Draw altitude over the way flown."""
    rows = []
    for missile in missiles:
        flights, way, flying = flown(missile)
        for x, y in zip(way[flying], flights.altitude_m[0, flying] / 1e3, strict=True):
            rows.append({"what": missile, "way_km": float(x), "altitude_km": float(y)})
    lines(
        name,
        title,
        rows,
        x={"field": "way_km", "title": "way over ground [km]"},
        y={"field": "altitude_km", "title": "altitude [km]"},
    )


def heating(name: str) -> None:
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
    lines(
        name,
        title,
        rows,
        x={"field": "time_min", "title": "time after launch [min]"},
        y={"field": "value", "title": None},
    )


if __name__ == "__main__":
    profile(["icbm_solid", "hgv_long"], "glide", "A ballistic missile and a glider, same ends")
    profile(["hgv_regional", "hcm", "cm_supersonic"], "cruise", "Theater glide and cruise")
    profile(
        ["icbm_solid", "fobs"], "fractional_orbit", "A ballistic missile and a part of an orbit"
    )
    heating("glide_heating")
