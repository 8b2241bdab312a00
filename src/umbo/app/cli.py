"""The command line: one command for each thing that a person wants of a study."""

import json
import math
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from umbo import __version__
from umbo.errors import UmboError

if TYPE_CHECKING:
    from rich.progress import Progress

    from umbo.study.run import Result

app = typer.Typer(
    name="umbo",
    help="Design, simulate, cost and compare missile-shield reference architectures.",
    epilog="Start with: umbo run reference",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def examples(*lines: str) -> str:
    """Write examples below a command's help, each on its own line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


StudyArgument = Annotated[
    str, typer.Argument(metavar="STUDY", help="A study file, or a bundled study: reference.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the same tables as one JSON document.")
]


WeightsOption = typer.Option(
    metavar="WEIGHTS",
    help="Swing weights in place of ours: population, second_strike, infrastructure, allied; "
    "such as population=50,allied=0.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"umbo {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    del version


def say(message: str) -> None:
    """Tell the person something that is not the answer: on stderr."""
    typer.echo(message, err=True)


def print_json(tables: dict[str, list[dict[str, Any]]]) -> None:
    """Print tables as the one JSON document that every command with ``--json`` gives."""
    plain = {
        name: [{key: _finite(cell) for key, cell in row.items()} for row in rows]
        for name, rows in tables.items()
    }
    typer.echo(json.dumps({"tables": plain}, allow_nan=False))


def _finite(cell: Any) -> Any:
    """Give a cell as JSON has it: Python's own type, and null where it is no number."""
    cell = cell.item() if hasattr(cell, "item") else cell
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def remarks(number: int) -> str:
    """Count remarks in words."""
    return f"{number} remark{'' if number == 1 else 's'}"


@app.command(
    short_help="Answer a study: every architecture against its raids.",
    epilog=examples(
        "umbo run reference",
        "umbo run my-study.yaml --raid regional_raid --replications 20000",
        "umbo run reference --brief",
        "umbo run reference --in-full",
        "umbo run reference --json > answer.json",
    ),
)
def run(
    study: StudyArgument = "reference",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The run folder itself; runs/DIGEST where left out."),
    ] = None,
    raid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RAID",
            help="Fight only this raid; may be given again. The study's 'fight' names those "
            "fought otherwise, all where it has none.",
        ),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(min=1, max=10_000_000, metavar="NUMBER", help="In place of the study's."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**63 - 1, metavar="SEED", help="In place of the study's."),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="NUMBER", help="Threads; the answer is the same for any number."
        ),
    ] = None,
    in_full: Annotated[
        bool,
        typer.Option(
            "--in-full",
            help="Also what `umbo margins`, `siting` and `sensors` find: Shapley's values, "
            "proposals fought, sites, a faster tracking layer; takes three times as long.",
        ),
    ] = False,
    brief: Annotated[
        bool,
        typer.Option(
            "--brief",
            help="Battle and cost alone, in half the time: no margins, capacity, years, "
            "deterrence, sizing, budget, plan or comparison.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Answer a study: every architecture against every raid that the study fights.

    Prints a table, and writes a run folder with the tables and a report.
    """
    if brief and in_full:
        raise typer.BadParameter("--brief and --in-full exclude each other; give one of them")
    from umbo.study.helpers import start_helpers

    with start_helpers(threads) as helpers:  # they import what they need while this process does
        from umbo.app.runs import write
        from umbo.compiled import collect_rarely
        from umbo.study.load import load
        from umbo.study.run import run as answer
        from umbo.study.store import refuse_other

        loaded = load(study)
        if out is not None:
            refuse_other(out)  # now, not after minutes of work
        _compile_once(brief=brief)
        collect_rarely()
        with _progress() as progress:
            task = progress.add_task("starting", total=1.0)

            def tell(share: float, what: str) -> None:
                progress.update(task, completed=share, description=what)

            result = answer(
                loaded,
                raids=list(dict.fromkeys(raid)) if raid else None,
                replications=replications,
                seed=seed,
                threads=threads,
                in_full=in_full,
                brief=brief,
                progress=tell,
                helpers=helpers,
            )
            tell(1.0, "writing the run folder")
            folder = write(result, out)
    _show(result, as_json)
    say(f"Report:     {folder / 'report.html'}\nRun folder: {folder}")
    if result.findings:
        found = remarks(len(result.findings))
        say(f"Check:      {found}; see with: umbo check {_quoted(study)}")


def _compile_once(*, brief: bool = False) -> None:
    from umbo.compiled import is_warm

    if not is_warm(brief=brief):
        from umbo.study.warmup import warm_up

        say("Compiling the models, once after installation: about half a minute.")
        warm_up(brief=brief)


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description:<40}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _quoted(path: str) -> str:
    import shlex

    return shlex.quote(path)


def _show(result: "Result", as_json: bool) -> None:
    if as_json:
        print_json(result.tables)
        return
    from rich.console import Console

    from umbo.app.comparison import comparison_table

    console = Console() if sys.stdout.isatty() else Console(width=130)
    console.print(comparison_table(result.tables, console.width))


@app.command(epilog=examples("umbo new my-study.yaml"))
def new(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to write it, such as my-study.yaml.")
    ],
) -> None:
    """Write a commented study file to start from."""
    from umbo.study.template import new_study

    written = new_study(path)
    typer.echo(f"{written}: edit it, then: umbo check {written} and umbo run {written}")


@app.command(
    short_help="Say what is wrong in a study, or probably wrong.",
    epilog=examples("umbo check my-study.yaml"),
)
def check(study: StudyArgument, as_json: JsonOption = False) -> None:
    """Say what is wrong in a study, or legal but probably wrong, with line and column."""
    from umbo.elements.catalog import load_catalog
    from umbo.study.check import check as find
    from umbo.study.load import load

    findings = find(load(study), load_catalog())
    if as_json:
        rows = [{"severity": f.severity, "where": f.where, "message": f.message} for f in findings]
        print_json({"findings": rows})
        return
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding.where}: {finding.message}")
    typer.echo(f"{study}: can be run; {remarks(len(findings))}")


@app.command(epilog=examples("umbo schema > umbo.schema.json"))
def schema() -> None:
    """Print the JSON Schema of a study file, for editors."""
    from umbo.study.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


catalog_app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(
    catalog_app, name="catalog", short_help="List elements and missiles, with every source."
)


@catalog_app.callback(
    epilog=examples(
        "umbo catalog",
        "umbo catalog show gbi",
        "umbo catalog --assumptions",
        "umbo catalog --threats",
    )
)
def catalog(
    context: typer.Context,
    assumptions: Annotated[
        bool, typer.Option("--assumptions", help="Only what is recalled or chosen by us.")
    ] = False,
    threats: Annotated[
        bool, typer.Option("--threats", help="Missiles of each adversary, now and in 2035.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the catalogue (elements, missiles, market), every assumption in it, or the threats."""
    if context.invoked_subcommand is not None:
        return
    from umbo.app.catalog_view import (
        assumption_rows,
        item_rows,
        print_rows,
        print_threats,
        threat_rows,
    )
    from umbo.elements.catalog import load_catalog

    loaded = load_catalog()
    if threats and not as_json:
        print_threats(loaded)
        return
    if threats:
        print_json({"threats": threat_rows(loaded)})
        return
    name, rows = (
        ("inputs", assumption_rows(loaded)) if assumptions else ("items", item_rows(loaded))
    )
    if as_json:
        print_json({name: rows})
    else:
        print_rows(rows)


@catalog_app.command(epilog=examples("umbo catalog show gbi"))
def show(
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help="An item of the catalogue, such as gbi.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Show one item: every value with range, unit and source."""
    from umbo.app.catalog_view import print_rows, value_rows
    from umbo.elements.catalog import load_catalog

    loaded = load_catalog()
    found = loaded.item(item)
    rows = value_rows(found, loaded)
    if as_json:
        print_json({"inputs": rows})
        return
    typer.echo(f"{found.name} ({found.category}; {found.status})")
    print_rows(rows)


@app.command(
    epilog=examples(
        "umbo fly icbm_solid --from vandenberg --to kwajalein",
        "umbo fly slbm --from 43.0,-165.0 --to seattle --loft -0.2 --out flight.svg",
        "umbo fly --table",
    )
)
def fly(
    missile: Annotated[
        str | None,
        typer.Argument(metavar="MISSILE", help="A missile of the catalogue, such as icbm_solid."),
    ] = None,
    start: Annotated[
        str, typer.Option("--from", metavar="PLACE", help="A place, or latitude,longitude.")
    ] = "",
    aim: Annotated[
        str, typer.Option("--to", metavar="PLACE", help="A place, or latitude,longitude.")
    ] = "",
    loft: Annotated[
        float,
        typer.Option(min=-0.5, max=0.5, help="Ballistic: 0.2 flies lofted, -0.2 depressed."),
    ] = 0.0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: a name in .svg or .html.")
    ] = None,
    table: Annotated[
        bool, typer.Option("--table", help="Compare all missiles over typical ranges instead.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fly one missile: its events, its profile, and a picture of it.

    Positions are rounded to 0.1 degree; a launch area is flown from its middle.
    """
    from umbo.app import flying
    from umbo.elements.catalog import load_catalog
    from umbo.errors import StudyError

    catalog = load_catalog()
    if table:
        _compile_once()
        tracks, refused = flying.typical_tracks(catalog)
        if as_json:
            print_json({"flights": flying.typical_rows(tracks)})
        else:
            flying.print_typical(tracks)
        for why in refused:
            say(why)
        return
    if not (missile and start and aim):
        raise StudyError(
            "a flight needs a missile, --from and --to, such as: "
            "umbo fly icbm_solid --from vandenberg --to kwajalein; or ask for --table"
        )
    if out is not None:
        flying.refuse_suffix(out)
    _compile_once()
    track = flying.fly(missile, start, aim, loft, catalog)
    if out is not None:
        flying.write_picture(out, track, catalog)
        say(f"Picture: {out}")
    if as_json:
        print_json(flying.flight_tables(track))
    else:
        flying.print_flight(track, catalog)


@app.command(
    epilog=examples(
        "umbo sensors reference --out sensors.html",
        "umbo sensors my-study.yaml --raid glide --year FY2027:FY2032",
        "umbo sensors reference --year FY2030 --accelerate 2",
        "umbo sensors reference --add 20 --lost 30 --tables answer",
        "umbo sensors reference --no-leakage --more 10 --json > answer.json",
    )
)
def sensors(
    study: StudyArgument = "reference",
    raid: Annotated[
        list[str] | None,
        typer.Option(help="Look at this raid's flights; may be given again."),
    ] = None,
    year: Annotated[
        str, typer.Option(metavar="YEAR", help="One, such as FY2028, or several: FY2027:FY2032.")
    ] = "",
    accelerate: Annotated[
        int,
        typer.Option(
            min=0,
            max=20,
            help="Years by which satellites of the layer come earlier; 0 leaves that out and tells "
            "the years of the schedule.",
        ),
    ] = 1,
    more: Annotated[
        float, typer.Option(min=0.0, max=1000.0, help="Per cent more satellites in the layer.")
    ] = 0.0,
    lost: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=99.0,
            help="Per cent of all its satellites and of the ground entry points lost.",
        ),
    ] = 0.0,
    add: Annotated[
        int, typer.Option(min=1, max=1000, help="Tracking satellites added, for leakage.")
    ] = 10,
    leakage: Annotated[
        bool, typer.Option(help="Fight the raids: what the layer is worth in leakage.")
    ] = True,
    altitude: Annotated[
        float, typer.Option(min=0.0, max=900.0, help="Target altitude of the map in km.")
    ] = 100.0,
    draws: Annotated[
        int, typer.Option(min=0, max=256, help="Draws over the ranges of all inputs.")
    ] = 12,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page: a name in .html.")
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write every table there as a Parquet file."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what the sensing layer sees, and what more of it, or sooner, buys in leakage.

    Custody, latency and target solutions of each architecture in each year, beside those of a
    layer a year (or --accelerate) earlier, or --more per cent larger. Then each raid is fought
    with all satellites so much earlier, with ten more (or --add), and with each kind of
    tracking satellite switched off.
    """
    from umbo.app import sensing
    from umbo.elements.catalog import load_catalog
    from umbo.study.load import load
    from umbo.study.programs import read_years
    from umbo.study.sensing import Wanted, sense

    if out is not None:
        sensing.refuse_suffix(out)
    wanted = Wanted(
        raids=tuple(raid or ()),
        years=read_years(year) if year else (),
        earlier=accelerate,
        more=more / 100.0,
        altitude_m=altitude * 1e3,
        draws=draws,
        lost=lost / 100.0,
        leakage=leakage,
        added=add,
    )
    loaded = load(study)
    _compile_once()
    with _progress() as progress:
        task = progress.add_task("starting", total=1.0)
        found = sense(
            loaded,
            load_catalog(),
            wanted,
            lambda share, what: progress.update(task, completed=share, description=what),
        )
    if out is not None:
        from umbo.app.sensing_page import write_page

        write_page(out, found, loaded.title)
        say(f"Page: {out}")
    if tables is not None:
        from umbo.app.budget_files import write_parquet

        write_parquet(tables, found)
        say(f"Tables: {tables}")
    if as_json:
        print_json(found)
    else:
        sensing.print_sensing(found)


@app.command(
    epilog=examples(
        "umbo size --like cbo2026 --out size.html",
        "umbo size reference --architecture large --raid 5",
        "umbo size reference --decision-time 30s --probability 95%",
        "umbo size --like cbo2025 --shots 1 --deadline before_useful_range",
        "umbo size --like aei --set 'sbi.burnout_speed=4 km/s' --set 'sbi.acceleration=20 gee'",
        "umbo size my-study.yaml --from nk_interior --from iran_central --json > answer.json",
    )
)
def size(
    study: Annotated[
        str | None,
        typer.Argument(metavar="STUDY", help="A study file, or a bundled study: reference."),
    ] = None,
    like: Annotated[
        str, typer.Option(help="Hold beside a published number: aei, cbo2025 or cbo2026.")
    ] = "",
    architecture: Annotated[
        str, typer.Option(metavar="NAME", help="Tell of this architecture's interceptors.")
    ] = "",
    missile: Annotated[str, typer.Option(help="A missile with a boost, such as icbm_solid.")] = "",
    start: Annotated[
        list[str] | None, typer.Option("--from", metavar="PLACE", help="May be given again.")
    ] = None,
    at: Annotated[str, typer.Option(metavar="PLACE", help="What it is aimed at.")] = "",
    raid: Annotated[
        int | None, typer.Option(min=1, max=500, help="Missiles at once from one place.")
    ] = None,
    shots: Annotated[
        int | None, typer.Option(min=1, max=10, help="Interceptors at each missile.")
    ] = None,
    probability: Annotated[
        str, typer.Option(help="Wanted chance that all get their shots, such as 90%.")
    ] = "",
    decision_time: Annotated[
        str, typer.Option(help="From detection to the interceptor's launch, such as 30s.")
    ] = "",
    deadline: Annotated[str, typer.Option(help="burnout, or before_useful_range.")] = "",
    fly_out: Annotated[
        str, typer.Option(help="disc: flat fly-out; exact: thrust and free fall.")
    ] = "",
    least: Annotated[str, typer.Option(help="Make least: number, mass or cost.")] = "",
    altitude: Annotated[str, typer.Option(help="Such as 400km; chosen where left out.")] = "",
    inclination: Annotated[str, typer.Option(help="Such as 50deg; chosen where left out.")] = "",
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="ITEM.PARAMETER=VALUE",
            help="A value in place of the catalogue's; may be given again.",
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=0, max=256, help="Draws over the ranges of the inputs.")
    ] = 16,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page: a name in .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how many interceptors in orbit it takes, where, and which assumption carries that.

    Without a study: the question of a published number, or the catalogue's defaults.
    """
    from umbo.app import sizing
    from umbo.elements.catalog import load_catalog
    from umbo.study.load import load
    from umbo.study.sizing import size as answer
    from umbo.study.sizing_posed import question_like, question_of

    if out is not None:
        sizing.refuse_suffix(out)
    catalog = load_catalog()
    loaded = load(study or "reference") if study or architecture or not like else None
    question = question_like(like) if loaded is None else question_of(loaded, catalog)
    question = sizing.changed(
        question,
        missile=missile,
        from_=start,
        at=at,
        raid=raid,
        shots=shots,
        probability=probability,
        decision_time_s=decision_time,
        deadline=deadline,
        fly_out=fly_out,
        least=least,
        altitude_m=altitude,
        inclination_rad=inclination,
    )
    _compile_once()
    with _progress() as progress:
        task = progress.add_task("starting", total=1.0)
        tables = answer(
            question,
            catalog,
            study=loaded,
            published=like,
            architecture=architecture,
            draws=draws,
            assumed=sizing.assumed(values or []),
            tell=lambda share, what: progress.update(task, completed=share, description=what),
        )
    if out is not None:
        from umbo.app.sizing_page import write_page

        write_page(out, tables, loaded.title if loaded else like)
        say(f"Page: {out}")
    if as_json:
        print_json(tables)
    else:
        sizing.print_sizing(tables)


@app.command(
    epilog=examples(
        "umbo cost reference",
        "umbo cost reference --architecture large --growth",
        "umbo cost my-study.yaml --method aei --out cost.html",
        "umbo cost reference --draws 50000 --json > cost.json",
        "umbo cost reference --csv tables --parquet tables",
    )
)
def cost(
    study: StudyArgument = "reference",
    architecture: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this architecture; may be given again."),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            metavar="METHOD", help="Prices and rules of: ours, aei or cbo; the study's view else."
        ),
    ] = "",
    growth: Annotated[
        bool, typer.Option("--growth", help="Count the cost growth of past programs in all rows.")
    ] = False,
    draws: Annotated[
        int, typer.Option(min=2, max=50_000, help="Draws over the ranges of all prices.")
    ] = 10_000,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page: a name in .html.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="DIR", help="Write tables as CSV.")] = None,
    parquet: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write tables as Parquet.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what each architecture costs over its life: total, above today, in CBO's scope.

    With its S-curve (P50, P80), what drives it, three methods, and published estimates that
    count the same; those that do not stand beside.
    """
    from umbo.app import costing
    from umbo.elements.catalog import load_catalog
    from umbo.study.costing import cost_study, costing_tables
    from umbo.study.load import load

    if out is not None:
        costing.refuse_suffix(out)
    loaded, catalog = load(study), load_catalog()
    costed = cost_study(loaded, catalog, method=method or None, draws=draws)
    tables = costing_tables(costed, catalog, only=architecture or (), growth=growth)
    if as_json or (out, csv, parquet) != (None, None, None):
        from umbo.study.costing import cited_tables

        tables |= cited_tables(costed, catalog, tables)
    if out is not None:
        from umbo.app.costing_page import write_page

        write_page(out, tables, loaded)
        say(f"Page: {out}")
    if csv is not None or parquet is not None:
        from umbo.app.budget_files import write_tables_to

        for folder in write_tables_to(tables, csv=csv, parquet=parquet):
            say(f"Written: {folder}")
    if as_json:
        print_json(tables)
    else:
        costing.print_costing(tables, loaded.horizon.years)


@app.command(
    epilog=examples(
        "umbo stability reference",
        "umbo stability reference --architecture medium --out stability.html",
        "umbo stability my-study.yaml --opponent China --json > stability.json",
    )
)
def stability(
    study: StudyArgument = "reference",
    architecture: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose weapons are scaled; the last where left out."),
    ] = None,
    opponent: Annotated[
        list[str] | None,
        typer.Option(metavar="COUNTRY", help="Russia and China else; may be given again."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "--html", metavar="FILE", help="Write a page: a name in .html."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what shields do to deterrence: retaliation, incentive to go first, replies and cost.

    By size of the shield, for both sides, with where each conclusion flips and what decides it.
    Counts and fractions only.
    """
    from umbo.app import stability as shown
    from umbo.elements.catalog import load_catalog
    from umbo.study.load import load
    from umbo.study.stability import OPPONENTS, weigh, with_sources

    if out is not None:
        shown.refuse_suffix(out)
    loaded, catalog = load(study), load_catalog()
    _compile_once()
    with _progress() as progress:
        task = progress.add_task("starting", total=1.0)
        tables = weigh(
            loaded,
            catalog,
            chosen=architecture,
            opponents=opponent or OPPONENTS,
            tell=lambda share, what: progress.update(task, completed=share, description=what),
        )
    if out is not None:
        from umbo.app.stability_page import write_page

        write_page(out, with_sources(tables, loaded, catalog), loaded)
        say(f"Page: {out}")
    if as_json:
        print_json(with_sources(tables, loaded, catalog))
    else:
        shown.print_stability(tables)


@app.command(
    epilog=examples(
        "umbo budget reference --out budget.html",
        "umbo budget reference --architecture small --xlsx small.xlsx",
        "umbo budget reference --top-line '25 busd of 2026' --leakage",
        "umbo budget reference --not-before sbi=FY2029 --decided 2026-11-25",
    )
)
def budget(
    study: StudyArgument = "reference",
    architecture: Annotated[
        str,
        typer.Option(metavar="NAME", help="Plan for this one, not the study's selected one."),
    ] = "",
    top_line: Annotated[
        str,
        typer.Option(
            metavar="AMOUNT",
            help="Fit it to so much a year: '25 busd of 2026', '25 busd then-year', "
            "'FY2027 17 busd, FY2029 25 busd then-year', or a name such as claim_185.",
        ),
    ] = "",
    stress: Annotated[
        str, typer.Option(metavar="KIND", help="Only cr or growth; both where left out.")
    ] = "",
    decided: Annotated[
        str, typer.Option(metavar="DAY", help="Say which budget a decision of this day reaches.")
    ] = "",
    not_before: Annotated[
        list[str] | None,
        typer.Option(metavar="ELEMENT=FY", help="New work not before; may be given again."),
    ] = None,
    gated: Annotated[
        bool, typer.Option("--gated", help="Building waits for the authorities it needs.")
    ] = False,
    surge: Annotated[
        bool, typer.Option("--surge", help="Lines grow to the high end of their range.")
    ] = False,
    leakage: Annotated[
        bool, typer.Option("--leakage", help="Fight it as it stands in 2028, 2035 and when whole.")
    ] = False,
    draws: Annotated[
        int, typer.Option(min=2, max=100_000, help="Draws over the ranges of prices.")
    ] = 10_000,
    xlsx: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a workbook.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="DIR", help="Write tables as CSV.")] = None,
    parquet: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write tables as Parquet.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page: a name in .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Plan a budget: when elements stand, and the money by fiscal year, title and element.

    Beside it what is provided, requested and claimed, and what a top line makes slip.
    """
    from umbo.app import budget_files, budgeting
    from umbo.elements.catalog import load_catalog
    from umbo.study import budget_asked as plan
    from umbo.study.budgeting import budget as planned
    from umbo.study.load import load

    for path, suffix in ((out, ".html"), (xlsx, ".xlsx")):
        if path is not None:
            budget_files.refuse_suffix(path, suffix)
    asked = plan.Asked(
        architecture=architecture,
        top_line=top_line,
        stress=plan.read_stress(stress),
        decided=plan.read_day(decided, "--decided") if decided else None,
        not_before=dict(plan.read_gate(text) for text in not_before or ()),
        gated=gated,
        surge=surge,
        leakage=leakage,
        draws=draws,
    )
    loaded = load(study)
    if leakage:
        _compile_once()
    tables = planned(loaded, load_catalog(), asked)
    files = budget_files.write(tables, loaded, xlsx=xlsx, csv=csv, parquet=parquet, out=out)
    for path in files:
        say(f"Written: {path}")
    if as_json:
        print_json(tables)
    else:
        budgeting.print_budget(tables)


@app.command(
    epilog=examples(
        "umbo plan reference",
        "umbo plan reference --as-of 2025-03-17 --html plan.html --ics plan.ics",
        "umbo plan my-plan.yaml --late architectures=14",
        "umbo plan reference --run runs/0123456789ab",
        "umbo plan reference --run runs/0123456789ab --run sensors.json --html plan.html",
    )
)
def plan(
    where: Annotated[
        str,
        typer.Argument(
            metavar="STUDY|PLAN", help="A study, or the file of a plan of your own (plan: 1)."
        ),
    ] = "reference",
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Day of the status; today where left out.")
    ] = "",
    late: Annotated[
        list[str] | None,
        typer.Option(metavar="TASK=DAYS", help="What a late task moves; may be given again."),
    ] = None,
    runs: Annotated[
        list[Path] | None,
        typer.Option(
            "--run",
            metavar="FOLDER|FILE",
            help="What holds evidence: a run, or what a command printed with --json; may be given "
            "again.",
        ),
    ] = None,
    ics: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a calendar: a name in .ics.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page: a name in .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the action plan: who does what by when, its critical path, slip, status and evidence.

    The draft plan for the missile shield, as reported, or a plan of your own.
    """
    from umbo.app.planning_command import show_plan

    wanted = (where, as_of, late or [], runs or [], ics, html)
    print_tables = print_json if as_json else None
    for written in show_plan(*wanted, commands=_commands(), print_tables=print_tables):
        say(written)


@app.command(
    epilog=examples(
        "umbo authorities reference",
        "umbo authorities reference --architecture medium --at-once",
        "umbo authorities my-study.yaml --start 2027-03-01 --json",
        "umbo authorities --register",
    )
)
def authorities(
    study: StudyArgument = "reference",
    architecture: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this architecture; may be given again."),
    ] = None,
    start: Annotated[
        str,
        typer.Option(
            metavar="DATE", help="Day on which they are sought; first of the study's horizon."
        ),
    ] = "",
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Field as soon as possible, not in the study's years.")
    ] = False,
    register: Annotated[
        bool, typer.Option("--register", help="List the register of authorities instead.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page: a name in .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say which authorities cost an architecture most days and dollars, and what haste buys.

    A study's years are as stated unless it says 'authorities: gate', which moves them.
    """
    from umbo.app.planning_command import show_authorities

    print_tables = print_json if as_json else None
    wanted = (study, architecture or [], start)
    for written in show_authorities(
        *wanted, at_once=at_once, register=register, html=html, print_tables=print_tables
    ):
        say(written)


@app.command(
    epilog=examples(
        "umbo priorities reference",
        "umbo priorities reference --weights population=50,allied=0",
        "umbo priorities my-study.yaml --raid regional_raid --out priorities.html",
    )
)
def priorities(
    study: StudyArgument = "reference",
    weights: Annotated[str, WeightsOption] = "",
    raid: Annotated[
        list[str] | None,
        typer.Option(metavar="RAID", help="Only this raid; may be given again."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "--html", metavar="FILE", help="Write a page: .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the locations to defend, and say what each architecture protects of each category.

    Every raid is aimed at each category in turn; ranks are told with their range over weights.
    """
    from umbo.app.judgement import show_priorities

    print_tables = print_json if as_json else None
    with _progress() as bar:
        task = bar.add_task("", total=1.0)

        def tell(share: float, what: str) -> None:
            bar.update(task, completed=share, description=what)

        made = show_priorities(study, weights, raid or (), out, tell)
    made(print_tables)
    if out is not None:
        say(f"Page: {out}")


@app.command(
    epilog=examples(
        "umbo margins reference --raid regional_raid",
        "umbo margins my-study.yaml --architecture medium --orders 64 --out margins.html",
    )
)
def margins(
    study: StudyArgument = "reference",
    raid: Annotated[
        list[str] | None,
        typer.Option(metavar="RAID", help="Only this raid; may be given again."),
    ] = None,
    architecture: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this architecture; may be given again."),
    ] = None,
    orders: Annotated[
        int,
        typer.Option(min=4, max=10_000, help="Orders drawn where all coalitions are too many."),
    ] = 16,
    weights: Annotated[str, WeightsOption] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "--html", metavar="FILE", help="Write a page: .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what each element adds: left out, added, and on average over all orders of joining.

    In leakage, in warheads and in priorities protected, and for a billion dollars. The last is
    Shapley's value: exact for few elements, else from drawn orders with its interval. A study's
    proposals stand side by side: who, what, why, who does not agree, and what each does.
    """
    from umbo.app.judgement import show_margins

    with _progress() as bar:
        task = bar.add_task("", total=1.0)

        def tell(share: float, what: str) -> None:
            bar.update(task, completed=share, description=what)

        even = orders + orders % 2
        made = show_margins(study, raid or (), architecture or (), even, weights, out, tell)
    made(print_json if as_json else None)
    if out is not None:
        say(f"Page: {out}")


@app.command(
    short_help="Make one option of working groups' proposals.",
    epilog=examples(
        "umbo merge reference ground_first sensors_first --into agreed --out next.yaml",
        "umbo merge my-study.yaml ground_first --into option --select 'why' --out next.yaml",
    ),
)
def merge(
    study: Annotated[
        str, typer.Argument(metavar="STUDY", help="A study file with proposals, or reference.")
    ],
    proposals: Annotated[
        list[str],
        typer.Argument(metavar="PROPOSAL...", help="By name; the first prevails over the others."),
    ],
    into: Annotated[str, typer.Option(metavar="NAME", help="Name of the new architecture.")],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="The next study file to write, such as next.yaml.")
    ],
    select: Annotated[
        str, typer.Option(metavar="REASON", help="Select the new architecture, for this reason.")
    ] = "",
) -> None:
    """Make one option of working groups' proposals, and write the next study with its record.

    Proposals for the same architecture only. An element that two of them touch is taken as the
    first writes it, and the record of the other says so; everybody's dissent is kept.
    """
    from umbo.app.judgement import merge as write

    for line in write(study, list(dict.fromkeys(proposals)), into, select, out):
        say(line)
    typer.echo(f"{out}: holds {into}; see with: umbo check {_quoted(str(out))}")


@app.command(
    epilog=examples(
        "umbo allies theaters",
        "umbo allies theaters --raid theater_japan --out allies.html",
    )
)
def allies(
    study: StudyArgument = "theaters",
    raid: Annotated[
        list[str] | None,
        typer.Option(metavar="RAID", help="Only this raid; may be given again."),
    ] = None,
    architecture: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this architecture; may be given again."),
    ] = None,
    weights: Annotated[str, WeightsOption] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "--html", metavar="FILE", help="Write a page: .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what each nation's elements add to the defense of all, what it gains, and what it pays.

    Also what elements at home, forward and in orbit add to each other, and in which countries the
    payloads of missiles hit in boost come down.
    Elements belong to the 'nation' that the study gives them; bundled: theaters, of six theaters.
    """
    from umbo.app.judgement import show_allies

    with _progress() as bar:
        task = bar.add_task("", total=1.0)

        def tell(share: float, what: str) -> None:
            bar.update(task, completed=share, description=what)

        made = show_allies(study, raid or (), architecture or (), weights, out, tell)
    made(print_json if as_json else None)
    if out is not None:
        say(f"Page: {out}")


@app.command(
    epilog=examples(
        "umbo siting reference",
        "umbo siting reference --weapon sm3_iia --raid peer_limited --sites 4",
        "umbo siting reference --rounds 400 --magazine 64 --warheads 2 --out siting.html",
    )
)
def siting(
    study: StudyArgument = "reference",
    weapon: Annotated[
        str, typer.Option(metavar="ELEMENT", help="The interceptor; thaad if left out.")
    ] = "",
    raid: Annotated[
        str, typer.Option(metavar="RAID", help="Against which; the study's first if left out.")
    ] = "",
    architecture: Annotated[
        str, typer.Option(metavar="NAME", help="Whose sensors; the study's last if left out.")
    ] = "",
    sites: Annotated[
        int | None, typer.Option(min=1, max=40, help="At most so many sites; 10 if left out.")
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(min=1, max=100_000, help="Rounds in all; the study's if left out."),
    ] = None,
    magazine: Annotated[
        int | None,
        typer.Option(min=1, max=100_000, help="Rounds at one site at most; as the study has."),
    ] = None,
    warheads: Annotated[
        int, typer.Option(min=1, max=100, help="Warheads aimed at each location.")
    ] = 1,
    weights: Annotated[str, WeightsOption] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "--html", metavar="FILE", help="Write a page: .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Choose the sites and rounds of an interceptor that protect the most of the priorities.

    Sites that cover most, then rounds that run out and miss; each exactly, by a mixed-integer
    program, with the greedy choice beside it.
    """
    from umbo.app.judgement import show_siting

    made = show_siting(
        study,
        weapon,
        raid,
        architecture,
        sites,
        out,
        weights=weights,
        rounds=rounds,
        magazine=magazine,
        warheads=warheads,
    )
    made(print_json if as_json else None)
    if out is not None:
        say(f"Page: {out}")


def _commands() -> list[str]:
    """Name the commands that there are."""
    names = [
        one.name or (one.callback.__name__ if one.callback else "")
        for one in app.registered_commands
    ]
    return names + [group.name for group in app.registered_groups if group.name]


@app.command(
    epilog=examples(
        "umbo lasers reference",
        "umbo lasers reference --out lasers.html",
        "umbo lasers my-study.yaml --draws 2000 --json > lasers.json",
    )
)
def lasers(
    study: StudyArgument = "reference",
    draws: Annotated[
        int, typer.Option(min=2, max=50_000, help="Draws over the ranges of all inputs.")
    ] = 256,
    out: Annotated[
        Path | None,
        typer.Option("--out", "--html", metavar="FILE", help="Write a page: a name in .html."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what directed energy reaches and kills, and when it is cheaper than interceptors.

    Lasers on the ground, at sea, in the air and in orbit, and microwaves against drones and
    cruise missiles, with what would have to be true. What they kill of a raid is in `umbo run`.
    """
    from umbo.app import lasers as told
    from umbo.app.costing import refuse_suffix
    from umbo.elements.catalog import load_catalog
    from umbo.study.lasers import laser_tables
    from umbo.study.load import load

    if out is not None:
        refuse_suffix(out)
    loaded = load(study)
    tables = laser_tables(loaded, load_catalog(), draws=draws)
    if out is not None:
        told.write_page(out, tables, loaded.title)
        say(f"Page: {out}")
    if as_json:
        print_json(tables)
    else:
        told.print_lasers(tables)


@app.command(
    epilog=examples(
        "umbo footprint thaad --at chicago --against mrbm --from 330",
        "umbo footprint gbi --at greely --against icbm_solid --from nk_interior --out map.html",
        "umbo footprint thaad --at chicago --against irbm --cue own --json",
    )
)
def footprint(
    interceptor: Annotated[
        str, typer.Argument(metavar="INTERCEPTOR", help="An interceptor of the catalogue.")
    ],
    at: Annotated[str, typer.Option(metavar="PLACE", help="The place where it stands.")],
    against: Annotated[str, typer.Option(metavar="MISSILE", help="A missile of the catalogue.")],
    from_: Annotated[
        str,
        typer.Option(
            "--from", metavar="AREA", help="A launch area, or the bearing to the launch in degrees."
        ),
    ] = "0",
    cue: Annotated[
        str,
        typer.Option(metavar="CUE", help="Track at burnout, or by the site's own radar: own."),
    ] = "burnout",
    delay: Annotated[
        float, typer.Option(min=0.0, help="Seconds from burnout to that track.")
    ] = 0.0,
    out: Annotated[
        Path | None, typer.Option("--out", "--html", metavar="FILE", help="Write a page: .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Map the places that a site defends against a missile from one side.

    With how the footprint shrinks as the threat is faster.
    """
    from umbo.app import footprint as told
    from umbo.app.costing import refuse_suffix
    from umbo.elements.catalog import load_catalog
    from umbo.study.footprint import footprint_tables, read_cue

    if out is not None:
        refuse_suffix(out)
    read = read_cue(cue)
    _compile_once()
    tables = footprint_tables(
        interceptor, at, against, load_catalog(), from_=from_, cue=read, track_delay_s=delay
    )
    if out is not None:
        told.write_page(out, tables)
        say(f"Page: {out}")
    if as_json:
        print_json(tables)
    else:
        told.print_footprint(tables)


@app.command(epilog=examples("umbo replicate", "umbo replicate wilkening"))
def replicate(
    study: Annotated[
        str | None,
        typer.Argument(metavar="CASE", help="Only cases whose name begins so, such as aei."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Rerun published studies: published beside computed. Exit 1 when one is out."""
    from umbo.app.verdicts import print_verdicts, verdict_rows
    from umbo.study.replicate import replicate as rerun

    verdicts = rerun(study or "")
    if as_json:
        print_json({"replicate": verdict_rows(verdicts)})
    else:
        print_verdicts(verdicts)
    if any(verdict.verdict == "differs" for verdict in verdicts):
        raise typer.Exit(1)


@app.command(
    epilog=examples(
        "umbo compare runs/0123456789ab",
        "umbo compare runs/0123456789ab --weights cost=3,stability=0 --out compare.html",
    )
)
def compare(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    weights: Annotated[
        str,
        typer.Option(
            metavar="WEIGHTS",
            help="Swing weights of leakage, protected, cost, date, stability and allies; 1 each "
            "where left out; such as cost=3,date=0.",
        ),
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "--html", metavar="FILE", help="Write a page: .html.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a run's architectures on all measures, and say what flips their order.

    Dominance, trade-offs, regret over raids and weights, and the weight, cost or input at which
    another comes first. Nothing is fought anew.
    """
    from umbo.app.judgement import show_comparison

    show_comparison(folder, weights, out)(print_json if as_json else None)
    if out is not None:
        say(f"Page: {out}")


@app.command(epilog=examples("umbo report runs/0123456789ab --out report.html"))
def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it.")] = None,
) -> None:
    """Write the report of a run folder again."""
    from umbo.app.runs import report_again

    typer.echo(str(report_again(folder, out or folder.with_name(f"{folder.name}.html"))))


@app.command(epilog=examples("umbo warmup"))
def warmup() -> None:
    """Compile the models ahead of the first run."""
    from umbo.study.warmup import warm_up

    warm_up()
    say("Compiled.")


class _Stopped(BaseException):
    """Ctrl-C or a request to end; carries the signal's number."""


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for one in (signal.SIGINT, signal.SIGTERM):  # once is enough: let the cleaning up finish
        signal.signal(one, signal.SIG_IGN)
    raise _Stopped(number)


def _stopped_by(error: BaseException | None) -> int | None:
    """Give the signal behind an error; compiled code wraps it in an error of its own."""
    while error is not None and not isinstance(error, _Stopped):
        error = error.__cause__ or error.__context__
    return None if error is None else int(error.args[0])


@contextmanager
def _stoppable() -> Iterator[None]:
    before = {one: signal.signal(one, _stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run the command line; an error that the person can act on is one message."""
    try:
        with _stoppable():
            code = app(prog_name="umbo", standalone_mode=False)
            sys.stdout.flush()
        sys.exit(code if isinstance(code, int) else 0)
    except (_Stopped, SystemError, ImportError) as error:
        number = _stopped_by(error)
        if number is None:
            raise
        say("Interrupted; nothing was half-written.")
        sys.stderr.flush()
        os._exit(128 + number)  # kernels still at work would be waited for
    except UmboError as error:
        say(f"{type(error).__name__}: {error}")
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:  # who read the output has read enough
        _discard_output()
        sys.exit(0)
    except OSError as error:
        _discard_output()
        say(f"{error.filename or 'output'}: {error.strerror}; give it another place")
        sys.exit(1)
    except Exception as error:
        # Typer brings its own click, so a wrong command line is known by what it can do.
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        sys.exit(getattr(error, "exit_code", 2))
