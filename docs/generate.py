"""Write the generated pages again: `python -m docs.generate`, or `make docs`."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from docs.pages.commands import commands_table
from docs.pages.configuration import configuration_page
from docs.pages.connectors import capabilities_table
from docs.pages.failures import failures_page
from docs.pages.markdown import with_block
from docs.pages.plan import plan_page
from docs.pages.reliability import real_processes_table
from docs.pages.states import states_page

FOLDER: Final = Path(__file__).parent
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "configuration.md": configuration_page,
    "failures.md": failures_page,
    "plan.md": plan_page,
    "states.md": states_page,
}
# Blocks between two markers, in pages that are written by hand.
BLOCKS: Final[Mapping[str, tuple[str, Callable[[], str]]]] = {
    "connectors.md": ("capabilities", capabilities_table),
    "operations.md": ("commands", commands_table),
    "reliability.md": ("real processes", real_processes_table),
}


def pages() -> dict[str, str]:
    """Every generated page by its name, as it should be."""
    found = {name: page() for name, page in PAGES.items()}
    for name, (block, body) in BLOCKS.items():
        found[name] = with_block((FOLDER / name).read_text(encoding="utf-8"), block, body())
    return found


def main() -> None:
    """Write every page, and name those that changed on stderr."""
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stderr.write(f"docs/{name} written\n")


if __name__ == "__main__":
    main()
