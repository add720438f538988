"""Request bodies as Pleo publishes them. An unknown field is refused: the simulator guesses nothing."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from bilag.simulator.terms import (
    EndpointAuthType,
    EventType,
    ItemFailureReason,
    ItemStatus,
    JobEvent,
    JobFailureReason,
    SubscriptionStatus,
)

Uuid = Annotated[str, Meta(pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
Instant = Annotated[datetime, Meta(tz=True)]


class JobOptionsBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """`Options`."""

    vendor_based_bookkeeping: bool | None = None


class CreateJobBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """`CreateExportJob`."""

    company_id: Uuid
    accounting_entry_ids: list[Uuid]
    employee_id: Uuid | None = None
    is_interactive: bool | None = None
    options: JobOptionsBody | None = None


class JobEventBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """`CreateExportJobEvent`. The reasons belong to `failed` only, and null is not allowed for them."""

    job_id: Uuid
    event: JobEvent
    failure_reason: str | UnsetType = UNSET
    failure_reason_type: JobFailureReason | UnsetType = UNSET


class ItemUpdateBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """`UpdateExportJobItemV3`. Optional fields are left out, never null."""

    accounting_entry_id: Uuid
    status: ItemStatus
    exported_at: Instant | UnsetType = UNSET
    external_id: str | UnsetType = UNSET
    external_url: str | UnsetType = UNSET
    failure_reason: str | UnsetType = UNSET
    failure_reason_type: ItemFailureReason | UnsetType = UNSET


class SearchItemsBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """`SearchExportJobItemsRequest`."""

    accounting_entry_ids: list[Uuid]
    status: ItemStatus | UnsetType = UNSET


class CredentialBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """`AuthCredential`."""

    username: str = ""
    password: str = ""
    token: str = ""


class EndpointAuthBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """`EndpointAuth`."""

    type: EndpointAuthType = EndpointAuthType.NONE
    credentials: CredentialBody = CredentialBody()


class SubscriptionBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """`SubscriptionRequest`."""

    endpoint_url: str
    event_types: list[EventType]
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    custom_headers: dict[str, str] = {}
    endpoint_auth: EndpointAuthBody = EndpointAuthBody()
