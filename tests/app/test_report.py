"""The report's numbers, links and text, on tables made up for the purpose."""

import math
import random
import re
from html.parser import HTMLParser

import pytest

import umbo
from umbo.app.ledger import input_anchor
from umbo.app.report import write_picture, write_report

ARCHITECTURES = {
    "today": "What stands in 2026",
    "small": "Better ground and sensors, nothing that shoots in orbit",
    "medium": "One or two missiles in boost",
    "large": 'Comparable to CBO <2026> & "more"',
}
RAIDS = {
    "regional_single": (1, 0.97),
    "regional_raid": (10, 0.85),
    "regional_2035": (60, 0.6),
    "peer_limited": (60, 0.55),
    "peer_large": (909, 0.1),
    "glide": (12, 0.3),
    "coastal_cruise": (48, 0.5),
    "theater": (96, 0.7),
}
LAYERS = {"boost": ["sbi", "sbi#2"], "midcourse": ["gbi", "ngi"], "terminal": ["thaad", "sm3_iia"]}


def made_up_study():
    return {
        "title": "Three <b>reference</b> architectures",
        "question": "What do small, medium and large shields stop, cost & disturb?",
        "raids": {
            raid: [
                {
                    "missile": "icbm_solid",
                    "count": warheads,
                    "from": "nk_interior",
                    "at": "conus_cities",
                    "spacing": 15.0,
                    "start": 0.0,
                    "warheads_each": None,
                    "decoys_each": 4,
                    "source": "ours",
                    "note": "The number is <ours>.",
                }
            ]
            for raid, (warheads, _) in RAIDS.items()
        },
        "horizon": {"from": "FY2026", "years": 20},
        "architectures": ARCHITECTURES,
        "dollars_of": 2026,
        "seed": 20250128,
        "replications": 2000,
        "phases": 64,
        "selected": {"architecture": "medium", "reason": "a test"},
    }


def made_up_manifest():
    return {
        "version": "0.1.0",
        "digest": "3f9ac2d1" * 8,
        "command": "umbo run reference",
        "machine": {"cores": 2},
        "seconds": 11.25,
    }


