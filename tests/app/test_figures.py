"""Charts, maps and the wording of numbers."""

import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umbo.app import figures, maps, wording

MAPS = "http://www.w3.org/2000/svg"


@pytest.mark.oracle("PROJ's laea projection on a sphere")
@pytest.mark.parametrize("lat", [0.0, 13.4, 40.7, 63.9, 89.0])
@pytest.mark.parametrize("lon", [-145.7, -74.0, 0.0, 59.8, 126.5, 179.9])
def test_map_is_lamberts_equal_area_projection(lat, lon):
    laea = pyproj.Proj(proj="laea", lat_0=90, lon_0=-100, R=1.0)
    scale = maps.SIZE / 2 / math.sqrt(2)  # the equator touches the edge
    east, north = laea(lon, lat)

    x, y = maps.project(lat, lon)

    assert x == pytest.approx(maps.SIZE / 2 + scale * east, abs=1e-6)  # pixels
    assert y == pytest.approx(maps.SIZE / 2 - scale * north, abs=1e-6)  # pixels


@pytest.mark.oracle("the rules of significant digits, by Python's format")
@given(st.floats(min_value=1e3, max_value=9e14))
def test_money_keeps_three_digits(usd):
    text = wording.money(usd)
    digits, unit = text[1:].split(" ")
    factor = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[unit]
    assert float(digits.replace(",", "")) * factor == pytest.approx(float(f"{usd:.3g}"), rel=1e-9)


@given(st.floats(min_value=0.0, max_value=1.0))
def test_only_certainty_is_written_as_certain(share):
    text = wording.percent(share)
    assert (text == "0 %") == (share == 0.0)
    assert (text == "100 %") == (share == 1.0)


@given(st.floats(min_value=1e-9, max_value=1e15))
def test_ticks_are_few_and_reach_most_of_the_way(high):
    marks = figures.ticks(high)
    assert 2 <= len(marks) <= 7
    assert 0.5 * high < marks[-1] <= high * (1 + 1e-9)


def test_parts_of_a_bar_lie_end_to_end():
    parts = tuple(
        figures.Segment("kills", f"s{i}", v, str(v)) for i, v in enumerate([2.0, 3.0, 5.0])
    )
    svg = ET.fromstring(figures.bars([figures.Bar("large", parts)], "Kills", wording.number))
    rects = [
        (float(r.get("x")[:-1]), float(r.get("width")[:-1])) for r in svg.iter(f"{{{MAPS}}}rect")
    ]
    for (x, width), (after, _) in pairwise(rects):
        assert x + width == pytest.approx(after, abs=0.02)  # per cent of the chart
    assert rects[2][1] == pytest.approx(2.5 * rects[0][1], abs=0.03)  # per cent of the chart


def test_charts_escape_names_and_are_well_formed():
    mark = figures.Mark("<b>&", 0, 0.5, "50 %", 0.4, 0.6, 0.49, 0.51, "#t-leakage-0-leakage")
    svg = figures.intervals([("a < b", [mark])], 'say "so"', wording.percent, 1.0)
    root = ET.fromstring(svg)
    assert root.get("aria-label") == 'say "so"'
    assert [title.text for title in root.iter(f"{{{MAPS}}}title")] == ["<b>&: 50 %"]


def test_every_architecture_has_its_own_sign():
    signs = {re.sub(r'class="a\d"', "", figures.key_symbol(i)) for i in range(4)}
    assert len(signs) == 4


def test_land_stands_once_and_maps_refer_to_it():
    drawn = maps.raid_map(
        [[(40.0, 127.0), (75.0, 180.0), (40.7, -74.0)]], [(40.0, 127.0)], [], [], "A raid"
    )
    assert 'href="#map-land"' in drawn
    assert 'id="map-land"' in maps.background()
    assert len(drawn) < 1000


def contrast(one, other):
    def luminance(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.oracle("WCAG 2.2, success criteria 1.4.3 and 1.4.11")
def test_colours_of_the_page_are_told_from_its_paper():
    from importlib.resources import files

    css = files("umbo.app").joinpath("templates/style.css").read_text(encoding="utf-8")
    day, night = (dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in css.split("@media", 1))
    night = dict(list(night.items())[:40])
    for colors, paper in ((day | {"paper": "#ffffff"}, "#ffffff"), (night, "#14181d")):
        for name in ("ink", "soft", "link"):
            assert contrast(colors[name], paper) >= 4.5, name
        for name in [f"a{i}" for i in range(6)] + [f"s{i}" for i in range(7)]:
            assert contrast(colors[name], paper) >= 3.0, name
    assert {k: day[k] for k in figures.LIGHT} == figures.LIGHT
