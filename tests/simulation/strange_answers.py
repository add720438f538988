"""The faults that are more than an exception: effects without answers, refusals, and a world that moves meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from bilag.adapters.accounting.memory.script import Alters
from bilag.domain.failure import Failure, FailureCode, JobFailure, JobReason
from bilag.ports.accounting_system import PostedDocument, Rejected
from bilag.ports.errors import BadAnswer, OutcomeUnknown, Refused, Unreachable
from bilag.ports.export_api import LinkExpired, RefusedReport
from tests.simulation.faults import Call, Fault, trouble_of
from tests.simulation.surroundings import Surroundings

LATE_SECONDS_MAX: Final = 90.0

CarryOut = Callable[..., Awaitable[Any]]


async def strange_answer(call: Call, carry_out: CarryOut, fault: Fault, around: Surroundings) -> Any:
    """What the caller gets, after what happens to the world."""
    match fault:
        case Fault.ANSWER_LOST | Fault.ANSWER_GARBLED | Fault.REQUEST_LOST | Fault.ARRIVES_LATE:
            return await _lost(call, carry_out, fault, around)
        case Fault.REFUSED:
            return _refused(call)
        case Fault.NOT_READY:
            return (_not_ready(),)
        case Fault.OUTCOME_REFUSED:
            return await _refuses_outcomes(call, carry_out, around)
        case Fault.LINK_EXPIRED:
            return LinkExpired()
        case Fault.FILE_FAILED:
            return _failure(FailureCode.RECEIPT_DOWNLOAD, "the receipt is broken")
        case Fault.JOB_ENDED | Fault.PERIOD_CLOSES | Fault.ALTERED:
            return await _moves(call, carry_out, fault, around)
        case _:
            raise trouble_of(fault)


async def _lost(call: Call, carry_out: CarryOut, fault: Fault, around: Surroundings) -> Any:
    if fault is Fault.ARRIVES_LATE:
        around.late_references.add(call.values[0].external_reference)
        around.send_later(_carried(carry_out, call), around.dice.random() * LATE_SECONDS_MAX)
    elif fault is not Fault.REQUEST_LOST:
        await carry_out(*call.values)
    if fault is Fault.ANSWER_GARBLED:
        raise BadAnswer("the answer can't be understood")
    if call.name == "update_items":
        raise Unreachable("the answer was lost")  # repeating it changes nothing, so the port knows no other word
    raise OutcomeUnknown("the answer was lost")


async def _carried(carry_out: CarryOut, call: Call) -> object:
    return await carry_out(*call.values)


def _refused(call: Call) -> Any:
    if call.name == "send_event":
        call.target.passed.add(call.values[0])
        raise Refused("not now", type="INVALID_EXPORT_JOB_STATUS_CHANGE", status=422)
    if call.name == "post":
        return Rejected(failures=(_failure(FailureCode.BOOKS_REJECTED, "the books do not like it today"),))
    return _failure(FailureCode.RECEIPT_UPLOAD, "the books do not take the file today")


async def _refuses_outcomes(call: Call, carry_out: CarryOut, around: Surroundings) -> tuple[RefusedReport, ...]:
    job_id, reports = call.values
    refused = [report for report in reports if around.dice.random() < 0.5]
    rest = [report for report in reports if report not in refused]
    call.target.note_refused(job_id, [report.entry_id for report in refused])
    answers = await carry_out(job_id, rest)
    return (*answers, *(RefusedReport(entry_id=r.entry_id, type="NOT_NOW", message="no") for r in refused))


async def _moves(call: Call, carry_out: CarryOut, fault: Fault, around: Surroundings) -> Any:
    if fault is Fault.JOB_ENDED:
        call.target.end(call.values[0], around.dice.choice(["job_expired", "canceled_by_user"]))
        return await carry_out(*call.values)
    document = call.values[0]
    if fault is Fault.PERIOD_CLOSES:
        call.target.close_period(document.posting_date.period)
        return await carry_out(*call.values)
    answer = await carry_out(*call.values)
    if isinstance(answer, PostedDocument):
        moved = answer.posting_date + timedelta(days=around.dice.randint(1, 9))
        call.target.edit(answer.external_reference, Alters(posting_date=moved))
        return await call.target.find_by_reference(answer.external_reference)
    return answer


def _not_ready() -> JobFailure:
    return JobFailure(
        reason_type=JobReason.INVALID_CONFIGURATION, message="The books are locked.", remedy="Unlock them."
    )


def _failure(code: FailureCode, message: str) -> Failure:
    return Failure(code=code, path="", message=message, remedy="Try again.")
