import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from bilag.config import shape
from bilag.config.load import load_config
from bilag.config.settings import export_settings
from docs.pages.configuration import EXAMPLE
from tests.house.documents import page, table_rows

DEMO: Final = Path(shape.__file__).parents[1] / "app" / "demo.toml"


def models() -> Iterator[type[BaseModel]]:
    for value in vars(shape).values():
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__.startswith("bilag.config."):
            yield value


def test_every_setting_is_explained_with_its_default() -> None:
    rows = {(row[0].strip("`"), row[3]): row for row in table_rows(page("docs/configuration.md")) if len(row) == 4}
    for model in models():
        for name, field in model.model_fields.items():
            if model is shape.Config:
                assert f"## `[{name}]`" in page("docs/configuration.md"), name
                continue
            assert field.description, f"{model.__name__}.{name} has no docstring"
            row = rows[name, field.description.replace("|", r"\|")]
            assert row[1], f"{name}: which type?"
            assert (row[2] == "required") == field.is_required(), f"{name}: {row[2]}"
            if isinstance(field.default, str | int) and not field.is_required():
                shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
                assert shown in row[2], f"{name}: {row[2]}"


def test_the_example_can_be_loaded_and_shows_every_key() -> None:
    config = load_config(EXAMPLE)
    assert export_settings(config).company_id == str(config.pleo.company_id)
    text = EXAMPLE.read_text(encoding="utf-8")
    keys = {name for model in models() if model is not shape.Config for name in model.model_fields}
    tables = set(re.findall(r"\[+[\w.]*?(\w+)\]+", text))
    missing = [key for key in sorted(keys) if key not in tables and not re.search(rf"\b{key} = ", text)]
    assert not missing, f"docs/bilag.example.toml does not show {missing}"


def test_the_example_loads_without_its_comments_too() -> None:
    """What stands behind a # is an alternative, so each of those lines is TOML as well."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    shown = [line.removeprefix("# ") for line in lines if re.match(r"# (\[+[\w.]+\]+$|\w+ = )", line)]
    assert shown
    for line in shown:
        assert re.match(r'\[|\w+ = ("|\[|\{|true|false|\d)', line), line


def test_the_file_of_the_demo_is_a_valid_configuration() -> None:
    assert load_config(DEMO).books.system == "plaintext"
