"""What the sections on comparison, proposals, siting and allies ask for."""

from functools import cached_property
from typing import Any, Final

from markupsafe import Markup, escape

from umbo.app import figures, maps, side_by_side, wording
from umbo.app.ledger import Ledger

Row = dict[str, Any]

NATIONS_NAMED: Final = figures.SERIES_COLORS - 1
"""Nations with a colour of their own in a chart; the others share one."""


class JudgementSection:
    """Charts and words of what elements, sites, nations and architectures are worth."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def nearest_flips(self) -> list[int]:
        """List what flips the score, the nearest first."""
        return side_by_side.nearest_flips(self.ledger.tables["flips"])

    def flip_what(self, row: Row) -> Markup:
        """Name what flips an order, an input as a link."""
        if row["kind"] == "assumption":
            return self.ledger.input_link(row["item"], row["parameter"], row["first"])
        return escape(side_by_side.what(row))

    def flip_value(self, row: int, column: str) -> Markup:
        """Write the value at which an order flips, as a link to its cell."""
        text = side_by_side.value(self.ledger.at("flips", row), column)
        address = self.ledger.address("flips", row, column)
        return Markup('<a class="n" href="{}">{}</a>').format(address, text)

    def change(self, told: str) -> str:
        """Write in words what a proposal does to an element."""
        what, use, *rest = told.split(" ")
        return " ".join([what, wording.words(use), *rest])

    @cached_property
    def siting_map(self) -> Markup:
        """Draw the sites that were chosen."""
        return Markup(maps.siting_map(self.ledger.tables["siting_sites"], "Sites chosen"))

    def siting_chart(self) -> Markup:
        """Draw what more sites cover and more rounds protect, exactly and greedily."""
        drawn = []
        for table, by, share, title in (
            ("siting", "sites", "share_covered", "Covered by sites"),
            ("siting_rounds", "rounds", "share_protected", "Protected by rounds"),
        ):
            groups = [
                (
                    f"{number} {by}" if number != 1 else f"1 {by.removesuffix('s')}",
                    [
                        self._choice(table, i, share)
                        for i in self.ledger.rows(table, **{by: number})
                    ],
                )
                for number in dict.fromkeys(row[by] for row in self.ledger.tables[table])
            ]
            drawn.append(figures.intervals(groups, title, wording.percent, 1.0))
        figure = Markup(
            "<figure>{}<figcaption>{}. Square: exact. Diamond: greedy.</figcaption></figure>"
        )
        told = ("Share of the score covered", "Share of the score protected")
        made = (figure.format(Markup(one), text) for one, text in zip(drawn, told, strict=True))
        return Markup('<div class="pair">{}{}</div>').format(*made)

    def _choice(self, table: str, row: int, share: str) -> figures.Mark:
        of = self.ledger.at(table, row)
        color = 1 + (of["method"] == "greedy")
        text, href = wording.percent(of[share]), self.ledger.address(table, row, share)
        return figures.Mark(of["method"], color, of[share], text, href=href)

    @cached_property
    def nations(self) -> list[str]:
        """List the nations that stop anything, those that stop most first."""
        sums: dict[str, float] = {}
        for row in self.ledger.tables["coalition"]:
            sums[row["nation"]] = sums.get(row["nation"], 0.0) + row["leakage_adds"]
        return sorted((n for n, adds in sums.items() if adds > 1e-3), key=lambda n: -sums[n])

    def nation_style(self, nation: str) -> str:
        """Give a nation its colour; those that stop least share the last."""
        return f"s{min(self.nations.index(nation), NATIONS_NAMED)}"

    def nation_keys(self) -> list[tuple[str, str]]:
        """List a nation of each colour, and whoever shares it."""
        named, rest = self.nations[:NATIONS_NAMED], self.nations[NATIONS_NAMED:]
        keys = [(nation, nation) for nation in named]
        return [*keys, (rest[0], ", ".join(rest))] if rest else keys

    def nations_chart(self, architecture: str) -> Markup:
        """Draw whose elements stop what share of each raid."""
        rows = []
        for raid in dict.fromkeys(row["raid"] for row in self.ledger.tables["coalition"]):
            parts = [
                figures.Segment(
                    nation,
                    self.nation_style(nation),
                    adds,
                    wording.percent(adds),
                    self.ledger.address("coalition", i, "leakage_adds"),
                )
                for nation in self.nations
                for i in self.ledger.rows(
                    "coalition", architecture=architecture, raid=raid, nation=nation
                )
                if (adds := self.ledger.at("coalition", i)["leakage_adds"]) > 0.0
            ]
            rows.append(figures.Bar(wording.words(raid), tuple(parts)))
        title = f"What each nation stops of each raid, {wording.words(architecture)}"
        return Markup(figures.bars(rows, title, wording.percent))
