"""The documentation's examples run: docstrings of the package, and commands of the README."""

import doctest
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import umbo

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(umbo.__path__, "umbo.")
    if ">>>" in Path(import_module(info.name).__file__).read_text()
)


@pytest.mark.parametrize("name", ["umbo", *MODULES])
def test_docstring_examples_give_what_they_say(name):
    failed, _ = doctest.testmod(import_module(name))

    assert failed == 0


def commands():
    """Give the commands of the README's tour, in order."""
    text = (ROOT / "README.md").read_text()
    tour = text.split("## Five minutes")[1].split("\n## ")[0]
    return [
        line.removeprefix("$ ")
        for block in re.findall(r"```console\n(.*?)```", tour, re.S)
        for line in block.splitlines()
        if line.startswith("$ ")
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give an empty folder in which the tour's commands follow one another."""
    return tmp_path_factory.mktemp("tour")


def test_the_tour_of_the_readme_runs(folder):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = commands()
    assert len(ran) >= 6
    for command in ran:
        done = subprocess.run(
            command,
            shell=True,
            check=False,
            capture_output=True,
            text=True,
            cwd=folder,
            env=os.environ | {"PATH": path},
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, shlex.join([command])