def made_up_tables(seed=7):
    """Make tables of the right shape; the numbers mean nothing."""
    luck = random.Random(seed)
    tables = {name: [] for name in ("leakage", "kills", "leakers", "shots", "cost", "cost_total")}
    tables |= {
        name: [] for name in ("elements", "sensitivity", "reach", "flights", "ground_tracks")
    }
    for k, architecture in enumerate(ARCHITECTURES):
        for raid, (warheads, hardness) in RAIDS.items():
            stopped = min(0.995, hardness * (0.3 + 0.28 * k) * luck.uniform(0.85, 1.1))
            leak = 1 - stopped
            p_none = stopped**warheads
            wide = None if raid == "theater" else (max(0, leak - 0.2), min(1, leak + 0.15))
            tables["leakage"].append(
                {
                    "architecture": architecture,
                    "raid": raid,
                    "warheads": warheads,
                    "leakers_mean": leak * warheads,
                    "leakers_p10": math.floor(leak * warheads * 0.8),
                    "leakers_p90": math.ceil(leak * warheads * 1.15),
                    "leakage": leak,
                    "leakage_luck_low": max(0, leak - 0.02),
                    "leakage_luck_high": min(1, leak + 0.02),
                    "leakage_assumptions_low": wide and wide[0],
                    "leakage_assumptions_median": wide and (wide[0] + wide[1]) / 2,
                    "leakage_assumptions_high": wide and wide[1],
                    "leakage_expected": leak * 1.01,
                    "leakage_decoys_recognised": leak * 0.8,
                    "leakage_decoys_not_told_apart": min(1, leak * 1.3),
                    "p_no_leaker": p_none,
                    "p_no_leaker_low": p_none * 0.95,
                    "p_no_leaker_high": min(1, p_none * 1.02 + 1e-4),
                    "fully_engaged": stopped,
                    "fully_engaged_low": stopped * 0.98,
                    "fully_engaged_high": min(1, stopped * 1.01),
                    "replications": 2000,
                }
            )
            for layer, weapons in LAYERS.items():
                if layer == "boost" and k < 2:
                    continue
                for weapon in weapons:
                    mean = stopped * warheads / (5 if k > 1 else 4)
                    key = {"architecture": architecture, "raid": raid}
                    tables["kills"].append(
                        key
                        | {
                            "layer": layer,
                            "weapon": weapon,
                            "kills_mean": mean,
                            "kills_low": mean * 0.9,
                            "kills_high": mean * 1.1,
                        }
                    )
                    tables["shots"].append(
                        key
                        | {
                            "weapon": weapon,
                            "available": 44 * (k + 1),
                            "shots_mean": mean * 3,
                            "shots_low": mean * 2,
                            "shots_high": mean * 4,
                        }
                    )
            for reason in ("shots_missed", "not_seen_in_time", "magazine_empty"):
                tables["leakers"].append(
                    {
                        "architecture": architecture,
                        "raid": raid,
                        "asset": "conus_cities",
                        "class": "ballistic",
                        "reason": reason,
                        "leakers_mean": leak * warheads / 3,
                    }
                )
            for item, parameter in (
                ("gbi", "p_kill"),
                ("sbi", "acceleration"),
                ("sbi", "decision_delay"),
                ("thaad", "p_kill"),
            ):
                low, high = max(0, leak - luck.random() * 0.3), min(1, leak + luck.random() * 0.2)
                tables["sensitivity"].append(
                    {
                        "architecture": architecture,
                        "raid": raid,
                        "item": item,
                        "parameter": parameter,
                        "leakage_at_low": high,
                        "leakage_at_high": low,
                        "swing": high - low,
                        "rank_correlation": -luck.random(),
                        "correlation_by_chance": 0.4,
                    }
                )
        total = 0.0
        for e, element in enumerate(
            ["gbi", "lrdr", "ngi", "thaad", "sbi", "hel_ground"][: 2 + k + (k > 2)]
        ):
            for phase in ("development", "procurement", "operation"):
                mode = 1e9 * (1 + e) * (1 + k) ** 2.5 * luck.uniform(0.5, 2)
                total += mode
                tables["cost"].append(
                    {
                        "architecture": architecture,
                        "element": element,
                        "phase": phase,
                        "title": "rdte" if phase == "development" else "missile_procurement",
                        "count": 10 * (k + 1),
                        "low_usd": mode * 0.7,
                        "mode_usd": mode,
                        "high_usd": mode * 1.6,
                        "dollars_of": 2026,
                        "in_cbo_scope": e != 5,
                    }
                )
            tables["elements"].append(
                {
                    "architecture": architecture,
                    "element": element,
                    "name": element.upper(),
                    "count": 10 * (k + 1),
                    "where": "Fort Greely 40, Vandenberg 4",
                    "in_service": "FY2026",
                    "role": "costed_not_fought" if element == "hel_ground" else "fights",
                    "source": "psn_berkowitz ours",
                    "note": "split from memory",
                }
            )
        for scope, share in (
            ("total", 1),
            ("above_baseline", 0.8 * (k > 0)),
            ("in_cbo_scope", 0.9),
            ("outside_cbo_scope", 0.1),
        ):
            tables["cost_total"].append(
                {
                    "architecture": architecture,
                    "scope": scope,
                    "low_usd": total * share * 0.75,
                    "mode_usd": total * share,
                    "high_usd": total * share * 1.5,
                    "dollars_of": 2026,
                }
            )
        if k > 1:
            for raid in list(RAIDS)[:5]:
                tables["reach"].append(
                    {
                        "architecture": architecture,
                        "raid": raid,
                        "missile": "icbm_solid",
                        "constellation": "sbi",
                        "satellites": 1300 * (k - 1) ** 3,
                        "in_reach_mean": 2.4 * k,
                        "in_reach_min": 1,
                        "in_reach_max": 4 * k,
                        "absentee": 540.5,
                    }
                )
    places = {
        "north_korea_interior": (40.5, 126.5),
        "yasny_area": (51.0, 59.8),
        "tabriz_area": (38, 46),
        "jilantai_area": (39.8, 105.7),
        "barents_box": (72, 38),
    }
    assets = {
        "new_york": (40.7, -74.0),
        "los_angeles": (34.1, -118.2),
        "chicago": (41.9, -87.6),
        "washington": (38.9, -77.0),
        "guam": (13.4, 144.8),
    }
    for r, raid in enumerate(RAIDS):
        for launch, start in list(places.items())[: 1 + r % 5]:
            for aim, end in list(assets.items())[: 1 + r // 2]:
                tables["flights"].append(
                    {
                        "raid": raid,
                        "missile": "icbm_solid",
                        "launch_lat_deg": start[0],
                        "launch_lon_deg": start[1],
                        "launch": launch,
                        "aim": aim,
                        "burnout_s": 175.0,
                        "burnout_speed_m_per_s": 6970.0,
                        "burnout_altitude_m": 215e3,
                        "apogee_m": 1.28e6,
                        "flight_time_s": 1890.0,
                        "range_m": 10_400e3,
                    }
                )
                for i, (lat, lon) in enumerate(great_circle(start, end, 90)):
                    tables["ground_tracks"].append(
                        {
                            "raid": raid,
                            "flight": f"{launch}>{aim}",
                            "time_s": i * 20.0,
                            "lat_deg": lat,
                            "lon_deg": lon,
                            "altitude_m": 1e6,
                        }
                    )
    tables["assets"] = [
        {"name": name, "lat_deg": lat, "lon_deg": lon} for name, (lat, lon) in assets.items()
    ]
    sites = {
        "Fort Greely": (63.9, -145.7),
        "Vandenberg": (34.8, -120.6),
        "Clear": (64.3, -149.2),
        "Pituffik": (76.5, -68.7),
        "Fylingdales": (54.4, -0.7),
    }
    tables["sites"] = [
        {
            "architecture": a,
            "element": "gbi",
            "name": name,
            "lat_deg": lat,
            "lon_deg": lon,
            "kind": "fights",
        }
        for a in ARCHITECTURES
        for name, (lat, lon) in sites.items()
    ]
    tables["inputs"] = [
        {
            "item": item,
            "parameter": parameter,
            "low": low,
            "mode": mode,
            "high": high,
            "unit": unit,
            "source": source,
            "locator": "p. 3",
            "dollars_of": dollars,
            "conf": conf,
            "note": note,
            "used_by": "medium large",
        }
        for item, parameter, low, mode, high, unit, source, dollars, conf, note in (
            (
                "gbi",
                "p_kill",
                0.25,
                0.57,
                0.73,
                "1",
                "psn_berkowitz",
                None,
                "derived",
                "all-in: 12 of 21 tests",
            ),
            (
                "sbi",
                "acceleration",
                10.0,
                15.0,
                20.0,
                "gee",
                "ours",
                None,
                "ours",
                "<script>alert(1)</script>",
            ),
            ("sbi", "decision_delay", 30.0, 45.0, 60.0, "s", "cbo_2025", None, "verified", ""),
            ("sbi", "unit_cost", 15.0, 22.0, 40.0, "musd", "cbo_2025", 2025, "verified", ""),
            (
                "thaad",
                "operations_cost",
                40.0,
                80.0,
                120.0,
                "musd/year",
                "cbo_2025",
                2025,
                "derived",
                "",
            ),
            ("small/thaad", "p_kill", 0.5, 0.7, 0.9, "1", "ours", None, "memory", "from memory"),
        )
    ]
    tables["sources"] = [
        {
            "id": "psn_berkowitz",
            "author": "Berkowitz, M.",
            "year": "2025",
            "title": "Homeland missile defense",
            "publisher": "PSN",
            "url": "https://example.org/a?b=1&c=2",
            "retrieved": "2026-01-05",
        },
        {
            "id": "cbo_2025",
            "author": "CBO",
            "year": "2025",
            "title": "Letter",
            "publisher": "CBO",
            "url": "javascript:alert(1)",
            "retrieved": "2026-01-05",
        },
    ]
    tables["timeline"] = [
        {
            "architecture": "large",
            "raid": "peer_large",
            "object": f"warhead {i} of missile {i}",
            "event": "shots",
            "weapon": "sbi#2",
            "step": i,
        }
        for i in range(900)
    ]
    tables["presets"] = [
        {
            "architecture": architecture,
            "preset": preset,
            "missile": "icbm_solid",
            "launch": "nk_interior",
            "constellation": shell,
            "satellites": 3900,
            "burn_time_s": 165.0,
            "ordered_s": 45.0,
            "speed_m_per_s": 4000.0,
            "shots": shots,
            "in_reach_mean": 9.7,
            "engaged_at_once": 9.7 / shots,
        }
        for preset, shots in (("default", 2), ("cbo2026", 1))
        for architecture in ("medium", "large")
        for shell in ("sbi", "sbi#2")
    ]
    tables["published"] = [
        {
            "study": study,
            "quantity": "total",
            "value_usd": value,
            "dollars_of": dollars,
            "scope": "interceptor layers, 20 years",
            "source": "cbo_2025",
        }
        for study, value, dollars in (("cbo2026", 1191e9, 2026), ("cbo2025", 161e9, 2025))
    ]
    tables["findings"] = [
        {"severity": "warning", "where": "study.yaml:12", "message": "count alone: 36 planes of 36"}
    ]
    tables["limits"] = [{"subject": "drag", "text": "Decoys fly without drag below 100 km."}]
    return tables


def great_circle(start, end, steps):
    def vector(lat, lon):
        lat, lon = math.radians(lat), math.radians(lon)
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)

    a, b = vector(*start), vector(*end)
    angle = math.acos(sum(p * q for p, q in zip(a, b, strict=True)))
    for i in range(steps + 1):
        f = i / steps
        x, y, z = (
            (math.sin((1 - f) * angle) * p + math.sin(f * angle) * q) / math.sin(angle)
            for p, q in zip(a, b, strict=True)
        )
        yield math.degrees(math.asin(z)), math.degrees(math.atan2(y, x))


