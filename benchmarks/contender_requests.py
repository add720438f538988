"""An export script as a user would write it: requests with a Session, one item after another, no state of its own."""

from typing import Any, Final

import requests

from benchmarks.plain_export import PAGE, entry_of, report_of
from benchmarks.terms import Terms, say, terms_given

SECONDS_MAX: Final = 60


class PleoScript:
    """The calls to Pleo of one job."""

    def __init__(self, terms: Terms) -> None:
        """A session for Pleo."""
        self._session = requests.Session()
        self._session.auth = (terms.api_key, "")
        self._api = terms.api_url
        self._company_id = terms.company_id
        self.job_id = ""

    def start(self) -> None:
        """Take the waiting job."""
        query = {"company_id": self._company_id, "statuses": "pending"}
        self.job_id = self._get("/v3/export-jobs", query)["data"][0]["id"]
        self.event("started")

    def rows(self, path: str, **query: str) -> Any:  # a generator of JSON
        """Every row of a list, page by page."""
        query["limit"] = str(PAGE)
        while True:
            page = self._get(path, query)
            yield from page["data"]
            if not page["pagination"]["hasNextPage"]:
                return
            query["after"] = page["pagination"]["endCursor"]

    def items(self) -> Any:  # a generator of JSON
        """The job's items, held against its control list."""
        wanted = {row["accountingEntryId"] for row in self.rows(f"/v3/export-jobs/{self.job_id}/items")}
        for item in self.rows("/v3/export-items", job_id=self.job_id):
            assert item["accountingEntryId"] in wanted
            yield item

    def report(self, batch: list[dict[str, Any]]) -> None:
        """Up to 100 outcomes."""
        url = f"{self._api}/v3/export-jobs/{self.job_id}/items"
        answer = self._session.put(url, json=batch, timeout=SECONDS_MAX)
        answer.raise_for_status()
        assert not answer.json()["errors"]

    def event(self, event: str) -> None:
        """Move the job."""
        body = {"jobId": self.job_id, "event": event}
        url = f"{self._api}/v3/export-job-events"
        self._session.post(url, json=body, timeout=SECONDS_MAX).raise_for_status()

    def _get(self, path: str, query: dict[str, str]) -> Any:
        answer = self._session.get(f"{self._api}{path}", params=query, timeout=SECONDS_MAX)
        answer.raise_for_status()
        return answer.json()


def export(terms: Terms) -> None:
    """The whole job."""
    pleo, books = PleoScript(terms), requests.Session()
    say("began")
    pleo.start()
    reports = []
    for item in pleo.items():
        answer = books.post(f"{terms.books_url}/entries", json=entry_of(item), timeout=SECONDS_MAX)
        answer.raise_for_status()
        reports.append(report_of(item["accountingEntryId"], answer.json()))
        if len(reports) == PAGE:
            pleo.report(reports)
            reports = []
    if reports:
        pleo.report(reports)
    pleo.event("completed")
    say("done")


if __name__ == "__main__":
    export(terms_given())
