"""Studies that ask for what cannot be, through the command line: one message, exit code 2."""

import pytest

from umbo.app.cli import main

STUDY = """\
umbo: 1
title: A small study
replications: 64
phases: 64
raids:
  one:
    - missile: icbm_solid
      count: 2
      from: nk_interior
      at: conus_cities
      spacing: 15 s
architectures:
  today:
    elements:
      - use: gbi
        count: 44
        at: {greely: 40, vandenberg: 4}
      - {use: lrdr, at: clear}
"""
PLACES = "        at: {greely: 40, vandenberg: 4}\n"
RADAR = "{use: lrdr, at: clear}"


def override(parameter, value):
    return (
        PLACES,
        f'{PLACES}        override: {{{parameter}: {{value: "{value}", reason: test}}}}\n',
    )


# What is put wrong (old text, new text), the line told, and what is told.
WRONG = {
    "certain kill and more": (*override("p_kill", "1.5"), 18, "write 0 to 1"),
    "too much in per cent": (*override("p_kill", "150 %"), 18, "write 0 to 1"),
    "range above 1": (*override("p_kill", "0.5 to 1.2"), 18, "write 0 to 1"),
    "negative share": (*override("p_kill", "-0.1"), 18, "write 0 or more"),
    "always there and more": (*override("availability", "2"), 18, "write 0 to 1"),
    "no burn": (*override("burn_time", "0 s"), 18, "burn_time must be 1 s to 1200 s"),
    "escapes": (*override("burnout_speed", "12 km/s"), 18, "at most 11.18 km/s, the escape speed"),
    "stands still": (*override("burnout_speed", "0 m/s"), 18, "must be more than 0"),
    "wrong dimension": (*override("burnout_speed", "7 km"), 18, "one of the units km/s, m/s"),
    "reaches nothing": (*override("max_range", "0 km"), 18, "max_range must be 1 m to 20100 km"),
    "nuclear rocket": (*override("specific_impulse", "5000 s"), 18, "100 s to 500 s"),
    "half a stage": (*override("stages", "2.5"), 18, "not a whole number"),
    "all structure": (*override("structural_fraction", "1"), 18, "0.01 to 0.5"),
    "cannot lift off": (*override("liftoff_thrust_to_weight", "0.5"), 18, "1.05 to 200"),
    "costs less than nothing": (*override("unit_cost", "-5 musd"), 18, "write 0 or more"),
    "interceptor without place": (PLACES, "", 15, "add 'at' with a place"),
    "radar without place": (RADAR, "{use: lrdr}", 18, "add 'at' with a place"),
    "satellite without orbit": (RADAR, "{use: sbi, count: 5}", 18, "add 'constellation'"),
    "interceptor in orbit": (
        PLACES,
        "        constellation: {count: 44, altitude: 500 km, inclination: 50 deg}\n",
        17,
        "no satellite",
    ),
    "inclination": (
        RADAR,
        "{use: sbi, constellation: {count: 9, altitude: 500 km, inclination: 190 deg}}",
        18,
        "at most 180 deg",
    ),
    "too far": ("icbm_solid", "hcm", 7, "none lies within 100 to 1500 km"),
    "only decoys": ("count: 2\n", "count: 2\n      warheads_each: 0\n", 9, "at least 1"),
    "more than can be fought": ("count: 2\n", "count: 20000\n      decoys_each: 50\n", 7, "lower"),
    "terminal escape": ("A small study", '"\\e[31mred"', 2, "control character"),
    "text that runs backwards": ("A small study", '"a\\u202eb"', 2, "control character"),
    "escape in a key": ("title: A", '"\\e[31mtitle": A', 1, "control character"),
    "dollars": ("title: A", "dollars_of: 2100\ntitle: A", 2, "write 2004 to 2035"),
    "horizon": ("title: A", "horizon: {from: FY1905}\ntitle: A", 2, "write FY2004 to FY2050"),
    "duplicate place": ("vandenberg: 4", "greely: 4", 17, "stands twice"),
    "misspelt element": ("use: gbi", "use: gbii", 15, "did you mean 'gbi'"),
}


def exit_code(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["umbo", *map(str, arguments)])
    with pytest.raises(SystemExit) as done:
        main()
    return done.value.code


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_one_message_and_2(case, command, tmp_path, monkeypatch, capsys):
    old, new, line, told = WRONG[case]
    assert old in STUDY
    file = tmp_path / "a.yaml"
    file.write_text(STUDY.replace(old, new, 1))
    monkeypatch.chdir(tmp_path)

    code = exit_code(monkeypatch, command, file)

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert f"a.yaml, line {line}, column " in err
    assert told in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_what_new_writes_is_accepted(tmp_path, monkeypatch, capsys):
    assert exit_code(monkeypatch, "new", tmp_path / "mine.yaml") == 0
    assert exit_code(monkeypatch, "check", tmp_path / "mine.yaml") == 0
    assert "can be run" in capsys.readouterr().out
