"""The parts of the Statuspage connector: what it asks, what is kept of the answers, what they mean."""
