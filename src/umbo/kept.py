"""What the code and some numbers alone decide, such as flights: made once, then kept on disk."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import get_ident
from typing import Final
from zipfile import BadZipFile

import llvmlite.binding
import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.compiled import cache_root, digest_of, kernel_folder

MOST_BYTES: Final = 512 * 2**20
"""Of all that is kept; what was not used for longest goes first."""
_BETWEEN_BYTES: Final = MOST_BYTES // 8
"""So much a process writes before it looks again for what is too much."""
_PACKAGE: Final = Path(__file__).parent
_written: Final = Counter[str]()


def kept(
    what: str, of: object, make: Callable[[], Sequence[ArrayLike]]
) -> list[NDArray[np.float64]]:
    """Give arrays that are decided by nothing but the code and some numbers.

    They lie beside the compiled kernels, where that folder is this user's own, under a digest of
    all code, numpy's version, the processor and the numbers: what changes makes them anew.

    Args:
        what: What they are, in a word.
        of: All that decides them; its ``repr`` tells it whole.
        make: Makes them.

    Returns:
        The arrays, as 64-bit floats: the same whether made or read.
    """
    folder = _folder()
    name = hashlib.sha256(f"{_made_by()}/{what}/{of!r}".encode()).hexdigest()[:24]
    path = folder / f"{what}-{name}.npz" if folder else None
    if path is not None:
        with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile):
            with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                found = [file[f"arr_{i}"] for i in range(len(file.files))]
            os.utime(path)
            return found
    made = [np.ascontiguousarray(one, np.float64) for one in make()]
    if path is not None:
        _keep(path, made)
    return made


def _keep(path: Path, arrays: Sequence[NDArray[np.float64]]) -> None:
    """Write a file whole or not at all."""
    aside = path.with_name(f"{path.stem}.{os.getpid()}-{get_ident()}")
    try:
        with aside.open("wb") as file:
            np.savez(file, *arrays)
        _written["bytes"] += aside.stat().st_size
        aside.replace(path)
        if _written["bytes"] > _BETWEEN_BYTES:
            _written.clear()
            _make_room()
    except OSError:  # a full disk, or a limit
        with suppress(OSError):
            aside.unlink()


@cache
def _folder() -> Path | None:
    """Give the folder, rid of what is too much; None where none is this user's own."""
    folder = kernel_folder() / "kept"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_room()
        is_own = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
        if is_own and os.access(folder, os.W_OK):
            return folder
    return None


def _make_room() -> None:
    """Let go what was not used for longest, of all versions of the code."""
    files = []
    for path in cache_root().glob("*/kept/*"):
        with suppress(OSError):
            stat = path.stat()
            files.append((stat.st_mtime, stat.st_size, path))
    total = 0
    for _, size, path in sorted(files, reverse=True):
        total += size
        if total > MOST_BYTES:
            with suppress(OSError):
                path.unlink()


@cache
def _made_by() -> str:
    """Tell what makes arrays: all code, numpy, and the processor that kernels are compiled for."""
    return f"{digest_of(_PACKAGE)}/{np.__version__}/{llvmlite.binding.get_host_cpu_name()}"
