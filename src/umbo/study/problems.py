"""Where each part of a study stands in its file, and what is wrong with it."""

from dataclasses import dataclass, field
from typing import Final

from umbo.errors import StudyError

MAX_SHOWN: Final = 20
MAX_SOUGHT: Final = 100

Path = tuple[str | int, ...]
"""The way to a part of a study: ``("raids", "regional_raid", 0, "missile")``."""


@dataclass(frozen=True)
class Origin:
    """Where each part of a study stands in its file; never part of a comparison."""

    file: str = field(default="study", compare=False)
    values: dict[Path, tuple[int, int]] = field(default_factory=dict, compare=False)
    """Line and column of each value, from 1."""
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict, compare=False)
    """Line and column of each key, from 1."""
    texts: dict[Path, str] = field(default_factory=dict, compare=False)
    """Each single value as it was written."""
    dimensions: dict[Path, str] = field(default_factory=dict, compare=False)
    """Dimension of each quantity."""

    def at(self, path: Path, *, key: bool = False) -> tuple[int, int] | None:
        """Give line and column of a part, or of the nearest part around it that has one."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path)

    def where(self, path: Path, *, key: bool = False) -> str:
        """Say where a part stands, such as ``a.yaml, line 3, column 5 (raids.one[0].at)``."""
        mark = self.at(path, key=key)
        place = f", line {mark[0]}, column {mark[1]}" if mark else ""
        return f"{self.file}{place}" + (f" ({written(path)})" if path else "")


def written(path: Path) -> str:
    """Write a path as a person reads it.

    Example:
        >>> written(("raids", "regional_raid", 0, "missile"))
        'raids.regional_raid[0].missile'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


class Problems:
    """Everything wrong with one file, told together."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self._found: list[tuple[tuple[int, int], str, type[StudyError]]] = []
        self._paths: list[Path] = []

    def add(
        self,
        path: Path,
        message: str,
        kind: type[StudyError] = StudyError,
        *,
        key: bool = False,
    ) -> None:
        """Note what is wrong with the part at a path (with its key, not its value)."""
        where = self.origin.where(path, key=key)
        mark = self.origin.at(path, key=key) or (0, 0)
        self._paths.append(path)
        self._found.append((mark, f"{where}: {message}", kind))
        if len(self._found) == MAX_SOUGHT:
            self.refuse()

    def cover(self, path: Path) -> None:
        """Say nothing more about a part, for what was noted explains it."""
        self._paths.append(path)

    def touches(self, path: Path) -> bool:
        """Say whether something at, around or inside this path was noted already."""
        return any(path[: len(seen)] == seen[: len(path)] for seen in self._paths)

    def refuse(self) -> None:
        """Raise one error for all that was noted, in the order of the file; else do nothing."""
        if not self._found:
            return
        found = sorted(self._found, key=lambda problem: problem[0])
        lines = list(dict.fromkeys(message for _, message, _ in found))
        if len(lines) > MAX_SHOWN:
            more = f"{len(lines) - MAX_SHOWN}{' or' if len(found) == MAX_SOUGHT else ''} more"
            lines[MAX_SHOWN:] = [f"... and {more} problems"]
        raise found[0][2]("\n".join(lines))
