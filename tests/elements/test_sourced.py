"""Tables of values: what is read, and what is refused."""

import math

import pytest

from umbo.elements.sourced import Source, Value, read_rows, read_sources, read_values
from umbo.errors import DomainError, SourceError

HEADER = "item,parameter,low,mode,high,unit,source,locator,dollars_of,conf,note"
SOURCES = {
    name: Source(name, "", "2021", "a title", "", "", "")
    for name in ("cbo", "crs", "memory", "ours")
}


def read(*rows):
    return read_values([HEADER, *rows], "example.csv", SOURCES)


@pytest.mark.oracle("definitions: standard gravity (CGPM 1901), radian, kilometre")
@pytest.mark.parametrize(
    ("written", "unit", "si", "dimension"),
    [
        ("15", "gee", 147.09975, "m_per_s2"),
        ("180", "deg", math.pi, "rad"),
        ("7", "km/s", 7000.0, "m_per_s"),
        ("22", "musd", 22e6, "usd"),
        ("0.57", "1", 0.57, "1"),
        ("2", "t", 2000.0, "kg"),
    ],
)
def test_values_are_read_into_si(written, unit, si, dimension):
    year = "2026" if dimension == "usd" else ""
    (value,) = read(
        f"gbi,x,{written},{written},{written},{unit},cbo,p. 1,{year},verified,"
    ).values()
    assert value.mode == pytest.approx(si, rel=1e-12)
    assert value.unit == dimension


def test_a_row_keeps_its_papers():
    (value,) = read(
        'gbi,unit_cost,70,71.4,90,musd,cbo crs,table 2,2014,derived,"14 for 1,000"'
    ).values()
    assert (value.source, value.locator, value.dollars_of) == ("cbo crs", "table 2", 2014)
    assert value.note == "14 for 1,000"
    assert not value.is_assumption


@pytest.mark.parametrize("conf", ["memory", "ours"])
def test_recalled_and_chosen_values_are_assumptions(conf):
    (value,) = read(f"gbi,p_kill,0.2,0.5,0.7,1,memory,,,{conf},").values()
    assert value.is_assumption


def test_a_row_may_say_that_it_is_lognormal():
    (value,) = read("x,y,1,10,100,1,cbo,,,verified,lognormal").values()
    assert value.shape == "lognormal"
    assert value.quantile(0.95) == pytest.approx(100.0, rel=1e-9)


@pytest.mark.oracle("triangular distribution, exact: F(mode) = (mode - low) / (high - low)")
def test_triangular_quantiles_are_exact():
    value = Value("a", "b", 2.0, 3.0, 7.0, "1", "s")
    assert value.quantile(0.2) == pytest.approx(3.0, rel=1e-12)
    assert value.quantile(0.0) == 2.0
    assert value.quantile(1.0) == 7.0
    # Above the mode 1 - F = (high - x)^2 / ((high - low)(high - mode)); at x = 5, 4/20.
    assert value.quantile(0.8) == pytest.approx(5.0, rel=1e-12)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,b,1,2,3,km,nobody,,,verified,", r"line 2 \(a\.b\): source 'nobody' is not in sources"),
        ("a,b,1,2,3,km,cbo nobody,,,verified,", "source 'nobody' is not in sources"),
        ("a,b,1,2,3,km,,,,verified,", "source '' is not in sources"),
        ("a,b,1,2,3,furlong,cbo,,,verified,", "unit 'furlong' is unknown; use 1, "),
        ("a,b,1,2,3,,cbo,,,verified,", "unit '' is unknown"),
        ("a,b,3,2,1,km,cbo,,,verified,", "in order; .*; correct the row"),
        ("a,b,1,2,inf,km,cbo,,,verified,", "finite"),
        ("a,b,1,nan,3,km,cbo,,,verified,", "finite and in order"),
        ("a,b,1,two,3,km,cbo,,,verified,", "mode is 'two'; write a number"),
        ("a,b,1,2,3,km,cbo,,,sure,", "conf is 'sure'; use verified"),
        ("a,b,1,2,3,km,memory ours,,,verified,", "without a public source; cite one"),
        ("a,b,1,2,3,musd,cbo,,,verified,", "dollars_of is ''; write a year for money"),
        ("a,b,1,2,3,km,cbo,,2020,verified,", "dollars_of is '2020'; write a year for money"),
        ("a,b,1,2,3,km,cbo", "line 2: 7 cells instead of 11; quote"),
    ],
)
def test_a_bad_row_is_refused_with_its_place(row, message):
    with pytest.raises(SourceError, match=message) as refused:
        read(row)
    assert str(refused.value).startswith("example.csv, line 2")


def test_the_same_value_twice_is_refused():
    row = "a,b,1,2,3,km,cbo,,,verified,"
    with pytest.raises(SourceError, match=r"line 3 \(a\.b\): stands twice"):
        read(row, row)


def test_a_wrong_header_is_refused():
    with pytest.raises(SourceError, match="line 1: the header is"):
        list(read_rows(["a,b", "1,2"], "example.csv", ["a", "c"]))
    with pytest.raises(SourceError, match="line 1"):
        list(read_rows([], "example.csv", ["a", "c"]))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["a,,2020,t,,,", "a,,2020,t,,,"], "line 3: source 'a' stands twice"),
        (["a,,2020,,,,"], "line 2: source 'a' needs a title"),
    ],
)
def test_a_bad_source_is_refused(rows, message):
    with pytest.raises(SourceError, match=message):
        read_sources(["id,author,year,title,publisher,url,retrieved", *rows])


@pytest.mark.parametrize("u", [-0.1, 1.1, math.nan])
def test_a_share_outside_0_to_1_is_refused(u):
    with pytest.raises(DomainError, match="0 to 1"):
        Value("a", "b", 0.0, 1.0, 2.0, "1", "s").quantile(u)
