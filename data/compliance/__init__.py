"""Controls and the cadence at which they are due."""
