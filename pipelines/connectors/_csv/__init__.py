"""The parts of the connector that reads facts from CSV files by a declared map of columns."""
