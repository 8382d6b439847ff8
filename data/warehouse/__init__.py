"""The warehouse: SQLite embedded, PostgreSQL for a team; the interface between pipelines and app."""
