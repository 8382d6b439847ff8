"""The parts of the PagerDuty connector: what it asks, what is kept of the answers, what they mean."""
