"""How the numbers arrive: sources, syncs, schedules."""
