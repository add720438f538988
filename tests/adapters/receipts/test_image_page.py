"""Pages are read back with pypdf's own image decoder, and placed by the matrix that was drawn with."""

import re
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter

from bilag.adapters.receipts.image_page import append_picture
from tests.adapters.receipts.receipt_files import cut_off_jpeg, jpeg, png, quarters

CORNERS = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


def page_of(path: Path, kind: Literal["JPEG", "PNG"]) -> PageObject:
    writer = PdfWriter()
    append_picture(writer, path, kind)
    target = path.with_suffix(".out.pdf")
    writer.write(target)
    (page,) = PdfReader(target).pages
    return page


def picture_in(page: PageObject) -> Image.Image:
    (picture,) = page.images
    assert picture.image is not None
    return picture.image


def colours_seen(page: PageObject) -> list[object]:
    """The colours in the middle of the page's quarters, clockwise from the upper left, where the matrix puts them."""
    image = picture_in(page).convert("RGB")
    contents = page.get_contents()
    assert contents is not None
    drawn = re.search(rb"q (.*) cm", contents.get_data())
    assert drawn is not None
    a, b, c, d, e, f = (float(number) for number in drawn[1].split())
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    seen = {}
    for across, up in CORNERS:
        x, y = a * across + c * up + e, b * across + d * up + f
        seen[x < width / 2, y > height / 2] = image.getpixel((int(across * image.width), int((1 - up) * image.height)))
    return [seen[True, True], seen[False, True], seen[False, False], seen[True, False]]


def colours_of(image: Image.Image) -> list[object]:
    """The same of an upright picture."""
    return [image.convert("RGB").getpixel((int(x * image.width), int(y * image.height))) for x, y in CORNERS]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_stands_as_its_orientation_says(tmp_path: Path, orientation: int) -> None:
    path = Path(jpeg(tmp_path / "a.jpg", orientation=orientation).path)
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image)
    page = page_of(path, "JPEG")
    assert page.mediabox.width == upright.width
    assert page.mediabox.height == upright.height
    assert colours_seen(page) == colours_of(upright)


def test_unknown_orientation_changes_nothing(tmp_path: Path) -> None:
    page = page_of(Path(jpeg(tmp_path / "a.jpg", orientation=99).path), "JPEG")
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (120, 80)


def test_jpeg_goes_in_byte_for_byte(tmp_path: Path) -> None:
    path = Path(jpeg(tmp_path / "a.jpg").path)
    page_of(path, "JPEG")
    assert path.read_bytes() in path.with_suffix(".out.pdf").read_bytes()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_of_every_kind_of_colour_is_shown(tmp_path: Path, mode: str) -> None:
    path = Path(jpeg(tmp_path / "a.jpg", mode=mode).path)
    with Image.open(path) as image:
        expected = colours_of(image)
    assert colours_seen(page_of(path, "JPEG")) == expected


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_png_of_every_kind_of_colour_loses_nothing(tmp_path: Path, mode: str) -> None:
    path = Path(png(tmp_path / "a.png", mode=mode).path)
    shown = picture_in(page_of(path, "PNG")).convert("RGB")
    assert shown.tobytes() == quarters(mode).convert("RGB").tobytes()


def test_transparent_parts_lie_on_white_paper(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(path)
    assert picture_in(page_of(path, "PNG")).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_shades(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("I;16", (10, 10), 0x8000).save(path)
    assert picture_in(page_of(path, "PNG")).convert("L").getpixel((5, 5)) == 0x80


@pytest.mark.parametrize(
    ("pixels", "points"),
    [((3000, 4000), (595, 793.33)), ((4000, 3000), (793.33, 595)), ((1, 8000), (3, 842)), ((90, 60), (90, 60))],
)
def test_page_has_the_shape_of_the_picture_within_a4(
    tmp_path: Path, pixels: tuple[int, int], points: tuple[float, float]
) -> None:
    path = tmp_path / "a.png"
    Image.new("L", pixels).save(path)
    page = page_of(path, "PNG")
    assert (float(page.mediabox.width), float(page.mediabox.height)) == points


def test_first_of_several_pictures_in_one_jpeg_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    quarters().save(path, "MPO", save_all=True, append_images=[Image.new("RGB", (120, 80), "black")])
    with Image.open(path) as image:
        expected = colours_of(image)
    assert colours_seen(page_of(path, "JPEG")) == expected


def test_cut_off_jpeg_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="truncated"):
        append_picture(PdfWriter(), Path(cut_off_jpeg(tmp_path / "a.jpg").path), "JPEG")
