"""Every class of missile in a raid: flown by its kind, surveyed and fought with sane results."""

from functools import lru_cache
from importlib.resources import files

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.expected import expected
from umbo.engagement.flights import SAMPLE_S, fly_raid
from umbo.engagement.raid import Launch, draw_raid, in_reach
from umbo.engagement.simulate import simulate
from umbo.engagement.survey import survey
from umbo.errors import StudyError
from umbo.physics.earth import great_circle_distance
from umbo.study.load import read_study, resolve

CATALOG = load_catalog()
# A class, from where, at what, and the minutes that its flight takes.
RAIDS = {
    "irbm": ("cn_central", "guam", (15, 25)),
    "mrbm": ("iran_central", "gulf", (5, 15)),
    "srbm": ("iran_south", "gulf", (3, 10)),
    "hgv_long": ("ru_central", "conus_cities", (25, 40)),
    "hgv_regional": ("cn_southeast", "japan", (5, 15)),
    "lacm_subsonic": ("us_east_coast", "east_coast", (25, 160)),
    "cm_supersonic": ("us_east_coast", "east_coast", (8, 25)),
    "hcm": ("us_east_coast", "east_coast", (3, 14)),
    "uas_group3_5": ("us_gulf_coast", "gulf_coast", (60, 500)),
    "fobs": ("cn_jiuquan", "conus_cities", (20, 45)),
}
CRUISE = ("lacm_subsonic", "cm_supersonic", "hcm", "uas_group3_5")


def launch(missile, from_, at, count=3):
    return Launch.model_validate({"missile": missile, "count": count, "from": from_, "at": at})


def drawn(*launches, phases=8):
    return draw_raid("raid", launches, CATALOG, phases=phases, seed=3, launch_points=2)


@lru_cache(maxsize=16)
def flown(missile):
    raid = drawn(launch(missile, *RAIDS[missile][:2]))
    return raid, fly_raid(raid, CATALOG, Readings())


@pytest.fixture(scope="module")
def large():
    return resolve(
        read_study((files("umbo.data") / "studies" / "reference.yaml").read_text("utf-8")), CATALOG
    )["large"]


@pytest.mark.parametrize("missile", RAIDS)
def test_each_class_flies_to_its_aim_in_its_time(missile):
    _, f = flown(missile)
    least, most = RAIDS[missile][2]

    assert np.all(f.miss_m < 1_000.0)
    assert np.all((f.impact_s > least * 60.0) & (f.impact_s < most * 60.0))
    assert np.all(np.diff(f.time_s) > 0.0)
    assert f.time_s[-1] > f.impact_s.max()
    for field in ("position_ecef_m", "velocity_ecef_m_per_s", "altitude_m", "burnout_s",
                  "burnout_speed_m_per_s", "burnout_altitude_m", "apogee_m"):  # fmt: skip
        assert np.all(np.isfinite(getattr(f, field))), field
    for i in range(len(f.shots)):
        assert np.ptp(f.position_ecef_m[i, f.time_s > f.impact_s[i]], axis=0).max() == 0.0


@pytest.mark.parametrize("missile", RAIDS)
def test_altitudes_are_those_of_the_class(missile):
    _, f = flown(missile)
    value = CATALOG.item(missile).values
    if f.kind[0] == "cruise":
        assert np.all(f.apogee_m <= value["cruise_altitude"].high)
    elif f.kind[0] == "glide":
        middle = np.searchsorted(f.time_s, 0.75 * f.impact_s)
        level = f.altitude_m[np.arange(len(middle)), middle]
        band = value["glide_altitude"]
        assert np.all((level > band.low) & (level < band.high))
    elif f.kind[0] == "fractional":
        assert np.all(f.apogee_m < 220e3)
    else:
        # Half to twice the apogee of the least-energy arc's range.
        assert np.all((f.apogee_m > 30e3) & (f.apogee_m < 1_500e3))


@pytest.mark.parametrize("missile", RAIDS)
def test_an_architecture_surveys_and_fights_each_class(missile, large):
    raid, f = flown(missile)

    found = survey(large, raid, f, CATALOG, Readings(), seed=3)
    outcome = simulate(found.windows, 200, 3)

    leakage = expected(found.windows).leakage
    assert -1e-9 <= leakage <= 1.0 + 1e-9
    assert outcome.leakage.value == pytest.approx(leakage, abs=0.15)
    midcourse = found.windows.tier[found.weapon_of] == 0
    if missile in CRUISE:
        assert all(np.all(reach.count == 0) for reach in found.reach)
        assert np.all(found.latest_s[:, midcourse] == -np.inf)


def test_only_what_burns_has_a_plume():
    for missile in RAIDS:
        _, f = flown(missile)
        assert np.all(f.is_boosted == (missile not in CRUISE or missile == "hcm")), missile


def test_a_mixed_raid_samples_the_slow_more_widely_after_the_fast():
    raid = drawn(launch("lacm_subsonic", "us_east_coast", "east_coast"),
                 launch("icbm_solid", "nk_interior", "east_coast"))  # fmt: skip
    f = fly_raid(raid, CATALOG, Readings())
    fast = np.array(f.kind) == "ballistic"
    over = f.impact_s[fast].max()

    step = np.diff(f.time_s)

    assert step[f.time_s[1:] < over] == pytest.approx(SAMPLE_S, abs=1e-9)
    assert step[f.time_s[:-1] > over + 2 * SAMPLE_S] == pytest.approx(30.0, abs=1e-9)
    assert len(f.time_s) < 1_000
    assert np.all(f.miss_m < 1_000.0)


@pytest.mark.parametrize("missile", ["hgv_long", "fobs", "hcm"])
def test_positions_between_samples_are_those_of_a_denser_flight(missile):
    raid, f = flown(missile)
    dense = fly_raid(raid, CATALOG, Readings(), sample_s=1.0)
    time_s = np.linspace(60.0, 0.97 * f.impact_s.min(), 97)
    asked = np.broadcast_to(time_s, (len(f.shots), 97))
    smooth = (np.abs(asked - f.burnout_s[:, None]) > 5.0) & (asked > 100.0)

    off = np.linalg.norm(f.position_at(asked) - dense.position_at(asked), axis=-1)

    assert np.max(off[smooth]) < 250.0  # stagings, and the burn against the orbit


def test_an_aircraft_lets_it_go_from_above():
    raid = drawn(launch("lacm_subsonic", "air_ne_pacific", "west_coast"))
    f = fly_raid(raid, CATALOG, Readings())
    high = CATALOG.value("lacm_subsonic", "air_launch_altitude").mode
    assert f.altitude_m[:, 0] == pytest.approx(high, abs=0.1)


@pytest.mark.parametrize("missile", ["fobs", "hgv_long", "lacm_subsonic"])
def test_aims_lie_between_the_shortest_and_the_longest_flight(missile):
    from_, at = RAIDS[missile][:2]
    area, values = CATALOG.place(from_), CATALOG.item(missile).values

    aims = in_reach(launch(missile, from_, at), CATALOG)

    for place in aims:
        away = great_circle_distance(area.lat_rad, area.lon_rad, place.lat_rad, place.lon_rad)
        assert values["shortest_aim"].mode <= away <= values["longest_aim"].mode


def test_a_place_too_near_is_not_aimed_at():
    with pytest.raises(StudyError, match="within 8500 to 19000 km"):
        in_reach(launch("fobs", "cn_jiuquan", "japan"), CATALOG)


def test_an_interceptor_is_not_aimed():
    with pytest.raises(StudyError, match="'gbi' cannot be flown: it is no missile"):
        in_reach(launch("gbi", "nk_interior", "guam"), CATALOG)