class Reader(HTMLParser):
    """Collects what the tests ask for: ids with their text, links, and text outside links."""

    VOID = frozenset(["meta", "br", "hr", "img", "link", "input"])

    def __init__(self):
        super().__init__()
        self.stack, self.links, self.texts = [], [], {}
        self.loose, self.remote = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            assert attrs["id"] not in self.texts, f"{attrs['id']} stands twice"
            self.texts[attrs["id"]] = ""
        self.remote += [attrs[k] for k in ("src", "data", "xlink:href") if k in attrs]
        if tag == "a":
            self.links.append([attrs.get("href", ""), "", attrs.get("class")])
        if tag not in self.VOID:
            self.stack.append((tag, attrs))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, text):
        for _, attrs in self.stack:
            if "id" in attrs:
                self.texts[attrs["id"]] += text
        tags = [tag for tag, _ in self.stack]
        if "a" in tags and "title" not in tags:
            self.links[-1][1] += text
        headline = any("headline" in (attrs.get("class") or "") for _, attrs in self.stack)
        titled = any(attrs.get("class") == "meta" for _, attrs in self.stack)
        if headline and not titled and "a" not in tags:
            self.loose.append(text)


def read_number(text):
    """Read a number as people write it, and how far rounding may have moved it."""
    text = text.strip().replace(",", "").replace("−", "-").replace("²", "2")
    match = re.fullmatch(r"([<>]?)(-?)\$?([\d.]+(?:e[-+]\d+)?) ?(\S*).*", text)
    assert match, text
    bound, sign, digits, unit = match.groups()
    factor = {"%": 0.01, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "km": 1e3, "km/s": 1e3}.get(
        unit, 1
    )
    places = len(digits.split("e")[0].partition(".")[2])
    tolerance = factor * 10.0**-places * (1.0 if bound else 0.501)
    return float(f"{sign}{digits}") * factor, tolerance


