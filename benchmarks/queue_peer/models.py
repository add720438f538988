"""How far each item is, and what was made of it: the peer keeps both in its database."""

from django.db import models


class Posting(models.Model):
    """An item's task log and entry in one; `content` is what is posted, `answer` what the books said."""

    entry_id = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=16, default="ENQUEUED")
    content = models.JSONField()
    answer = models.JSONField(null=True)

    class Meta:
        """Django wants to know whose it is."""

        app_label = "queue_peer"

    def __str__(self) -> str:
        return f"{self.entry_id} {self.status}"
