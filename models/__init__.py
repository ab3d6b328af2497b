"""Models: training, scoring and online correction."""
