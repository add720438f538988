"""What the tables of bilag.toml are made of, and where a secret comes from."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from bilag.config.value_kinds import KeyringEntry, VariableName


class Section(BaseModel):
    """A table of the file. A key that we do not know is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SecretSource(Section):
    """Where a secret is read from; the secret itself never stands in the file."""

    env: VariableName | None = None
    """The name of an environment variable."""
    file: Path | None = None
    """A file that only its owner can read (mode 0600 or tighter)."""
    keyring: KeyringEntry | None = None
    """An entry of the system's keyring, as "service/user"; needs the Python package keyring."""

    @model_validator(mode="after")
    def _one(self) -> "SecretSource":
        if sum(where is not None for where in (self.env, self.file, self.keyring)) != 1:
            raise ValueError('needs exactly one of env = "NAME", file = "path" and keyring = "service/user"')
        return self
