"""The one place where numba is set up: import ``njit`` and ``njit_inner`` from here only.

Numba's own disk cache goes stale when a kernel in another file changes, so the cache
folder is named after a digest of every source file that holds a kernel.
"""

import gc
import hashlib
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import numba

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


def digest_of(package: Path, having: bytes = b"") -> str:
    """Give a digest of numba's version and every source file of a package that has some text."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(package.rglob("*.py")):
        source = path.read_bytes()
        if having in source:
            digest.update(path.relative_to(package).as_posix().encode() + source)
    return digest.hexdigest()[:16]


def kernel_folder() -> Path:
    """Give the folder of the kernels of this version of the code."""
    return Path(_CONFIG.CACHE_DIR)


_CONFIG.CACHE_DIR = str(cache_root() / digest_of(_PACKAGE, having=b"njit"))

njit: Final[Any] = partial(numba.njit, no_cfunc_wrapper=True)
"""Numba's decorator, without the wrapper for callers in C: there are none."""
njit_inner: Final[Any] = partial(njit, no_cpython_wrapper=True)
"""For kernels that only kernels call: without the wrapper for callers in Python, which takes
a tenth of the time to compile. Called from Python, such a kernel ends the process; its
``py_func`` can be."""
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


def collect_rarely() -> None:
    """Look for cycles seldom, in a process of our own: else a twentieth of its time.

    What is imported by now is looked at no more.
    """
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def is_warm(*, brief: bool = False) -> bool:
    """Say whether the kernels of a run were compiled on this machine before: all, or in brief."""
    return _mark().exists() or (brief and _mark(brief=True).exists())


def mark_warm(*, brief: bool = False) -> None:
    """Note that the kernels are compiled; without a cache that can be written, they are not."""
    with suppress(OSError):
        _mark(brief=brief).touch()


def _mark(*, brief: bool = False) -> Path:
    return kernel_folder() / ("warm_in_brief" if brief else "warm")
