"""`bilag serve`: keep running, and export what comes."""

import asyncio
import signal
from pathlib import Path
from typing import assert_never

import click

from bilag.app.looking import ServeEnd
from bilag.app.receiving import Receiving
from bilag.app.serving import ServeFace, serve
from bilag.app.stopping import StopRequest
from bilag.cli.exit_codes import ExitCode
from bilag.cli.job_progress import JobProgress
from bilag.cli.output import err, plain
from bilag.cli.telling import teller


@click.command("serve")
@click.option(
    "--config",
    "places",
    type=click.Path(path_type=Path),
    multiple=True,
    default=(Path("bilag.toml"),),
    show_default="bilag.toml",
    envvar="BILAG_CONFIG",
    help="A company's configuration file, or a folder of them; can be given again.",
)
@click.option("--workers-only", is_flag=True, help="Take no webhooks: for further machines at one database.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per job on stdout.")
def serve_command(places: tuple[Path, ...], workers_only: bool, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """Export what comes, woken by webhooks and at intervals anyway, until stopped; made for systemd."""
    with JobProgress() as progress:
        face = ServeFace(
            listening=_print_listening,
            tell=teller(progress, as_json=as_json),
            progress=progress,
            workers_only=workers_only,
        )
        end = asyncio.run(_until_stopped(places, face))
    raise SystemExit(_exit_code(end))


async def _until_stopped(places: tuple[Path, ...], face: ServeFace) -> ServeEnd:
    """SIGTERM and Ctrl-C ask to stop; a second one means at once."""
    stop = StopRequest()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.ask)
    return await serve(places, face, stop)


def _print_listening(receiving: Receiving | None) -> None:
    if receiving is None:
        err.print(plain("Working without webhooks; Ctrl-C or SIGTERM stops."))
        return
    err.print(plain(f"Taking webhooks at {receiving.url}; Ctrl-C or SIGTERM stops."))
    if not receiving.has_keys():
        err.print(
            plain("There is no webhook secret yet, so Pleo is only asked at intervals: see `bilag webhooks add`.")
        )


def _exit_code(end: ServeEnd) -> ExitCode:
    match end:
        case ServeEnd.NOTHING_LEFT:
            return ExitCode.OK
        case ServeEnd.JOB_LEFT:
            err.print(plain("Stopped with a job in progress. Nothing is lost; the next run takes it up."))
            return ExitCode.OK
        case ServeEnd.AT_ONCE:
            err.print(plain("Stopped at once. Nothing is lost; the next run takes up where this one was."))
            return ExitCode.TRY_LATER
        case _:
            assert_never(end)
