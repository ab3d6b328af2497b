"""What sinks have sent, as those read it who get it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def file_rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows that a files sink has written into a folder, in the order of its epochs."""
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]
