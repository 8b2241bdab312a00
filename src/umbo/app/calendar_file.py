"""A plan as an iCalendar file (RFC 5545), for any calendar program."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

LINE_OCTETS: Final = 75
"""Longest line, its end not counted (RFC 5545, section 3.1)."""


def calendar_text(tables: Tables) -> str:
    """Write a plan's due dates, decisions and the end of its clock as all-day events.

    The same plan gives the same file, stamped with the day on which it was reported or begins,
    and an event keeps its name when its date moves. A due date with a range covers all its days;
    a task without one stands on the day on which it is expected to end.

    Args:
        tables: ``plan`` and ``plan_about``, as ``plan_tables`` gives them.

    Returns:
        The file's text, lines ended and folded as the standard says.
    """
    about = tables["plan_about"][0]
    stamp = _day(_first_day(about["reported"]) or about["start"])
    calendar = hashlib.sha256(about["title"].encode()).hexdigest()[:12]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Umbo//Action plan//EN",
        "CALSCALE:GREGORIAN",
        _text("X-WR-CALNAME", about["title"]),
    ]
    for row in tables["plan"]:
        first = row["due_low"] or row["early_finish"]
        last = row["due_high"] or row["early_finish"]
        what = "due" if row["due"] else "expected"
        named = f"{row['label']} {row['title']}".strip()
        lines += _event(
            row["task"],
            calendar,
            stamp,
            (date.fromisoformat(first), date.fromisoformat(last)),
            f"{named} ({what})",
            _told(row, about),
            row["phase"],
        )
    if about["clock_ends"]:
        ends = date.fromisoformat(about["clock_ends"])
        told = f"{about['clock_days']} days from {about['start']}. {about['clock']}".strip()
        lines += _event("clock-ends", calendar, stamp, (ends, ends), "The clock ends", told, None)
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def fold(line: str) -> str:
    r"""Fold a line to at most 75 octets, never inside a character (RFC 5545, section 3.1).

    Example:
        >>> [len(part.encode()) for part in fold("x" * 160).split("\r\n")]
        [75, 75, 12]
    """
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LINE_OCTETS:
            parts.append(part)
            part = b" "
        part += octets
    return "\r\n".join(one.decode() for one in [*parts, part])


def _event(
    name: str,
    calendar: str,
    stamp: str,
    days: tuple[date, date],
    title: str,
    told: str,
    phase: int | None,
) -> list[str]:
    first, last = days
    lines = [
        "BEGIN:VEVENT",
        f"UID:{name.replace('_', '-')}@{calendar}.umbo.invalid",
        f"DTSTAMP:{stamp}T000000Z",
        f"DTSTART;VALUE=DATE:{first.strftime('%Y%m%d')}",
        f"DTEND;VALUE=DATE:{(last + timedelta(days=1)).strftime('%Y%m%d')}",
        _text("SUMMARY", title),
        _text("DESCRIPTION", told),
        "TRANSP:TRANSPARENT",
    ]
    if phase is not None:
        lines.append(_text("CATEGORIES", f"Phase {phase}"))
    return [*lines, "END:VEVENT"]


def _told(row: Row, about: Row) -> str:
    parts = [
        about["status"],
        f"Lead: {row['lead_name'] or 'not reported'}",
        f"Deliverable: {row['deliverable']}" if row["deliverable"] else "",
        f"Status on {about['as_of']}: {row['state']}",
        "The due date is assumed." if row["due_is"] == "assumed" else "",
        row["note"],
        f"Source: {row['source']}" if row["source"] else "",
    ]
    return "\n".join(part for part in parts if part)


def _first_day(reported: str) -> str:
    return f"{reported}-01" if len(reported) == 7 else reported[:10]


def _day(iso: str) -> str:
    return iso.replace("-", "")


def _text(name: str, value: str) -> str:
    """Write a property of text, with what has a meaning of its own escaped (section 3.3.11)."""
    plain = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return f"{name}:{plain.replace(chr(13), '').replace(chr(10), chr(92) + 'n')}"
