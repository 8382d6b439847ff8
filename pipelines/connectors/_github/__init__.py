"""The parts of the GitHub connector: what it asks, how far it has read, what the answers mean."""
