"""``headrace.toml``: the project's name and defaults, every key optional."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..catalog.names import hint
from ..features_sql.errors import ConfigError

FILE = "headrace.toml"


@dataclass(frozen=True)
class Settings:
    """What a project may choose.

    ``batch_rows``: rows an epoch reads at most. ``snapshot_epochs``: the least epochs between two snapshots
    of state, which are further apart where state is large (``snapshot_pace.py``). ``clock``: what "now" is for
    an online read, the wall clock or the sources' event time. ``threads``: those that a run computes with, DuckDB's
    too; by default DuckDB has one, and all else as many as there are cores. Two are used beside DuckDB's.
    ``durability``: whether what is committed is on disk ('durable'), or in memory and gone with the run ('memory').
    """

    name: str
    batch_rows: int = 50_000
    snapshot_epochs: int = 16
    clock: Literal["wall", "event"] = "wall"
    threads: int | None = None
    durability: Literal["durable", "memory"] = "durable"


def load(root: Path) -> Settings:
    """Return the settings of the project at ``root``; raises ConfigError naming the key that is wrong."""
    path = root / FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{root} is no headrace project: it has no {FILE}; `headrace init DIR` makes one") from error
    except NotADirectoryError as error:
        raise ConfigError(f"{root} is a file; a project is the folder of its {FILE}") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    known = {"name": str, "batch_rows": int, "snapshot_epochs": int, "clock": str, "threads": int, "durability": str}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f"{path}: unknown key {key!r}{hint(key, known)}")
        if type(value) is not known[key]:
            raise ConfigError(f"{path}: {key} must be {known[key].__name__}; got {value!r}")
        if isinstance(value, int) and value < 1:
            raise ConfigError(f"{path}: {key} must be at least 1; got {value}")
    for key, allowed in (("clock", ("wall", "event")), ("durability", ("durable", "memory"))):
        if table.get(key, allowed[0]) not in allowed:
            raise ConfigError(f"{path}: {key} must be {' or '.join(map(repr, allowed))}; got {table[key]!r}")
    if table.get("durability") == "memory":
        # Nothing is restored from what goes with the run.
        table |= {"snapshot_epochs": sys.maxsize}
    return Settings(**{"name": root.name, **table})  # pyright: ignore[reportArgumentType]
