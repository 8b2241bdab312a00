import json
import os
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umbo.errors import RunError
from umbo.study.store import (
    data_digest,
    digest_of,
    machine,
    read_manifest,
    read_run,
    run_name,
    write_run,
)

ROWS = [
    {"architecture": "today", "raid": f"r{i}", "leakage": i / 7 if i % 2 else None, "shots": i,
     "is_full": i > 3, "note": "it's \"ü\", 1"}
    for i in range(200)
]  # fmt: skip
MANIFEST = {"version": "0.1.0", "seed": 7, "machine": machine(), "timings": {"battle_s": 1.25}}


def write(folder, tables=None, **extra):
    return write_run(folder, tables or {"leakage": ROWS}, "umbo: 1\n", MANIFEST, **extra)


def test_a_run_reads_back_as_it_was_written(tmp_path):
    folder = write(
        tmp_path / "deep" / "run", {"leakage": ROWS, "kills": []}, extra={"report.html": "<p>ü"}
    )
    run = read_run(folder)
    assert run.tables == {"leakage": ROWS, "kills": []}
    assert list(run.tables["leakage"][0]) == list(ROWS[0])
    assert run.study_yaml == "umbo: 1\n"
    assert run.manifest["seed"] == 7
    assert run.manifest["timings"] == {"battle_s": 1.25}
    assert (folder / "report.html").read_text(encoding="utf-8") == "<p>ü"
    assert {path.name for path in tmp_path.joinpath("deep").iterdir()} == {"run"}


@pytest.mark.oracle("DuckDB reads the file itself")
def test_other_programs_read_the_tables(tmp_path):
    folder = write(tmp_path / "run")
    found = (
        duckdb.connect()
        .execute(
            f"SELECT count(*), sum(shots), round(sum(leakage), 6) FROM '{folder}/leakage.parquet'"
        )
        .fetchone()
    )
    assert found == (200, sum(range(200)), round(sum(range(1, 200, 2)) / 7, 6))


def test_the_same_rows_give_the_same_bytes_whatever_the_machine(tmp_path):
    one = write(tmp_path / "one")
    two = write_run(tmp_path / "two", {"leakage": ROWS}, "umbo: 1\n", {"machine": "other"})
    assert (one / "leakage.parquet").read_bytes() == (two / "leakage.parquet").read_bytes()


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "number": st.none() | st.floats(allow_nan=False),
                "count": st.none() | st.integers(-(2**63), 2**63 - 1),
                "text": st.none()
                | st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1)),
                "is_so": st.none() | st.booleans(),
            }
        ),
        max_size=5,
    )
)
def test_any_rows_read_back_as_they_were(tmp_path_factory, rows):
    assert (
        read_run(write(tmp_path_factory.mktemp("a") / "run", {"any": rows})).tables["any"] == rows
    )


def test_numpy_scalars_and_mixed_numbers_are_plain_columns(tmp_path):
    rows = [
        {"a": np.float64(0.5), "b": np.int32(3), "c": np.bool_(True)},
        {"a": 1, "b": 4, "c": False},
    ]
    (first, second) = read_run(write(tmp_path / "run", {"t": rows})).tables["t"]
    assert first == {"a": 0.5, "b": 3, "c": True}
    assert second == {"a": 1.0, "b": 4, "c": False}


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"t": [{"a": 1}, {"a": "x"}]}, "column a: holds int, str"),
        ({"t": [{"a": [1]}]}, "column a: holds list"),
        ({"t": [{"a": 1}, {"b": 1}]}, "rows differ in the columns a, b"),
        ({"../t": [{"a": 1}]}, "no name for a table"),
        ({"t": [{'a"; DROP': 1}]}, "no name for a table or column"),
    ],
)
def test_what_is_no_table_is_refused(tables, told, tmp_path):
    with pytest.raises(RunError, match=told):
        write(tmp_path / "run", tables)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../a", "a/b", "", ".hidden", "manifest.json", "a b", "nul\0"])
