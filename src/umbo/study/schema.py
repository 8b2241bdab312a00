"""What a study asks: the sections of all floors put together."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, PrivateAttr, StringConstraints
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from umbo.appraisal.sizing_question import Question
from umbo.elements.architecture import ArchitectureSection, FiscalYear
from umbo.elements.places import PlaceSection
from umbo.elements.proposals import Proposal
from umbo.engagement.raid import Launch
from umbo.engagement.strikes import Strike
from umbo.section import Name, Section
from umbo.study.problems import Origin


class Horizon(Section):
    """The years over which cost is counted."""

    from_: FiscalYear = "FY2026"
    """First fiscal year."""
    years: int = Field(default=20, ge=1, le=60)
    """Number of fiscal years."""


class Selected(Section):
    """The architecture chosen, for which the budget is planned."""

    architecture: Name
    """One of the study's architectures."""
    reason: str = Field(min_length=3)
    """Why this one."""


class Study(Section):
    """One question, with its raids and architectures."""

    umbo: Literal[1]
    """Version of this grammar."""
    title: str = Field(min_length=1, max_length=300)
    """One line on what the study is."""
    question: str = ""
    """What the study asks, in a sentence."""
    seed: int = Field(default=20250128, ge=0, lt=2**63)
    """Where all luck starts; the same seed gives the same numbers."""
    replications: int = Field(default=2000, ge=1, le=10_000_000)
    """How often each raid is fought."""
    timeline: float = Field(default=0.5, ge=0.0, le=1.0)
    """Quantile of leakers, 0 to 1, of the replication whose events are told; the median where
    left out."""
    phases: int = Field(default=128, ge=64, le=4096)
    """Constellation phases at which windows are computed."""
    dollars_of: int = Field(default=2026, ge=1990, le=2100)
    """Year of the dollars in which every cost is told."""
    horizon: Horizon = Horizon()
    """Years over which cost is counted."""
    epoch: Annotated[str, StringConstraints(pattern=r"^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\dZ$")] = (
        "2036-01-01T00:00Z"
    )
    """Time at which orbits start; fixed, so that runs repeat."""
    authorities: Literal["listed", "gate"] = "listed"
    """Whether the register of authorities is only told, or moves the years in which elements are
    in service; a study's years are then the earliest."""
    fielding: Literal["scheduled", "written"] = "scheduled"
    """Whether an architecture with ``as_of`` fights with what the schedule has fielded by then, or
    with what the study's own years and rates say stands."""
    top_line: str = ""
    """Money a year to which the budget of the selected architecture is fitted: an amount with the
    year of its dollars, such as ``25 busd of 2026``, or the name of one, such as ``claim_185``."""
    perfect: bool = False
    """Whether sensors know every missile from launch on, and hand it over for certain; command and
    release still take their time. A limit to compare with, not a shield that could stand."""
    view: Name | None = None
    """A published study's numbers in place of the catalogue's, such as ``cbo2026``."""
    selected: Selected | None = None
    """The architecture chosen, with the reason."""
    places: dict[Name, PlaceSection] = Field(default_factory=dict)
    """Places of the study's own, by name, beside those of the catalogue."""
    raids: dict[Name, Annotated[list[Launch], Field(min_length=1)]] = Field(min_length=1)
    """Raids by name, each a list of launches."""
    strikes_first: dict[Name, Annotated[list[Strike], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """What a raid takes of the shield before the rest of it comes, by raid: shares of radars,
    ground stations, sites or satellites that are lost once the strike arrives."""
    fight: list[Name] = Field(default_factory=list)
    """The raids that are fought unless others are asked for; all of them where left out."""
    sizing: Question | None = None
    """What a constellation of interceptors is sized for by ``umbo size``; the first missile that
    the study fights where left out."""
    architectures: dict[Name, ArchitectureSection] = Field(min_length=1)
    """Architectures by name."""
    proposals: dict[Name, Proposal] = Field(default_factory=dict)
    """What working groups propose, by name: each a difference from one of the architectures."""

    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def origin(self) -> Origin:
        """Say where each part stands in the file."""
        return self._origin

    @property
    def fought(self) -> list[str]:
        """List the raids that are fought unless others are asked for, in the order of the file."""
        return [name for name in self.raids if name in self.fight or not self.fight]

    def with_origin(self, origin: Origin) -> "Study":
        """Give the same study, knowing where it stands in its file."""
        study = self.model_copy()
        study._origin = origin
        return study


class _AsWritten(GenerateJsonSchema):
    """Describe what a person writes: a quantity is text with its unit."""

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        del schema
        return {"type": "string", "pattern": r"^\s*[-+]?[0-9][0-9_.eE+-]*\s*[A-Za-z%].*$"}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leave the default of a plain number a number."""
        described = super().default_schema(schema)
        if described.get("type") == "number":
            described["default"] = schema["default"]
        return described

    def encode_default(self, dft: Any) -> Any:
        """Give a default as text where it is a quantity; all of those are zero."""
        return "0 s" if isinstance(dft, float) and dft == 0.0 else super().encode_default(dft)


_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema of a study file, by which editors complete and check it."""
    schema = Study.model_json_schema(by_alias=True, schema_generator=_AsWritten)
    return {"$schema": _DIALECT, **schema}
