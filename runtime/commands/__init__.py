"""What the commands do between their arguments and the engine: progress, reports, tables for people, JSON for pipes."""
