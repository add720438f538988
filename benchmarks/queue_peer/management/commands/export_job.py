"""The peer's export: items stored as rows, a task for each, outcomes reported when all are through."""

import os
import time
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django_q.cluster import Cluster
from django_q.tasks import Chain, async_task

from benchmarks.contender_requests import PleoScript
from benchmarks.plain_export import PAGE, entry_of, report_of
from benchmarks.queue_peer.database import running_database
from benchmarks.queue_peer.models import Posting
from benchmarks.terms import Terms, say, terms_given

TASK: Final = "benchmarks.queue_peer.tasks.book"
LOOK_SECONDS: Final = 0.05


class Command(BaseCommand):
    """Variants: `published` and `chain` run one task after another, `parallel` lets four workers take any."""

    help = "export one job through the queue"

    def add_arguments(self, parser: CommandParser) -> None:
        """The terms, as every contender gets them."""
        parser.add_argument("terms")

    def handle(self, *_args: str, **_options: str) -> None:
        """A database and a cluster for this job alone."""
        terms = terms_given()
        with running_database(Path(os.environ["QUEUE_SOCKET_FOLDER"])):
            call_command("migrate", run_syncdb=True, verbosity=0)
            connections.close_all()
            cluster = Cluster()
            cluster.start()
            say("began")
            _export(terms)
            say("done")
            cluster.stop()
            connections.close_all()


def _export(terms: Terms) -> None:
    pleo = PleoScript(terms)
    pleo.start()
    Posting.objects.bulk_create(
        Posting(entry_id=item["accountingEntryId"], content=entry_of(item)) for item in pleo.items()
    )
    _enqueue(terms)
    while Posting.objects.exclude(status="COMPLETE").exists():
        time.sleep(LOOK_SECONDS)
    reports: list[dict[str, Any]] = [report_of(p.entry_id, p.answer) for p in Posting.objects.order_by("id")]
    for start in range(0, len(reports), PAGE):
        pleo.report(reports[start : start + PAGE])
    pleo.event("completed")


def _enqueue(terms: Terms) -> None:
    ids = list(Posting.objects.order_by("id").values_list("id", flat=True))
    if terms.variant == "parallel":
        for posting_id in ids:
            async_task(TASK, posting_id, terms.books_url)
        return
    chain = Chain()
    for posting_id in ids:
        chain.append(TASK, posting_id, terms.books_url)
    chain.run()
