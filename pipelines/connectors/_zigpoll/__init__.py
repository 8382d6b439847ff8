"""The parts of the Zigpoll connector."""
