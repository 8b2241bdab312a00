"""One flight told as events."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.places import Place
from umbo.engagement.tracks import describe, fly_one, fly_typical
from umbo.errors import StudyError
from umbo.physics.earth import geodetic_to_ecef, great_circle_distance

CATALOG = load_catalog()
EQUATOR_M = 6_378_137.0
PLACE = Place("start", "Start", 0.0, 0.0)


def flown(time_s, lon_rad, altitude_m, impact_s, **more):
    """Make a flight along the equator from its longitude and altitude over time."""
    position = geodetic_to_ecef(np.zeros_like(lon_rad), lon_rad, altitude_m)
    aim = Place("aim", "Aim", 0.0, float(np.interp(impact_s, time_s, lon_rad)))
    shot = SimpleNamespace(launch_lat_rad=0.0, launch_lon_rad=0.0, aim=aim)
    given = {"burnout_s": np.nan, "burnout_speed_m_per_s": np.nan, "burnout_altitude_m": np.nan}
    single = given | {"apogee_m": float(np.max(altitude_m)), "impact_s": impact_s} | more
    return SimpleNamespace(
        shots=(shot,),
        time_s=time_s,
        position_ecef_m=position[None],
        velocity_ecef_m_per_s=np.gradient(position, time_s, axis=0)[None],
        altitude_m=altitude_m[None],
        **{name: np.array([value]) for name, value in single.items()},
    )


def named(track):
    return {event.name: event for event in track.events}


@pytest.fixture(scope="module")
def icbm():
    return fly_one("icbm_solid", CATALOG.place("vandenberg"), CATALOG.place("kwajalein"), CATALOG)


@pytest.mark.oracle("a parabola over a flat way, solved by hand")
def test_passing_100_km_and_apogee_of_a_parabola():
    time_s = np.arange(0.0, 402.0)
    flights = flown(time_s, 1e-4 * time_s, 5.0 * time_s * (400.0 - time_s), 400.0)

    events = named(describe(flights, 0, CATALOG.item("srbm"), PLACE))

    # 5 t (400 - t) = 100 000 at 200 -+ sqrt(20 000).
    assert events["rises through 100 km"].time_s == pytest.approx(200 - 2e4**0.5, abs=1e-2)  # s
    assert events["falls through 100 km"].time_s == pytest.approx(200 + 2e4**0.5, abs=1e-2)  # s
    assert events["apogee"].altitude_m == pytest.approx(200e3, abs=1.0)  # 1 m
    assert events["apogee"].time_s == pytest.approx(200.0, abs=1e-9)


@pytest.mark.oracle("a cruise at constant height and speed, by hand")
def test_cruise_between_climb_and_dive():
    time_s = np.arange(0.0, 1_300.0)
    altitude = np.interp(time_s, [0.0, 100.0, 1_100.0, 1_200.0], [0.0, 20e3, 20e3, 0.0])
    flights = flown(time_s, 800.0 * time_s / (EQUATOR_M + 20e3), altitude, 1_200.0)

    track = describe(flights, 0, CATALOG.item("cm_supersonic"), PLACE)

    events = named(track)
    assert events["cruise begins"].time_s == pytest.approx(100.0, abs=1.5)  # a sample and a half
    assert events["cruise ends"].time_s == pytest.approx(1_100.0, abs=1.5)
    assert track.summary["level_altitude_m"] == pytest.approx(20e3, abs=1.0)  # 1 m
    assert events["cruise ends"].speed_m_per_s == pytest.approx(800.0, rel=0.01)
    assert "apogee" not in events
    assert track.summary["reentry_speed_m_per_s"] is None


def test_a_missile_without_burnout_has_none():
    time_s = np.arange(0.0, 402.0)
    flights = flown(time_s, 1e-4 * time_s, 5.0 * time_s * (400.0 - time_s), 400.0)

    track = describe(flights, 0, CATALOG.item("srbm"), PLACE)

    assert "burnout" not in named(track)
    assert track.summary["burn_time_s"] is None


def test_events_follow_one_another(icbm):
    names = [event.name for event in icbm.events]

    assert names[0] == "launch"
    assert names[-1] == "impact"
    assert names.index("stage 1 falls away") < names.index("burnout") < names.index("apogee")
    assert [e.time_s for e in icbm.events] == sorted(e.time_s for e in icbm.events)
    assert np.all(np.diff(icbm.ground_m) >= 0.0)


def test_the_track_ends_where_it_aims(icbm):
    aim = CATALOG.place("kwajalein")
    away = great_circle_distance(icbm.lat_rad[-1], icbm.lon_rad[-1], aim.lat_rad, aim.lon_rad)

    assert away < 200.0  # the solver's closure, and a sphere for the ellipsoid
    assert icbm.ground_m[-1] >= icbm.summary["range_m"] - 200.0
    assert icbm.time_s[-1] == icbm.summary["flight_time_s"]
    assert icbm.altitude_m[-1] == 0.0


@pytest.mark.oracle("energy is conserved from burnout to re-entry, over the turning Earth")
def test_reentry_is_as_fast_as_energy_says(icbm):
    burnout, falls = named(icbm)["burnout"], named(icbm)["falls through 100 km"]

    def level(event):
        # Jacobi's integral: kinetic over ground, potential, and the turning's.
        lat = np.interp(event.time_s, icbm.time_s, icbm.lat_rad)
        r = 6_371e3 + event.altitude_m
        turning = 0.5 * (7.292115e-5 * r * np.cos(lat)) ** 2
        return 0.5 * event.speed_m_per_s**2 - 3.986004418e14 / r - turning

    # The flattening, left out here, is worth about 1 in 1,000 of 6e7 J/kg.
    assert level(falls) == pytest.approx(level(burnout), rel=2e-3)


def test_a_place_that_is_an_area_is_flown_from_its_middle():
    area = CATALOG.place("nk_interior")
    track = fly_one("icbm_solid", area, CATALOG.place("greely"), CATALOG)

    assert track.lat_rad[0] == pytest.approx(area.lat_rad, abs=1e-6)
    assert track.start is area


@pytest.mark.parametrize("missile", ["icbm_solid", "icbm_liquid", "slbm"])
def test_a_typical_flight_lies_in_the_range_of_its_class(missile):
    track, values = fly_typical(missile, CATALOG), CATALOG.item(missile).values

    assert values["range"].low <= track.summary["range_m"] <= values["range"].high
    assert track.summary["burn_time_s"] <= values["burn_time"].mode + 1.0


def test_what_lies_too_far_or_too_near_is_refused():
    start = CATALOG.place("okhotsk")
    with pytest.raises(StudyError, match=r"slbm from Sea of Okhotsk reaches no place of Miami"):
        fly_one("slbm", start, CATALOG.place("miami"), CATALOG)
    with pytest.raises(StudyError, match="reaches no place of Same: none lies within 1500 to 7400"):
        fly_one("slbm", start, replace(start, id="same", name="Same"), CATALOG)
