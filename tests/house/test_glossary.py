import ast
import re
from collections.abc import Iterator

from tests.house.documents import page, table_rows
from tests.house.source_files import Finding, at, files_in, listed


def words_of(name: str) -> str:
    """A class name as people say it: ExportItem is "export item"."""
    return " ".join(re.findall(r"[A-Z][a-z]*", name)).lower()


def glossary_terms() -> Iterator[str]:
    for row in table_rows(page("docs/GLOSSARY.md")):
        yield from (term.strip().lower() for term in row[0].split(","))


def test_every_noun_of_the_domain_stands_in_the_glossary() -> None:
    terms = frozenset(glossary_terms())
    found: list[Finding] = [
        at(file, node, f'"{words_of(node.name)}" is missing from docs/GLOSSARY.md: say in a line what it is')
        for file in files_in("src/bilag/domain")
        for node in file.tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and words_of(node.name) not in terms
    ]
    assert not found, listed(found)


def test_no_term_is_explained_twice() -> None:
    terms = [term for term in glossary_terms() if term not in {"term", "---"}]
    assert len(terms) == len(set(terms)), sorted(term for term in set(terms) if terms.count(term) > 1)