def read(path):
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, made_up_tables(), made_up_study(), made_up_manifest())
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reader(page):
    reader = Reader()
    reader.feed(page)
    return reader


def answered(folder, raid, **kind):
    study = umbo.load("reference").model_copy(update={"phases": 16})
    result = umbo.run(study, raids=[raid], replications=64, draws=8, **kind)
    path = folder / "report.html"
    umbo.report(result, path)
    return path


@pytest.fixture(scope="session")
def real_page(tmp_path_factory):
    return answered(tmp_path_factory.mktemp("real"), "regional_single", in_full=True)


@pytest.fixture(scope="session")
def brief_page(tmp_path_factory):
    return answered(tmp_path_factory.mktemp("brief"), "regional_raid", brief=True)


@pytest.fixture(params=["made up", "real", "brief"])
def any_reader(request, reader):
    if request.param == "made up":
        return reader
    return read(request.getfixturevalue(f"{request.param}_page"))


def test_a_page_in_brief_says_what_else_a_run_answers(brief_page):
    page = brief_page.read_text(encoding="utf-8")

    assert "without <code>--brief</code> also answers" in page
    for section in ("margins", "stability", "sizing", "budget", "plan", "sidebyside"):
        assert f'id="{section}"' not in page


def test_every_link_within_the_page_arrives(any_reader):
    targets = [href[1:] for href, *_ in any_reader.links if href.startswith("#")]
    assert len(targets) > 1000
    assert [target for target in targets if target not in any_reader.texts] == []


