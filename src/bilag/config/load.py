"""Read bilag.toml: every problem named at once, each with file and key."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bilag.config.section import SecretSource, Section
from bilag.config.shape import Config, PlaintextSection
from bilag.config.wording import problem_key, problem_message

# A configuration is a page of text; anything larger is the wrong file.
FILE_BYTES_MAX: Final = 1024 * 1024

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """One thing that is wrong: the key in dotted form (empty for the file as a whole) and what about it."""

    key: str
    message: str


class ConfigInvalid(Exception):
    """The file can't be used. `problems` lists everything that is wrong with it."""

    def __init__(self, path: Path, problems: Sequence[ConfigProblem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {p.key + ': ' if p.key else ''}{p.message}" for p in self.problems))


def load_config(path: Path) -> Config:
    """The file as typed values, relative paths resolved against its folder. Raises ConfigInvalid."""
    try:
        config = Config.model_validate(_read(path))
    except ValidationError as invalid:
        problems = [_problem(error) for error in invalid.errors(include_url=False, include_input=True)]
        raise ConfigInvalid(path, problems) from None
    return _at(config, path.absolute().parent)


def _read(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        raise ConfigInvalid(
            path, [_whole("does not exist; write one as in README.md, or name it with --config")]
        ) from None
    except OSError as problem:
        raise ConfigInvalid(path, [_whole(f"can't be read: {problem.strerror}")]) from None
    if len(raw) > FILE_BYTES_MAX:
        raise ConfigInvalid(path, [_whole("is larger than 1 MiB; is this the right file?")])
    try:
        return tomllib.loads(raw.decode())
    except UnicodeDecodeError:
        raise ConfigInvalid(path, [_whole("is not UTF-8 text")]) from None
    except tomllib.TOMLDecodeError as problem:
        raise ConfigInvalid(path, [_whole(f"is not valid TOML: {problem}")]) from None


def _whole(message: str) -> ConfigProblem:
    return ConfigProblem(key="", message=message)


def _problem(error: ErrorDetails) -> ConfigProblem:
    return ConfigProblem(key=problem_key(error), message=problem_message(error))


def _at(config: Config, folder: Path) -> Config:
    """The same settings with every relative path meant from the file's own folder."""
    plaintext: PlaintextSection = config.books.plaintext
    books = config.books.model_copy(
        update={"plaintext": plaintext.model_copy(update={"folder": folder / plaintext.folder})}
    )
    state = config.state.model_copy(update={"folder": folder / config.state.folder})
    pleo = config.pleo.model_copy(
        update={"ca_file": folder / config.pleo.ca_file} if config.pleo.ca_file else {},
    )
    textfile = config.telemetry.textfile
    telemetry = config.telemetry.model_copy(update={"textfile": folder / textfile} if textfile else {})
    changed = {"books": books, "state": state, "pleo": pleo, "telemetry": telemetry}
    return _with_secrets_at(config.model_copy(update=changed), folder)


def _with_secrets_at(value: Value, folder: Path) -> Value:
    """The same with the file of every secret in it meant from the folder."""
    if isinstance(value, SecretSource):
        return value if value.file is None else value.model_copy(update={"file": folder / value.file})
    if isinstance(value, Section):
        inner = {name: getattr(value, name) for name in type(value).model_fields}
        return value.model_copy(update={name: _with_secrets_at(one, folder) for name, one in inner.items()})
    if isinstance(value, tuple) and value and isinstance(value[0], Section):
        return type(value)(_with_secrets_at(one, folder) for one in value)
    return value
