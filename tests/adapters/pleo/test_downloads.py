import hashlib
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.pleo.downloads import WRITE_BYTES, WRITE_CHUNKS_MAX
from bilag.adapters.transport.transport import AnswerTooLarge
from bilag.domain.attachment import PLEO_FILE_BYTES_MAX, FileFormat, StoredFile
from bilag.domain.export_item import ItemFile
from bilag.domain.failure import Failure, FailureCode
from bilag.ports.errors import AddressRefused, BadAnswer, TimedOut, Trouble, Unreachable
from bilag.ports.export_api import LinkExpired
from tests.adapters.pleo.exchange import API_KEY, ATTEMPTS_MAX, Exchange
from tests.adapters.pleo.receipts import DOC, DOCX, JPEG, PDF, PNG, TEXT, XLS, XLSX, archive, ole
from tests.adapters.pleo.scripted_transport import Canned

CANARY = "canary-signature"
FILE = ItemFile(url=f"https://files.example/bucket/taxi.pdf?X-Amz-Signature={CANARY}", position=0)
NAME = "R-1-1"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def content_of(stored: StoredFile) -> bytes:
    return Path(stored.path).read_bytes()


def mode_of(stored: StoredFile) -> int:
    return stat.S_IMODE(Path(stored.path).stat().st_mode)


class Fetch:
    """Downloads into a folder and keeps what was left there."""

    def __init__(self, folder: Path, *script: Canned | Trouble) -> None:
        self.folder = folder
        self.exchange = Exchange(files=script)

    async def __call__(self, file: ItemFile = FILE, name: str = NAME) -> StoredFile | LinkExpired | Failure:
        return await self.exchange.downloads.download(file, self.folder, name)

    async def failure(self, file: ItemFile = FILE) -> Failure:
        """The failure, checked for what every failure keeps."""
        found = await self(file)
        assert isinstance(found, Failure), found
        assert self.left == []
        assert CANARY not in repr(found)
        assert found.path == f"files[{file.position}]"
        assert found.message.startswith(f"Receipt {file.position + 1} ")
        assert len(found.message) < 160
        assert found.remedy
        return found

    @property
    def left(self) -> list[str]:
        return names_in(self.folder)

    @property
    def calls(self) -> int:
        return len(self.exchange.files.requests)


async def test_receipt_lies_on_our_disk_checked_and_hashed(tmp_path: Path) -> None:
    fetch = Fetch(tmp_path, Canned(body=PDF * 100))
    file = replace(FILE, content_type="application/pdf", size_bytes=len(PDF) * 100)

    stored = await fetch(file)

    assert stored == StoredFile(
        name="taxi.pdf",
        path=str(tmp_path / "R-1-1.pdf"),
        format=FileFormat.PDF,
        size_bytes=len(PDF) * 100,
        sha256=hashlib.sha256(PDF * 100).hexdigest(),
    )
    assert content_of(stored) == PDF * 100
    assert mode_of(stored) == 0o600
    assert fetch.left == ["R-1-1.pdf"]


