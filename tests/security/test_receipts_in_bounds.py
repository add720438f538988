"""What the receipts of one expense may cost, whoever put them there."""

import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.receipts.combine import combine
from bilag.domain.attachment import PLEO_FILE_BYTES_MAX, AttachmentRules, FileFormat, StoredFile
from bilag.domain.export_item import ItemFile
from bilag.domain.failure import Failure, FailureCode
from bilag.lifecycle.attach import RECEIPTS_SECONDS_MAX, Receipts, fetch_receipts
from bilag.lifecycle.plan_item import plan_item
from bilag.ports.export_api import LinkExpired
from bilag.rules.attachment_handling import RECEIPTS_BYTES_MAX, RECEIPTS_MAX, receipt_name, too_heavy, too_many
from tests.adapters.receipts.receipt_files import pdf, stored
from tests.lifecycle.pleo_in_memory import PleoInMemory
from tests.lifecycle.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


class WearyPleo(PleoInMemory):
    """Every receipt takes its time and claims a size."""

    def __init__(self, scene: Scene, *, seconds: float = 0.0, size_bytes: int = 1000) -> None:
        super().__init__(scene.clock)
        self._scene_clock = scene.clock
        self._seconds = seconds
        self._size_bytes = size_bytes

    async def download(self, file: ItemFile, folder: Path, name: str) -> StoredFile | LinkExpired | Failure:
        self._scene_clock.advance(self._seconds)
        found = await super().download(file, folder, name)
        return replace(found, size_bytes=self._size_bytes) if isinstance(found, StoredFile) else found


async def fetched(scene: Scene, pleo: WearyPleo, receipts: int) -> Receipts:
    item = scene.item(receipts=receipts)
    pleo.files = scene.pleo.files
    scene.pleo = pleo
    return await fetch_receipts(scene.case(item))


async def test_more_receipts_than_any_expense_has_are_not_fetched(scene: Scene) -> None:
    pleo = WearyPleo(scene)
    receipts = await fetched(scene, pleo, RECEIPTS_MAX + 1)

    assert pleo.downloads == []
    assert receipts.files == ()
    assert [failure.code for failure in receipts.failures] == [FailureCode.RECEIPT_TOO_LARGE]
    assert too_many(RECEIPTS_MAX) is None
    assert (await plan_item(scene.item(receipts=RECEIPTS_MAX + 1), scene.planner)).failures == receipts.failures


async def test_receipts_are_given_up_when_they_weigh_too_much_together(scene: Scene) -> None:
    pleo = WearyPleo(scene, size_bytes=PLEO_FILE_BYTES_MAX)
    receipts = await fetched(scene, pleo, RECEIPTS_MAX)

    assert len(pleo.downloads) == RECEIPTS_BYTES_MAX // PLEO_FILE_BYTES_MAX + 1
    assert [failure.code for failure in receipts.failures] == [FailureCode.RECEIPT_TOO_LARGE]
    assert too_heavy(receipts.files[:-1]) is None


async def test_receipts_are_given_up_when_they_take_too_long_together(scene: Scene) -> None:
    pleo = WearyPleo(scene, seconds=RECEIPTS_SECONDS_MAX / 2.5)
    receipts = await fetched(scene, pleo, RECEIPTS_MAX)

    assert len(pleo.downloads) == 3
    (failure,) = receipts.failures
    assert (failure.code, failure.path) == (FailureCode.RECEIPT_DOWNLOAD, "files[3]")


def test_receipts_of_one_expense_never_share_a_name_on_our_disk() -> None:
    names = {receipt_name("\U0001d7d8" * 60, position) for position in range(RECEIPTS_MAX)}

    assert len(names) == RECEIPTS_MAX
    assert all(name.isascii() and len(name) < 100 for name in names)


def a_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def a_png(width: int, height: int, *more: bytes) -> bytes:
    header = a_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = a_chunk(b"IDAT", zlib.compress(bytes(4)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + pixels + a_chunk(b"IEND", b"")


def a_pdf(*objects: bytes) -> bytes:
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


BOMB = zlib.compress(bytes(300 * 1024 * 1024), 9)
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
KIDS = b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>"
HOSTILE = {
    "picture of 3.6 gigapixels": (FileFormat.PNG, a_png(60_000, 60_000)),
    "text that unfolds": (FileFormat.PNG, a_png(1, 1, a_chunk(b"zTXt", b"a\0\0" + BOMB))),
    "colours that unfold": (FileFormat.PNG, a_png(1, 1, a_chunk(b"iCCP", b"a\0\0" + BOMB))),
    "pages in a circle": (FileFormat.PDF, a_pdf(CATALOG, KIDS % 2)),
    "pages without a floor": (FileFormat.PDF, a_pdf(CATALOG, *(KIDS % (number + 3) for number in range(5_000)))),
    "lists without a floor": (
        FileFormat.PDF,
        a_pdf(CATALOG, KIDS % 3, b"<< /Type /Page /MediaBox [0 0 9 9] /X " + b"[" * 50_000 + b"]" * 50_000 + b" >>"),
    ),
    "300,000 pages": (
        FileFormat.PDF,
        a_pdf(
            CATALOG,
            b"<< /Type /Pages /Count 300000 /Kids [" + b"3 0 R " * 300_000 + b"] >>",
            b"<< /Type /Page /MediaBox [0 0 9 9] >>",
        ),
    ),
}


@pytest.mark.parametrize("kind_and_content", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_receipt_kills_no_more_than_the_merge(
    tmp_path: Path, kind_and_content: tuple[FileFormat, bytes]
) -> None:
    kind, content = kind_and_content
    hostile = receipt_on_disk(tmp_path / f"hostile.{kind}", kind, content)
    rules = AttachmentRules(formats=frozenset(FileFormat), files_max=1)

    combined = await combine([pdf(tmp_path / "good.pdf"), hostile], rules, tmp_path, "rec-1")

    assert isinstance(combined, StoredFile)
    assert combined.format is FileFormat.ZIP
    assert names_in(tmp_path) == {"good.pdf", hostile.name, Path(combined.path).name}


def receipt_on_disk(path: Path, kind: FileFormat, content: bytes) -> StoredFile:
    path.write_bytes(content)
    return stored(path, kind)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
