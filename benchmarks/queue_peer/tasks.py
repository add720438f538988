"""The task of one item: its row locked, the post inside the transaction, the outcome stored with it."""

import requests
from django.db import transaction

from benchmarks.queue_peer.models import Posting

SECONDS_MAX = 60
# A worker keeps its connection from task to task, as every contender does.
_BOOKS = requests.Session()


def book(posting_id: int, books_url: str) -> None:
    """Post the item unless it was posted."""
    with transaction.atomic():
        posting = Posting.objects.select_for_update().get(id=posting_id)
        if posting.status in ("IN_PROGRESS", "COMPLETE"):
            return
        posting.status = "IN_PROGRESS"
        posting.save()
    with transaction.atomic():
        posting = Posting.objects.select_for_update().get(id=posting_id)
        answer = _BOOKS.post(f"{books_url}/entries", json=posting.content, timeout=SECONDS_MAX)
        answer.raise_for_status()
        posting.answer = answer.json()
        posting.status = "COMPLETE"
        posting.save()
