"""Which instants a view writes at, and the window steps that say what its measures are there."""
