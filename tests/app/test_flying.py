"""One flight as a person sees it."""

import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pyproj
import pytest

from umbo.app import cli, flight_picture, flying
from umbo.elements.catalog import load_catalog

CATALOG = load_catalog()
STEERING = re.compile(r"kick|pitch|cut-?off|azimuth|steering", re.IGNORECASE)


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["umbo", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return done.value.code


@pytest.fixture(scope="module")
def track():
    return flying.fly("icbm_solid", "vandenberg", "8.7,167.7", 0.0, CATALOG)


@pytest.fixture(scope="module")
def drawn(track):
    return flight_picture.picture(track, *flying.title_of(track, CATALOG))


@pytest.mark.parametrize(
    ("text", "lat", "lon"), [("8.74,167.73", 8.7, 167.7), (" -33.1 , 18 ", -33.1, 18.0)]
)
def test_a_position_is_read_and_rounded_to_a_tenth_of_a_degree(text, lat, lon):
    place = flying.place_of(text, CATALOG)

    assert np.degrees([place.lat_rad, place.lon_rad]) == pytest.approx([lat, lon], abs=1e-9)


def test_the_picture_stands_alone(drawn):
    ET.fromstring(drawn)
    addresses = re.findall(r'(?:href|src|url)\s*[=(]\s*["\']?([^"\')>\s]+)', drawn)
    assert [one for one in addresses if not one.startswith("#")] == []
    assert len(drawn) < 300_000


def test_the_picture_shows_every_event(track, drawn):
    for event in track.events[1:]:
        assert f">{event.name}<" in drawn
    assert "Vandenberg" in drawn
    assert "Natural Earth" in drawn


@pytest.mark.oracle("PROJ's laea projection on a sphere")
def test_the_globe_is_lamberts_equal_area_projection(track):
    axes = flight_picture._axes(track)
    lat_0, lon_0 = np.degrees([np.arcsin(axes[2, 2]), np.arctan2(axes[2, 1], axes[2, 0])])
    east, north = pyproj.Proj(proj="laea", lat_0=lat_0, lon_0=lon_0, R=1.0)([-120.6, 0], [34.7, 9])

    seen = axes @ flight_picture._unit(np.radians([34.7, 9.0]), np.radians([-120.6, 0.0]))
    points = flight_picture._flat(seen, 1.0)

    x, y, _ = flight_picture._GLOBE
    assert [p[0] - x for p in points] == pytest.approx(east, abs=1e-9)
    assert [y - p[1] for p in points] == pytest.approx(north, abs=1e-9)


def test_labels_of_events_do_not_cover_one_another(drawn):
    rings = re.findall(r'class="ring" cx="([\d.]+)" cy="([\d.]+)"', drawn)
    at = np.array(rings, dtype=float)
    apart = np.linalg.norm(at[:, None] - at[None], axis=-1) + 99.0 * np.eye(len(at))
    assert apart.min() > 16.0


def test_the_profile_on_the_terminal_is_as_high_as_the_flight(track):
    lines = flying.profile(track)

    assert len(lines) == flying.PROFILE[1] + 1
    assert lines[0].startswith("1,010 km")
    assert "█" in lines[0]
    assert lines[-1].endswith("7,791 km")


def test_nothing_that_is_shown_tells_how_to_steer(track, drawn, monkeypatch, capsys):
    assert run(monkeypatch, "fly", "icbm_solid", "--from", "vandenberg", "--to", "kwajalein") == 0
    shown = capsys.readouterr().out
    told = json.dumps(flying.flight_tables(track))

    assert "burnout" in shown
    assert [STEERING.search(text) for text in (drawn, shown, told)] == [None] * 3


def test_json_is_the_flight_its_events_and_its_way(monkeypatch, capsys):
    code = run(monkeypatch, "fly", "slbm", "--from", "43,-165", "--to", "seattle", "--json")
    tables = json.loads(capsys.readouterr().out)["tables"]

    assert code == 0
    assert list(tables) == ["flight", "events", "track"]
    (flight,) = tables["flight"]
    assert flight["range_m"] == pytest.approx(3_336e3, abs=2e3)
    assert flight["flight_time_s"] == tables["events"][-1]["time_s"]
    assert len(tables["track"]) == flying.ROWS_OF_A_TRACK


@pytest.mark.parametrize("name", ["flight.svg", "flight.html"])
def test_a_flight_is_drawn_into_a_file(name, tmp_path, monkeypatch, capsys):
    path = tmp_path / name
    code = run(
        monkeypatch, "fly", "slbm", "--from", "okhotsk", "--to", "seattle", "--out", path
    )  # fmt: skip

    assert code == 0
    assert f"Picture: {path}" in capsys.readouterr().err
    text = path.read_text()
    assert text.count("<svg") == 1
    assert ("<table>" in text) == (name == "flight.html")
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_folder_that_is_not_there_is_told(tmp_path, monkeypatch, capsys):
    out = tmp_path / "none" / "a.svg"
    code = run(monkeypatch, "fly", "slbm", "--from", "okhotsk", "--to", "seattle", "--out", out)
    assert code == 1
    assert "Traceback" not in capsys.readouterr().err


def test_missiles_that_fly_are_compared(monkeypatch, capsys):
    assert run(monkeypatch, "fly", "--table", "--json") == 0
    rows = json.loads(capsys.readouterr().out)["tables"]["flights"]

    assert {"icbm_solid", "icbm_liquid", "slbm"} <= {row["missile"] for row in rows}
    for row in rows:
        assert row["flight_time_s"] > 0.0
        assert row["range_m"] > 0.0


def test_the_threats_are_listed_with_their_sources(monkeypatch, capsys):
    assert run(monkeypatch, "catalog", "--threats", "--json") == 0
    rows = json.loads(capsys.readouterr().out)["tables"]["threats"]
    held = {(row["adversary"], row["class"]): row for row in rows}

    assert (held["Russia", "icbm"]["now"], held["Russia", "icbm"]["in_2035"]) == (350, 400)
    assert all(row["source"] and row["title"] for row in rows)

    assert run(monkeypatch, "catalog", "--threats") == 0
    assert "North Korea" in capsys.readouterr().out
