"""The command line: one command for each thing that a person wants of a study."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
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

StudyArgument = Annotated[
    str, typer.Argument(metavar="STUDY", help="A study file, or a bundled study: reference.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the same tables as one JSON document.")
]


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
    typer.echo(json.dumps({"tables": tables}, allow_nan=False))


@app.command()
def run(
    study: StudyArgument = "reference",
    out: Annotated[
        Path | None,
        typer.Option(help="The run folder itself; runs/DIGEST where left out."),
    ] = None,
    raid: Annotated[
        list[str] | None, typer.Option(help="Fight only this raid; may be given again.")
    ] = None,
    replications: Annotated[
        int | None, typer.Option(min=1, help="In place of the study's.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="In place of the study's.")] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads; the answer is the same for any number.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a study: every architecture against every raid.

    Prints a table, and writes a run folder with the tables and a report.

    Examples:
      umbo run reference

      umbo run my-study.yaml --raid regional_raid --replications 20000

      umbo run reference --json > answer.json
    """
    from umbo.app.runs import write
    from umbo.study.load import load
    from umbo.study.run import run as answer

    loaded = load(study)
    with _progress() as progress:
        task = progress.add_task("starting", total=1.0)

        def tell(share: float, what: str) -> None:
            progress.update(task, completed=share, description=what)

        result = answer(
            loaded,
            raids=raid or None,
            replications=replications,
            seed=seed,
            threads=threads,
            progress=tell,
        )
        tell(1.0, "writing the run folder")
        folder = write(result, out)
    _show(result, as_json)
    say(f"\nReport:     {folder / 'report.html'}\nRun folder: {folder}")
    if result.findings:
        say(f"Check:      {len(result.findings)} remarks; see them with: umbo check {study}")


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from umbo.compiled import is_warm

    console = Console(stderr=True)
    if not is_warm():
        say("Compiling the models, once after installation: up to half a minute more.")
    return Progress(
        TextColumn("{task.description:<40}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


def _show(result: "Result", as_json: bool) -> None:
    if as_json:
        print_json(result.tables)
        return
    from rich.console import Console

    from umbo.app.comparison import comparison_table

    console = Console() if sys.stdout.isatty() else Console(width=130)
    console.print(comparison_table(result.tables))


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="Where to write it, such as my-study.yaml.")],
) -> None:
    """Write a commented study file to start from.

    Example:
      umbo new my-study.yaml
    """
    from umbo.study.template import new_study

    written = new_study(path)
    typer.echo(f"{written}: edit it, then: umbo check {written} and umbo run {written}")


@app.command()
def check(study: StudyArgument, as_json: JsonOption = False) -> None:
    """Say what is wrong in a study, or legal but probably wrong, with line and column.

    Example:
      umbo check my-study.yaml
    """
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
    typer.echo(f"{study}: can be run; {len(findings)} remarks")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a study file, for editors.

    Example:
      umbo schema > umbo.schema.json
    """
    from umbo.study.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


catalog_app = typer.Typer(
    help="The catalogue: elements, missiles and market numbers, each with its source.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(catalog_app, name="catalog")


@catalog_app.callback()
def catalog(
    context: typer.Context,
    assumptions: Annotated[
        bool, typer.Option("--assumptions", help="Only what is recalled or chosen by us.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the catalogue, or every assumption in it.

    Examples:
      umbo catalog

      umbo catalog show gbi

      umbo catalog --assumptions
    """
    if context.invoked_subcommand is not None:
        return
    from umbo.app.catalog_view import assumption_rows, item_rows, print_rows
    from umbo.elements.catalog import load_catalog

    loaded = load_catalog()
    name, rows = (
        ("inputs", assumption_rows(loaded)) if assumptions else ("items", item_rows(loaded))
    )
    if as_json:
        print_json({name: rows})
    else:
        print_rows(rows)


@catalog_app.command()
def show(
    item: Annotated[str, typer.Argument(help="An item of the catalogue, such as gbi.")],
    as_json: JsonOption = False,
) -> None:
    """Show one item: every value with range, unit and source.

    Example:
      umbo catalog show gbi
    """
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


@app.command()
def replicate(
    study: Annotated[
        str | None, typer.Argument(help="Only cases whose name begins so, such as aei.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Rerun published studies: published beside computed. Exit 1 when one is out.

    Examples:
      umbo replicate

      umbo replicate wilkening
    """
    from umbo.app.verdicts import print_verdicts, verdict_rows
    from umbo.study.replicate import replicate as rerun

    verdicts = rerun(study or "")
    if as_json:
        print_json({"replicate": verdict_rows(verdicts)})
    else:
        print_verdicts(verdicts)
    if any(verdict.verdict == "differs" for verdict in verdicts):
        raise typer.Exit(1)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it.")] = None,
) -> None:
    """Write the report of a run folder again.

    Example:
      umbo report runs/0123456789ab --out report.html
    """
    from umbo.app.runs import report_again

    typer.echo(str(report_again(folder, out or folder.with_name(f"{folder.name}.html"))))


@app.command()
def warmup() -> None:
    """Compile the models ahead of the first run.

    Example:
      umbo warmup
    """
    from umbo.study.load import load
    from umbo.study.run import run as answer

    answer(load("reference"), raids=["regional_single"], replications=64, draws=8)
    say("Compiled.")


def main() -> None:
    """Run the command line; an error that the person can act on is one message."""
    try:
        app(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UmboError as error:
        say(f"{type(error).__name__}: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("Interrupted; nothing was half-written.")
        sys.exit(130)
    except typer.Exit as done:
        sys.exit(done.exit_code)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