def test_a_run_in_full_shows_what_the_tracking_layer_buys(real_page):
    page = real_page.read_text(encoding="utf-8")
    section = page.split('<section id="sensing">')[1].split("</section>")[0]

    assert "The layer a year earlier" in section
    assert section.count('class="coverage"') == len(ARCHITECTURES)
    assert section.count('<svg class="chart"') >= 4  # custody, solution, delay, no way
    assert not re.search(r"\b(nan|inf)\b", section)


def test_a_linked_number_is_its_cells_number(any_reader):
    followed = 0
    for href, text, _ in any_reader.links:
        if href.startswith("#t-") and text.strip():
            shown, tolerance = read_number(text)
            held, slack = read_number(any_reader.texts[href[1:]])
            if not href.startswith("#t-inputs-"):
                slack = 1e-6 * abs(held)  # a cell prints seven digits
            assert shown == pytest.approx(held, abs=tolerance + slack), (href, text)  # as shown
            followed += 1
    assert followed > 500


def test_no_headline_number_stands_alone(any_reader):
    raids = [raid.replace("_", " ") for raid in RAIDS]
    loose = " ".join(any_reader.loose)
    for raid in raids:
        loose = loose.replace(raid, "")
    assert re.findall(r"\d+", loose) == []


def test_cells_hold_the_tables_values(reader):
    for i, row in enumerate(made_up_tables()["leakage"]):
        for column in ("leakage", "leakers_mean", "p_no_leaker_low"):
            held = float(reader.texts[f"t-leakage-{i}-{column}"])
            assert held == pytest.approx(row[column], rel=1e-6)


def test_every_input_has_its_row_with_source_and_confidence(reader):
    for row in made_up_tables()["inputs"]:
        text = reader.texts[input_anchor(row)]
        assert row["conf"] in text
        assert row["source"] in text


def test_counts_of_sourced_and_assumed_stand_on_the_page(page):
    text = re.sub(r"<[^>]+>", "", page)
    assert re.search(r"4 come from a source and 2 are\s+assumptions", text)
    assert "Kill probabilities are assumptions, not measured performance." in text


def test_the_page_needs_no_network(page, reader):
    assert reader.remote == []
    assert "@import" not in page
    assert "url(http" not in page
    assert len(page) < 3e6


def test_text_of_a_study_is_not_markup(page):
    assert "<b>reference</b>" not in page
    assert "Three &lt;b&gt;reference&lt;/b&gt; architectures" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_an_interval_that_was_not_computed_is_called_so(page):
    assert "not computed" in page


