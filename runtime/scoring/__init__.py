"""Models at work: scoring inside an epoch and outside of it, learning, training."""
