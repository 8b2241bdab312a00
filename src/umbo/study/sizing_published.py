"""Published numbers of interceptors in orbit, beside ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from umbo.study.replicate import replicate
from umbo.study.sizing_posed import likes

Row = dict[str, Any]


def published_rows(name: str, given: Mapping[str, Any] | None, varied: Sequence[Row]) -> list[Row]:
    """Hold published numbers beside ours, with the span of ours over single assumptions.

    Args:
        name: Of the published number, or nothing.
        given: The published number; none where only those that are always shown are wanted.
        varied: Missiles engaged at once as asked, and with one assumption moved at a time.

    Returns:
        A row a published number; only those that are gated are judged.
    """
    rows: list[Row] = []
    if given is not None:
        for satellites in given["satellites"]:
            share = satellites / varied[0]["satellites"]
            engaged = [row["engaged_mean"] * share for row in varied]
            low, high = given["missiles"]
            rows.append(
                {
                    "study": given["title"],
                    "source": given["source"],
                    "satellites": satellites,
                    "missiles_low": low,
                    "missiles_high": high,
                    "ours": engaged[0],
                    "ours_low": min(engaged),
                    "ours_high": max(engaged),
                    "bracketed": min(engaged) <= high and max(engaged) >= low,
                    "gated": True,
                }
            )
    if name == "aei":
        for verdict in (*replicate("aei-count"), *replicate("aei-latitude")):
            rows.append(
                {
                    "study": f"{verdict.title}: {verdict.quantity}",
                    "source": verdict.source,
                    "satellites": verdict.published,
                    "ours": verdict.computed,
                    "bracketed": verdict.verdict in {"agrees", "by construction"},
                    "gated": True,
                }
            )
    for one in likes()["beside"]:
        rows.append(
            {
                "study": one["title"],
                "source": one["source"],
                "satellites": one["satellites"],
                "missiles_low": one["missiles"],
                "missiles_high": one["missiles"],
                "gated": False,
            }
        )
    return rows
