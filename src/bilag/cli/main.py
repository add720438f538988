"""The command line. Exit codes: docs/operations.md."""

import gc
import io
import logging
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import Final

import click

from bilag import __version__
from bilag.app.telemetry_logs import LogRecords
from bilag.cli.exit_codes import ExitCode
from bilag.cli.lazy_commands import LazyCommands
from bilag.cli.output import PlainFormatter, err, paragraphs, plain
from bilag.config.load import ConfigInvalid
from bilag.config.telemetry_shape import LogFormat
from bilag.domain.redaction import redacted
from bilag.ports.errors import NeedsPerson, Refused, Trouble

# Values made since the last look for circles, and how many looks at the young come before one at the older.
GARBAGE_THRESHOLDS: Final = (20_000, 20, 100)
_COMMANDS: Final = LazyCommands(
    {
        "demo": "bilag.cli.command_demo:demo",
        "run": "bilag.cli.command_run:run",
        "serve": "bilag.cli.command_serve:serve_command",
        "plan": "bilag.cli.command_plan:plan",
        "explain": "bilag.cli.command_explain:explain",
        "jobs": "bilag.cli.command_jobs:jobs",
        "show": "bilag.cli.command_jobs:show",
        "payables": "bilag.cli.command_payables:payables",
        "doctor": "bilag.cli.command_doctor:doctor",
        "login": "bilag.cli.command_secrets:login",
        "secrets": "bilag.cli.command_secrets:secrets",
        "webhooks": "bilag.cli.command_webhooks:webhooks",
        "simulate": "bilag.cli.command_simulate:simulate",
        "connectors": "bilag.cli.command_connectors:connectors",
        "tidy": "bilag.cli.command_tidy:tidy_command",
        "release": "bilag.cli.command_release:release_command",
    }
)


@click.group(commands=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bilag")
@click.option("--log", type=click.Choice(["warning", "info", "debug"]), default="warning", help="How much to log.")
@click.option(
    "--log-format", type=click.Choice([one.value for one in LogFormat]), help="Log records for people, or for machines."
)
def cli(log: str, log_format: str | None) -> None:
    """Export approved Pleo expenses into an accounting system: each booked once, every outcome reported."""
    handler = logging.StreamHandler()
    formatter = PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(LogRecords(formatter, LogFormat(log_format) if log_format else None))
    logging.basicConfig(handlers=[handler])
    # Other people's libraries log what they send and store; that is nobody's business.
    logging.getLogger("bilag").setLevel(log.upper())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every way to fail has its exit code and a sentence on stderr."""
    _prepare_process()
    try:
        cli(arguments, prog_name="bilag", standalone_mode=False)
    except click.ClickException as problem:
        problem.show()
        sys.exit(ExitCode.USAGE_OR_CONFIGURATION)
    except (click.Abort, KeyboardInterrupt):
        err.print(plain("Stopped. Nothing is lost; the next run takes up where this one was."))
        sys.exit(ExitCode.TRY_LATER)
    except ConfigInvalid as invalid:
        err.print(paragraphs(str(invalid)))
        sys.exit(ExitCode.USAGE_OR_CONFIGURATION)
    except (NeedsPerson, Refused) as trouble:
        err.print(plain(redacted(str(trouble))))
        sys.exit(ExitCode.USAGE_OR_CONFIGURATION)
    except Trouble as trouble:
        err.print(plain(redacted(f"{str(trouble).rstrip('.')}. Nothing is lost; run again later.")))
        sys.exit(ExitCode.TRY_LATER)
    except Exception:  # noqa: BLE001  the other place that may: a bug is shown as one, with its traceback
        err.print(paragraphs(redacted(traceback.format_exc())))
        err.print(plain("This is a bug in bilag. Please report it with the lines above."))
        sys.exit(ExitCode.BUG)


def _prepare_process() -> None:
    """Whoever stops us with SIGTERM gets what Ctrl-C gets; a terminal that lacks a letter gets another one.

    An item is thousands of small values that go as they came, without circles among them: looking for those so often
    as Python does by default takes a tenth of the whole time. benchmarks/PROFILE.md
    """
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)
        # A shell starts what it puts into the background with SIGINT ignored, and SIGTERM would be lost with it.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
