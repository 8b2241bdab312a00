"""What the reference study answered last; catches change, proves nothing."""

import importlib.util
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def renewed():
    spec = importlib.util.spec_from_file_location("renew", FOLDER / "renew.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.golden
def test_the_reference_study_answers_as_before():
    module = renewed()
    before = json.loads(module.FILE.read_text())

    after = module.answer()

    assert after.keys() == before.keys()
    for name, rows in before.items():
        assert len(after[name]) == len(rows)
        for row, was in zip(after[name], rows, strict=True):
            for column, value in was.items():
                if isinstance(value, str) or value is None:
                    assert row[column] == value
                else:
                    # Another processor may round the last bit otherwise.
                    assert row[column] == pytest.approx(value, rel=1e-6, abs=1e-9), (name, was)
