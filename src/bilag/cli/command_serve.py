"""`bilag serve`: keep running, and export what comes."""

import asyncio
import signal
from pathlib import Path
from typing import assert_never

import click

from bilag.app.receiving import Receiving
from bilag.app.running import RunSummary
from bilag.app.serving import ServeEnd, ServeFace, serve
from bilag.app.stopping import StopRequest
from bilag.cli.configured import config_option
from bilag.cli.exit_codes import ExitCode
from bilag.cli.job_progress import JobProgress
from bilag.cli.output import err, plain, print_json
from bilag.cli.render_job import print_job


@click.command("serve")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per job on stdout.")
def serve_command(config_path: Path, as_json: bool) -> None:  # noqa: FBT001  click hands flags over
    """Export what comes, woken by webhooks and at intervals anyway, until stopped; made for systemd."""
    with JobProgress() as progress:

        def tell(summary: RunSummary) -> None:
            progress.clear()
            if as_json:
                print_json(summary.as_json())
            else:
                print_job(summary)

        face = ServeFace(listening=_print_listening, tell=tell, progress=progress)
        end = asyncio.run(_until_stopped(config_path, face))
    raise SystemExit(_exit_code(end))


async def _until_stopped(config_path: Path, face: ServeFace) -> ServeEnd:
    """SIGTERM and Ctrl-C ask to stop; a second one means at once."""
    stop = StopRequest()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.ask)
    return await serve(config_path, face, stop)


def _print_listening(receiving: Receiving) -> None:
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