@pytest.mark.parametrize("chunk_bytes", [1, WRITE_BYTES // 3, WRITE_BYTES, 3 * WRITE_BYTES])
@pytest.mark.parametrize("size_bytes", [WRITE_CHUNKS_MAX, WRITE_CHUNKS_MAX + 1, WRITE_BYTES, WRITE_BYTES + 1])
async def test_receipt_is_whole_however_it_is_cut_on_its_way(tmp_path: Path, chunk_bytes: int, size_bytes: int) -> None:
    content = (PDF + hashlib.shake_256(b"receipt").digest(size_bytes))[:size_bytes]
    fetch = Fetch(tmp_path, Canned(body=content, chunk_bytes=chunk_bytes))

    stored = await fetch(replace(FILE, size_bytes=size_bytes))

    assert isinstance(stored, StoredFile)
    assert content_of(stored) == content
    assert stored.sha256 == hashlib.sha256(content).hexdigest()


async def test_our_credential_is_never_sent_along(tmp_path: Path) -> None:
    fetch = Fetch(tmp_path, Canned(body=PDF))

    await fetch()

    (request,) = fetch.exchange.files.requests
    assert request.authorization is None
    assert request.headers == {}
    assert API_KEY not in repr(request)
    assert request.url == FILE.url


@pytest.mark.parametrize(
    ("content", "content_type", "kind"),
    [
        (PDF, "application/pdf", FileFormat.PDF),
        (JPEG, "image/jpeg", FileFormat.JPEG),
        (PNG, "image/png", FileFormat.PNG),
        (TEXT, "text/plain", FileFormat.TXT),
        (DOC, "application/msword", FileFormat.DOC),
        (XLS, "application/vnd.ms-excel", FileFormat.XLS),
        (DOCX, "application/zip", FileFormat.DOCX),
        (XLSX, "application/octet-stream", FileFormat.XLSX),
        (ole("WordDocument", "Workbook"), "application/vnd.ms-excel", FileFormat.XLS),
        (PNG, None, FileFormat.PNG),
    ],
)
async def test_every_format_of_pleo_is_taken(
    tmp_path: Path, content: bytes, content_type: str | None, kind: FileFormat
) -> None:
    stored = await Fetch(tmp_path, Canned(body=content))(replace(FILE, content_type=content_type))

    assert isinstance(stored, StoredFile)
    assert stored.format is kind
    assert stored.name == f"taxi.{kind}"


@pytest.mark.parametrize(
    ("name", "on_disk"),
    [("../../evil", "evil.pdf"), ("", "receipt-1.pdf"), ("R/1", "1.pdf"), ("a.pdf", "a.pdf"), ("/etc/x", "x.pdf")],
)
async def test_file_never_leaves_its_folder(tmp_path: Path, name: str, on_disk: str) -> None:
    folder = tmp_path / "deep" / "folder"

    stored = await Fetch(folder, Canned(body=PDF))(FILE, name)

    assert isinstance(stored, StoredFile)
    assert Path(stored.path) == folder / on_disk


async def test_name_of_the_header_wins_and_is_made_harmless(tmp_path: Path) -> None:
    headers = {"content-disposition": 'attachment; filename="../\u202eparking.PDF"'}

    stored = await Fetch(tmp_path, Canned(body=PDF, headers=headers))()

    assert isinstance(stored, StoredFile)
    assert stored.name == "parking.pdf"


async def test_name_is_ours_when_the_sender_has_none(tmp_path: Path) -> None:
    stored = await Fetch(tmp_path, Canned(body=PDF))(replace(FILE, url="https://files.example/3f2b"))

    assert isinstance(stored, StoredFile)
    assert stored.name == "R-1-1.pdf"


@pytest.mark.parametrize("status", [400, 403, 404, 410])
async def test_link_that_is_no_longer_good_is_said_so(tmp_path: Path, status: int) -> None:
    fetch = Fetch(tmp_path, Canned(status=status, body=b"<Error><Code>AccessDenied</Code></Error>"))

    assert await fetch() == LinkExpired()
    assert fetch.left == []
    assert fetch.calls == 1


@pytest.mark.parametrize("status", [401, 405, 418, 204, 206])
async def test_other_answer_is_a_failure(tmp_path: Path, status: int) -> None:
    assert (await Fetch(tmp_path, Canned(status=status)).failure()).code is FailureCode.RECEIPT_DOWNLOAD


async def test_empty_receipt_is_a_failure(tmp_path: Path) -> None:
    assert (await Fetch(tmp_path, Canned()).failure()).code is FailureCode.RECEIPT_EMPTY


async def test_receipt_above_pleos_limit_is_a_failure(tmp_path: Path) -> None:
    fetch = Fetch(tmp_path, Canned(body=PDF, breaks_off=AnswerTooLarge("too large")))

    assert (await fetch.failure()).code is FailureCode.RECEIPT_TOO_LARGE


async def test_receipt_announced_above_pleos_limit_is_not_even_fetched(tmp_path: Path) -> None:
    fetch = Fetch(tmp_path)

    failure = await fetch.failure(replace(FILE, size_bytes=PLEO_FILE_BYTES_MAX + 1))

    assert failure.code is FailureCode.RECEIPT_TOO_LARGE
    assert failure.message == "Receipt 1 is larger than 30 MB."
    assert fetch.calls == 0


@pytest.mark.parametrize(
    "trouble",
    [
        Unreachable("down"),
        TimedOut("slow"),
        Canned(status=500),
        Canned(status=503, headers={"retry-after": "1"}),
        Canned(status=429),
        Canned(status=408),
        Canned(body=PDF[:10], breaks_off=Unreachable("cut")),
    ],
)
async def test_trouble_that_passes_is_met_by_fetching_again(tmp_path: Path, trouble: Canned | Trouble) -> None:
    fetch = Fetch(tmp_path, trouble, trouble, Canned(body=PDF))

    stored = await fetch()

    assert isinstance(stored, StoredFile)
    assert content_of(stored) == PDF
    assert fetch.left == ["R-1-1.pdf"]


@pytest.mark.parametrize("trouble", [Unreachable("down"), TimedOut("slow"), Canned(status=500), Canned(status=429)])
async def test_trouble_that_stays_is_a_failure(tmp_path: Path, trouble: Canned | Trouble) -> None:
    fetch = Fetch(tmp_path, *[trouble] * ATTEMPTS_MAX)

    assert (await fetch.failure()).code is FailureCode.RECEIPT_DOWNLOAD
    assert fetch.calls == ATTEMPTS_MAX


@pytest.mark.parametrize("trouble", [AddressRefused("inside"), BadAnswer("no HTTP")])
async def test_trouble_that_cannot_pass_is_a_failure_at_once(tmp_path: Path, trouble: Trouble) -> None:
    fetch = Fetch(tmp_path, trouble)

    assert (await fetch.failure()).code is FailureCode.RECEIPT_DOWNLOAD
    assert fetch.calls == 1


async def test_receipt_shorter_than_announced_is_fetched_again_and_then_a_failure(tmp_path: Path) -> None:
    file = replace(FILE, size_bytes=len(PDF) + 1)
    fetch = Fetch(tmp_path, *[Canned(body=PDF)] * ATTEMPTS_MAX)

    failure = await fetch.failure(file)

    assert failure.code is FailureCode.RECEIPT_DOWNLOAD
    assert failure.message == "Receipt 1 arrived shorter than announced."
    assert fetch.calls == ATTEMPTS_MAX


async def test_receipt_longer_than_announced_is_a_failure(tmp_path: Path) -> None:
    failure = await Fetch(tmp_path, Canned(body=PDF)).failure(replace(FILE, size_bytes=len(PDF) - 1))

    assert failure.code is FailureCode.RECEIPT_DOWNLOAD


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "image/heic", "application/x-msdownload"])
async def test_type_that_pleo_does_not_have_is_refused_before_it_is_fetched(tmp_path: Path, content_type: str) -> None:
    fetch = Fetch(tmp_path)

    failure = await fetch.failure(replace(FILE, content_type=content_type, position=2))

    assert failure.code is FailureCode.RECEIPT_TYPE_REFUSED
    assert content_type in failure.message
    assert fetch.calls == 0


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (PNG, "image/jpeg"),
        (JPEG, "application/pdf"),
        (b"<html><script>", "text/plain"),
        (TEXT, "application/pdf"),
        (XLSX, WORD_TYPE),
        (archive("a.exe"), WORD_TYPE),
        (archive("a.exe"), "application/zip"),
        (b"MZ" + bytes(100), None),
        (b"GIF89a" + bytes(20), "application/octet-stream"),
    ],
)
async def test_bytes_that_belie_the_announced_type_are_refused(
    tmp_path: Path, content: bytes, content_type: str | None
) -> None:
    failure = await Fetch(tmp_path, Canned(body=content)).failure(replace(FILE, content_type=content_type))

    assert failure.code is FailureCode.RECEIPT_TYPE_REFUSED


async def test_hostile_content_type_is_shown_harmlessly(tmp_path: Path) -> None:
    failure = await Fetch(tmp_path).failure(replace(FILE, content_type="a/\u202e\x1b[31m" + "x" * 1000))

    assert failure.message.isprintable()


async def test_disk_that_takes_nothing_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    occupied = tmp_path / "folder"
    occupied.write_bytes(b"")

    with pytest.raises(OSError, match="folder"):
        await Exchange(files=(Canned(body=PDF),)).downloads.download(FILE, occupied, NAME)

    assert names_in(tmp_path) == ["folder"]
