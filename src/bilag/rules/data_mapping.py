"""Data mapping: the datapoints that travel with the entry, and what happens to texts that are too long.

The reconciliation id is never cut. A list that does not fit its field goes along whole, as a note file.
https://developers.pleo.io/docs/current/integration-design/exports (data mapping)
"""

from dataclasses import dataclass

from bilag.domain.attachment import NoteFile
from bilag.domain.capabilities import TextLimits
from bilag.domain.export_item import ExportItem, Supplier
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import Datapoints, Dimension
from bilag.domain.plan import TraceStep

_SEPARATOR = " - "
_CUT = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataMapping:
    """The datapoints of one item, and the notes that carry what did not fit."""

    datapoints: Datapoints
    notes: tuple[NoteFile, ...] = ()
    failures: tuple[Failure, ...] = ()
    trace: tuple[TraceStep, ...] = ()


def map_data(item: ExportItem, limits: TextLimits) -> DataMapping:
    """Everything but accounts, amounts and dates, within the limits of the books."""
    supplier = item.supplier or Supplier()
    user, team = item.user, item.team
    description, told_in_description = _description(item, limits)
    comment, notes = _comment(item, limits)
    datapoints = Datapoints(
        reconciliation_id=item.reconciliation_id,
        description=description,
        comment=comment,
        payee=_payee(item),
        reconciled_entries=item.reconciled_entries,
        attendees=item.attendees,
        employee=user.name if user else "",
        employee_code=(user.code or "") if user else "",
        team=team.name if team else "",
        team_code=(team.code or "") if team else "",
        supplier_country=supplier.country or "",
        merchant_category=supplier.category_code or "",
        note=item.note or "",
        web_link=item.web_link or "",
        expense_type=f"{item.type}/{item.subtype}" if item.subtype else str(item.type),
        original_amount=item.amount.supplier,
        service_period=item.service_period,
        invoice=item.invoice,
    )
    failures = () if told_in_description is not None else (_too_long(item, limits),)
    return DataMapping(
        datapoints=datapoints,
        notes=notes,
        failures=failures,
        trace=(_why(item, description, with_id=bool(told_in_description)),),
    )


def line_dimensions(item: ExportItem, index: int) -> tuple[Dimension, ...]:
    """The tags of one line: the group code picks the dimension, the code its value."""
    return tuple(Dimension(group=tag.group_code, code=tag.code) for tag in item.lines[index].tags)


def _payee(item: ExportItem) -> str:
    if item.vendor:
        return item.vendor.name
    return (item.supplier.name or "") if item.supplier else ""


def _description(item: ExportItem, limits: TextLimits) -> tuple[str, bool | None]:
    """The description, and whether it had to take the reconciliation id; None when no field can hold the id."""
    id_ = item.reconciliation_id
    if limits.reference_max is None or len(id_) <= limits.reference_max:
        return _words(item, limits.description_max), False
    if limits.description_max is not None and len(id_) > limits.description_max:
        return "", None
    room = None if limits.description_max is None else limits.description_max - len(id_) - len(_SEPARATOR)
    words = _words(item, room) if room is None or room > 0 else ""
    return (f"{id_}{_SEPARATOR}{words}" if words else id_), True


def _words(item: ExportItem, length_max: int | None) -> str:
    """Supplier, employee and note in one line; initials, then a cut, where space is short."""
    user = _line(item.user.name) if item.user else ""
    supplier, note = _line(_payee(item)), _line(item.note or "")
    words = _SEPARATOR.join(word for word in (supplier, user, note) if word) or _type_in_words(item)
    if length_max is None or len(words) <= length_max:
        return words
    words = _SEPARATOR.join(word for word in (supplier, _initials(user), note) if word) or words
    if len(words) <= length_max:
        return words
    return words[: length_max - len(_CUT)].rstrip() + _CUT if length_max >= len(_CUT) else ""


def _type_in_words(item: ExportItem) -> str:
    """What is left to say of a wallet load and the like, which have no supplier, employee or note."""
    return str(item.subtype or item.type).replace("_", " ").capitalize()


def _initials(name: str) -> str:
    return "".join(part[0] for part in name.split()).upper()


def _line(text: str) -> str:
    return " ".join(text.split())


def _comment(item: ExportItem, limits: TextLimits) -> tuple[str, tuple[NoteFile, ...]]:
    """Attendees and settled expenses as one text; each list that does not fit goes into a note, whole."""
    parts, notes, left = [], [], limits.comment_max
    for label, values, name in (
        ("Settles", item.reconciled_entries, "settled-expenses.txt"),
        ("Attendees", item.attendees, "attendees.txt"),
    ):
        if not values:
            continue
        text = f"{label}: {', '.join(_line(value) for value in values)}"
        if left is not None and len(text) > left:
            notes.append(NoteFile(name=name, text="\n".join((f"{label}:", *values, ""))))
            text = f"{label}: {len(values)}, see {name}"
        if left is not None:
            left = max(0, left - len(text) - len("; "))
        parts.append(text)
    comment = "; ".join(parts)
    if limits.comment_max is not None and len(comment) > limits.comment_max:
        comment = comment[: limits.comment_max]
    return comment, tuple(notes)


def _too_long(item: ExportItem, limits: TextLimits) -> Failure:
    return Failure(
        code=FailureCode.TEXT_TOO_LONG,
        path="additionalInformation.reconciliationId",
        message=(
            f"The reconciliation id has {len(item.reconciliation_id)} characters; the books keep "
            f"{limits.reference_max} in a reference and {limits.description_max} in a description."
        ),
        remedy="Choose a field of at least 50 characters for the reference in the accounting system.",
    )


def _why(item: ExportItem, description: str, *, with_id: bool) -> TraceStep:
    payee_field = "vendor.name" if item.vendor else "supplier.name"
    texts = {payee_field: _payee(item), "user.name": item.user.name if item.user else "", "note": item.note or ""}
    fields = [field for field, text in texts.items() if _line(text)]
    because = "supplier, employee and note of the expense, joined"
    if not fields:
        because = "the expense has no supplier, employee or note, so its type stands for them"
    if with_id:
        because = "the reconciliation id first, since the reference field is too short for it, then " + because
    return TraceStep(
        subject="description",
        value=description,
        rule="data mapping",
        because=because,
        source=", ".join(fields or ["type", "subType"]),
    )
