import socket

import aiohttp
import pytest

from bilag.app.simulating import API_KEY, seeded_expenses, simulated_pleo
from bilag.ports.errors import NeedsPerson
from bilag.simulator.demo_job import demo_jobs


async def test_demos_jobs_wait_oldest_first_for_the_demos_key_only() -> None:
    async with simulated_pleo() as pleo, aiohttp.ClientSession(pleo.api_url) as session:
        path = f"/v3/export-jobs?company_id={pleo.company_id}"
        async with session.get(path, headers={"Authorization": aiohttp.encode_basic_auth(API_KEY, "")}) as answer:
            jobs = (await answer.json())["data"]
        async with session.get(path, headers={"Authorization": aiohttp.encode_basic_auth("other", "")}) as answer:
            refused = answer.status

    assert refused == 401
    assert [(job["id"], job["numberOfItems"]) for job in jobs] == [(job.job_id, job.items) for job in pleo.jobs]
    assert [job["createdAt"] for job in jobs] == sorted(job["createdAt"] for job in jobs)
    assert {job["status"] for job in jobs} == {"pending"}
    assert all(job["vendorBasedBookkeeping"] for job in jobs), "so that items carry vendor and bookkeeping method"
    assert [(job.title, job.items) for job in pleo.jobs] == [(plan.title, len(plan.expenses)) for plan in demo_jobs()]


async def test_seeded_expenses_wait_in_their_place() -> None:
    async with simulated_pleo(seeded_expenses(7, seed=3)) as pleo:
        assert [job.items for job in pleo.jobs] == [7]
        assert pleo.api_url != pleo.files_url


def test_same_seed_gives_the_same_expenses_and_another_seed_others() -> None:
    one, same, other = seeded_expenses(5, 1), seeded_expenses(5, 1), seeded_expenses(5, 2)

    assert [one.expense(n).item for n in range(5)] == [same.expense(n).item for n in range(5)]
    assert {one.entry_id(n) for n in range(5)}.isdisjoint(other.entry_id(n) for n in range(5))


def test_shares_decide_how_many_have_receipts() -> None:
    bare = seeded_expenses(50, 1, receipt_share=0.0)
    full = seeded_expenses(50, 1, receipt_share=1.0)

    assert not [n for n in range(50) if bare.expense(n).receipts]
    assert not [n for n in range(50) if not full.expense(n).receipts]


async def test_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NeedsPerson, match=str(port)):
            async with simulated_pleo(api_port=port):
                pass
