"""One company whose bilag meets trouble again and again, is started again, and comes to its end."""

import random
import time
from collections.abc import Callable
from typing import Final

from tests.crash import workers
from tests.crash.company import Company
from tests.crash.cycles import BEFORE_POSTS_SHARE, GOOD_ENDS, LATEST_SECONDS, RUN, Figures, Watch
from tests.crash.judge import judge
from tests.crash.troubles import Trouble
from tests.crash.workers import Worker

TRY_LATER: Final = 3
# From the begin of any trouble to the end of the run, which says what the trouble is.
END_SECONDS_MAX: Final = 120.0
# A bilag that goes on through trouble is looked at for so long.
_CALM_SECONDS: Final = 0.2
NOTHING_IS_LOST: Final = "Nothing is lost"


def struck_again_and_again(
    company: Company, trouble: Trouble, strikes: int, rng: random.Random, after_end: Callable[[Worker], None]
) -> Figures:
    """So many strikes, then quiet until everything is done, then judgement. A run that ends early ends clearly."""
    figures = Figures(companies=1)
    while True:
        worker = workers.start(company.folder, RUN, company.environment)
        figures.starts += 1
        while figures.cycles < strikes and _at_some_moment(company, worker, rng):
            _strike(trouble, worker, rng, figures)
        code = worker.ended()
        after_end(worker)
        if code not in GOOD_ENDS:
            _assert_clear(worker)
        elif not (failed := company.export_failed_again()):
            break
        else:
            figures.failed_first += failed
    figures.verdict = judge(company)
    return figures


def _at_some_moment(company: Company, worker: Worker, rng: random.Random) -> bool:
    """Wait for work and a random time more; False when it ended before."""
    watch = Watch(company, worker)
    watch.until_asked()
    if rng.random() > BEFORE_POSTS_SHARE:
        watch.until_post()
    watch.look_for(rng.uniform(0, LATEST_SECONDS))
    return worker.is_running()


def _strike(trouble: Trouble, worker: Worker, rng: random.Random, figures: Figures) -> None:
    began = time.monotonic()
    trouble.begin(rng)
    try:
        if trouble.ends_it:
            worker.ended(END_SECONDS_MAX)
            figures.cycle_seconds.append(time.monotonic() - began)
    finally:
        trouble.undo()
    figures.cycles += 1
    workers.until(lambda: not worker.is_running(), _CALM_SECONDS)


def _assert_clear(worker: Worker) -> None:
    last = worker.output().strip().splitlines()[-1:]
    assert worker.code == TRY_LATER, (worker.code, worker.output()[-3000:])
    assert NOTHING_IS_LOST in " ".join(last) or NOTHING_IS_LOST in worker.output()[-1000:], last
