"""How a number reads: money, shares, lengths and times with few, honest digits."""

import math
import re
from numbers import Real
from typing import Any

NOT_COMPUTED = "not computed"

_INITIALS = (
    "AEI AMTI BMD C2BMC CBO CONUS E-3 E-7 FOBS GBI GEO GPI HBTSS HEL HGV HPM ICBM IIA IRBM LACM "
    "LRDR MRBM MSE NASAMS NGI NGOPIR OPIR OTHR PAC-3 RCS RV SBI SBIRS SBX SDN SLBM SM-3 SM-6 SPY-1 "
    "SRBM THAAD TPY-2 UEWR UHF US"
)
_SPELLING = {word.replace("-", "").lower(): word for word in _INITIALS.split()}
_SPELLING |= {
    "cn": "China",
    "nk": "North Korea",
    "ru": "Russia",
    "iran": "Iran",
    "siberia": "Siberia",
    "atlantic": "Atlantic",
    "pacific": "Pacific",
    "dane": "Dane",
    "om": "operation and maintenance",
    "rdte": "research and development",
    "milcon": "military construction",
    "milpers": "military personnel",
    "cbo2026": "CBO 2026",
    "cbo2025": "CBO 2025",
}
_PARAMETERS = {
    "p_kill": "kill probability",
    "p_kill_ballistic": "kill probability against warheads",
    "p_kill_glide": "kill probability against gliders",
    "p_kill_cruise": "kill probability against cruise missiles",
    "p_dw": "chance that a decoy is taken for a warhead",
    "p_ww": "chance that a warhead is taken for a warhead",
    "p_track_midcourse": "chance of a firm track in midcourse",
    "p_track_terminal": "chance of a firm track in the terminal phase",
    "p_track_glide": "chance of a firm track of a glider",
    "p_track_cruise": "chance of a firm track of a cruise missile",
    "common_fault_probability": "chance of a fault common to all shots",
}
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth")
_WRITTEN = {"w": "W", "w/sr": "W/sr", "k": "K", "hz": "Hz", "year": "years", "per_year": "a year"}
_SHARES = (
    "custody",
    "leakage",
    "p_",
    "fully_engaged",
    "swing",
    "share",
    "weather_share",
    "chance",
    "probability",
    "planes_lost",
    "satellites_lost",
)


def is_number(value: Any) -> bool:
    """Say whether a cell holds a finite number (a truth value is none)."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def number(value: float, digits: int = 3) -> str:
    """Write a number with a few significant digits and commas between thousands.

    Example:
        >>> number(1300), number(0.012345), number(3.0), number(2.5e-7)
        ('1,300', '0.0123', '3', '2.5e-07')
    """
    if value < 0.0:
        return f"−{number(-value, digits)}"
    if value == round(value) and value < 1e7:
        return f"{value:,.0f}"
    if value < 1e-4 or value >= 1e15:
        return f"{value:.{digits}g}"
    places = max(0, digits - 1 - math.floor(math.log10(value)))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """Write a share in per cent; nothing that is not exactly 0 or 1 is rounded to it.

    Example:
        >>> [percent(share) for share in (0.0, 0.0004, 0.034, 0.312, 0.9996, 1.0)]
        ['0 %', '<0.1 %', '3.4 %', '31 %', '>99.9 %', '100 %']
        >>> percent(-0.034), percent(-0.0004)
        ('−3.4 %', '>−0.1 %')
    """
    if -0.001 < share < 0.0:
        return ">−0.1 %"
    if share < 0.0:
        return f"−{percent(-share)}"
    if 0.0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1.0:
        return ">99.9 %"
    digits = 0 if share in (0.0, 1.0) or 0.0995 <= share <= 0.99 or share > 1.0 else 1
    return f"{100.0 * share:.{digits}f} %"


def money(usd: float) -> str:
    """Write dollars in thousands, millions, billions or trillions.

    Example:
        >>> [money(usd) for usd in (1.179e12, 120.4e9, 22e6, 0.0)]
        ['$1.18 T', '$120 B', '$22 M', '$0']
    """
    sign, usd = ("−" if usd < 0 else ""), abs(usd)
    for factor, name in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if float(f"{usd:.3g}") >= factor:
            return f"{sign}${number(usd / factor)} {name}"
    return f"{sign}${number(usd)}"


def with_unit(value: float, unit: str) -> str:
    """Write an SI value in the unit that people use.

    Example:
        >>> with_unit(550e3, "m"), with_unit(147.1, "m_per_s2"), with_unit(0.57, "1")
        ('550 km', '147 m/s²', '0.57')
        >>> with_unit(80.0, "musd/year")
        '$80 M per year'
    """
    unit = unit.replace("_per_", "/").replace("s2", "s²").replace("m2", "m²")
    for prefix, factor in (("musd", 1e6), ("busd", 1e9)):
        if unit.startswith(prefix):
            value, unit = value * factor, unit[1:]
    if unit.startswith("usd"):
        return money(value) + unit[3:].replace("/", " per ")
    if unit == "year":
        return f"{number(value)} {'year' if value == 1.0 else 'years'}"
    if unit in {"", "1"}:
        return number(value)
    if unit in {"m", "m/s"} and abs(value) >= 1000.0:
        return f"{number(value / 1e3)} k{unit}"
    if unit == "hz" and abs(value) >= 1e6:
        return f"{number(value / 1e9)} GHz"
    if unit == "rad":
        return f"{number(math.degrees(value))} deg"
    return f"{number(value)} {_WRITTEN.get(unit, unit)}"


def cell(column: str, value: Any) -> str:
    """Write a table's cell by what its column's name says it is.

    Example:
        >>> cell("leakage", 0.31), cell("apogee_m", 1.3e6), cell("high_usd", 4e9)
        ('31 %', '1,300 km', '$4 B')
    """
    if not is_number(value):
        return NOT_COMPUTED if value is None or isinstance(value, float) else str(value)
    if column.startswith(_SHARES):
        return percent(value)
    if column.endswith(("_mean", "engaged_at_once", "correlation")):
        return number(value, 2)
    unit = re.search(r"_(usd|m_per_s|m|s|deg)(?:_p\d\d)?$", column)
    return with_unit(value, unit[1]) if unit else number(value)


def words(name: object) -> str:
    """Turn a name of a study into words.

    Example:
        >>> words("regional_raid"), words("p_kill"), words("sm3_iia")
        ('regional raid', 'P(kill)', 'SM-3 IIA')
        >>> words("sbi#2"), words("small/thaad")
        ('SBI, second shell', 'THAAD in small')
    """
    text = "" if name is None else str(name)
    if "/" in text:
        place, _, item = text.partition("/")
        return f"{words(item)} in {words(place)}"
    text, _, shell = text.partition("#")
    if shell.isdigit():
        named = _ORDINALS[int(shell)] if int(shell) < len(_ORDINALS) else f"{shell}th"
        return f"{words(text)}, {named} shell"
    if text.startswith("p_"):
        return f"P({words(text[2:])})"
    return " ".join(_SPELLING.get(word, word) for word in text.split("_"))


def parameter(key: str) -> str:
    """Say in words what an input is, by its key.

    Example:
        >>> parameter("p_kill"), parameter("commit_delay")
        ('kill probability', 'commit delay')
    """
    return _PARAMETERS.get(key) or words(key)


def heading(name: object) -> str:
    """Turn a name into words that begin with a capital.

    Example:
        >>> heading("peer_large")
        'Peer large'
    """
    text = words(name)
    return text[:1].upper() + text[1:]
