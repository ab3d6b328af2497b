"""Card fraud, simulated: a project of feature SQL and models, and the simulation that feeds it."""
