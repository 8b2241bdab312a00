"""Command of an architecture: what may cut it, and which layers then fire on their own."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import field_validator

from umbo.elements.overrides import checked_share, read_range
from umbo.elements.sourced import Value
from umbo.section import Section

COMMAND: Final = "c2bmc"
"""The item of command and battle management."""
CUT: Final = "cut_probability"
"""Its value for the chance that command is cut for a whole raid."""
Layer = Literal["boost", "ascent", "midcourse", "glide", "cruise", "terminal"]
Serve = Literal["by_arrival", "by_weight"]
"""Whose objects get rounds first."""
ALONE: Final[tuple[Layer, ...]] = ("cruise", "terminal")
"""Layers that fire on their own unless a study says otherwise: those near the ground, whose radar
stands beside them (an assumption)."""


class CommandSection(Section):
    """How an architecture is commanded where the network is lost."""

    cut: str = ""
    """Chance that command is cut for a whole raid, such as ``0.1 (0 to 0.3)``; never where left
    out, unless the raid strikes it or outages are drawn."""
    autonomous: list[Layer] | None = None
    """Layers that fire on radars of their own while command is cut; ``cruise`` and ``terminal``
    where left out, none for ``[]``."""
    serve: Serve = "by_arrival"
    """``by_weight``: where rounds run short, what is aimed at the places of most weight (persons
    of a city) is served first, whenever it comes (preferential defense)."""
    note: str = ""
    """Where the chance comes from; ours where nothing is said."""

    @field_validator("cut")
    @classmethod
    def _is_a_share(cls, text: str) -> str:
        return checked_share(text, "a chance that command is cut")


@dataclass(frozen=True, slots=True)
class Command:
    """The command of an architecture, read."""

    cut: Value | None = None
    autonomous: tuple[Layer, ...] = ALONE
    serve: Serve = "by_arrival"


def command_of(section: CommandSection | None) -> Command:
    """Read how an architecture is commanded."""
    if section is None:
        return Command()
    cut = None
    if section.cut:
        low, mode, high = read_range(section.cut, "1")
        note = section.note or "of the study's architecture"
        cut = Value(COMMAND, CUT, low, mode, high, "1", "study", note=note)
    alone = ALONE if section.autonomous is None else tuple(section.autonomous)
    return Command(cut, alone, section.serve)


def of_command(command: Command, outages: str) -> str:
    """Say what is out of work at times, and who then fires; empty where nothing is."""
    parts = []
    if command.cut is not None:
        parts.append(f"command is cut with a chance of {command.cut.mode:g}")
    if outages == "drawn":
        parts.append("sites, radars and command are out as often as their availability says")
    if not parts:
        return ""
    alone = " and ".join(command.autonomous) or "none"
    return f"{'; '.join(parts)}; layers that then fire on radars of their own: {alone}"
