"""Write docs/validation.md from the marks of the oracle tests: what is checked, against what."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEADER = """# What is checked against an outside answer

Made by `scripts/build_validation.py` from the marks of the tests; every line is a test
that passes. An oracle is another program, a published table, a standard, or mathematics that
shares no code with ours. None of it is called validation: nobody has a ground truth for a shield.
Published studies rerun stand in `umbo replicate`; where we differ, in `docs/differences.md`.
"""


def oracles(path: Path) -> list[tuple[str, str]]:
    """Give what each oracle test of a file says, and the source it is held against."""
    found = []
    tree = ast.parse(path.read_text())
    constants = {
        ast.unparse(node.targets[0]): node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.oracle":
                    (given,) = mark.args
                    source = ast.literal_eval(constants.get(ast.unparse(given), given))
                    claim = node.name.removeprefix("test_").replace("_", " ")
                    found.append((claim, source))
    return found


def page() -> str:
    """Give the text of the page."""
    parts = [HEADER]
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        rows = oracles(path)
        if rows:
            floor, name = path.parent.name, path.stem.removeprefix("test_")
            parts.append(f"\n## {floor}: {name}\n\n| what | held against |\n|---|---|\n")
            parts += [f"| {claim} | {source} |\n" for claim, source in rows]
    return "".join(parts)


if __name__ == "__main__":
    (ROOT / "docs" / "validation.md").write_text(page())
