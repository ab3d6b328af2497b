"""Arrival delays of the 336,776 flights that left New York in 2013: a project of feature SQL and what feeds it."""
