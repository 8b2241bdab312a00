"""Working groups' proposals side by side, and the next study in which some are one option."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from umbo.appraisal.margins import shapley, shapley_by_orders
from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog
from umbo.elements.proposals import Merged, changes_of, merge_proposals
from umbo.elements.readings import Readings
from umbo.elements.records import Dissent
from umbo.elements.sourced import Value
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.study.cited import input_tables
from umbo.study.costing import Costing, cost_study
from umbo.study.load import catalog_of, read_study, resolve, resolve_proposals, resolved_yaml
from umbo.study.margins import EXACT_UP_TO, ORDERS, Stage, Tell, margin_tables, worth
from umbo.study.priorities import place_scores
from umbo.study.schema import Selected, Study

Row = dict[str, Any]

MEASURES: Final = ("leakage", "warheads", "share_protected")


def judged(
    study: Study,
    catalog: Catalog,
    raids: Sequence[str] = (),
    architectures: Sequence[str] = (),
    *,
    orders: int = ORDERS,
    weights: Mapping[str, float] | None = None,
    tell: Tell = lambda _share, _what: None,
) -> dict[str, list[Row]]:
    """Say what each element adds, and what each proposal does, with the inputs of both.

    Arguments as in ``margins.margin_tables``.

    Returns:
        Its tables, ``proposals``, ``records``, ``proposal_worth``, ``inputs`` and ``sources``.
    """
    viewed, standing = catalog_of(study, catalog), resolve(study, catalog)
    alone = resolve_proposals(study, catalog)
    worths: list[Row] = []
    used: dict[tuple[str, str], Value] = {}

    def also(stage: Stage) -> None:
        worths.extend(proposal_rows(study, catalog, standing, stage))
        used.update(stage.read.used)

    tables = margin_tables(
        study, catalog, raids, architectures, orders=orders, weights=weights, also=also, tell=tell
    )
    costing, scored = cost_study(study, catalog), Readings()
    place_scores(viewed, weights, scored)
    tables |= proposal_tables(study, standing, alone, costing)
    above = {row["proposal"]: row["above_usd"] for row in tables["proposals"]}
    tables["proposal_worth"] = [
        row | {"above_usd": usd, "warheads_per_busd": 1e9 / usd * row["warheads_adds"]}
        if (usd := above[row["proposal"]]) > 0.0
        else row | {"above_usd": usd, "warheads_per_busd": None}
        for row in worths
    ]
    used_by = {"battle": used, "cost": costing.model.used, "priorities": scored.used}
    named = [(value, name) for name, of in used_by.items() for _, value in sorted(of.items())]
    cited = [one.source for one in study.proposals.values()]
    return tables | input_tables(
        [*{(v.item, v.parameter): (v, name) for v, name in reversed(named)}.values()],
        {**standing, **alone},
        viewed,
        also_cited=cited,
    )


def proposal_tables(
    study: Study,
    standing: Mapping[str, Architecture],
    alone: Mapping[str, Architecture],
    costing: Costing,
) -> dict[str, list[Row]]:
    """Set the proposals of a study side by side, and tell the records of earlier ones.

    Args:
        study: The study.
        standing: Its architectures.
        alone: What stands if each proposal is taken alone, as ``resolve_proposals`` gives it.
        costing: What they cost.

    Returns:
        ``proposals`` (who, what, why, who does not agree, and the most likely cost above the
        architecture that it changes) and ``records`` (of options made of proposals).
    """
    base_usd = {name: sum(row.mode_usd for row in of.rows) for name, of in costing.costs.items()}
    rows = []
    for name, one in study.proposals.items():
        usd = _mode_usd(costing, alone[name]) - base_usd[one.like]
        rows.append(
            {
                "proposal": name,
                "group": one.group,
                "like": one.like,
                "title": one.title,
                "changes": "; ".join(changes_of(one, standing[one.like])),
                "reason": one.reason,
                "dissent": _told(one.dissent),
                "above_usd": usd,
                "dollars_of": study.dollars_of,
                "source": one.source,
            }
        )
    records = [
        {
            "architecture": name,
            "proposal": one.proposal,
            "group": one.group,
            "reason": one.reason,
            "taken": ", ".join(one.taken),
            "left": "; ".join(f"{use}: {why}" for use, why in one.left.items()),
            "dissent": _told(one.dissent),
        }
        for name, section in study.architectures.items()
        for one in section.record
    ]
    return {"proposals": rows, "records": records}


def _told(dissents: Sequence[Dissent]) -> str:
    return "; ".join(f"{one.group}: {one.reason.rstrip('.')}" for one in dissents)


def _mode_usd(costing: Costing, architecture: Architecture) -> float:
    cost = costing.model.of(architecture, costing.architectures[costing.baseline])
    return sum(row.mode_usd for row in cost.rows)


def proposal_rows(
    study: Study, catalog: Catalog, standing: Mapping[str, Architecture], stage: Stage
) -> list[Row]:
    """Fight each proposal against one raid: alone, and by its Shapley value among all of one base.

    Proposals of one architecture are the players; what several are worth together is the option
    that ``merge_proposals`` makes of them in the order of the study, so that where two touch one
    element the earlier prevails.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        standing: Its architectures.
        stage: The raid.

    Returns:
        A row for each proposal: what it adds alone, and on average over all orders.
    """
    rows: list[Row] = []
    for base in dict.fromkeys(one.like for one in study.proposals.values()):
        names = [name for name, one in study.proposals.items() if one.like == base]
        ends: dict[frozenset[int], np.ndarray[Any, Any]] = {}

        def of(
            members: frozenset[int], base: str = base, names: list[str] = names, ends: Any = ends
        ) -> Any:
            if members not in ends:
                architecture = standing[base]
                if members:
                    architecture = together(study, catalog, [names[i] for i in sorted(members)])
                stopped = worth(architecture, stage)
                ends[members] = np.array([-stopped.leakage, -stopped.leakers, stopped.protected])
            return ends[members]

        shares = (
            shapley(len(names), of)
            if len(names) <= EXACT_UP_TO
            else shapley_by_orders(len(names), of, orders=ORDERS, seed=stage.seed)
        )
        now, everything = of(frozenset()), of(frozenset(range(len(names))))
        for i, name in enumerate(names):
            then = of(frozenset({i}))
            rows.append(
                {
                    "proposal": name,
                    "raid": stage.plan.name,
                    "like": base,
                    "leakage_now": -float(now[0]),
                    "leakage_then": -float(then[0]),
                    "leakage_all": -float(everything[0]),
                    **{f"{m}_adds": float(then[k] - now[k]) for k, m in enumerate(MEASURES)},
                    **{f"{m}_shapley": float(shares.value[i, k]) for k, m in enumerate(MEASURES)},
                    "orders": shares.orders,
                }
            )
    return rows


def together(study: Study, catalog: Catalog, names: Sequence[str]) -> Architecture:
    """Give what stands if some proposals are merged, those written first prevailing."""
    chosen = {name: study.proposals[name] for name in names}
    merged = merge_proposals(chosen, study.architectures).section
    label = " + ".join(names)
    architectures = {**study.architectures, label: merged}
    return resolve(study.model_copy(update={"architectures": architectures}), catalog)[label]


def next_study(
    study: Study, catalog: Catalog, proposals: Sequence[str], into: str, *, reason: str = ""
) -> tuple[str, Study, Merged]:
    """Write the next study: one option made of some proposals, with its record.

    The proposals taken leave the list, for the option's record holds them; the others stay.

    Args:
        study: The study.
        catalog: The catalogue, without the study's view.
        proposals: Names of proposals, the one that prevails first.
        into: Name of the new architecture.
        reason: Why the option is selected, if it is to be.

    Returns:
        The text of the study file, the study, and the option.

    Raises:
        UnknownNameError: There is no such proposal.
        StudyError: The name is taken, or the proposals do not go together.
    """
    for name in proposals:
        if name not in study.proposals:
            hint = suggest(name, study.proposals) if study.proposals else "the study has none"
            raise UnknownNameError(f"no proposal is named {name!r}; {hint}")
    if into in study.architectures or into in study.proposals:
        raise StudyError(f"--into: '{into}' is a name of the study already; give another")
    merged = merge_proposals(
        {name: study.proposals[name] for name in proposals}, study.architectures
    )
    left = {name: one for name, one in study.proposals.items() if name not in proposals}
    changes: dict[str, Any] = {
        "architectures": {**study.architectures, into: merged.section},
        "proposals": left,
    }
    if reason:
        # Checked with all else as the text is read again.
        changes["selected"] = Selected.model_construct(architecture=into, reason=reason)
    made = study.model_copy(update=changes)
    text = "# The next study: " + ", ".join(proposals) + f" merged into {into} by umbo merge.\n"
    text += resolved_yaml(made, defaults=False)
    return text, read_study(text, "the merged study", catalog), merged
