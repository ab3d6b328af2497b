"""The fold step: running values per key in numba kernels, kept by one pass over the rows in time order."""