def test_a_file_outside_the_folder_is_refused(name, tmp_path):
    with pytest.raises(RunError, match="no name for a file"):
        write(tmp_path / "run", extra={name: "x"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_write_leaves_nothing_or_the_old_run(fault, tmp_path, monkeypatch):
    target = tmp_path / "run"

    def stop(*_args, **_more):
        raise fault

    for old in (False, True):
        if old:
            write(target)
        with monkeypatch.context() as patch:
            patch.setattr("umbo.study.store.json.dumps", stop)
            with pytest.raises(fault):
                write(target, {"other": ROWS})
        assert [path.name for path in tmp_path.iterdir()] == (["run"] if old else [])
    assert list(read_run(target).tables) == ["leakage"]


def test_a_failed_exchange_puts_the_old_run_back(tmp_path, monkeypatch):
    target = write(tmp_path / "run")
    rename = Path.rename

    def fail(self, to):
        if self.name.startswith(".run.") and Path(to) == target:
            raise OSError(28, "No space left on device")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(RunError, match="the disk is full; make room"):
        write(target, {"other": ROWS})
    assert list(read_run(target).tables) == ["leakage"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_new_run_takes_the_place_of_the_old_one(tmp_path):
    write(tmp_path / "run")
    write(tmp_path / "run", {"other": ROWS})
    assert list(read_run(tmp_path / "run").tables) == ["other"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_is_no_run_is_never_replaced(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("x")
    with pytest.raises(RunError, match="is not a run folder"):
        write(mine)
    with pytest.raises(RunError, match="is not a run folder"):
        write(mine / "thesis.txt")
    with pytest.raises(RunError, match="a part of the path is a file"):
        write(mine / "thesis.txt" / "run")
    assert (mine / "thesis.txt").read_text() == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(RunError, match="you may not"):
        write(tmp_path / "run")
    tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("code", "told"),
    [(28, "disk is full"), (30, "read-only"), (13, "you may not"), (5, "try another")],
)
def test_what_the_disk_refuses_is_told_in_plain_words(code, told, tmp_path, monkeypatch):
    def refuse(*_args, **_more):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(RunError, match=told):
        write(tmp_path / "run")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def damage(name, content):
    def change(folder):
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content)

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (damage("manifest.json", None), "manifest.json is missing"),
        (damage("manifest.json", b"{"), "manifest.json is not readable"),
        (damage("manifest.json", b"[]"), "manifest.json is not readable"),
        (damage("manifest.json", b'{"files": {}}'), "manifest.json is not complete"),
        (damage("manifest.json", b'{"files": {"study.yaml": ""}, "format": 9}'), "is of format 9"),
        (damage("leakage.parquet", None), "leakage.parquet is missing"),
        (damage("leakage.parquet", b"PAR1"), "leakage.parquet was changed"),
        (damage("study.yaml", b"x"), "study.yaml was changed"),
    ],
)
def test_a_damaged_folder_is_told(change, told, tmp_path):
    folder = write(tmp_path / "run")
    change(folder)
    with pytest.raises(RunError, match=told):
        read_run(folder)


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(RunError, match="there is no run folder"):
        read_run(tmp_path / "run")
    with pytest.raises(RunError, match=r"manifest\.json is missing"):
        read_manifest(tmp_path)


def test_the_manifest_is_plain_json(tmp_path):
    manifest = json.loads((write(tmp_path / "run") / "manifest.json").read_text())
    assert set(manifest["files"]) == {"leakage.parquet", "study.yaml"}


def test_any_part_changes_a_runs_name():
    names = {
        run_name(digest_of(*parts)) for parts in (("a", "b", "c"), ("ab", "", "c"), ("a", "b", "d"))
    }
    assert len(names) == 3
    assert all(len(name) == 12 for name in names)


def test_the_data_have_one_digest():
    assert data_digest() == data_digest()
    assert len(data_digest()) == 64
