import re

from docs.generate import FOLDER, pages
from docs.pages.markdown import table, with_block
from tests.house.documents import DECISIONS, every_page, page
from tests.house.source_files import ROOT, Finding, files_in, listed


def test_generated_pages_are_what_the_code_says() -> None:
    stale = [name for name, text in pages().items() if (FOLDER / name).read_text(encoding="utf-8") != text]
    assert not stale, f"run `make docs`: {stale}"


def test_links_between_pages_lead_somewhere() -> None:
    found = []
    for path in every_page():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line):
                if "://" not in target and not (path.parent / target).exists():
                    where = path.relative_to(ROOT).as_posix()
                    found.append(Finding(where, number, f"the link to {target} leads nowhere"))
    assert not found, listed(found)


def test_source_files_that_pages_name_exist() -> None:
    found = []
    for path in every_page():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for target in re.findall(r"`((?:src|tests|docs)/[\w./-]+)`", line):
                if not (ROOT / target).exists():
                    where = path.relative_to(ROOT).as_posix()
                    found.append(Finding(where, number, f"{target} does not exist"))
    assert not found, listed(found)


def test_every_key_of_the_plan_is_explained() -> None:
    (source,) = files_in("src/bilag/lifecycle/plan_json.py")
    keys = set(re.findall(r'^\s+"(\w+)":', source.text, re.MULTILINE))
    assert keys, "plan_json.py has another form now: teach this test to read it"
    missing = sorted(key for key in keys if f"`{key}`" not in page("docs/plan.md"))
    assert not missing, f"docs/pages/plan.py does not explain {missing}"


def test_the_picture_of_the_rules_names_every_rule() -> None:
    rules = [file.module.rpartition(".")[2] for file in files_in("src/bilag/rules")]
    missing = [name for name in rules if name != "rules" and f"`{name}`" not in page("docs/ARCHITECTURE.md")]
    assert not missing, f"docs/ARCHITECTURE.md does not name {missing}"


def test_every_package_stands_among_the_layers() -> None:
    packages = sorted(path.parent.name for path in (ROOT / "src/bilag").glob("*/__init__.py"))
    missing = [name for name in packages if f"| `{name}` |" not in page("docs/ARCHITECTURE.md")]
    assert not missing, f"docs/ARCHITECTURE.md has no row for {missing}"


def test_entries_that_the_code_refers_to_stand_among_the_inferences() -> None:
    text = page("docs/decisions/0003-inferences.md")
    named = [
        (file.path, name)
        for file in files_in("src")
        for name in re.findall(r'0003-inferences\.md, "([^"]+)"', " ".join(file.text.split()))
    ]
    missing = [f'{path}: "{name}"' for path, name in named if f"**{name}**" not in text]
    assert not missing, f"0003-inferences.md lacks {missing}"
    assert (DECISIONS / "0003-inferences.md").exists()


def test_a_table_escapes_bars_and_a_block_is_replaced_between_its_markers() -> None:
    assert table(("a",), [("b|c",)]) == "| a |\n| --- |\n| b\\|c |\n"
    before = "x\n<!-- generated: t -->\nold\n<!-- end of generated -->\ny\n"
    assert with_block(before, "t", "new\n") == "x\n<!-- generated: t -->\n\nnew\n\n<!-- end of generated -->\ny\n"
