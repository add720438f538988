"""The command line. Exit codes: docs/operations.md."""

import io
import logging
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from types import FrameType

import click

from bilag import __version__
from bilag.cli.command_connectors import connectors
from bilag.cli.command_demo import demo
from bilag.cli.command_doctor import doctor
from bilag.cli.command_explain import explain
from bilag.cli.command_jobs import jobs, show
from bilag.cli.command_payables import payables
from bilag.cli.command_plan import plan
from bilag.cli.command_run import run
from bilag.cli.command_secrets import login, secrets
from bilag.cli.command_serve import serve_command
from bilag.cli.command_simulate import simulate
from bilag.cli.command_webhooks import webhooks
from bilag.cli.exit_codes import ExitCode
from bilag.cli.output import PlainFormatter, err, paragraphs, plain
from bilag.config.load import ConfigInvalid
from bilag.ports.errors import NeedsPerson, Refused, Trouble


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bilag")
@click.option("--log", type=click.Choice(["warning", "info", "debug"]), default="warning", help="How much to log.")
def cli(log: str) -> None:
    """Export approved Pleo expenses into an accounting system: each booked once, every outcome reported."""
    handler = logging.StreamHandler()
    formatter = PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler])
    # Other people's libraries log what they send and store; that is nobody's business.
    logging.getLogger("bilag").setLevel(log.upper())


_WORK = (demo, run, serve_command, plan, explain, jobs, show, payables)
_SET_UP = (doctor, login, secrets, webhooks, simulate, connectors)
for _command in (*_WORK, *_SET_UP):
    cli.add_command(_command)


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
        err.print(plain(str(trouble)))
        sys.exit(ExitCode.USAGE_OR_CONFIGURATION)
    except Trouble as trouble:
        err.print(plain(f"{str(trouble).rstrip('.')}. Nothing is lost; run again later."))
        sys.exit(ExitCode.TRY_LATER)
    except Exception:  # noqa: BLE001  the other place that may: a bug is shown as one, with its traceback
        err.print(paragraphs(traceback.format_exc()))
        err.print(plain("This is a bug in bilag. Please report it with the lines above."))
        sys.exit(ExitCode.BUG)


def _prepare_process() -> None:
    """Whoever stops us with SIGTERM gets what Ctrl-C gets; a terminal that lacks a letter gets another one."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)
        # A shell starts what it puts into the background with SIGINT ignored, and SIGTERM would be lost with it.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
