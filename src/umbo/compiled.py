"""The one place where numba is set up: import ``njit`` from here only.

Numba's own disk cache goes stale when a kernel in another file changes, so the cache
folder is named after a digest of every source file that holds a kernel.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

_CONFIG: Final[Any] = numba.config  # its settings are set at run time
_PACKAGE: Final = Path(__file__).parent


def cache_root() -> Path:
    """Give the folder in which what is compiled is kept for this user."""
    for base in (os.environ.get("XDG_CACHE_HOME"), Path.home() / ".cache"):
        if base:
            folder = Path(base) / "umbo"
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError:
                continue
            if os.access(folder, os.W_OK):
                return folder
    return Path(tempfile.gettempdir()) / "umbo"


def kernel_digest() -> str:
    """Give a digest of every source file that can hold a kernel."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        source = path.read_bytes()
        if b"njit" in source:
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + source)
    return digest.hexdigest()[:16]


_CONFIG.CACHE_DIR = str(cache_root() / kernel_digest())

njit = numba.njit
int32: Final[Any] = numba.int32
"""For ``locals`` of a kernel: a sum of 32-bit numbers is one of 64 otherwise."""


def set_threads(threads: int) -> None:
    """Use so many threads, at most what the machine has."""
    numba.set_num_threads(max(1, min(threads, _CONFIG.NUMBA_NUM_THREADS)))


def threads_set() -> int:
    """Give how many threads are in use."""
    return int(numba.get_num_threads())


def in_parallel(work: Callable[[int], object], parts: int) -> None:
    """Do each part of some work, on as many threads as are set; kernels take ``nogil=True``.

    Numba's own ``parallel=True`` doubles the time that a kernel takes to compile, and its
    threads spin between calls.
    """
    threads = min(threads_set(), parts) if parts > 1 else 1
    if threads < 2:
        for part in range(parts):
            work(part)
        return
    for done in [_pool(threads).submit(work, part) for part in range(parts)]:
        done.result()


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    # Work inside work is done where it stands.
    return ThreadPoolExecutor(threads, initializer=numba.set_num_threads, initargs=(1,))


def kept_array(name: str, make: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Give an array that code alone decides: made once, then read from beside the kernels."""
    path = Path(_CONFIG.CACHE_DIR) / f"{name}.npy"
    with suppress(OSError, ValueError, EOFError):
        return np.asarray(np.load(path, allow_pickle=False), np.float64)
    made = make()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{name}.{os.getpid()}.npy")
        np.save(aside, made)
        aside.replace(path)
    return made


def is_warm() -> bool:
    """Say whether all kernels of this version were compiled on this machine before."""
    return _mark().exists()


def mark_warm() -> None:
    """Note that all kernels are compiled; without a cache that can be written, they are not."""
    with suppress(OSError):
        _mark().touch()


def _mark() -> Path:
    return Path(numba.config.CACHE_DIR) / "warm"
