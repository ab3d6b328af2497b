"""The feature service that a reader names."""

from __future__ import annotations

from ...catalog.names import hint
from ...features_sql.definitions import Definitions, Service
from ...features_sql.errors import ReadError
from ...features_sql.names import listed


def find_service(definitions: Definitions, name: str) -> Service:
    """Return a service by name; raises ReadError with the nearest name, or with what ``name`` is instead."""
    if name in definitions.services:
        return definitions.services[name]
    if name not in definitions.views:
        raise ReadError(f"there is no feature service {name!r}{hint(name, definitions.services)}")
    reading = [one.name for one in definitions.services.values() if name in (one.view, *(j.view for j in one.joins))]
    named = listed(sorted(reading)) if reading else f"CREATE FEATURE SERVICE ... FROM {name}"
    raise ReadError(f"{name!r} is a feature view; its features are read through a feature service: {named}")
