"""The manifest of a model's version: what it was trained on, what it is fed, how good it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..features_sql.errors import ModelError
from ..features_sql.model_settings import BaseSettings
from .matrix import Inputs, inputs_from
from .reference import Reference
from .trainer import Trained

FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What stands beside the bytes of one version.

    ``sha256`` is of the model's bytes, ``sql_hash`` names the definition of the service that the features come from,
    ``label_rule`` says in words which labels count, ``parent`` is the version that this one replaces. ``created`` is
    the caller's, text. The rest is as in ``Trained``.
    """

    name: str
    version: int
    created: str
    sha256: str
    sql_hash: str
    label_rule: str
    parent: int | None
    inputs: Inputs
    settings: BaseSettings
    classes: tuple[Any, ...]
    metrics: Mapping[str, float]
    importances: tuple[tuple[str, float, int], ...]
    reference: Reference
    counts: Mapping[str, int]
    first: int
    last: int


def manifest_of(
    name: str, version: int, trained: Trained, *, created: str, sql_hash: str, label_rule: str, parent: int | None
) -> Manifest:
    """Describe a trained model under its name and version."""
    shared = {field.name: getattr(trained, field.name) for field in fields(Trained) if field.name != "text"}
    sha256 = hashlib.sha256(trained.text.encode()).hexdigest()
    return Manifest(name, version, created, sha256, sql_hash, label_rule, parent, **shared)


def to_json(manifest: Manifest) -> bytes:
    """Write a manifest as JSON, sealed with a checksum of its own content."""
    content = asdict(manifest)
    return json.dumps({"format": FORMAT, "seal": _seal(content), **content}, indent=1).encode() + b"\n"


def from_json(data: bytes, where: str) -> Manifest:
    """Read what ``to_json`` wrote; raises ModelError naming ``where`` it lies if anything in it was changed."""
    try:
        content = json.loads(data)
        found, seal = content.pop("format"), content.pop("seal")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelError(f"{where} is damaged: it is no manifest of a model") from error
    if found != FORMAT:
        raise ModelError(f"{where} must be a manifest of format {FORMAT}; got {found!r}")
    if seal != _seal(content):
        raise ModelError(f"{where} is damaged: its content is not what was written")
    reference = {name: _tuple(value) for name, value in content["reference"].items()}
    return Manifest(
        **{
            **content,
            "inputs": inputs_from(content["inputs"]["columns"]),
            "settings": BaseSettings(**content["settings"]),
            "classes": tuple(content["classes"]),
            "importances": tuple(tuple(one) for one in content["importances"]),
            "reference": Reference(**reference),
        }
    )


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _seal(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
