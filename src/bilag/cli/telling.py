"""How `run` and `serve` tell of a job that ended."""

from collections.abc import Callable

from bilag.app.running import RunSummary
from bilag.cli.job_progress import JobProgress
from bilag.cli.output import print_json
from bilag.cli.render_job import print_job


def teller(progress: JobProgress, *, as_json: bool) -> Callable[[RunSummary], None]:
    """Prints a summary where the progress bar was, for people or as one JSON object."""

    def tell(summary: RunSummary) -> None:
        progress.clear()
        if as_json:
            print_json(summary.as_json())
        else:
            print_job(summary)

    return tell
