"""Every number of the package: it has a source, a unit, a range in order, and its papers."""

import csv
import math
from importlib.resources import files

import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.interceptors import FLOWN, LIMITS

DATA = files("umbo.data")
FILES = sorted(path.name for path in DATA.iterdir() if path.name.endswith(".csv"))
TABLES = sorted(path.name for path in (DATA / "tables").iterdir() if path.name.endswith(".csv"))
ROWS = [
    (f"{table}:{row['item']}.{row['parameter']}", row)
    for table in TABLES
    for row in csv.DictReader((DATA / "tables" / table).read_text("utf-8").splitlines())
]

# What one cost model and one battle need of every item of a kind.
COSTED = {
    "interceptor": {"unit_cost", "operations_cost", "service_life", "learning_slope"},
    "space_interceptor": {"unit_cost", "unit_mass", "operations_cost", "service_life"},
    "space_sensor": {"unit_cost", "unit_mass", "operations_cost", "service_life"},
    "space_transport": {"unit_cost", "unit_mass", "operations_cost", "service_life"},
}
FOUGHT = {
    "p_kill",
    "max_range",
    "min_intercept_altitude",
    "max_intercept_altitude",
    "commit_delay",
    "look_time",
    "common_fault_probability",
    "common_fault_factor",
    "shots_per_target",
    "availability",
}
NO_COST = {"leo_tracking", "stss"}  # a class, and demonstrators


@pytest.mark.parametrize("name", [name for name in FILES if name != "sources.csv"])
def test_every_source_of_every_file_resolves(name):
    rows = list(csv.DictReader((DATA / name).read_text("utf-8").splitlines()))
    assert rows
    for row in rows:
        for source in row.get("source", "memory").split() or [""]:
            assert source in load_catalog().sources, (name, row)


def test_no_value_stands_twice():
    keys = [(row["item"], row["parameter"]) for _, row in ROWS]
    assert len(keys) == len(set(keys))


def test_every_row_becomes_a_value_in_order():
    catalog = load_catalog()
    for where, row in ROWS:
        value = catalog.value(row["item"], row["parameter"])
        assert value.low <= value.mode <= value.high, where
        assert math.isfinite(value.low), where
        assert math.isfinite(value.high), where


def test_what_is_recalled_or_chosen_is_flagged_as_an_assumption():
    flagged = {(value.item, value.parameter) for value in load_catalog().assumptions()}
    for where, row in ROWS:
        assumed = row["conf"] in {"memory", "ours"}
        assert ((row["item"], row["parameter"]) in flagged) == assumed, where
        if set(row["source"].split()) <= {"memory", "ours"}:
            assert assumed, where


def test_what_we_chose_says_so_in_a_note():
    assert [where for where, row in ROWS if row["conf"] == "ours" and not row["note"]] == []


def test_money_has_a_year_of_prices():
    for where, row in ROWS:
        assert ("usd" in row["unit"]) == bool(row["dollars_of"]), where
        if row["dollars_of"]:
            assert 1980 <= int(row["dollars_of"]) <= 2027, where


def test_probabilities_and_shares_lie_in_0_to_1():
    share = ("p_", "availability", "reliability", "common_fault", "structural_fraction", "weather_")
    for where, row in ROWS:
        if row["parameter"].startswith(share):
            assert float(row["low"]) >= 0.0, where
            assert float(row["high"]) <= 1.0, where


@pytest.mark.parametrize("category", sorted(COSTED))
def test_every_item_of_a_kind_can_be_costed(category):
    for item in load_catalog().items.values():
        if item.category == category and item.id not in NO_COST:
            assert COSTED[category] <= item.values.keys(), item.id


def test_every_interceptor_can_fight():
    for item in load_catalog().items.values():
        if item.category == "interceptor":
            assert item.values.keys() >= FOUGHT, (item.id, FOUGHT - item.values.keys())
            flown = {*FLOWN, *LIMITS}
            assert item.values.keys() >= flown, (item.id, flown - item.values.keys())


def test_positions_are_no_finer_than_a_tenth_of_a_degree():
    for place in load_catalog().places.values():
        for angle in (math.degrees(place.lat_rad), math.degrees(place.lon_rad)):
            assert angle == pytest.approx(round(angle, 1), abs=1e-9), place.id


@pytest.mark.oracle("OMB Historical Table 10.1, FY2025 budget: FY2017 is the base of both series")
def test_deflators_have_their_base_year_and_mark_what_is_extrapolated():
    rows = list(csv.DictReader((DATA / "deflators.csv").read_text("utf-8").splitlines()))
    for series in ("gdp_price_index", "defense_outlay_deflator"):
        of_series = {int(row["year"]): row for row in rows if row["series"] == series}
        assert float(of_series[2017]["index"]) == 1.0
        assert sorted(of_series) == list(range(2004, 2036))
        for year, row in of_series.items():
            assert (row["conf"] == "computed") == (year > 2029)


@pytest.mark.oracle("Green Book FY2022, Table 5-11: an account's shares sum to one")
def test_outlay_shares_of_an_account_sum_to_one():
    totals: dict[str, float] = {}
    for row in csv.DictReader((DATA / "outlay_rates.csv").read_text("utf-8").splitlines()):
        totals[row["account"]] = totals.get(row["account"], 0.0) + float(row["share"])
    for account, total in totals.items():
        assert total == pytest.approx(1.0, abs=1e-9), account


@pytest.mark.oracle("DIA chart of May 2025 as reported")
def test_inventory_holds_the_published_counts():
    rows = csv.DictReader((DATA / "inventory.csv").read_text("utf-8").splitlines())
    counts = {
        (row["country"], row["class"]): (int(row["now"]), int(row["y2035"] or -1)) for row in rows
    }
    assert counts["China", "icbm"] == (400, 700)
    assert counts["Russia", "icbm"] == (350, 400)
    assert counts["China", "hypersonic"] == (600, 4000)
    assert counts["Iran", "icbm"] == (0, 60)


@pytest.mark.parametrize("category", ["radar", "air_sensor", "platform", "site"])
def test_what_stands_on_the_ground_can_be_costed(category):
    for item in load_catalog().items.values():
        if item.category == category and item.id not in {
            "spy1",
            "spy6",
            "tower",
        }:  # radars of others
            assert {"operations_cost", "service_life"} <= item.values.keys(), item.id
            assert {"unit_cost", "construction_cost"} & item.values.keys(), item.id
            assert {"build_time", "lead_time"} & item.values.keys(), item.id
