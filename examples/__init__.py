"""Example projects that ship with headrace; ``headrace init --example`` and ``headrace demo`` copy from here."""
