"""The registry of trained models: a folder per version, whole or absent, checked before every load."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from ..features_sql.errors import ModelError
from ..features_sql.names import did_you_mean
from .manifest import Manifest, from_json, manifest_of, to_json
from .matrix import Inputs
from .scorer import feature_names
from .trainer import Trained

MODEL, MANIFEST, LIVE = "model.txt", "manifest.json", "live"


@dataclass(frozen=True)
class Model:
    """A version that passed its checks: the manifest and LightGBM's text."""

    manifest: Manifest
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.manifest.name

    @property
    def version(self) -> int:
        """The version's number."""
        return self.manifest.version

    @property
    def inputs(self) -> Inputs:
        """What the model is fed."""
        return self.manifest.inputs


@dataclass(frozen=True)
class Registry:
    """Trained models under ``folder``: ``<name>/<version>/`` and a link ``<name>/live`` to the version that serves."""

    folder: Path

    def write(
        self, name: str, trained: Trained, *, created: str, sql_hash: str, label_rule: str, parent: int | None = None
    ) -> int:
        """Add a version and return its number, one past the greatest; it does not serve until it is promoted.

        The folder of a version appears whole: it is written and synced under another name, then renamed.
        """
        home = self.folder / name
        home.mkdir(parents=True, exist_ok=True)
        while True:
            version = max(self._numbers(name), default=0) + 1
            facts = {"created": created, "sql_hash": sql_hash, "label_rule": label_rule, "parent": parent}
            manifest = manifest_of(name, version, trained, **facts)
            staged = home / f".{version}.{uuid.uuid4().hex}.tmp"
            try:
                staged.mkdir()
                _write(staged / MODEL, trained.text.encode())
                _write(staged / MANIFEST, to_json(manifest))
                _sync(staged)
                staged.rename(home / str(version))
                _sync(home)
                return version
            except OSError as error:
                if (home / str(version)).exists():
                    continue  # Another process took the number.
                raise ModelError(f"cannot write {home / str(version)}: {error.strerror}") from error
            finally:
                shutil.rmtree(staged, ignore_errors=True)

    def promote(self, name: str, version: int) -> None:
        """Let a version serve, after checking its bytes; readers see the old one or the new one, never neither."""
        self.load(name, version)
        link = self.folder / name / f".{LIVE}.{uuid.uuid4().hex}.tmp"
        try:
            link.symlink_to(str(version))
            link.replace(self.folder / name / LIVE)
            _sync(self.folder / name)
        except OSError as error:
            with contextlib.suppress(OSError):
                link.unlink()
            raise ModelError(f"cannot switch {self.folder / name / LIVE}: {error.strerror}") from error

    def live(self, name: str) -> int | None:
        """Return the version that serves, None before the first promotion."""
        try:
            return int((self.folder / name / LIVE).readlink().name)
        except (OSError, ValueError):
            return None

    def names(self) -> tuple[str, ...]:
        """Return the names of models that have a version."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(home.name for home in self.folder.iterdir() if self._numbers(home.name)))

    def versions(self, name: str) -> tuple[int, ...]:
        """Return the numbers of a model's versions, rising."""
        return tuple(sorted(self._numbers(name)))

    def manifest(self, name: str, version: int | None = None) -> Manifest:
        """Return the manifest of a version, by default the live one, without looking at the model's bytes."""
        folder = self._version_folder(name, version)
        read = from_json(_read(folder / MANIFEST), str(folder / MANIFEST))
        if (read.name, str(read.version)) != (name, folder.name):
            raise ModelError(f"{folder / MANIFEST} belongs to {read.name} version {read.version}")
        return read

    def load(
        self, name: str, version: int | None = None, *, sql_hash: str | None = None, inputs: Inputs | None = None
    ) -> Model:
        """Return a version, by default the live one, after checking every byte of it.

        ``sql_hash`` and ``inputs``, where given, are what the features are now. Raises ModelError saying what is
        wrong: files missing or damaged, features of another order, name or type, another definition.
        """
        manifest = self.manifest(name, version)
        path = self.folder / name / str(manifest.version) / MODEL
        data = _read(path)
        if hashlib.sha256(data).hexdigest() != manifest.sha256:
            raise ModelError(f"{path} is damaged: its bytes are not those that were written")
        model = Model(manifest, data.decode())
        _check_names(model, path)
        if inputs is not None:
            _check_inputs(model, inputs)
        if sql_hash is not None and manifest.sql_hash != sql_hash:
            raise ModelError(
                f"{name} version {model.version} was trained on other feature SQL ({manifest.sql_hash[:12]}) than "
                f"the project has now ({sql_hash[:12]}): train it again"
            )
        return model

    def load_last_good(
        self, name: str, *, sql_hash: str | None = None, inputs: Inputs | None = None
    ) -> tuple[Model, tuple[str, ...]]:
        """Return the live version or, where it is refused, the newest other one that is not; and the refusals.

        Raises ModelError with every refusal where no version passes.
        """
        refused: list[str] = []
        live = self.live(name)
        others = [version for version in reversed(self.versions(name)) if version != live]
        for version in [live, *others] if live is not None else others:
            try:
                return self.load(name, version, sql_hash=sql_hash, inputs=inputs), tuple(refused)
            except ModelError as error:
                refused.append(str(error))
        raise ModelError("; ".join(refused) or self._unknown(name))

    def _version_folder(self, name: str, version: int | None) -> Path:
        known = self.versions(name)
        if not known:
            raise ModelError(self._unknown(name))
        version = self.live(name) if version is None else version
        if version is None:
            raise ModelError(f"no version of the model {name} serves yet: promote one of {_listed(known)}")
        if version not in known:
            raise ModelError(f"the model {name} has no version {version}; it has {_listed(known)}")
        return self.folder / name / str(version)

    def _unknown(self, name: str) -> str:
        names = self.names()
        hint = did_you_mean(name, names) or (f"there are {', '.join(names)}" if names else "none is trained yet")
        return f"no trained model is named {name}; {hint}"

    def _numbers(self, name: str) -> list[int]:
        home = self.folder / name
        return [int(one.name) for one in home.iterdir() if one.name.isdigit()] if home.is_dir() else []


def _check_names(model: Model, path: Path) -> None:
    """Compare the order in LightGBM's own text with the manifest's."""
    line = next((line for line in model.text.splitlines() if line.startswith("feature_names=")), "")
    found, wanted = tuple(line.removeprefix("feature_names=").split(" ")), feature_names(model.inputs)
    if found != wanted:
        raise ModelError(f"{path} is fed {', '.join(found)}, its manifest says {', '.join(wanted)}")


def _check_inputs(model: Model, inputs: Inputs) -> None:
    was = [(column.name, column.type) for column in model.inputs.columns]
    now = [(column.name, column.type) for column in inputs.columns]
    if was == now:
        return
    where = next((place for place, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    shown = [" ".join(columns[where]) if where < len(columns) else "nothing" for columns in (was, now)]
    raise ModelError(
        f"{model.name} version {model.version} must be fed {shown[0]} as feature {where + 1}; got {shown[1]}: "
        "train it again"
    )


def _listed(versions: tuple[int, ...]) -> str:
    return ", ".join(str(version) for version in versions)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
