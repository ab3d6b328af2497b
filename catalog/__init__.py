"""The catalog: definitions, versions, lineage, statistics and search."""
