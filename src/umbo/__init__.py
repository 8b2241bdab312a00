"""Umbo: an open workbench for missile-shield reference architectures from public data.

Example:
    >>> import umbo
    >>> study = umbo.load("reference")
    >>> study.title
    'The shield of 2026 and three larger ones'
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["compare", "load", "report", "run"]

if TYPE_CHECKING:
    from umbo.app.comparison import compare
    from umbo.app.runs import report
    from umbo.study.load import load
    from umbo.study.run import run

_HOME = {
    "load": "umbo.study.load",
    "run": "umbo.study.run",
    "compare": "umbo.app.comparison",
    "report": "umbo.app.runs",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'umbo' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
