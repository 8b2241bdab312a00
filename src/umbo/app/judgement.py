"""What `umbo priorities`, `margins`, `siting` and `allies` do: gather, print, write pages."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from umbo.errors import UnknownNameError, suggest
from umbo.study.schema import Study

Row = dict[str, Any]
Print = Callable[[dict[str, list[Row]]], None]
Tell = Callable[[float, str], None]
Show = Callable[[Print | None], None]
"""Prints the answer: by what is given, or for a person."""


def show_priorities(
    where: str, weights: str, raids: Sequence[str], out: Path | None, tell: Tell
) -> Show:
    """Rank a study's locations and find what is protected; gives what prints it."""
    from umbo.app.costing import refuse_suffix
    from umbo.app.pages import write_page
    from umbo.app.priorities import answer, print_priorities
    from umbo.elements.catalog import load_catalog
    from umbo.study.cited import input_tables
    from umbo.study.load import catalog_of, load, resolve
    from umbo.study.priorities import priority_tables, protection_tables, read_weights

    if out is not None:
        refuse_suffix(out)
    study, catalog = load(where), load_catalog()
    refuse_unknown(raids, study)
    tables, used = priority_tables(study, catalog, weights=read_weights(weights))
    tables |= protection_tables(study, catalog, tables["priorities"], raids, tell=tell)
    tables |= input_tables(
        [(value, "priorities") for value in used.values()],
        resolve(study, catalog),
        catalog_of(study, catalog),
        also_cited=[row["source"] for row in tables["priorities"]],
    )
    if out is not None:
        write_page(out, tables, study, "priorities_page.html", answer(tables), retargeted=True)
    return lambda by: by(tables) if by else print_priorities(tables)


def show_margins(
    where: str,
    raids: Sequence[str],
    architectures: Sequence[str],
    orders: int,
    weights: str,
    out: Path | None,
    tell: Tell,
) -> Show:
    """Find what each element of a study adds, and each proposal; gives what prints it."""
    from umbo.app.costing import refuse_suffix
    from umbo.app.margins import answer, print_margins
    from umbo.app.pages import write_page
    from umbo.elements.catalog import load_catalog
    from umbo.study.load import load
    from umbo.study.priorities import read_weights
    from umbo.study.proposals import judged

    if out is not None:
        refuse_suffix(out)
    study, catalog = load(where), load_catalog()
    refuse_unknown(raids, study, architectures)
    given = read_weights(weights)
    tables = judged(study, catalog, raids, architectures, orders=orders, weights=given, tell=tell)
    if out is not None:
        write_page(out, tables, study, "margins_page.html", answer(tables))
    return lambda by: by(tables) if by else print_margins(tables)


def show_comparison(folder: Path, weights: str, out: Path | None) -> Show:
    """Compare the architectures of a run folder under some weights; gives what prints it.

    Raises:
        RunError: The folder is missing or damaged.
        StudyError: A weight is of no measure, or no number.
    """
    from umbo.app.costing import refuse_suffix
    from umbo.app.pages import write_page
    from umbo.app.side_by_side import answer, print_comparison
    from umbo.study.comparison import comparison_tables
    from umbo.study.load import read_study
    from umbo.study.measures import MEASURES
    from umbo.study.priorities import read_weights
    from umbo.study.store import read_run

    if out is not None:
        refuse_suffix(out)
    given = read_weights(weights, list(MEASURES))
    run = read_run(folder)
    study = read_study(run.study_yaml, str(folder / "study.yaml"))
    tables = comparison_tables(run.tables, seed=study.seed, weights=given)
    # Inputs flip the score under the weights of the run alone; leakage, whatever they are.
    drawn = [row for row in run.tables.get("flips", ()) if row["kind"] == "assumption"]
    tables["flips"] += [row for row in drawn if row["by"] == "leakage" or not given]
    if out is not None:
        kept = ("leakage", "cost_total", "protection", "orders", "inputs", "sources")
        shown = tables | {name: run.tables[name] for name in kept if name in run.tables}
        write_page(out, shown, study, "comparison_page.html", answer(tables))
    return lambda by: by(tables) if by else print_comparison(tables)


