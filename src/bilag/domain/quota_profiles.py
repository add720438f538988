"""What each far side allows, as its pages say. One table: a figure that changes over there is changed here.

What a page leaves open is said in `note`. Read in November 2026.
"""

from typing import Final

from bilag.domain.quota import DAY_SECONDS, MINUTE_SECONDS, MONTH_SECONDS, Counted, QuotaProfile, QuotaWindow

_ANSWER_ASSUMED: Final = "How long an answer takes is assumed."

# Stated: 600 calls a minute stop, 500 are advised.
PLEO_CALLS_PER_MINUTE_MAX: Final = 600
PLEO_CALLS_PER_MINUTE_ADVISED: Final = 500
# Pleo does not say how it counts, so that a minute's calls don't go out at once: a tenth of them in a tenth of it.
_SPREAD: Final = 10


def pleo_profile(calls_per_minute: int = PLEO_CALLS_PER_MINUTE_ADVISED) -> QuotaProfile:
    """Pleo's API, at so many calls a minute."""
    return QuotaProfile(
        name="Pleo",
        windows=(
            QuotaWindow(limit=max(1, calls_per_minute // _SPREAD), seconds=MINUTE_SECONDS // _SPREAD),
            QuotaWindow(limit=calls_per_minute, seconds=MINUTE_SECONDS),
        ),
        batch_entries_max=100,
        note="Whether it counts by client, company or token is not said.",
        sources=(
            "https://developers.pleo.io/docs/current/integration-design/accounting-integrations/imports/accounts/integration-design-accounts-periodicity",
        ),
    )


XERO: Final = QuotaProfile(
    name="Xero",
    windows=(
        QuotaWindow(limit=60, seconds=MINUTE_SECONDS),
        QuotaWindow(limit=5_000, seconds=DAY_SECONDS),
    ),
    at_once_max=5,
    batch_entries_max=50,
    batch_bytes_max=3_500_000,
    note="By organisation; 1,000 a day in the Starter tier. About 50 documents are advised for one call.",
    sources=("https://developer.xero.com/documentation/auth-and-limits/xero-api-limits",),
)
QUICKBOOKS_ONLINE: Final = QuotaProfile(
    name="QuickBooks Online",
    windows=(
        QuotaWindow(limit=10, seconds=1),
        QuotaWindow(limit=40, seconds=MINUTE_SECONDS, counted=Counted.BATCHES),
        QuotaWindow(limit=500, seconds=MINUTE_SECONDS),
    ),
    batch_entries_max=30,
    note="By company. A request ends after 120 seconds.",
    sources=("https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles",),
)
BUSINESS_CENTRAL: Final = QuotaProfile(
    name="Business Central",
    windows=(QuotaWindow(limit=6_000, seconds=5 * MINUTE_SECONDS),),
    at_once_max=5,
    answer_milliseconds=100,
    note=f"By user. What a $batch of 100 counts is not said, so that entries go singly. {_ANSWER_ASSUMED}",
    sources=("https://learn.microsoft.com/en-us/training/modules/work-with-api/4-limits/",),
)
E_CONOMIC: Final = QuotaProfile(
    name="e-conomic",
    windows=(QuotaWindow(limit=50_000, seconds=DAY_SECONDS),),
    at_once_max=10,
    answer_milliseconds=100,
    note=f"By agreement, as fair use; ten calls at once are our own bound. {_ANSWER_ASSUMED}",
    sources=("https://e-conomic.com/developer/fair-use-policy",),
)
EXACT_ONLINE: Final = QuotaProfile(
    name="Exact Online",
    windows=(
        QuotaWindow(limit=60, seconds=MINUTE_SECONDS),
        QuotaWindow(limit=5_000, seconds=DAY_SECONDS),
    ),
    calls_per_file=2,
    note="By company. Answers that are errors are limited by endpoint, too.",
    sources=("https://docs.maesn.com/rate-limits",),
)
FORTNOX: Final = QuotaProfile(
    name="Fortnox",
    windows=(QuotaWindow(limit=25, seconds=5),),
    calls_per_file=2,
    note="By client and tenant.",
    sources=("https://www.fortnox.se/developer/guides-and-good-to-know/rate-limits-for-fortnox-api",),
)
NETSUITE: Final = QuotaProfile(
    name="NetSuite",
    at_once_max=5,
    answer_milliseconds=1_500,
    note=f"5, 15 or 20 at once by tier, 10 more for each SuiteCloud Plus licence. {_ANSWER_ASSUMED}",
    sources=("https://netsuitechangelog.com/articles/concurrency-governance-limits-netsuite-suitecloud",),
)
SAGE_INTACCT: Final = QuotaProfile(
    name="Sage Intacct",
    windows=(QuotaWindow(limit=100_000, seconds=MONTH_SECONDS, counted=Counted.ENTRIES),),
    at_once_max=2,
    batch_entries_max=100,
    answer_milliseconds=1_000,
    note=f"Tier 1, where every entry of a batch counts; a month is taken as 31 days. {_ANSWER_ASSUMED}",
    sources=("https://rklesolutions.com/blog/sage-intacct-api-limits-what-are-they-why-should-you-care",),
)
VISMA_EACCOUNTING: Final = QuotaProfile(
    name="Visma eAccounting",
    windows=(QuotaWindow(limit=600, seconds=MINUTE_SECONDS),),
    note="By client and endpoint; all endpoints are counted as one here.",
    sources=("https://developer.vismaonline.com/docs/rate-limits",),
)

ACCOUNTING_PROFILES: Final = (
    XERO,
    QUICKBOOKS_ONLINE,
    BUSINESS_CENTRAL,
    E_CONOMIC,
    EXACT_ONLINE,
    FORTNOX,
    NETSUITE,
    SAGE_INTACCT,
    VISMA_EACCOUNTING,
)
