"""Public numbers, and where they come from.

- ``sources.csv``: author, year, title, publisher, address of every source.
- ``items.csv``: elements, missiles, markets and models; ``tables/``: their values, one a row,
  each with its range, unit, source, year of prices and how sure.
- ``places.csv``, ``cities.csv``, ``asset_groups.csv``: where things stand, and what is defended.
- ``assets.csv``: roles of bases and nodes of infrastructure, and the areas into which they go.
- ``inventory.csv``: missiles by country and class, now and in 2035.
- ``deflators.csv``, ``outlay_rates.csv``: prices by year, and how fast money is spent.
- ``test_records.csv``: intercept tests and combat; rows overlap, so never add them.
- ``maps/``: coasts, borders and the outlines of countries, by ``scripts/build_maps.py``.
- ``views/``, ``studies/``: published price books and methods; studies to run.
"""
