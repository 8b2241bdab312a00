"""House rules that a machine can check."""

import ast
import inspect
import pkgutil
import re
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import umbo
import umbo.physics

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src" / "umbo").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def public_functions(module):
    """Give the plain functions; kernels stand behind them."""
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and inspect.isfunction(inspect.unwrap(thing) if callable(thing) else thing)
        and thing.__module__ == module.__name__
        and not hasattr(thing, "py_func")
    ]


def oracle_tests():
    """Give the source of every test marked oracle, with the helpers of its file."""
    for path in TESTS:
        tree = ast.parse(path.read_text())
        marked = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and any("mark.oracle" in ast.unparse(mark) for mark in node.decorator_list)
        ]
        if marked:
            helpers = {
                node.name: ast.unparse(node)
                for node in tree.body
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("test_")
            }
            for node in marked:
                text = ast.unparse(node)
                yield text + "".join(
                    body for name, body in helpers.items() if re.search(rf"\b{name}\b", text)
                )


PHYSICS = [info.name for info in pkgutil.iter_modules(umbo.physics.__path__)]


@pytest.mark.parametrize("name", PHYSICS)
def test_every_public_function_of_physics_is_called_by_an_oracle_test(name):
    oracles = "\n".join(oracle_tests())

    missing = [
        function
        for function in public_functions(import_module(f"umbo.physics.{name}"))
        if not re.search(rf"\b{function}\(", oracles)
    ]

    assert missing == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_every_tolerance_is_named(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("approx"):
            assert len(node.args) == 1, f"{path.name}:{node.lineno}: write rel= or abs="


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_random_numbers_come_from_draws_alone(path):
    text = path.read_text()

    assert not re.search(r"np\.random|numpy\.random|^import random|^from random", text, re.M)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_kernels_are_compiled_through_the_one_place(path):
    if path.name != "compiled.py":
        assert not re.search(r"^\s*(from|import) numba", path.read_text(), re.M)


def decorated(text, tree):
    """Give the names of a file's own kernels with some text in their decorators."""
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(text in ast.unparse(mark) for mark in node.decorator_list)
    }


def named_outside_kernels(tree, own):
    """Give (module or own, name) of what a file's plain code names; own is its module."""
    come = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    kernels, waiting = decorated("njit", tree), [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef) and node.name in kernels:
            continue
        if isinstance(node, ast.Name):
            yield come.get(node.id, (own, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = ".".join(filter(None, come.get(node.value.id, ())))
            yield module, node.attr
        waiting.extend(ast.iter_child_nodes(node))


def test_plain_code_calls_no_kernel_without_a_wrapper_for_it():
    trees = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removeprefix("src."): ast.parse(
            path.read_text()
        )
        for folder in ("src", "tests", "benchmarks", "scripts")
        for path in (ROOT / folder).rglob("*.py")
    }
    inner = {(own, name) for own, tree in trees.items() for name in decorated("njit_inner", tree)}
    named = {thing for own, tree in trees.items() for thing in named_outside_kernels(tree, own)}

    assert len(inner) > 50
    assert not inner & named


def test_the_package_says_its_version():
    assert umbo.__version__ in (ROOT / "CHANGELOG.md").read_text()


def test_the_page_of_outside_answers_is_up_to_date():
    spec = spec_from_file_location("build", ROOT / "scripts" / "build_validation.py")
    build = module_from_spec(spec)
    spec.loader.exec_module(build)

    written = (ROOT / "docs" / "validation.md").read_text()

    assert written == build.page(), "run: python scripts/build_validation.py"
