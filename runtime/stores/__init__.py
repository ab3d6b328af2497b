"""What a project keeps: epochs and counts in SQLite, snapshots of state, the offline and the online store."""
