"""Umbo: an open workbench for missile-shield reference architectures from public data."""

__version__ = "0.1.0"
