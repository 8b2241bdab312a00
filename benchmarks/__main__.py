"""How fast it is: each job beside its target, and a floor of the machine or a peer.

``make bench`` measures all, ``python -m benchmarks flight access`` only these groups. One table
is printed, and written as JSON to ``benchmarks/results/``.
"""

import argparse
import json
import platform
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

GROUPS = {
    "command": "the whole run by the command line, help, import",
    "battle": "simulation, expected value, interceptors in reach",
    "flight": "flights, aimed flights, orbits",
    "access": "windows, views, coverage",
    "tracking": "covariances, hand-over",
    "transport": "ways over satellites",
    "counting": "interceptors in reach, constellations sized",
}
RESULTS = Path(__file__).parent / "results"


def measure(group: str) -> tuple[list[dict[str, object]], list[str]]:
    """Measure a group's jobs.

    Returns:
        A row a figure, and the peers that are not installed.
    """
    module = import_module(f"benchmarks.{group}")
    figures: dict[str, float] = {}
    skipped = []
    for job in module.JOBS:
        try:
            figures |= job()
        except ModuleNotFoundError as error:
            skipped.append(f"{group}.{job.__name__}: {error.name} is not installed")
    rows = []
    for name, figure in figures.items():
        beside = module.BESIDE.get(name, "")
        row = {"group": group, "job": name, "measured": figure, "target": module.TARGETS.get(name)}
        rows.append(row | {"beside": beside, "beside_measured": figures.get(beside)})
    return rows, skipped


def is_met(job: str, measured: float, target: float) -> bool:
    """Say whether a figure meets its target: the more a second the better, the less time."""
    return measured >= target if job.endswith("_per_s") else measured <= target


def line(row: dict[str, object]) -> str:
    """Write one row of the table."""
    job, measured, target, other = (
        row[k] for k in ("job", "measured", "target", "beside_measured")
    )
    aim = "" if target is None else f"{target:,.6g}"
    verdict = "" if target is None else "met" if is_met(job, measured, target) else "missed"
    beside = "" if other is None else f"{other:>16,.4g}  {row['beside']}"
    return f"{job:<38}{measured:>16,.4g}{aim:>16}  {verdict:<6}{beside}".rstrip()


def main() -> None:
    """Measure the groups asked for, print them, and keep them as JSON."""
    listed = "; ".join(f"{name}: {what}" for name, what in GROUPS.items())
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=listed)
    parser.add_argument("group", nargs="*", help="only these; all where left out")
    groups = parser.parse_args().group or list(GROUPS)
    for unknown in set(groups) - set(GROUPS):
        parser.error(f"no group {unknown!r}; there are: {', '.join(GROUPS)}")
    print(f"{'job':<38}{'measured':>16}{'target':>16}  {'':<6}{'beside':>16}  floor or peer")
    rows, skipped = [], []
    for group in groups:
        measured, missing = measure(group)
        print(*map(line, measured), sep="\n", flush=True)
        rows += measured
        skipped += missing
    for peer in skipped:
        print(f"skipped: {peer}")
    RESULTS.mkdir(exist_ok=True)
    kept = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.processor() or platform.machine(),
        "figures": rows,
        "skipped": skipped,
    }
    (RESULTS / "latest.json").write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
