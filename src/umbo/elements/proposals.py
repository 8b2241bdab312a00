"""What working groups propose for an architecture, and how proposals become one option."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import Field

from umbo.elements.architecture import (
    Architecture,
    ArchitectureSection,
    Change,
    Element,
    Fielding,
    FiscalYear,
    Path,
    Report,
    as_written,
    resolve_architectures,
)
from umbo.elements.catalog import Catalog
from umbo.elements.records import Dissent, Record
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.section import Name, Section, Standing

NOT_AS_WRITTEN: Final = "differs from what {} wrote of it, which came first"


class Proposal(Section):
    """What a working group would do to one architecture of the study, and why."""

    group: str = Field(min_length=3, max_length=200)
    """Who proposes it."""
    reason: str = Field(min_length=3)
    """Why."""
    like: Name
    """The architecture that it changes."""
    title: str = Field(default="", max_length=300)
    """One line on what it is."""
    as_of: FiscalYear | None = None
    """Fiscal year at which it fights; that of the architecture where left out."""
    add: list[Element] = Field(default_factory=list)
    """Elements added."""
    remove: list[Standing] = Field(default_factory=list)
    """Elements left out, by their ``use``."""
    change: list[Change] = Field(default_factory=list)
    """Elements changed in place."""
    dissent: list[Dissent] = Field(default_factory=list)
    """Who does not agree, and why."""
    source: str = ""
    """Where the proposal comes from; ``ours`` where we made it up."""


@dataclass(frozen=True)
class _Part:
    """What a proposal does to all elements of one name."""

    is_removed: bool = False
    changes: tuple[Change, ...] = ()
    adds: tuple[Element, ...] = ()


@dataclass(frozen=True)
class Merged:
    """One option made of several proposals."""

    section: ArchitectureSection
    """The option, as a study writes it, with its record."""
    conflicts: tuple[tuple[str, str, str], ...] = ()
    """Proposal, element, and the earlier proposal whose wording of it was taken."""


def parts_of(proposal: Proposal) -> dict[str, _Part]:
    """Sort what a proposal does by the element it does it to, in the order written."""
    names = [
        *proposal.remove,
        *(one.use for one in proposal.change),
        *(one.use for one in proposal.add),
    ]
    return {
        name: _Part(
            name in proposal.remove,
            tuple(one for one in proposal.change if one.use == name),
            tuple(one for one in proposal.add if one.use == name),
        )
        for name in dict.fromkeys(names)
    }


def merge_proposals(
    chosen: Mapping[str, Proposal], architectures: Mapping[str, ArchitectureSection]
) -> Merged:
    """Make one option of proposals that change the same architecture.

    Elements that one proposal alone touches are taken as it writes them. Where two touch the same
    element, the earlier one's wording stands and the record of the later says so; nothing is
    averaged. Everybody's dissent is kept.

    Args:
        chosen: Proposals by name, the one that prevails first.
        architectures: The study's architectures.

    Returns:
        The option, with who proposed what of it, why, and against whose dissent.

    Raises:
        StudyError: No proposal is given, or they change different architectures.
    """
    if not chosen:
        raise StudyError("no proposal is given; name at least one")
    bases = dict.fromkeys(one.like for one in chosen.values())
    if len(bases) > 1:
        each = ", ".join(f"{name} changes {one.like!r}" for name, one in chosen.items())
        raise StudyError(
            f"proposals that change different architectures cannot be merged: {each}; "
            "name those of one"
        )
    (base,) = bases
    taken: dict[str, tuple[str, _Part]] = {}
    records: list[Record] = []
    conflicts: list[tuple[str, str, str]] = []
    for name, proposal in chosen.items():
        left: dict[str, str] = {}
        for use, part in parts_of(proposal).items():
            first, earlier = taken.setdefault(use, (name, part))
            if earlier != part:
                left[use] = NOT_AS_WRITTEN.format(first)
                conflicts.append((name, use, first))
        records.append(
            Record(
                proposal=name,
                group=proposal.group,
                reason=proposal.reason,
                taken=[use for use in parts_of(proposal) if use not in left],
                left=left,
                dissent=list(proposal.dissent),
            )
        )
    parts = [(use, part) for use, (_, part) in taken.items()]
    years = [one.as_of or architectures[base].as_of for one in chosen.values()]
    section = ArchitectureSection(
        like=base,
        as_of=max((year for year in years if year is not None), default=None),
        title="; ".join(one.title or name for name, one in chosen.items()),
        remove=[use for use, part in parts if part.is_removed],
        change=[change for _, part in parts for change in part.changes],
        add=[element for _, part in parts for element in part.adds],
        record=records,
    )
    return Merged(section, tuple(conflicts))


def proposed(
    proposals: Mapping[str, Proposal],
    architectures: Mapping[str, ArchitectureSection],
    catalog: Catalog,
    *,
    dollars_of: int | None = None,
    report: Report,
    fielding: Fielding = as_written,
) -> dict[str, Architecture]:
    """Give what would stand if each proposal were taken alone, by its name.

    Args:
        proposals: By name, as a study writes them.
        architectures: The study's architectures, as written.
        catalog: The catalogue, with a view's numbers in place.
        dollars_of: Year of the dollars in which overrides are written.
        report: Told of each problem, at a path that begins with the proposal's name.
        fielding: Gives the year of each element in place of the one written.

    Returns:
        The architectures; proposals with a problem are left out.
    """
    found: dict[str, Architecture] = {}
    for name, proposal in proposals.items():
        if name in architectures:
            message = f"'{name}' is an architecture of the study; name the proposal otherwise"
            report((name,), StudyError(message))
            continue
        if proposal.like not in architectures:
            hint = suggest(proposal.like, architectures)
            message = f"no architecture is named '{proposal.like}'; {hint}"
            report((name, "like"), UnknownNameError(message))
            continue
        if not parts_of(proposal):
            message = "it changes nothing; write add, remove or change"
            report((name,), StudyError(message))
            continue

        def told(path: Path, error: StudyError, name: str = name) -> None:
            if path[0] == name:  # what is wrong with the architecture itself is told there
                report(path, error)

        section = merge_proposals({name: proposal}, architectures).section
        alone = {**_line(proposal.like, architectures), name: section}
        stands = resolve_architectures(
            alone, catalog, dollars_of=dollars_of, report=told, fielding=fielding
        )
        if name in stands:
            found[name] = stands[name]
    return found


def _line(
    name: str, architectures: Mapping[str, ArchitectureSection]
) -> dict[str, ArchitectureSection]:
    """Give an architecture and all that it is like, as far as they can be followed."""
    found: dict[str, ArchitectureSection] = {}
    following: str | None = name
    while following is not None and following in architectures and following not in found:
        found[following] = architectures[following]
        following = architectures[following].like
    return found


def changes_of(proposal: Proposal, now: Architecture) -> Sequence[str]:
    """Say in a few words what a proposal does to each element.

    Args:
        proposal: The proposal.
        now: What stands in the architecture that it changes.

    Returns:
        Such as ``add sm3_iia 48``, ``remove sbi`` or ``change ngi 20 to 60``, ids as written.
    """
    has: dict[str, int] = {}
    alike: dict[str, int] = {}
    for one in now.elements:
        has[one.use] = has.get(one.use, 0) + one.count
        alike[one.use] = alike.get(one.use, 0) + 1
        has[f"{one.use}#{alike[one.use]}"] = one.count
    told = []
    for use, part in parts_of(proposal).items():
        new = sum(_number(one) or 1 for one in part.adds)
        old = has.get(use, 0)
        if part.is_removed and new:
            told.append(f"replace {use} {old} by {new}")
        elif part.is_removed:
            told.append(f"remove {use} {old}")
        elif part.adds:
            told.append(f"add {use} {new}")
        for change in part.changes:
            number = _number(change)
            told.append(f"change {use}" + (f" {old} to {number}" if number else ""))
    return told


def _number(one: Element | Change) -> int | None:
    if one.constellation is not None:
        from umbo.elements.constellations import shells

        return sum(shell.count for shell in shells(one.constellation))
    return one.count
