"""Markdown out of rows, and generated blocks inside pages that people write."""

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars inside a cell are escaped."""
    lines = [headings, ["---"] * len(headings), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def with_block(page: str, name: str, body: str) -> str:
    """The page with what stands between the two markers of the block replaced by the body."""
    start, end = f"<!-- generated: {name} -->", "<!-- end of generated -->"
    before, _, rest = page.partition(start)
    _, found, after = rest.partition(end)
    assert found, f"the page has no block {name}"
    return f"{before}{start}\n\n{body}\n{end}{after}"
