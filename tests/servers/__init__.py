"""Real servers for tests: each on a free port of 127.0.0.1, one per worker, ended by its own process id."""
