import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umbo.appraisal.sizing import constellation_count, interceptor_mass, whole_shots
from umbo.errors import DomainError

AEI = {
    "specific_impulse_s": 240.0,
    "kill_vehicle_dry_kg": 25.0,
    "body_dry_kg": 25.0,
    "support_kg": 50.0,
    "gravity_m_per_s2": 9.81,
}


@pytest.mark.oracle("AEI's Space-Based Interceptor Calculator, defaults, computed by hand")
def test_mass_of_aei_interceptor():
    mass = interceptor_mass(6_000.0, 2_500.0, **AEI)

    assert mass.kill_vehicle_propellant_kg == pytest.approx(47.292, abs=0.01)  # 10 g
    assert mass.propellant_kg == pytest.approx(1_146.773, abs=0.01)
    assert mass.total_kg == pytest.approx(1_294.065, abs=0.01)


@pytest.mark.oracle("rocket equation integrated in small steps")
def test_mass_burns_to_the_speed_asked_for():
    mass = interceptor_mass(4_000.0, 0.0, **AEI)
    burning = mass.total_kg - 50.0
    steps, speed = 200_000, 0.0
    for _ in range(steps):
        burnt = mass.propellant_kg / steps
        speed += 9.81 * 240.0 * burnt / (burning - burnt / 2)
        burning -= burnt

    assert speed == pytest.approx(4_000.0, abs=0.01)  # 1 cm/s
    assert burning == pytest.approx(50.0, abs=1e-6)


@pytest.mark.oracle("AEI's calculator: 498.567 to 1, two shots")
@pytest.mark.parametrize(("at_once", "count"), [(1, 998), (5, 4_986)])
def test_count_of_aei_constellation(at_once, count):
    assert constellation_count(498.567, engaged_at_once=at_once, shots=2) == count


def test_exact_product_is_not_rounded_up():
    assert constellation_count(1.1, engaged_at_once=10, shots=10) == 110


@given(st.floats(1_000.0, 9_000.0), st.floats(0.0, 3_000.0))
def test_more_speed_never_weighs_less(delta_v, divert):
    lighter = interceptor_mass(delta_v, divert, **AEI).total_kg

    assert interceptor_mass(delta_v + 10.0, divert, **AEI).total_kg > lighter
    assert interceptor_mass(delta_v, divert + 10.0, **AEI).total_kg > lighter


@pytest.mark.parametrize("wrong", [{"specific_impulse_s": 0.0}, {"kill_vehicle_dry_kg": -1.0}])
def test_no_such_interceptor(wrong):
    with pytest.raises(DomainError, match="positive specific impulse"):
        interceptor_mass(4_000.0, 0.0, **(AEI | wrong))


@pytest.mark.parametrize("absentee", [0.5, math.nan])
def test_no_such_constellation(absentee):
    with pytest.raises(DomainError, match="of 1 or more"):
        constellation_count(absentee, engaged_at_once=1, shots=1)


@pytest.mark.oracle("1 - (1 - p) ** n in whole numbers")
@pytest.mark.parametrize(
    ("wanted", "p_kill", "shots"),
    [(0.96, 0.8, 2), (0.9601, 0.8, 3), (0.5, 0.8, 1), (0.875, 0.5, 3)],
)
def test_shots_are_whole_and_just_enough(wanted, p_kill, shots):
    assert whole_shots(wanted, p_kill) == shots


def test_certain_kill_takes_no_number_of_shots():
    with pytest.raises(DomainError):
        whole_shots(1.0, 0.8)
