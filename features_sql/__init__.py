"""Feature SQL: text to statements to programs."""
