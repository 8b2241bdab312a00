"""What is kept on disk: the same whether made or read, and never of other code or numbers."""

import os

import numpy as np
import pytest

from umbo import kept as keeping
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.raid import draw_raid
from umbo.kept import kept
from umbo.study.load import load


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "_folder", lambda: tmp_path)
    return tmp_path


class Making:
    """Counts how often it makes."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return np.linspace(0.0, 1.0, 7).reshape(7, 1), np.array([np.nan, np.inf, -0.0]), [2.5]


def test_it_is_made_once_and_read_the_same(folder):
    make = Making()
    made, read = kept("row", (1.5, "a"), make), kept("row", (1.5, "a"), make)
    assert make.times == 1
    assert [one.tobytes() for one in made] == [one.tobytes() for one in read]
    assert [one.shape for one in made] == [one.shape for one in read] == [(7, 1), (3,), (1,)]
    assert all(one.flags.c_contiguous for one in (*made, *read))


@pytest.mark.parametrize("other", [("row", 2.0), ("line", 1.0), ("row", np.nextafter(1.0, 2.0))])
def test_other_numbers_are_made_anew(folder, other):
    make = Making()
    kept("row", 1.0, make)
    kept(*other, make)
    assert make.times == 2


def test_other_code_makes_it_anew(folder, monkeypatch):
    make = Making()
    kept("row", 1.0, make)
    monkeypatch.setattr(keeping, "_made_by", lambda: "other code")
    kept("row", 1.0, make)
    assert make.times == 2


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 nothing", None])
def test_a_damaged_file_is_made_anew(folder, damage):
    make = Making()
    kept("row", 1.0, make)
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(
        whole[:middle] + b"????????" + whole[middle + 8 :] if damage is None else damage
    )
    assert kept("row", 1.0, make)[2].tolist() == [2.5]
    assert make.times == 2
    assert path.read_bytes() == whole


def test_without_a_folder_it_is_made_each_time(monkeypatch):
    monkeypatch.setattr(keeping, "_folder", lambda: None)
    make = Making()
    kept("row", 1.0, make)
    kept("row", 1.0, make)
    assert make.times == 2


def test_a_disk_that_takes_nothing_does_not_stop_it(folder, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full)
    assert kept("row", 1.0, Making())[2].tolist() == [2.5]
    assert not list(folder.iterdir())


def test_what_was_not_used_for_longest_goes_first(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "cache_root", lambda: tmp_path)
    monkeypatch.setattr(keeping, "MOST_BYTES", 250)
    folder = tmp_path / "code" / "kept"
    folder.mkdir(parents=True)
    for age, name in enumerate(["new", "older", "oldest"]):
        (folder / name).write_bytes(b"x" * 100)
        os.utime(folder / name, (1e9 - age, 1e9 - age))
    (tmp_path / "code" / "kernel").write_bytes(b"x" * 1000)
    keeping._make_room()
    assert sorted(path.name for path in folder.iterdir()) == ["new", "older"]
    assert (tmp_path / "code" / "kernel").exists()


def test_a_process_that_writes_much_makes_room_as_it_goes(tmp_path, monkeypatch):
    folder = tmp_path / "code" / "kept"
    folder.mkdir(parents=True)
    monkeypatch.setattr(keeping, "cache_root", lambda: tmp_path)
    monkeypatch.setattr(keeping, "_folder", lambda: folder)
    monkeypatch.setattr(keeping, "MOST_BYTES", 10_000)
    monkeypatch.setattr(keeping, "_BETWEEN_BYTES", 2_000)
    for number in range(40):
        kept("row", number, lambda: [np.zeros(100)])
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 12_000 + 1_500


def test_a_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "kernel_folder", lambda: tmp_path)
    monkeypatch.setattr(keeping, "cache_root", lambda: tmp_path)
    assert keeping._folder.__wrapped__() == tmp_path / "kept"
    monkeypatch.setattr(os, "getuid", lambda: (tmp_path / "kept").stat().st_uid + 1)
    assert keeping._folder.__wrapped__() is None


def test_flights_that_are_read_are_those_that_were_flown(folder):
    study, catalog = load("reference"), load_catalog()
    launches = [
        study.raids["glide"][0].model_copy(update={"count": 2}),
        study.raids["coastal_cruise"][0].model_copy(update={"count": 2}),
        study.raids["regional_single"][0],
    ]
    raid = draw_raid("three", launches, catalog, phases=1, seed=1)
    first, again = Readings(1, 0, 4), Readings(1, 0, 4)
    flown, read = (fly_raid(raid, catalog, by, sample_s=20.0) for by in (first, again))
    assert len(list(folder.glob("flights-*"))) == 1
    for name in Flights.__dataclass_fields__:
        assert np.array_equal(getattr(flown, name), getattr(read, name)), name
    assert first.used == again.used
    assert first.quantiles == again.quantiles
    fly_raid(raid, catalog, Readings(1, 1, 4), sample_s=20.0)
    fly_raid(raid, catalog, first, sample_s=10.0)
    assert len(list(folder.glob("flights-*"))) == 3