def test_long_tables_are_shortened(page):
    table = page[page.index('id="table-timeline"') :].split("</table>")[0]
    assert '<th scope="row">399</th>' in table
    assert '<th scope="row">400</th>' not in table
    tracks = page[page.index('id="table-ground_tracks"') :].split("</details>")[0]
    assert '<th scope="row">' not in tracks


def test_only_cells_that_a_link_leads_to_have_an_address(page):
    led = set(re.findall(r'href="#(t-[^"]+)"', page))
    assert set(re.findall(r' id="(t-[^"]+)"', page)) == led


@pytest.mark.parametrize("names", [(), ("leakage",), ("leakage", "cost", "sensitivity", "kills")])
def test_a_run_of_a_few_tables_gives_a_page(tmp_path, names):
    path = tmp_path / "report.html"
    tables = {name: made_up_tables()[name] for name in names}
    write_report(path, tables, made_up_study(), {})
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    targets = [href[1:] for href, *_ in reader.links if href.startswith("#")]
    assert [target for target in targets if target not in reader.texts] == []


def test_a_page_without_what_later_versions_add(tmp_path):
    path = tmp_path / "report.html"
    tables = made_up_tables()
    del tables["presets"], tables["published"]
    write_report(path, tables, made_up_study(), {})
    text = path.read_text(encoding="utf-8")
    assert "What carries ten" not in text
    assert "Beside published totals" not in text


def test_a_published_total_stands_beside_ours_in_its_own_scope_only(page):
    section = page[page.index('id="published"') :]
    rows = re.findall(r"<tr>.*?</tr>", section[: section.index("</table>")], re.DOTALL)
    same, other = (next(r for r in rows if name in r) for name in ("CBO 2026", "CBO 2025"))
    assert "#t-cost_total-" in same
    assert "not comparable without conversion" in other
    assert "calibration, not confirmation" in section


def test_missiles_engaged_at_once_are_summed_over_shells(reader):
    number = next(
        i for i in reader.texts if i.startswith("t-presets_all-") and i.endswith("engaged_at_once")
    )
    assert float(reader.texts[number]) == pytest.approx(9.7, rel=1e-6)  # two shells, two shots


def test_a_real_report_is_light(real_page):
    assert real_page.stat().st_size < 3e6


def test_what_decides_is_no_chance(tmp_path):
    tables = made_up_tables()
    for row in tables["sensitivity"]:
        row["rank_correlation"] = 0.9 if row["item"] == "gbi" else 0.1
    path = tmp_path / "report.html"
    write_report(path, tables, made_up_study(), {})
    text = path.read_text(encoding="utf-8")
    section = text[text.index('id="decides"') : text.index('aria-label="Sections"')]
    assert re.findall(r'href="#input-(\w+)-', section) == ["gbi"]


def test_what_decides_is_the_value_that_the_architecture_has(tmp_path):
    tables = made_up_tables()
    for row in tables["sensitivity"]:
        row["rank_correlation"] = 0.9 if row["item"] == "gbi" else 0.1
        row["architecture"] = "today"
    own = next(row for row in tables["inputs"] if row["item"] == "gbi")
    tables["inputs"].append(own | {"item": "today/gbi", "low": 0.12, "high": 0.34})
    path = tmp_path / "report.html"
    write_report(path, tables, made_up_study(), {})
    text = path.read_text(encoding="utf-8")
    section = text[text.index('id="decides"') : text.index('aria-label="Sections"')]
    assert "#input-today_gbi-" in section
    assert "0.12" in section
    assert "0.34" in section
    assert "not computed" not in section


def test_the_same_tables_give_the_same_page(page, tmp_path):
    path = tmp_path / "report.html"
    write_report(path, made_up_tables(), made_up_study(), made_up_manifest())
    assert path.read_text(encoding="utf-8") == page


def test_the_picture_is_a_png(tmp_path):
    path = tmp_path / "picture.png"
    write_picture(path, made_up_tables())
    assert path.read_bytes().startswith(b"\x89PNG")
    assert 20_000 < path.stat().st_size < 150_000
