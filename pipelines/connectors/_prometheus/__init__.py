"""The parts of the connector for Prometheus: its API, its days, and which of them to ask for."""
