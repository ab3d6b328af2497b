"""headrace: a SQL-first streaming feature platform."""
