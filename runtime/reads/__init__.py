"""Reads: a service as of now from live state, or at the rows of a spine from history."""
