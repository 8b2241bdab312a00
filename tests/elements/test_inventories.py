"""Public counts of missiles by adversary and class."""

import pytest

from umbo.elements.catalog import load_catalog
from umbo.elements.inventories import COLUMNS, class_of, load_inventories, read_inventories
from umbo.errors import SourceError

HELD = load_inventories()


@pytest.mark.oracle("DIA chart of May 2025 as reported; between its two years by hand")
@pytest.mark.parametrize(
    ("adversary", "missile_class", "year", "most"),
    [
        ("China", "icbm", 2025, 400),
        ("China", "icbm", 2035, 700),
        ("China", "icbm", 2030, 550),
        ("Russia", "icbm", 2027, 360),
        ("Russia", "fobs", 2035, 12),
        ("China", "fobs", 2040, 60),
        ("Iran", "icbm", 2020, 0),
    ],
)
def test_a_year_between_has_the_count_on_the_line(adversary, missile_class, year, most):
    assert HELD[adversary, missile_class].most_in(year) == most


def test_counts_never_fall_outside_their_ends():
    for one in HELD.values():
        counts = [one.most_in(year) for year in range(2020, 2045)]
        ends = {one.now_high, one.now_high if one.later is None else one.later}
        assert min(ends) <= min(counts)
        assert max(counts) <= max(ends)


def test_every_missile_of_the_catalogue_has_a_class_that_is_counted():
    classes = {missile_class for _, missile_class in HELD}
    for name, item in load_catalog().items.items():
        if item.category == "missile":
            assert class_of(name) in classes, name


def test_what_is_only_ours_says_so_in_a_note():
    assert [one for one in HELD.values() if "ours" in one.source.split() and not one.note] == []


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["Iran,icbm,0,0,0,60,ours,ours,ours,"] * 2, "stands twice"),
        (["Iran,icbm,5,3,9,60,ours,ours,ours,"], "not low to high"),
    ],
)
def test_a_wrong_row_is_refused(rows, told):
    with pytest.raises(SourceError, match=told):
        read_inventories([",".join(COLUMNS), *rows], "inventory.csv")


def test_other_columns_are_refused():
    with pytest.raises(SourceError, match="the columns must be country"):
        read_inventories(["country,class", "Iran,icbm"], "inventory.csv")
