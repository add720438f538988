import json
import logging

import pytest
from rich.console import Console

from bilag.cli.output import PlainFormatter, paragraphs, plain, print_json, table

# Clearing the screen, in seven and in eight bits; a new line; a title; a reading direction; half a character.
STEERING = "\x1b[2J \x9b31m \r\n\x07 \x1b]0;owned\x07 \u202egnp.exe\u2066 \ud800 \u2028 \x7f"


def is_harmless(text: str) -> bool:
    return not [c for c in text if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066\u2028" or c == "\ud800"]


def test_text_from_outside_stays_in_its_line_and_steers_nothing() -> None:
    shown = plain(f"Acme{STEERING}Ltd").plain

    assert is_harmless(shown)
    assert shown.startswith("Acme·[2J ·31m ")
    assert shown.endswith("Ltd")


@pytest.mark.parametrize("markup", ["[red]Acme[/red]", "[link=http://a]b[/link]", "[/]", ":smile:", "[[bold]"])
def test_markup_of_our_terminal_library_is_only_text(markup: str) -> None:
    console = Console(force_terminal=True, width=80)
    with console.capture() as captured:
        console.print(plain(markup))
        console.print(table(("heading",), [(markup,)]))

    assert captured.get().count(markup) == 2


def test_names_of_this_world_are_shown_as_they_are() -> None:
    names = "Skærmbutikken A/S · Café Łódź · 東京 · Ελλάδα · é · 🧾"

    assert plain(names).plain == names


def test_paragraphs_of_ours_keep_their_lines_and_each_is_plain() -> None:
    shown = paragraphs("first\nsec\x1b[31mond").plain

    assert shown == "first\nsec·[31mond"


def test_json_is_one_line_that_steers_nothing_and_reads_back_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"supplier": f"Café {STEERING}"})
    printed = capsys.readouterr().out

    assert printed.endswith("\n")
    assert is_harmless(printed[:-1])
    assert printed.startswith('{"supplier": "Café ')
    assert json.loads(printed) == {"supplier": f"Café {STEERING}"}


def test_log_lines_are_plain_and_a_traceback_keeps_its_lines() -> None:
    problem = ValueError("\x1b[2J")
    error = (ValueError, problem, problem.__traceback__)
    record = logging.LogRecord("bilag.report", logging.ERROR, "", 0, "refused %s", (STEERING,), error)
    lines = PlainFormatter("%(levelname)s %(message)s").format(record).split("\n")

    assert lines[0].startswith("ERROR refused ·[2J")
    assert lines[-1] == "ValueError: ·[2J"
    assert all(is_harmless(line) for line in lines)
