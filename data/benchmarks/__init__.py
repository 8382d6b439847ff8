"""Targets and published values that metrics are held against, one TOML file per source and year, and the verdict."""
