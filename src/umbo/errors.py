"""Every error this library raises on purpose.

UmboError
├── StudyError          the study file asks for something that cannot be
│   ├── UnknownNameError    a name that no table or section defines
│   └── UnitError           a value without a unit, or with the wrong one
├── DomainError         a model was asked outside the range it was derived for
├── SourceError         a number in umbo/data has no source that resolves
└── RunError            a run failed; carries the stage and the seed
"""

from collections.abc import Iterable
from difflib import get_close_matches


class UmboError(Exception):
    """Any error that the person can act on; printed as one message, no traceback."""

    exit_code = 1


class StudyError(UmboError):
    """The study file asks for something that cannot be."""

    exit_code = 2


class UnknownNameError(StudyError):
    """A name that no table or section defines."""


class UnitError(StudyError):
    """A value without a unit, or with the wrong one."""


class DomainError(UmboError, ValueError):
    """A model was asked outside the range it was derived for."""

    exit_code = 2


class SourceError(UmboError):
    """A number in ``umbo/data`` has no source that resolves."""


class RunError(UmboError):
    """A run failed; the message carries the stage and the seed."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant.

    Example:
        >>> suggest("hbts", ["hbtss", "gbi"])
        "did you mean 'hbtss'?"
        >>> suggest("zzz", ["hbtss", "gbi"])
        'known: gbi, hbtss'
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    shown = ", ".join(names[:12])
    return f"known: {shown}" + (f" and {len(names) - 12} more" if len(names) > 12 else "")
