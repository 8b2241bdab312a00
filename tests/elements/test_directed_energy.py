"""Directed-energy weapons out of the catalogue."""

import numpy as np
import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.directed_energy import KINETIC, TARGETS, WEAPONS, price_anchor, weapon_of
from umbo.errors import UnknownNameError


def mode(value):
    return np.array([value.mode, value.low])


@pytest.mark.oracle("brightness by hand: pi D^2 P / (4 lambda^2 BQ^2) over one plus jitter")
def test_the_laser_in_orbit_is_as_bright_as_its_numbers():
    weapon = weapon_of("sbl_cbo2002", load_catalog(), mode)

    peak = np.pi * 8.0**2 * 8e6 / (4 * (2.7e-6) ** 2 * 1.5**2)
    wander = 1 + (np.pi * 1e-7 * 8.0 / (2.7e-6 * 1.5)) ** 2 / 2
    assert weapon.brightness_w_per_sr[0] == pytest.approx(peak / wander, rel=1e-12)


@pytest.mark.parametrize("name", WEAPONS)
def test_every_weapon_can_be_read(name):
    weapon = weapon_of(name, load_catalog(), mode)

    assert (weapon.brightness_w_per_sr is None) == (weapon.base == "microwave")
    assert np.all(weapon.dwell_s > 0)
    assert np.all(weapon.claimed_range_m > 0)
    assert set(TARGETS[weapon.base]) <= set(KINETIC)


def test_what_has_no_public_price_says_so():
    item = load_catalog().item

    assert price_anchor(item("hel_500kw_1mw")) == "no public cost anchor: our assumption"
    assert price_anchor(item("hel_300kw")).startswith("no public cost anchor: recalled")
    assert price_anchor(item("abl")) == "verified, mdaa_abl"
    assert price_anchor(item("dragonfire")) == "no price at all"


def test_a_weapon_that_is_not_there_is_told():
    with pytest.raises(UnknownNameError, match="hel_50kw"):
        weapon_of("hel_50", load_catalog(), mode)