def merge(where: str, proposals: Sequence[str], into: str, select: str, out: Path) -> list[str]:
    """Write the next study, with some proposals as one option; gives what to say of it."""
    from umbo.elements.catalog import load_catalog
    from umbo.errors import StudyError
    from umbo.study.load import load
    from umbo.study.proposals import next_study
    from umbo.study.template import write_new

    if out.suffix not in {".yaml", ".yml"}:
        raise StudyError(f"{out}: a study file ends in .yaml; give such a name")
    study, catalog = load(where), load_catalog()
    text, made, merged = next_study(study, catalog, proposals, into, reason=select)
    write_new(out, text)
    said = [
        f"{one.proposal} ({one.group}): {', '.join(one.taken) or 'nothing'} taken"
        + "".join(f"; {use} left, for it {why}" for use, why in one.left.items())
        for one in merged.section.record
    ]
    if made.proposals:
        said.append(f"Not merged, and still proposed: {', '.join(made.proposals)}")
    return said


def show_allies(
    where: str,
    raids: Sequence[str],
    architectures: Sequence[str],
    weights: str,
    out: Path | None,
    tell: Tell,
) -> Show:
    """Find what each nation of a study adds, gains and pays; gives what prints it."""
    from umbo.app.allies import answer, print_allies
    from umbo.app.costing import refuse_suffix
    from umbo.app.pages import write_page
    from umbo.elements.catalog import load_catalog
    from umbo.study.allies import allied_tables
    from umbo.study.load import load
    from umbo.study.priorities import read_weights

    if out is not None:
        refuse_suffix(out)
    given = read_weights(weights)
    study, catalog = load(where), load_catalog()
    refuse_unknown(raids, study, architectures)
    tables = allied_tables(study, catalog, raids, architectures, weights=given, tell=tell)
    if out is not None:
        write_page(out, tables, study, "allies_page.html", answer(tables))
    return lambda by: by(tables) if by else print_allies(tables)


def show_siting(
    where: str,
    weapon: str,
    raid: str,
    architecture: str,
    sites: int | None,
    out: Path | None,
    *,
    weights: str = "",
    **shots: Any,
) -> Show:
    """Choose the sites of an interceptor and its rounds; gives what prints them."""
    from umbo.app.costing import refuse_suffix
    from umbo.app.pages import write_page
    from umbo.app.siting import answer, print_siting
    from umbo.elements.catalog import load_catalog
    from umbo.study.load import load
    from umbo.study.priorities import read_weights
    from umbo.study.siting import MOST_SITES, SITED, siting_tables

    if out is not None:
        refuse_suffix(out)
    study, catalog = load(where), load_catalog()
    raid, architecture = raid or study.fought[0], architecture or list(study.architectures)[-1]
    refuse_unknown([raid], study, [architecture])
    given = read_weights(weights)
    tables = siting_tables(
        study,
        catalog,
        weapon or SITED,
        raid,
        architecture,
        sites or MOST_SITES,
        weights=given,
        **shots,
    )
    if out is not None:
        write_page(out, tables, study, "siting_page.html", answer(tables))
    return lambda by: by(tables) if by else print_siting(tables)


def refuse_unknown(raids: Sequence[str], study: Study, architectures: Sequence[str] = ()) -> None:
    """Refuse raids and architectures that the study does not have.

    Raises:
        UnknownNameError: There is one.
    """
    for name in architectures:
        if name not in study.architectures:
            raise UnknownNameError(
                f"no architecture is named {name!r}; {suggest(name, study.architectures)}"
            )
    for name in raids:
        if name not in study.raids:
            raise UnknownNameError(
                f"raid {name!r} is not in the study; {suggest(name, study.raids)}"
            )
