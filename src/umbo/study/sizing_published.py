"""Published numbers of interceptors in orbit, beside ours."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from umbo.appraisal.sizing import constellation_count
from umbo.elements.readings import Readings
from umbo.engagement.coverage import equal_area_absentee_ratio
from umbo.physics.reach import fly_out_range, footprint_radius
from umbo.study.replicate import replicate
from umbo.study.sizing_posed import Posed, likes

Row = dict[str, Any]


def published_rows(
    name: str, given: Mapping[str, Any] | None, varied: Sequence[Row], posed: Posed
) -> list[Row]:
    """Hold published numbers beside ours, with the span of ours over single assumptions.

    Args:
        name: Of the published number, or nothing.
        given: The published number; none where only those that are always shown are wanted.
        varied: Missiles engaged at once as asked, and with one assumption moved at a time.
        posed: The question.

    Returns:
        A row a published number, of kind ``counted`` (ours: missiles that so many engage at once
        on the orbits told of), ``formula`` (ours: interceptors, by the study's own formula) or
        ``beside``; only those that are gated are judged.
    """
    rows: list[Row] = []
    if given is not None:
        for satellites in given["satellites"]:
            low, high = given["missiles"]
            ours = _ours(satellites, varied)
            rows.append(
                {
                    "kind": "counted",
                    "study": given["title"],
                    "source": given["source"],
                    "satellites": satellites,
                    "missiles_low": low,
                    "missiles_high": high,
                    **ours,
                    "bracketed": ours["ours_low"] <= high and ours["ours_high"] >= low,
                    "gated": True,
                }
            )
    if name == "aei":
        for verdict in (*replicate("aei-count"), *replicate("aei-latitude")):
            rows.append(
                {
                    "kind": "formula",
                    "study": verdict.title,
                    "source": verdict.source,
                    "satellites": verdict.published,
                    "missiles_low": int(verdict.quantity.rpartition("_")[2]),
                    "missiles_high": int(verdict.quantity.rpartition("_")[2]),
                    "ours": verdict.computed,
                    "bracketed": verdict.verdict in {"agrees", "by construction"},
                    "gated": True,
                }
            )
        if name == "aei" and (number := _by_formula(posed)) is not None:
            rows.append(
                {
                    "kind": "formula",
                    "study": "Its formula with the values and missiles asked for here",
                    "source": "aei_calculator",
                    "missiles_low": posed.question.raid,
                    "missiles_high": posed.question.raid,
                    "ours": float(number),
                    "gated": False,
                }
            )
    for one in likes()["beside"]:
        rows.append(
            {
                "kind": "beside",
                "study": one["title"],
                "source": one["source"],
                "satellites": one["satellites"],
                "missiles_low": one["missiles"],
                "missiles_high": one["missiles"],
                **_ours(one["satellites"], varied),
                "gated": False,
            }
        )
    return rows


def _by_formula(posed: Posed) -> int | None:
    """Count by AEI's formula what is asked for, anywhere on Earth; none where none is in reach."""
    interceptor, question = posed.interceptor(Readings()), posed.question
    fly_s = float(np.mean(np.concatenate(posed.deadline_s))) - interceptor.commit_s
    altitude_m = question.altitude_m or posed.value("altitude")
    reach_m = float(
        fly_out_range(fly_s, interceptor.delta_v_m_per_s, interceptor.acceleration_m_per_s2)
    )
    footprint = float(footprint_radius(reach_m, altitude_m - interceptor.min_altitude_m))
    ratio = float(equal_area_absentee_ratio(footprint, interceptor.min_altitude_m))
    if not 1.0 <= ratio < np.inf:
        return None
    return constellation_count(ratio, engaged_at_once=question.raid, shots=posed.shots)


def _ours(satellites: int, varied: Sequence[Row]) -> Row:
    """Give missiles that so many engage, with the span over inputs, in proportion to those told."""
    share = satellites / varied[0]["satellites"]
    engaged = [row["engaged_mean"] * share for row in varied if row["is_input"]]
    return {"ours": engaged[0], "ours_low": min(engaged), "ours_high": max(engaged)}
