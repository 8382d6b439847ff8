"""The parts of the connector that reads a local clone."""
